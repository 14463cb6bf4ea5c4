//! How many connections each client has. A client is an address, or a network of them with IPv6.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use super::fair::may_have;

/// The clients that are connected.
#[derive(Debug)]
pub(super) struct Clients {
    open: Mutex<HashMap<IpAddr, usize>>,
    most: usize,
    /// How many all may have.
    all: usize,
}

/// One connection of a client.
#[derive(Debug)]
pub(super) struct Client {
    clients: Arc<Clients>,
    address: IpAddr,
}

impl Clients {
    /// Each may have `most` connections, of `all` that there may be.
    pub(super) fn new(most: usize, all: usize) -> Arc<Self> {
        Arc::new(Self { open: Mutex::default(), most, all })
    }

    /// Counts a connection, unless its client has too many, or as many as are left (`free`) beside this one.
    pub(super) fn enter(clients: &Arc<Self>, address: IpAddr, free: usize) -> Option<Client> {
        let address = client_of(address);
        let mut open = clients.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.get(&address).copied().unwrap_or_default();
        let is_crowded = clients.most < clients.all && !may_have(count, 1, free + 1);
        if count >= clients.most || is_crowded {
            return None;
        }
        open.insert(address, count + 1);
        Some(Client { clients: Arc::clone(clients), address })
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let mut open = self.clients.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// Whom an address belongs to: with IPv6, everybody has at least a network of 64 bits.
pub(super) fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_an_ipv6_address_has_a_network_of_them() {
        let check = |address: &str, expected: &str| {
            assert_eq!(client_of(address.parse().unwrap()), expected.parse::<IpAddr>().unwrap());
        };
        check("192.0.2.7", "192.0.2.7");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    }

    #[test]
    fn connections_of_a_client_are_counted_until_they_end() {
        let clients = Clients::new(2, 100);
        let enter = |address: &str| Clients::enter(&clients, address.parse().unwrap(), 99);
        let (first, second) = (enter("192.0.2.7"), enter("192.0.2.7"));
        assert!(first.is_some() && second.is_some());
        assert!(enter("192.0.2.7").is_none());
        assert!(enter("192.0.2.8").is_some());
        drop(first);
        assert!(enter("192.0.2.7").is_some());
        drop(second);
        assert!(clients.open.lock().unwrap().is_empty(), "nobody is kept who has gone");
    }

    #[test]
    fn a_few_clients_leave_connections_for_others() {
        let check = |most: usize, expected: &[usize]| {
            let clients = Clients::new(most, 64);
            let mut open: Vec<Client> = Vec::new();
            for (last, expected) in (1..).zip(expected) {
                let address = IpAddr::from([192, 0, 2, last]);
                let before = open.len();
                while open.len() < 64
                    && let Some(client) = Clients::enter(&clients, address, 63 - open.len())
                {
                    open.push(client);
                }
                assert_eq!(open.len() - before, *expected, "address {last} of those with {most}");
            }
        };
        check(60, &[32, 16, 8, 4]);
        check(20, &[20, 20, 12, 6]);
        check(64, &[64, 0]);
    }
}

//! How many connections each client has. A client is an address, or a network of them with IPv6.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The clients that are connected.
#[derive(Debug)]
pub(super) struct Clients {
    open: Mutex<HashMap<IpAddr, usize>>,
    most: usize,
}

/// One connection of a client.
#[derive(Debug)]
pub(super) struct Client {
    clients: Arc<Clients>,
    address: IpAddr,
}

impl Clients {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { open: Mutex::default(), most })
    }

    /// Counts a connection, unless its client has too many.
    pub(super) fn enter(clients: &Arc<Self>, address: IpAddr) -> Option<Client> {
        let address = client_of(address);
        let mut open = clients.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= clients.most {
            return None;
        }
        *count += 1;
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
        let clients = Clients::new(2);
        let enter = |address: &str| Clients::enter(&clients, address.parse().unwrap());
        let (first, second) = (enter("192.0.2.7"), enter("192.0.2.7"));
        assert!(first.is_some() && second.is_some());
        assert!(enter("192.0.2.7").is_none());
        assert!(enter("192.0.2.8").is_some());
        drop(first);
        assert!(enter("192.0.2.7").is_some());
        drop(second);
        assert!(clients.open.lock().unwrap().is_empty(), "nobody is kept who has gone");
    }
}

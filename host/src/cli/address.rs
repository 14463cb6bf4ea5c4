//! The address of a daemon, as people write it: a URL, a host and port, a port.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use url::{Host, Url};

/// Where a daemon listens unless it is told otherwise.
const DEFAULT_PORT: u16 = 8370;

/// What to write instead.
const EXAMPLE: &str = "write http://127.0.0.1:8370 or https://orgsync.example.org";

/// Why there is no daemon at an address.
#[derive(Debug, thiserror::Error)]
pub(super) enum AddressError {
    #[error("it is empty; {EXAMPLE}")]
    Empty,
    #[error("`{0}` is no address of a server ({1}); {EXAMPLE}")]
    Malformed(String, url::ParseError),
    #[error("orgsync speaks http:// and https://, and not `{0}://`")]
    Scheme(String),
    #[error("`{0}` has a user or password in it; orgsync takes a token, by --token or ORGSYNC_TOKEN")]
    Credentials(String),
    #[error("`{0}` has more than a path behind the host; {EXAMPLE}")]
    Beyond(String),
    #[error("with `listen = \"{0}\"` the daemon takes a free port; say with --server which one it has taken")]
    FreePort(SocketAddr),
}

/// The address of a daemon: scheme, host, port, and the path before that of the API, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address(String);

impl Address {
    /// Where the API is.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Where a daemon on this machine is reached that listens there.
    pub(super) fn of_listener(listen: SocketAddr, is_tls: bool) -> Result<Self, AddressError> {
        if listen.port() == 0 {
            return Err(AddressError::FreePort(listen));
        }
        // It listens on all addresses, of which the machine's own is one.
        let ip = match listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        let scheme = if is_tls { "https" } else { "http" };
        Ok(Self(format!("{scheme}://{}", SocketAddr::new(ip, listen.port()))))
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Without a scheme it is `http://`, and then a port that is not given is the daemon's, not that of the web.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let malformed = |reason| AddressError::Malformed(text.to_owned(), reason);
        let has_scheme = text.contains("://");
        let url = if has_scheme { text.to_owned() } else { format!("http://{}", with_host(text)) };
        let mut url = Url::parse(&url).map_err(malformed)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials(text.to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Beyond(text.to_owned()));
        }
        if !has_scheme && url.port().is_none() && !names_port(text) {
            // A URL with a host takes a port.
            let _ = url.set_port(Some(DEFAULT_PORT));
        }
        if matches!(url.host(), None | Some(Host::Domain(""))) {
            return Err(malformed(url::ParseError::EmptyHost));
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

/// What stands before the first slash with a host in it: this machine if there is but a port, and brackets around IPv6.
fn with_host(text: &str) -> String {
    let (authority, path) = text.find('/').map_or((text, ""), |slash| text.split_at(slash));
    if authority.parse::<Ipv6Addr>().is_ok() {
        return format!("[{authority}]{path}");
    }
    match authority.strip_prefix(':').unwrap_or(authority) {
        port if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{}:{port}{path}", Ipv4Addr::LOCALHOST)
        }
        _ => text.to_owned(),
    }
}

/// Whether an address without a scheme names a port, be it the one that goes without saying in a URL.
fn names_port(text: &str) -> bool {
    let authority = text.split('/').next().unwrap_or_default();
    authority == "80" || authority.ends_with(":80")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let check = |text: &str, expected: &str| {
            assert_eq!(text.parse::<Address>().unwrap().as_str(), expected, "{text}");
        };
        check("http://127.0.0.1:8370", "http://127.0.0.1:8370");
        check("localhost:8370", "http://localhost:8370");
        check("localhost", "http://localhost:8370");
        check(":8370", "http://127.0.0.1:8370");
        check("9000", "http://127.0.0.1:9000");
        check("10.0.0.7:80", "http://10.0.0.7");
        check("[::1]:8370", "http://[::1]:8370");
        check("[::1]", "http://[::1]:8370");
        check("::1", "http://[::1]:8370");
        check("http://[::1]:8370/", "http://[::1]:8370");
        check("https://orgsync.example.org", "https://orgsync.example.org");
        check("https://orgsync.example.org/", "https://orgsync.example.org");
        check("https://example.org/orgsync/", "https://example.org/orgsync");
        check("example.org/orgsync", "http://example.org:8370/orgsync");
        check("HTTPS://Example.ORG:443", "https://example.org");
        check(" http://localhost:8370\n", "http://localhost:8370");
    }

    #[test]
    fn what_is_no_address_says_what_to_write() {
        let check = |text: &str, expected: &str| {
            let said = text.parse::<Address>().unwrap_err().to_string();
            assert!(said.contains(expected), "{text}: {said}");
        };
        check("", "it is empty; write http://");
        check(" ", "it is empty");
        check("ftp://localhost", "and not `ftp://`");
        check("http://", "`http://` is no address of a server");
        check("http:localhost:8370", "write http://127.0.0.1:8370");
        check("localhost:99999", "invalid port number");
        check("a b:8370", "is no address of a server");
        check("http://ann:secret@localhost:8370", "has a user or password in it");
        check("http://localhost:8370/?x=1", "has more than a path");
        check("http://localhost:8370#x", "has more than a path");
    }

    #[test]
    fn a_daemon_on_this_machine_is_found_where_it_listens() {
        let check = |listen: &str, is_tls: bool, expected: &str| {
            let address = Address::of_listener(listen.parse().unwrap(), is_tls).unwrap();
            assert_eq!(address.as_str(), expected);
        };
        check("127.0.0.1:8370", false, "http://127.0.0.1:8370");
        check("0.0.0.0:9000", false, "http://127.0.0.1:9000");
        check("[::]:9000", true, "https://[::1]:9000");
        check("10.0.0.7:443", true, "https://10.0.0.7:443");
        let free = Address::of_listener("127.0.0.1:0".parse().unwrap(), false).unwrap_err().to_string();
        assert!(free.contains("--server"), "{free}");
    }
}

//! Options that look like addresses, and where they lead when nobody is to be reached: to a port that refuses, or to
//! one that takes connections and never answers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use serde_json::Value;
use tokio::net::TcpSocket;
use url::Url;

/// A port of this machine at which every connection is refused, for as long as this value lives.
#[derive(Debug)]
pub(super) struct Refusing(TcpSocket);

/// A port of this machine that takes connections and never says a word.
#[derive(Debug)]
pub(super) struct Silent(TcpListener);

impl Refusing {
    pub(super) fn open() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        Ok(Self(socket))
    }

    pub(super) fn port(&self) -> io::Result<u16> {
        Ok(self.0.local_addr()?.port())
    }
}

impl Silent {
    pub(super) fn open() -> io::Result<Self> {
        // The system takes connections by itself; nobody ever looks at them.
        Ok(Self(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?))
    }

    pub(super) fn port(&self) -> io::Result<u16> {
        Ok(self.0.local_addr()?.port())
    }
}

/// The options with every address leading to a port of this machine, and which options those are.
pub(super) fn redirect(options: &Value, port: u16) -> (Value, Vec<String>) {
    let (mut options, mut found) = (options.clone(), Vec::new());
    walk(&mut options, "", port, &mut found);
    (options, found)
}

fn walk(value: &mut Value, path: &str, port: u16, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            let has_port = map.iter().any(|(key, value)| is_port(key, value));
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                if is_port(key, value) {
                    *value = if value.is_string() { port.to_string().into() } else { port.into() };
                } else if has_port && is_host(key, value) {
                    *value = "127.0.0.1".into();
                    found.push(path);
                } else {
                    walk(value, &path, port, found);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|item| walk(item, path, port, found)),
        Value::String(text) => {
            if let Some(address) = redirected(text, port) {
                *text = address;
                found.push(path.to_owned());
            }
        }
        _ => {}
    }
}

fn is_port(key: &str, value: &Value) -> bool {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    key.to_lowercase().ends_with("port") && number.is_some_and(|port| u16::try_from(port).is_ok())
}

fn is_host(key: &str, value: &Value) -> bool {
    let key = key.to_lowercase();
    value.is_string() && ["host", "hostname", "server", "address"].iter().any(|word| key.ends_with(word))
}

/// What a URL, or `host:port`, becomes; `None` for other texts.
fn redirected(text: &str, port: u16) -> Option<String> {
    if let Ok(mut url) = Url::parse(text)
        && url.has_host()
    {
        url.set_ip_host(Ipv4Addr::LOCALHOST.into()).ok()?;
        url.set_port(Some(port)).ok()?;
        return Some(url.into());
    }
    let (host, number) = text.rsplit_once(':')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-[]:_".contains(&byte);
    let named =
        host.bytes().all(is_name) && host.bytes().any(|byte| byte.is_ascii_alphabetic() || byte == b'.');
    (named && number.parse::<u16>().is_ok()).then(|| format!("127.0.0.1:{port}"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use serde_json::json;

    use super::*;

    fn check(options: Value, expected: Value, found: &[&str]) {
        assert_eq!(redirect(&options, 9), (expected, found.iter().map(|&name| name.to_owned()).collect()));
    }

    #[test]
    fn addresses_are_told_from_other_texts() {
        check(
            json!({"baseUrl": "https://acme.example:8443/api?x=1", "mail": "a@b.example", "at": "12:30"}),
            json!({"baseUrl": "https://127.0.0.1:9/api?x=1", "mail": "a@b.example", "at": "12:30"}),
            &["baseUrl"],
        );
        check(
            json!({"servers": ["ldap://a.example", "ldaps://b.example:636"], "base": "dc=a,dc=b"}),
            json!({"servers": ["ldap://127.0.0.1:9", "ldaps://127.0.0.1:9"], "base": "dc=a,dc=b"}),
            &["servers", "servers"],
        );
        check(
            json!({"database": {"host": "db", "port": 5432, "user": "u"}, "host": "a name"}),
            json!({"database": {"host": "127.0.0.1", "port": 9, "user": "u"}, "host": "a name"}),
            &["database.host"],
        );
        check(json!({"broker": "mq.example:5672"}), json!({"broker": "127.0.0.1:9"}), &["broker"]);
        check(
            json!({"path": "file:///etc/people", "n": 3}),
            json!({"path": "file:///etc/people", "n": 3}),
            &[],
        );
    }

    #[tokio::test]
    async fn one_port_refuses_and_one_is_silent() {
        let (refusing, silent) = (Refusing::open().unwrap(), Silent::open().unwrap());
        let connect = |port: u16| TcpStream::connect((Ipv4Addr::LOCALHOST, port));
        assert_eq!(connect(refusing.port().unwrap()).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert!(connect(silent.port().unwrap()).is_ok());
    }
}

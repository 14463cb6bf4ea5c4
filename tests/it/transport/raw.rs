//! Requests as bytes on a socket, for clients that no library would be.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::support::daemon::{Daemon, Place};

/// How long a socket may be silent before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A daemon with these settings in `[http]`.
pub(super) fn daemon(http: &str) -> Daemon {
    let place = Place::new(&[]);
    place.write("orgsync.toml", &format!("log_level = \"debug\"\n[http]\n{http}\n"));
    place.serve()
}

/// A connection.
pub(super) struct Raw(TcpStream);

/// An answer as it stands on the wire.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// In lower case.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|reason| panic!("{self:?}: {reason}"))
    }
}

impl Raw {
    pub(super) fn open(daemon: &Daemon) -> Self {
        let stream = TcpStream::connect(daemon.address().strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    /// Sends the head of a request with the daemon's token.
    pub(super) fn head(&mut self, daemon: &Daemon, request: &str, headers: &[&str]) {
        let token = format!("authorization: Bearer {}", daemon.token());
        self.head_of(&token, request, headers);
    }

    /// Sends the head of a request of somebody else.
    pub(super) fn head_of(&mut self, token: &str, request: &str, headers: &[&str]) {
        let mut head = format!("{request} HTTP/1.1\r\nhost: x\r\n{token}\r\n");
        headers.iter().for_each(|header| head.push_str(&format!("{header}\r\n")));
        self.send(format!("{head}\r\n").as_bytes());
    }

    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Whether the other side still takes bytes.
    pub(super) fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// A piece of a chunked body.
    pub(super) fn chunk(&mut self, bytes: &[u8]) {
        self.send(format!("{:x}\r\n", bytes.len()).as_bytes());
        self.send(&[bytes, b"\r\n"].concat());
    }

    /// One answer with a `content-length`.
    pub(super) fn answer(&mut self) -> Answer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap_or_else(|reason| {
                panic!("no whole answer: {reason}, after {:?}", String::from_utf8_lossy(&head))
            });
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .split("content-length: ")
            .nth(1)
            .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        Answer { status, head, body }
    }

    /// Whether the other side closes without another byte; it must close.
    pub(super) fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        let read = self.0.read_to_end(&mut rest);
        // A connection that is reset has an end, too; one that stays silent has none.
        let silent = read.is_err_and(|reason| reason.kind() == ErrorKind::WouldBlock);
        assert!(!silent, "the connection stays open");
        rest.is_empty()
    }

    pub(super) fn shut(self) {
        self.0.shutdown(Shutdown::Both).unwrap();
    }
}

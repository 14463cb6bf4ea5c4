//! A connection between client and server that can be broken, or on which something is changed.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Passes on what a client and a server say to each other, until the server has said so much.
pub(super) struct Proxy {
    port: u16,
    passed: Arc<AtomicUsize>,
    left: Arc<AtomicUsize>,
}

impl Proxy {
    pub(super) fn start(to: u16) -> Self {
        Self::changing(to, (b"", b""))
    }

    /// One that puts other bytes of the same length in the place of some that the server sends.
    pub(super) fn changing(to: u16, change: (&'static [u8], &'static [u8])) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (passed, left) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(usize::MAX)));
        let proxy = Self { port, passed: Arc::clone(&passed), left: Arc::clone(&left) };
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(("127.0.0.1", to)).unwrap());
                let (mut questions, mut to_server) =
                    (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || std::io::copy(&mut questions, &mut to_server));
                answers(server, client, &passed, &left, change);
            }
        });
        proxy
    }

    pub(super) fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// How much the server has said so far.
    pub(super) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    /// Breaks connections from now on when the server has said so much.
    pub(super) fn cut_after(&self, bytes: usize) {
        self.left.store(bytes, Ordering::SeqCst);
    }
}

/// Passes one connection's answers on.
fn answers(
    mut server: TcpStream,
    mut client: TcpStream,
    passed: &AtomicUsize,
    left: &AtomicUsize,
    (from, to): (&[u8], &[u8]),
) {
    let mut buffer = [0; 1024];
    // What may be the beginning of something to be changed.
    let mut kept = Vec::new();
    while let Ok(read @ 1..) = server.read(&mut buffer) {
        passed.fetch_add(read, Ordering::SeqCst);
        let may = left.load(Ordering::SeqCst);
        if read > may {
            break;
        }
        kept.extend_from_slice(&buffer[..read]);
        let mut at = 0;
        while !from.is_empty() && at + from.len() <= kept.len() {
            if kept[at..].starts_with(from) {
                kept[at..at + to.len()].copy_from_slice(to);
            }
            at += 1;
        }
        let begun = (1..from.len().max(1)).rev().find(|length| kept.ends_with(&from[..*length])).unwrap_or(0);
        let rest = kept.split_off(kept.len() - begun);
        if client.write_all(&kept).is_err() {
            break;
        }
        kept = rest;
        if may < usize::MAX {
            left.store(may - read, Ordering::SeqCst);
        }
    }
    let _ = (server.shutdown(Shutdown::Both), client.shutdown(Shutdown::Both));
}

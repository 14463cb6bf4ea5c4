//! Those who take what is for all: one of each kind that is known, each with an address of its own.

use std::io::{self, ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::daemon::Daemon;

/// One who abuses the daemon until told to stop; returns how often.
pub(super) struct Abuser {
    pub(super) name: &'static str,
    pub(super) abuse: Abuse,
}

type Abuse = Box<dyn FnOnce(&AtomicBool) -> u64 + Send>;

/// How long most rest after each deed: long enough for the computer to do something else, too.
const REST: Duration = Duration::from_millis(100);

/// All of them, with tokens and sources of their own.
pub(super) fn prepare(daemon: &Daemon) -> anyhow::Result<Vec<Abuser>> {
    let admin = daemon.admin();
    let server = daemon.address()?;
    let pusher = |name: &str| {
        admin.post("/api/v1/sources", &json!({"name": name, "type": "api"}))?.expect(201)?;
        daemon.bound_pusher(name)
    };
    let (dripping, unpacking, members) = (pusher("dripped")?, pusher("unpacked")?, pusher("members")?);
    let (growing, void) = (pusher("grown")?, pusher("void")?);
    admin.post("/api/v1/sources", &json!({"name": "wrong", "type": "long-errors"}))?.expect(201)?;
    let cookie = admin.cookie()?;
    let (_, bearer) = admin.bearer();
    // What silent readers ask for.
    let large: Vec<_> =
        (0..50).map(|n| json!({"uid": format!("l{n}"), "note": "x".repeat(200_000)})).collect();
    admin.post("/api/v1/sources/api/records?type=user", &json!(large))?.expect(200)?;
    let path = |source: &str| format!("/api/v1/sources/{source}/records?type=user");
    let (unpacked, grown, voided, joined) = (path("unpacked"), path("grown"), path("void"), path("members"));

    let same = gzip(&b"{\"uid\":\"x\"}\n".repeat(1_000_000))?;
    let mut too_long: Vec<u8> =
        (0..100_000).flat_map(|n| format!("{{\"uid\":\"v{n}\"}}\n").into_bytes()).collect();
    too_long.extend(format!("{{\"uid\":\"{}\"}}\n", "x".repeat(2 << 20)).bytes());
    let too_long = gzip(&too_long)?;
    let memberships: Vec<String> = (0..50_000).map(|n| n.to_string()).collect();
    let memberships = json!([{"uid": "m", "departments": memberships}]).to_string();

    let mut all = Vec::new();
    let mut add = |name, abuse| all.push(Abuser { name, abuse });
    add("wrong tokens", {
        let client = admin.clone().with_token("orgsync_1_wrongwrongwrongwrongwrong");
        repeated(Duration::from_millis(1), move |_| client.get("/api/v1/users").map(drop))
    });
    add("300 readers that take nothing", {
        let request =
            format!("GET /api/v1/users?limit=50 HTTP/1.1\r\nhost: x\r\nauthorization: {bearer}\r\n\r\n");
        held(from(2, server), 300, move |stream| stream.write_all(request.as_bytes()), |_| Ok(()))
    });
    add("257 pushes that hardly come", {
        let (_, bearer) = dripping.bearer();
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: x\r\nauthorization: {bearer}\r\ncontent-type: application/x-ndjson\r\n\
             content-length: 60000000\r\n\r\n",
            path("dripped")
        );
        let begin = move |stream: &mut TcpStream| stream.write_all(head.as_bytes());
        held(from(3, server), 257, begin, |stream| stream.write_all(&[b' '; 62]))
    });
    add("pushes of a million equal records", {
        let headers = [("content-type", "application/x-ndjson"), ("content-encoding", "gzip")];
        repeated(REST, move |_| unpacking.post_as(&unpacked, &headers, &same).map(drop))
    });
    add("pushes that fail after 100,000 records", {
        let headers = [("content-type", "application/x-ndjson"), ("content-encoding", "gzip")];
        repeated(REST, move |_| void.post_as(&voided, &headers, &too_long).map(drop))
    });
    add("a user with 50,000 memberships", {
        repeated(REST, move |_| members.post_text(&joined, &memberships).map(drop))
    });
    add("a user that grows", {
        let user = |n| json!([{"uid": "g", format!("field{n}"): "x".repeat(500_000)}]);
        repeated(REST, move |n| growing.post(&grown, &user(n)).map(drop))
    });
    add("forms of options that hold themselves", {
        let client = admin.clone();
        repeated(REST, move |_| {
            client.fetch("/sources/new?type=recursive", std::slice::from_ref(&cookie)).map(drop)
        })
    });
    add("errors of 15 MB", {
        let client = admin.clone();
        repeated(REST, move |_| client.post("/api/v1/sources/wrong/sync", &json!({})).map(drop))
    });
    add("512 connections whose heads hardly come", {
        let begin = |stream: &mut TcpStream| stream.write_all(b"GET / HTTP/1.1\r\n");
        held(from(4, server), 512, begin, |stream| stream.write_all(b"a"))
    });
    Ok(all)
}

/// Does something over and over, whatever comes of it, and counts what was answered.
fn repeated(rest: Duration, mut deed: impl FnMut(u64) -> anyhow::Result<()> + Send + 'static) -> Abuse {
    Box::new(move |stop| {
        let mut count = 0;
        while !stop.load(Ordering::Relaxed) {
            count += u64::from(deed(count).is_ok());
            thread::sleep(rest);
        }
        count
    })
}

/// Holds so many connections: begins something on each, goes on a little each tenth of a second, and opens another one
/// for each that is closed. Counts those that were opened.
fn held(
    mut open: impl FnMut() -> io::Result<TcpStream> + Send + 'static,
    most: usize,
    mut begin: impl FnMut(&mut TcpStream) -> io::Result<()> + Send + 'static,
    mut go_on: impl FnMut(&mut TcpStream) -> io::Result<()> + Send + 'static,
) -> Abuse {
    Box::new(move |stop| {
        let (mut streams, mut count) = (Vec::new(), 0);
        while !stop.load(Ordering::Relaxed) {
            streams.retain_mut(|stream| is_open(stream) && go_on(stream).is_ok());
            while streams.len() < most && !stop.load(Ordering::Relaxed) {
                let Ok(mut stream) = open() else { break };
                if begin(&mut stream).is_err() {
                    break;
                }
                streams.push(stream);
                count += 1;
            }
            thread::sleep(REST);
        }
        count
    })
}

/// Whether the other side still holds the connection, without taking what it sends.
fn is_open(stream: &TcpStream) -> bool {
    let asked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
    let _ = stream.set_nonblocking(false);
    match asked {
        Ok(read) => read > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}

/// Connects from an address of its own.
fn from(last: u8, server: SocketAddrV4) -> impl FnMut() -> io::Result<TcpStream> + Send {
    move || {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, last), 0).into())?;
        socket.connect(&server.into())?;
        let stream = TcpStream::from(socket);
        stream.set_write_timeout(Some(Duration::from_secs(1)))?;
        Ok(stream)
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes)?;
    gzip.finish()
}

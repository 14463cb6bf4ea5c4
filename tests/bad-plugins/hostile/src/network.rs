//! Ways to other programs that don't go through a `connect` to a port with TCP.

use std::io::{self, Read};
use std::mem::{size_of, zeroed};
use std::net::{Ipv4Addr, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixDatagram;

use libc::c_int;

use crate::{address, call, flag};

/// What is said to whoever answers.
const HELLO: &[u8] = b"hello";

/// `to` is a port on this computer, or the path of a local socket.
pub(crate) fn attempt(name: &str, to: &str) -> Option<io::Result<usize>> {
    let port = to.parse().unwrap_or(0);
    let stream = libc::SOCK_STREAM;
    Some(match name {
        "tcp" => TcpStream::connect((Ipv4Addr::LOCALHOST, port)).and_then(hear),
        "udp" => UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|socket| socket.send_to(HELLO, (Ipv4Addr::LOCALHOST, port))),
        "mptcp" => made(libc::AF_INET, stream, libc::IPPROTO_MPTCP).and_then(|socket| connect(&socket, port)),
        "fast-open-sendto" => tcp().and_then(|socket| fast_open(&socket, port, libc::SYS_sendto)),
        "fast-open-sendmsg" => tcp().and_then(|socket| fast_open(&socket, port, libc::SYS_sendmsg)),
        "fast-open-sendmmsg" => tcp().and_then(|socket| fast_open(&socket, port, libc::SYS_sendmmsg)),
        "fast-open-connect" => tcp().and_then(|socket| {
            set(&socket, libc::IPPROTO_TCP, libc::TCP_FASTOPEN_CONNECT)?;
            connect(&socket, port)
        }),
        "fast-open-server" => tcp().and_then(|socket| set(&socket, libc::IPPROTO_TCP, libc::TCP_FASTOPEN)),
        "no-delay" => tcp().and_then(|socket| set(&socket, libc::IPPROTO_TCP, libc::TCP_NODELAY)),
        "listen" => tcp().and_then(|socket| call(libc::SYS_listen, &[descriptor(&socket), 1])),
        "netlink-route" => made(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_ROUTE).map(|_| 0),
        "netlink-netfilter" => made(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_NETFILTER).map(|_| 0),
        "netlink-audit" => made(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_AUDIT).map(|_| 0),
        "packet" => made(libc::AF_PACKET, libc::SOCK_RAW, 0).map(|_| 0),
        "vsock" => made(libc::AF_VSOCK, stream, 0).map(|_| 0),
        "alg" => made(libc::AF_ALG, libc::SOCK_SEQPACKET, 0).map(|_| 0),
        "tipc" => made(libc::AF_TIPC, libc::SOCK_RDM, 0).map(|_| 0),
        "sctp" => made(libc::AF_INET, stream, libc::IPPROTO_SCTP).map(|_| 0),
        "raw" => made(libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_RAW).map(|_| 0),
        "ping" => made(libc::AF_INET, libc::SOCK_DGRAM, libc::IPPROTO_ICMP).map(|_| 0),
        "unix" => made(libc::AF_UNIX, stream, 0).map(|_| 0),
        "unix-pair-of-datagrams" => UnixDatagram::pair().and_then(|(one, _)| one.send_to(HELLO, to)),
        _ => return None,
    })
}

fn tcp() -> io::Result<OwnedFd> {
    made(libc::AF_INET, libc::SOCK_STREAM, 0)
}

fn made(family: c_int, type_: c_int, protocol: c_int) -> io::Result<OwnedFd> {
    let socket = call(libc::SYS_socket, &[flag(family), flag(type_), flag(protocol)])?;
    // SAFETY: the socket was made just now, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(socket as c_int) })
}

fn descriptor(socket: &OwnedFd) -> usize {
    flag(socket.as_raw_fd())
}

/// Waits until the other side says something.
fn hear(mut stream: impl Read) -> io::Result<usize> {
    stream.read(&mut [0; 16])
}

fn connect(socket: &OwnedFd, port: u16) -> io::Result<usize> {
    let place = local(port);
    call(libc::SYS_connect, &[descriptor(socket), address(&place), size_of::<libc::sockaddr_in>()])?;
    hear(std::fs::File::from(socket.try_clone()?))
}

/// Connects by sending.
fn fast_open(socket: &OwnedFd, port: u16, by: libc::c_long) -> io::Result<usize> {
    let place = local(port);
    let (socket_, flags) = (descriptor(socket), flag(libc::MSG_FASTOPEN));
    let vector = libc::iovec { iov_base: HELLO.as_ptr().cast_mut().cast(), iov_len: HELLO.len() };
    // SAFETY: a message of nothing is one.
    let mut message: libc::mmsghdr = unsafe { zeroed() };
    message.msg_hdr.msg_name = std::ptr::from_ref(&place).cast_mut().cast();
    message.msg_hdr.msg_namelen = size_of::<libc::sockaddr_in>() as u32;
    message.msg_hdr.msg_iov = std::ptr::from_ref(&vector).cast_mut();
    message.msg_hdr.msg_iovlen = 1;
    match by {
        libc::SYS_sendto => {
            let (text, length) = (HELLO.as_ptr().expose_provenance(), size_of::<libc::sockaddr_in>());
            call(by, &[socket_, text, HELLO.len(), flags, address(&place), length])?;
        }
        libc::SYS_sendmsg => {
            call(by, &[socket_, address(&message.msg_hdr), flags])?;
        }
        _ => {
            call(by, &[socket_, address(&message), 1, flags])?;
        }
    }
    hear(std::fs::File::from(socket.try_clone()?))
}

fn set(socket: &OwnedFd, level: c_int, option: c_int) -> io::Result<usize> {
    let one: c_int = 1;
    let value = [descriptor(socket), flag(level), flag(option), address(&one), size_of::<c_int>()];
    call(libc::SYS_setsockopt, &value)
}

/// A port of this computer.
fn local(port: u16) -> libc::sockaddr_in {
    libc::sockaddr_in {
        sin_family: libc::AF_INET as u16,
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(Ipv4Addr::LOCALHOST).to_be() },
        sin_zero: [0; 8],
    }
}

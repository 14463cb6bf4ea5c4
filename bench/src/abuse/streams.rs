//! A client that follows the events of a task.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddrV4, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{bail, ensure};

use crate::daemon::Client;

/// Counts the events that come until it is told to stop; an end of the stream before is an error.
pub(super) fn follow_until(
    stop: &AtomicBool,
    address: SocketAddrV4,
    client: &Client,
    task: i64,
) -> anyhow::Result<u64> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    let (_, bearer) = client.bearer();
    write!(stream, "GET /api/v1/tasks/{task}/events HTTP/1.1\r\nhost: x\r\nauthorization: {bearer}\r\n\r\n")?;
    let (mut events, mut buffer, mut is_first) = (0, [0; 16 << 10], true);
    while !stop.load(Ordering::Relaxed) {
        match stream.read(&mut buffer) {
            Ok(0) => bail!("it ended"),
            Ok(read) => {
                if std::mem::take(&mut is_first) {
                    ensure!(
                        buffer.starts_with(b"HTTP/1.1 200"),
                        "{}",
                        String::from_utf8_lossy(&buffer[..read])
                    );
                }
                events += buffer[..read].windows(6).filter(|bytes| bytes == b"\ndata:").count() as u64;
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(events)
}

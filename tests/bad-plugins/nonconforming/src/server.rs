//! The server that sources ask: it answers a line with a line.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use orgsync_plugin_api::PluginError;

/// Asks, if there is a server; gives up after `patience` when it does not answer.
pub(crate) fn ask(server: Option<&str>, patience: Option<Duration>) -> Result<(), PluginError> {
    let Some(server) = server else { return Ok(()) };
    let address: SocketAddr = server.parse().map_err(PluginError::config)?;
    let told = |error: std::io::Error| PluginError::transient(format!("{server}: {error}"));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).map_err(told)?;
    stream.set_read_timeout(patience).map_err(told)?;
    stream.write_all(b"hello\n").map_err(told)?;
    BufReader::new(stream).read_line(&mut String::new()).map_err(told).map(drop)
}

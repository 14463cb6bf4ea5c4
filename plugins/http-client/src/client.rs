//! One request and its answer. What comes back is an answer of whatever status; that there is none is an error:
//! `config` if it will not go away by itself (a certificate that nobody trusts), else `transient`.

use std::fmt;
use std::io::{self, Read};
use std::time::Duration;

use orgsync_plugin_api::{Effect, PluginError};
use ureq::http::{Request, Uri};
use ureq::{Agent, Timeout};

use crate::answer::{Answer, one_line};
use crate::tls;

/// How a client connects, and what it puts up with.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// A PEM file with authorities to trust in place of the system's.
    pub ca_file: Option<&'a str>,
    /// The same as text.
    pub ca_pem: Option<&'a str>,
    /// How long connecting may take, encryption included.
    pub connect_timeout: Duration,
    /// How long a request may take from its beginning to the answer's end.
    pub timeout: Duration,
    /// How many bytes an answer may have.
    pub longest_answer: u64,
}

/// Sends requests over connections that it keeps.
pub struct Client {
    agent: Agent,
    longest_answer: u64,
    secrets: Vec<String>,
}

impl Client {
    /// A client that shows none of these secrets, even if a server repeats them.
    ///
    /// # Errors
    /// Of class `config`, if the authorities can't be read.
    pub fn new<'a>(
        settings: &Settings<'_>,
        secrets: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, PluginError> {
        let agent = Agent::config_builder()
            .tls_config(tls::config(settings.ca_file, settings.ca_pem)?)
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(settings.connect_timeout))
            .timeout_global(Some(settings.timeout))
            .user_agent(concat!("orgsync/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        let secrets = secrets.into_iter().filter(|secret| !secret.is_empty()).map(str::to_owned).collect();
        Ok(Self { agent, longest_answer: settings.longest_answer, secrets })
    }

    /// Sends a request, and reads the answer to its end. An empty body is none.
    ///
    /// # Errors
    /// If there is no whole answer. Its effect is [`Effect::Nothing`] only where no request was sent: a request
    /// that got no answer may have been done all the same.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Answer, PluginError> {
        let server = server(request.uri());
        let sent = if request.body().is_empty() {
            self.agent.run(request.map(|_| ()))
        } else {
            self.agent.run(request)
        };
        let (head, body) = sent.map_err(|error| unreached(&server, &error))?.into_parts();
        let mut bytes = Vec::new();
        let read = body.into_reader().take(self.longest_answer + 1).read_to_end(&mut bytes);
        read.map_err(|error| broken_off(&server, error))?;
        if bytes.len() as u64 > self.longest_answer {
            let limit = self.longest_answer / 1024;
            let error = PluginError::config(format!("the answer of {server} is longer than {limit} KiB"));
            return Err(error.with_effect(Effect::Unknown));
        }
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: bytes })
    }

    /// `answered with 404 (no such tenant)`: what an error may show of an answer.
    pub fn describe(&self, answer: &Answer) -> String {
        match answer.words() {
            Some(words) => format!("answered with {} ({})", answer.status, self.mask(&words)),
            None => format!("answered with {}", answer.status),
        }
    }

    /// Somebody else's words in one line, not too long, and without this client's secrets.
    pub fn mask(&self, text: &str) -> String {
        let masked =
            self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "********"));
        one_line(&masked)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("longest_answer", &self.longest_answer).finish_non_exhaustive()
    }
}

fn server(uri: &Uri) -> String {
    format!("{}://{}", uri.scheme_str().unwrap_or("?"), uri.authority().map_or("?", |host| host.as_str()))
}

fn unreached(server: &str, error: &ureq::Error) -> PluginError {
    let not_sent = |error: PluginError| error.with_effect(Effect::Nothing);
    match error {
        ureq::Error::Timeout(phase @ (Timeout::Resolve | Timeout::Connect)) => {
            not_sent(PluginError::transient(format!("{server} took too long ({phase})")))
        }
        ureq::Error::Timeout(phase) => PluginError::transient(format!("{server} took too long ({phase})")),
        ureq::Error::HostNotFound => not_sent(PluginError::transient(format!(
            "the host of {server} can't be found: look at the name and at DNS"
        ))),
        ureq::Error::Io(error) => match tls_error(error) {
            Some(error) => untrusted(server, error),
            None if is_about_connecting(error.kind()) => {
                not_sent(PluginError::transient(format!("{server} can't be reached: {error}")))
            }
            None => PluginError::transient(format!("{server} can't be reached: {error}")),
        },
        ureq::Error::Rustls(error) => untrusted(server, error),
        ureq::Error::Tls(error) => {
            PluginError::config(format!("TLS with {server} failed: {error}")).with_effect(Effect::Unknown)
        }
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            PluginError::config(format!("a request to {server} can't be made: {error}"))
        }
        other => PluginError::transient(format!("the request to {server} failed: {other}")),
    }
}

/// Whether an error can only come before there is a connection.
fn is_about_connecting(kind: io::ErrorKind) -> bool {
    use io::ErrorKind;
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::AddrNotAvailable | ErrorKind::AddrInUse)
}

/// The answer began, and its body did not come to an end.
fn broken_off(server: &str, error: io::Error) -> PluginError {
    match ureq::Error::from(error) {
        ureq::Error::Timeout(phase) => PluginError::transient(format!("{server} took too long ({phase})")),
        error => PluginError::transient(format!("the answer of {server} broke off: {error}")),
    }
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn untrusted(server: &str, error: &rustls::Error) -> PluginError {
    match error {
        rustls::Error::InvalidCertificate(reason) => PluginError::config(format!(
            "the certificate of {server} is not trusted: {reason}; give its authority in `caFile` or `caPem`"
        )),
        // It may come in the middle of a connection.
        other => {
            PluginError::config(format!("TLS with {server} failed: {other}")).with_effect(Effect::Unknown)
        }
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;

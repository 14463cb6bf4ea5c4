//! The HTTP API from the client's side: requests, and errors as a person reads them.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, SendBody};

use crate::http::tls::provider;

use super::address::Address;
use super::output::{self, OutputError};

/// A client of one daemon.
pub(super) struct Client {
    agent: Agent,
    server: Address,
    token: String,
}

/// How much of an answer is shown that makes no sense.
const SHOWN: usize = 200;

fn tls(ca_file: Option<&Path>) -> anyhow::Result<TlsConfig> {
    let trusted = match ca_file {
        None => of_system(),
        Some(path) => certificates(path)?,
    };
    let config = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&trusted));
    Ok(config.unversioned_rustls_crypto_provider(provider()).build())
}

/// Those that the system trusts. One that can't be read there is of no use to anybody.
fn of_system() -> Vec<Certificate<'static>> {
    let found = rustls_native_certs::load_native_certs().certs;
    found.iter().map(|found| Certificate::from_der(found).to_owned()).collect()
}

fn certificates(path: &Path) -> anyhow::Result<Vec<Certificate<'static>>> {
    let failed = || format!("failed to read the certificates to trust, {}", path.display());
    let text = std::fs::read(path).with_context(failed)?;
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().with_context(failed)?;
    if certificates.is_empty() {
        bail!("{} has no certificate in it; it must be PEM", path.display());
    }
    Ok(certificates.iter().map(|found| Certificate::from_der(found).to_owned()).collect())
}

impl Client {
    /// Trusts the certificates of this file, or those of the system.
    pub(super) fn new(server: Address, token: String, ca_file: Option<&Path>) -> anyhow::Result<Self> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .tls_config(tls(ca_file)?);
        Ok(Self { agent: config.build().new_agent(), server, token })
    }

    /// GET, answered in JSON.
    pub(super) fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.agent.get(self.url(path)).header("authorization", self.bearer());
        self.answer(request.call())
    }

    /// POST of JSON, answered in JSON.
    pub(super) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.agent.post(self.url(path)).header("authorization", self.bearer());
        self.answer(request.send_json(body))
    }

    /// DELETE.
    pub(super) fn delete(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.agent.delete(self.url(path)).header("authorization", self.bearer());
        self.answer(request.call())
    }

    /// POST of a body of any length.
    pub(super) fn upload(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        mut body: impl Read + 'static,
    ) -> anyhow::Result<Value> {
        // A daemon that refuses the push says so before the body is sent; in the middle of it, it would
        // cut the connection, and nobody would read why.
        let mut request = self.agent.post(self.url(path)).header("authorization", self.bearer());
        request = request.header("expect", "100-continue");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request.send(SendBody::from_reader(&mut body)))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.as_str())
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn answer(&self, response: Result<ureq::http::Response<Body>, ureq::Error>) -> anyhow::Result<Value> {
        let server = self.server.as_str();
        let mut response =
            response.with_context(|| format!("failed to talk to {server}; is the daemon running?"))?;
        let status = response.status();
        let text = response.body_mut().read_to_string().context("failed to read the answer")?;
        let answer = if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str::<Value>(&text) };
        let Ok(answer) = answer else {
            let beginning: String = text.trim().chars().take(SHOWN).collect();
            bail!(
                "{server} answered {status}, and not as orgsync does; is it another program? It says: {beginning}"
            )
        };
        if status.is_success() {
            return Ok(answer);
        }
        let detail = answer["detail"].as_str().or_else(|| answer["title"].as_str()).unwrap_or(&text);
        bail!("{server} answered {status}: {detail}")
    }
}

/// A name as it stands in a path, whatever characters are in it.
pub(super) fn segment(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte);
    name.bytes().fold(String::with_capacity(name.len()), |mut path, byte| {
        match plain(byte) {
            true => path.push(char::from(byte)),
            false => path.push_str(&format!("%{byte:02X}")),
        }
        path
    })
}

/// Prints how a task ended; the exit code says whether it was a success.
pub(super) fn report(task: &Value) -> Result<ExitCode, OutputError> {
    let status = task["status"].as_str().unwrap_or("unknown");
    let id = task.get("id").or_else(|| task.get("taskId")).and_then(Value::as_i64).unwrap_or_default();
    let message = task["message"].as_str().unwrap_or_default();
    output::line(format_args!("task {id} is {status}: {message}"))?;
    for failed in task["failedRecords"].as_array().into_iter().flatten() {
        output::line(format_args!("  {}", failed["message"].as_str().unwrap_or_default()))?;
    }
    if status == "held" {
        let path = format!("/api/v1/tasks/{id}");
        output::line(format_args!("  approve it: POST {path}/approve; or reject it: POST {path}/reject"))?;
    }
    Ok(if status == "success" { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

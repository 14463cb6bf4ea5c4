//! The HTTP API from the client's side: address, token, requests, and errors as a person reads them.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, SendBody};

use crate::http::tls::provider;

/// Which daemon to talk to, and as whom.
#[derive(Debug, clap::Args)]
pub(super) struct Connection {
    /// The daemon's address [default: http://127.0.0.1:8370]
    #[arg(long, env = "ORGSYNC_SERVER", value_name = "URL")]
    server: Option<String>,
    /// The token [default: that of data/admin-token, if it is there]
    #[arg(long, env = "ORGSYNC_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Certificates to trust with an https:// server, PEM [default: those of the system]
    #[arg(long, env = "ORGSYNC_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

/// Where a daemon listens unless it is told otherwise.
const DEFAULT_SERVER: &str = "http://127.0.0.1:8370";

/// A client of one daemon.
pub(super) struct Client {
    agent: Agent,
    server: String,
    token: String,
}

impl Connection {
    /// The client, if a server is named.
    pub(super) fn named_client(&self) -> anyhow::Result<Option<Client>> {
        self.server.is_some().then(|| self.client()).transpose()
    }

    /// The client.
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => std::env::var("ORGSYNC_ADMIN_TOKEN")
                .or_else(|_| std::fs::read_to_string(Path::new("data/admin-token")))
                .context("no token: give --token, or set ORGSYNC_TOKEN")?,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .tls_config(self.tls()?);
        let server = self.server.as_deref().unwrap_or(DEFAULT_SERVER).trim_end_matches('/').to_owned();
        Ok(Client { agent: config.build().new_agent(), server, token: token.trim().to_owned() })
    }

    fn tls(&self) -> anyhow::Result<TlsConfig> {
        let trusted = match &self.ca_file {
            None => of_system(),
            Some(path) => certificates(path)?,
        };
        let config = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&trusted));
        Ok(config.unversioned_rustls_crypto_provider(provider()).build())
    }
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
        format!("{}{path}", self.server)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn answer(&self, response: Result<ureq::http::Response<Body>, ureq::Error>) -> anyhow::Result<Value> {
        let mut response =
            response.with_context(|| format!("failed to talk to {}; is the daemon running?", self.server))?;
        let status = response.status();
        let text = response.body_mut().read_to_string().context("failed to read the answer")?;
        let answer: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(answer);
        }
        let detail = answer["detail"].as_str().or_else(|| answer["title"].as_str()).unwrap_or(&text);
        bail!("{} answered {status}: {detail}", self.server)
    }
}

/// Prints how a task ended; the exit code says whether it was a success.
pub(super) fn report(task: &Value) -> std::process::ExitCode {
    let status = task["status"].as_str().unwrap_or("unknown");
    let id = task.get("id").or_else(|| task.get("taskId")).and_then(Value::as_i64).unwrap_or_default();
    println!("task {id} is {status}: {}", task["message"].as_str().unwrap_or_default());
    for failed in task["failedRecords"].as_array().into_iter().flatten() {
        println!("  {}", failed["message"].as_str().unwrap_or_default());
    }
    if status == "held" {
        println!(
            "  approve it: POST /api/v1/tasks/{id}/approve; or reject it: POST /api/v1/tasks/{id}/reject"
        );
    }
    if status == "success" { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}

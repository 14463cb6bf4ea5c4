//! The HTTP API from the client's side: address, token, requests, and errors as a person reads them.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use ureq::{Agent, Body, SendBody};

/// Which daemon to talk to, and as whom.
#[derive(Debug, clap::Args)]
pub(super) struct Connection {
    /// The daemon's address
    #[arg(long, env = "ORGSYNC_SERVER", default_value = "http://127.0.0.1:8370", value_name = "URL")]
    server: String,
    /// The token [default: that of data/admin-token, if it is there]
    #[arg(long, env = "ORGSYNC_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// A client of one daemon.
pub(super) struct Client {
    agent: Agent,
    server: String,
    token: String,
}

impl Connection {
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
            .timeout_connect(Some(Duration::from_secs(10)));
        let server = self.server.trim_end_matches('/').to_owned();
        Ok(Client { agent: config.build().new_agent(), server, token: token.trim().to_owned() })
    }
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

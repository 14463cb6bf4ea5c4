//! A real SCIM service, scim2-server, on a free port; it is stopped when it is dropped.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::slapd::free_port;
use super::wait_until;

/// The token that it lets in.
pub(crate) const TOKEN: &str = "t0ken-of-the-scim-service";

/// A running service.
pub(crate) struct ScimServer {
    process: Child,
    url: String,
    _directory: TempDir,
}

/// What a service says that it can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offers {
    pub(crate) patch: bool,
    pub(crate) versions: bool,
    pub(crate) bulk: bool,
}

impl ScimServer {
    pub(crate) fn start(offers: Offers) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = directory.path().join("config.json");
        std::fs::write(&config, offers.config().to_string()).unwrap();
        // A port that was free a moment ago may be taken by somebody else.
        for _ in 0..5 {
            let port = free_port();
            let mut command = Command::new("python3");
            command.env("PYTHONPATH", tools()).env("PYTHONDONTWRITEBYTECODE", "1");
            command.args(["-m", "scim2_server.testserver.cli", "--bearer-token", TOKEN]);
            command.args(["--port", &port.to_string(), "--service-provider-config"]).arg(&config);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut process = command.spawn().unwrap();
            let mut ended = None;
            wait_until("scim2-server answers or has ended", || {
                ended = process.try_wait().unwrap();
                ended.is_some() || TcpStream::connect(("127.0.0.1", port)).is_ok()
            });
            if ended.is_none() {
                return Self { process, url: format!("http://127.0.0.1:{port}/v2"), _directory: directory };
            }
        }
        panic!("scim2-server does not start");
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// All users or groups, by their externalId or else their name.
    pub(crate) fn all(&self, endpoint: &str) -> std::collections::BTreeMap<String, Value> {
        let mut all = std::collections::BTreeMap::new();
        let page = self.send("GET", &format!("{endpoint}?count=1000"), &Value::Null);
        let resources = page["Resources"].as_array().cloned().unwrap_or_default();
        assert_eq!(page["totalResults"], resources.len());
        for resource in resources {
            let keys = ["externalId", "userName", "displayName"];
            let key = keys.iter().find_map(|key| resource[key].as_str()).unwrap().to_owned();
            assert!(all.insert(key.clone(), resource).is_none(), "{key} is there twice");
        }
        all
    }

    /// Does something as somebody else would.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = request
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("content-type", "application/scim+json");
        let mut answer = match body {
            Value::Null => ureq::run(request.body(()).unwrap()).unwrap(),
            body => ureq::run(request.body(body.to_string()).unwrap()).unwrap(),
        };
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string().unwrap();
        serde_json::from_str(&text).unwrap_or_default()
    }
}

impl Offers {
    fn config(self) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": {"supported": self.patch},
            "bulk": {"supported": self.bulk, "maxOperations": 40, "maxPayloadSize": 20_000},
            "filter": {"supported": true, "maxResults": 1000},
            "changePassword": {"supported": false}, "sort": {"supported": true},
            "etag": {"supported": self.versions},
        })
    }
}

impl Drop for ScimServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where `cargo xtask test` has put scim2-server.
fn tools() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let tools = target.join("tools/scim2-server");
    assert!(tools.is_dir(), "there is no {}: run `cargo xtask test` first", tools.display());
    tools
}

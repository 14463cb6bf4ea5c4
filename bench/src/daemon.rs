//! A daemon of the benchmark's own, on a free port and in a directory of its own, and clients of it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use ureq::Agent;

const TOKEN: &str = "benchmark-benchmark-benchmark";
/// How long one request may take before that is an error of its own.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running daemon; killed when dropped.
pub(crate) struct Daemon {
    child: Child,
    server: String,
    database: PathBuf,
}

/// A client with a connection and a token of its own.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    server: String,
    token: String,
}

/// What a client was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In seconds.
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Value,
}

impl Daemon {
    /// Starts it and waits until it listens.
    pub(crate) fn start(binary: &Path, directory: &Path, log_level: &str) -> anyhow::Result<Self> {
        let binary = binary.canonicalize().context("failed to find the daemon's binary")?;
        let data = directory.join("data");
        let log = File::create(directory.join("stderr.log"))?;
        let mut child = Command::new(&binary)
            .arg("serve")
            .args(["--listen", "127.0.0.1:0", "--log-level", log_level])
            .arg("--data-dir")
            .arg(&data)
            .arg("--log-dir")
            .arg(directory.join("logs"))
            .arg("--plugins")
            .arg(directory.join("plugins.toml"))
            .current_dir(directory)
            .env("ORGSYNC_ADMIN_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("failed to start {}", binary.display()))?;
        let stdout = child.stdout.take().context("the daemon has no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let server = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let server = server.with_context(|| format!("the daemon said `{}`", line.trim()))?;
        Ok(Self { child, server, database: data.join("orgsync.db") })
    }

    /// A client that may do everything.
    pub(crate) fn admin(&self) -> Client {
        self.client(TOKEN)
    }

    /// A client with this token.
    pub(crate) fn client(&self, token: &str) -> Client {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        let agent = config.build().new_agent();
        Client { agent, server: self.server.clone(), token: token.to_owned() }
    }

    /// A client with a new token of scope `push`.
    pub(crate) fn pusher(&self, name: &str) -> anyhow::Result<Client> {
        self.client_with(&json!({"name": name, "scope": "push"}))
    }

    /// A client with a new token that may push to one source only.
    pub(crate) fn bound_pusher(&self, source: &str) -> anyhow::Result<Client> {
        self.client_with(&json!({"name": format!("bound to {source}"), "scope": "push", "source": source}))
    }

    fn client_with(&self, token: &Value) -> anyhow::Result<Client> {
        let made = self.admin().post("/api/v1/tokens", token)?.expect(201)?;
        Ok(self.client(made["token"].as_str().context("the new token has no text")?))
    }

    /// Pushes a file to the source `api` as it is and returns the answer.
    pub(crate) fn push(&self, data_type: &str, file: &Path) -> anyhow::Result<Value> {
        let answer = self.push_to("api", data_type, file)?;
        ensure!(answer["status"] == "success", "the push of {data_type}s ended so: {answer}");
        Ok(answer)
    }

    /// Pushes a file to a source, whatever becomes of its records.
    pub(crate) fn push_to(&self, source: &str, data_type: &str, file: &Path) -> anyhow::Result<Value> {
        let url = format!("{}/api/v1/sources/{source}/records?type={data_type}", self.server);
        let mut answer = ureq::post(url)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("content-type", "application/x-ndjson")
            .send(File::open(file)?)?;
        Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
    }

    /// The largest resident memory since the start or the last [`Self::forget_peak`], in bytes.
    pub(crate) fn peak_memory(&self) -> anyhow::Result<u64> {
        self.memory("VmHWM")
    }

    /// The resident memory now, in bytes.
    pub(crate) fn memory_now(&self) -> anyhow::Result<u64> {
        self.memory("VmRSS")
    }

    /// Has the peak begin again at what there is now.
    pub(crate) fn forget_peak(&self) -> anyhow::Result<()> {
        const PEAK: &str = "5";
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), PEAK)
            .context("failed to forget the peak")
    }

    fn memory(&self, name: &str) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB"));
        let kibibytes = kibibytes.with_context(|| format!("no {name} in /proc"))?;
        Ok(kibibytes.trim().parse::<u64>()? << 10)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddrV4> {
        let address = self.server.strip_prefix("http://").unwrap_or_default();
        address.parse().with_context(|| format!("{} has no address", self.server))
    }

    /// Lists one plugin for the daemon that will be started in this directory.
    pub(crate) fn list_plugin(directory: &Path, name: &str, library: &Path) -> anyhow::Result<()> {
        let library =
            library.canonicalize().with_context(|| format!("failed to find the plugin `{name}`"))?;
        let listed = format!("[[plugin]]\nname = \"{name}\"\npath = {:?}\n", library.display().to_string());
        Ok(std::fs::write(directory.join("plugins.toml"), listed)?)
    }

    /// Stops it and returns the path of its database.
    pub(crate) fn stop(mut self) -> anyhow::Result<PathBuf> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().context("failed to stop the daemon")?;
        let ended = self.child.wait()?;
        ensure!(ended.success(), "the daemon ended with {ended}");
        Ok(self.database.clone())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Client {
    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let request = self.agent.get(format!("{}{path}", self.server));
        answer(request.header("authorization", format!("Bearer {}", self.token)).call()?)
    }

    /// The status, and the body as it came: what takes time here is the daemon's, and not that of a parser.
    pub(crate) fn fetch(&self, path: &str, headers: &[(String, String)]) -> anyhow::Result<(u16, Vec<u8>)> {
        let mut request = self.agent.get(format!("{}{path}", self.server));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = request.call()?;
        let body = response.body_mut().with_config().limit(1 << 30).read_to_vec()?;
        Ok((response.status().as_u16(), body))
    }

    /// The same with another token.
    pub(crate) fn with_token(self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self }
    }

    /// The header of a browser that has logged in with this client's token.
    pub(crate) fn cookie(&self) -> anyhow::Result<(String, String)> {
        let config = Agent::config_builder().max_redirects(0).http_status_as_error(false);
        let login = format!("{}/login", self.server);
        let answer = config.build().new_agent().post(login).send_form([("token", self.token.as_str())])?;
        let cookie = answer.headers().get("set-cookie").context("the log-in sets no cookie")?.to_str()?;
        Ok(("cookie".to_owned(), cookie.split(';').next().unwrap_or_default().to_owned()))
    }

    /// Posts a body of another kind.
    pub(crate) fn post_as(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> anyhow::Result<Answer> {
        let mut request = self.agent.post(format!("{}{path}", self.server));
        request = request.header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request.send(body)?)
    }

    /// The header that shows this client's token.
    pub(crate) fn bearer(&self) -> (String, String) {
        ("authorization".to_owned(), format!("Bearer {}", self.token))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.post_text(path, &body.to_string())
    }

    /// Posts what is JSON already.
    pub(crate) fn post_text(&self, path: &str, body: &str) -> anyhow::Result<Answer> {
        self.post_as(path, &[("content-type", "application/json")], body.as_bytes())
    }

    /// Has a source synced, and gives the task as it ended.
    pub(crate) fn sync(&self, source: &str, pause: Duration) -> anyhow::Result<Value> {
        let begun = self.post(&format!("/api/v1/sources/{source}/sync"), &json!({}))?.expect(202)?;
        let path = format!("/api/v1/tasks/{}", begun["taskId"]);
        loop {
            let task = self.get(&path)?.expect(200)?;
            match task["status"].as_str() {
                Some("init" | "processing") => std::thread::sleep(pause),
                _ => return Ok(task),
            }
        }
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> anyhow::Result<Answer> {
    let text = response.body_mut().with_config().limit(1 << 30).read_to_string()?;
    let retry_after = response.headers().get("retry-after");
    Ok(Answer {
        status: response.status().as_u16(),
        retry_after: retry_after.and_then(|seconds| seconds.to_str().ok()?.parse().ok()),
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    })
}

impl Answer {
    /// The body, if the status is as expected.
    pub(crate) fn expect(self, status: u16) -> anyhow::Result<Value> {
        ensure!(self.status == status, "status {} instead of {status}: {}", self.status, self.body);
        Ok(self.body)
    }

    /// How long to wait before the same is asked again, if the daemon says that it has too much to do.
    pub(crate) fn come_back(&self) -> Option<Duration> {
        matches!(self.status, 429 | 503).then_some(self.retry_after).flatten().map(Duration::from_secs)
    }
}

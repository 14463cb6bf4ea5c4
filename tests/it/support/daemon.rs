//! The real daemon on directories of its own, and a client of it. What it says on standard error is
//! shown when a test fails; it is killed when a test ends.
#![expect(clippy::print_stderr, reason = "a test that fails shows what the daemon said")]

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request};

use super::{artifacts, tls};

/// How long anything that a test waits for may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much of a daemon's standard error is shown when a test fails.
const SHOWN: usize = 60;

/// Directories for a daemon: `data`, `logs`, `plugins.toml`, and whatever a test puts there.
pub(crate) struct Place(TempDir);

/// A running daemon.
pub(crate) struct Daemon {
    pub(crate) place: Place,
    process: Child,
    client: Client,
}

/// A client of one daemon with its admin token; can be sent to another thread.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    address: String,
    token: String,
}

/// An answer; the body is null where there is none, and text where it is no JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Place {
    /// Empty directories, with these plugins listed.
    pub(crate) fn new(plugins: &[&str]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let listed: String = plugins.iter().map(|name| listed(name, &artifacts::plugin(name))).collect();
        place.write("plugins.toml", &listed);
        place
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.0.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, content: &str) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        // Whatever the umask is: what others can write is warned of.
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        path
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap()
    }

    /// The binary in this place, with nothing of the tests' environment but the path.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(artifacts::orgsync());
        command.args(arguments).env_clear().env("PATH", "/usr/bin:/bin").current_dir(self.0.path());
        command.stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// All text files in the log directory, with their names.
    pub(crate) fn log_files(&self) -> Vec<(PathBuf, String)> {
        let directories = ["logs", "logs/user-data-sync"];
        let entries = directories.iter().flat_map(|directory| fs::read_dir(self.path(directory)).unwrap());
        let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        files.map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
    }

    /// The raw-record log of all days.
    pub(crate) fn raw_records(&self) -> Vec<Value> {
        let files = self
            .log_files()
            .into_iter()
            .filter(|(path, _)| path.parent().is_some_and(|directory| directory.ends_with("user-data-sync")));
        files
            .flat_map(|(_, text)| {
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>()
            })
            .collect()
    }

    /// Starts the daemon here.
    pub(crate) fn serve(self) -> Daemon {
        let (process, client) = start(&self, self.command(SERVE));
        Daemon { place: self, process, client }
    }

    /// The same through a shell, whose `script` ends by replacing itself with the daemon: `exec "$@"`.
    pub(crate) fn serve_through(self, script: &[&str], arguments: &[&str]) -> Daemon {
        let mut command = self.shell(script);
        command.arg(artifacts::orgsync()).args(SERVE).args(arguments);
        let (process, client) = start(&self, command);
        Daemon { place: self, process, client }
    }

    /// A shell in this place; what is added to the command is `$@`.
    pub(crate) fn shell(&self, script: &[&str]) -> Command {
        let mut command = Command::new(script[0]);
        command.args(&script[1..]).arg("sh").current_dir(self.0.path()).stdin(Stdio::null());
        command
    }
}

/// An item of plugins.toml.
pub(crate) fn listed(name: &str, library: &Path) -> String {
    format!("[[plugin]]\nname = \"{name}\"\npath = \"{}\"\n", library.display())
}

const SERVE: &[&str] = &["serve", "--listen", "127.0.0.1:0"];

fn start(place: &Place, mut command: Command) -> (Child, Client) {
    let stderr = File::options().create(true).append(true).open(place.path("stderr")).unwrap();
    let mut process = command.process_group(0).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let Some(address) = line.trim().strip_prefix("listening on ") else {
        let _ = process.kill();
        panic!("the daemon said {line:?}, and on standard error:\n{}", tail(place));
    };
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .tls_config(tls::trusting(&place.path(tls::AUTHORITY)));
    let client = Client {
        agent: config.build().new_agent(),
        address: address.to_owned(),
        token: place.read("data/admin-token").trim().to_owned(),
    };
    (process, client)
}

fn tail(place: &Place) -> String {
    let text = fs::read_to_string(place.path("stderr")).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].join("\n")
}

impl std::ops::Deref for Daemon {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Daemon {
    /// A daemon with these plugins.
    pub(crate) fn with(plugins: &[&str]) -> Self {
        Place::new(plugins).serve()
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.process.id().cast_signed())
    }

    /// A client to take elsewhere.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Ends it as a crash of the machine would.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        kill(self.pid(), Signal::SIGTERM).unwrap();
        let mut ended = None;
        wait_until("the daemon has stopped", || {
            ended = self.process.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }

    /// Starts it again on the same directories through a shell; see [`Place::serve_through`].
    pub(crate) fn restart_through(&mut self, script: &[&str]) {
        let mut command = self.place.shell(script);
        command.arg(artifacts::orgsync()).args(SERVE);
        (self.process, self.client) = start(&self.place, command);
    }

    /// Starts it again on the same directories.
    pub(crate) fn restart(&mut self) {
        (self.process, self.client) = start(&self.place, self.place.command(SERVE));
    }

    /// The processes that it started and that run.
    pub(crate) fn children(&self) -> Vec<Pid> {
        let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
            entry
                .ok()?
                .file_name()
                .to_str()?
                .parse::<i32>()
                .ok()
                .filter(|pid| parent(*pid) == Some(self.pid()))
        });
        processes.map(Pid::from_raw).collect()
    }

    /// The system log's text.
    pub(crate) fn log(&self) -> String {
        self.place.read("logs/orgsync.log")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("the daemon's standard error ends so:\n{}", tail(&self.place));
        }
    }
}

/// The parent of a process that is running.
fn parent(pid: i32) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program, in parentheses, may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    (state != "Z").then_some(Pid::from_raw(fields.next()?.parse().ok()?))
}

/// Whether a process runs; one that nobody has reaped yet does not.
pub(crate) fn is_running(pid: Pid) -> bool {
    parent(pid.as_raw()).is_some()
}

/// Waits until a condition holds, for a minute at most.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Client {
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The same client with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// One request; an error if no answer came.
    pub(crate) fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.address));
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        if !body.is_empty() {
            // An answer that comes before the body was taken must not be lost.
            request = request.header("expect", "100-continue");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.agent.run(request.body(body).unwrap())?;
        let text = response.body_mut().with_config().limit(1 << 30).read_to_string()?;
        let body = match text.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        };
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body })
    }

    pub(crate) fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let answer = self.try_send(method.clone(), path, headers, body);
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::POST, path, body)
    }

    pub(crate) fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// The body of a GET that goes well.
    pub(crate) fn body(&self, path: &str) -> Value {
        self.get(path).expect(200)
    }

    /// The items of all pages of a list; `path` has a `?`.
    pub(crate) fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let mut page = self.body(&format!("{path}&limit=1000&cursor={cursor}"));
            items.append(page["data"].as_array_mut().unwrap());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => return items,
            }
        }
    }

    /// Adds a source.
    pub(crate) fn add_source(&self, name: &str, source_type: &str, options: Value) {
        let source = json!({"name": name, "type": source_type, "options": options});
        self.post("/api/v1/sources", &source).expect(201);
    }

    /// Pushes records to the source `api` and returns the answer to a push that was done.
    pub(crate) fn push(&self, query: &str, records: &Value) -> Value {
        self.post(&format!("/api/v1/sources/api/records?{query}"), records).expect(200)
    }

    /// Starts a full sync and returns its task's number.
    pub(crate) fn start_sync(&self, source: &str) -> i64 {
        let started = self.post(&format!("/api/v1/sources/{source}/sync"), &json!({})).expect(202);
        started["taskId"].as_i64().unwrap()
    }

    /// Syncs a source and returns the task as it ended.
    pub(crate) fn sync(&self, source: &str) -> Value {
        self.settled(self.start_sync(source))
    }

    pub(crate) fn task(&self, id: i64) -> Value {
        self.body(&format!("/api/v1/tasks/{id}"))
    }

    /// The task once it neither waits nor runs.
    pub(crate) fn settled(&self, id: i64) -> Value {
        let mut task = Value::Null;
        wait_until(&format!("task {id} has settled"), || {
            task = self.task(id);
            !matches!(task["status"].as_str(), Some("init" | "processing"))
        });
        task
    }
}

impl Answer {
    /// The body, if the status is as expected.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}

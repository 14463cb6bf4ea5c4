//! One chromedriver and the headless Chromium that it drives, spoken to as W3C WebDriver has it
//! (<https://www.w3.org/TR/webdriver2/>) and, where that has no word, as the DevTools protocol
//! (<https://chromedevtools.github.io/devtools-protocol/>). Both end, and leave nothing, when it is dropped.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use super::Settings;

/// How long one command may take; loading a page is the slowest.
const PATIENCE: Duration = Duration::from_secs(60);
/// What chromedriver says when it listens; the port follows.
const STARTED: &str = "ChromeDriver was started successfully on port ";
/// The key of an element's reference, as the specification has it.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Nothing of Chromium's that calls home, asks something or depends on the machine.
const ARGUMENTS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    // Gives scripts `computedRole` and `computedName`: elements as screen readers are told of them.
    "--enable-blink-features=ComputedAccessibilityInfo",
];

pub(super) struct Driver {
    process: Child,
    /// Kept open: chromedriver writes on.
    _said: BufReader<ChildStdout>,
    agent: Agent,
    /// The address that all commands of the session begin with.
    session: String,
    _home: TempDir,
}

/// Why a command was not carried out.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The specification's word: `stale element reference`.
    pub(super) error: String,
    pub(super) message: String,
}

/// An element of the page that is shown, as long as it is there.
#[derive(Debug, Clone)]
pub(super) struct Element(String);

impl Driver {
    pub(super) fn start(settings: &Settings) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env_clear().env("PATH", "/usr/bin:/bin");
        command.env("HOME", home.path()).env("TMPDIR", home.path());
        // A group of their own, so that all of Chromium's processes can be ended with it.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("chromedriver is installed");
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let port = port(&mut said);
        let agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        let agent = agent.build().new_agent();
        // From here on a panic ends what was started.
        let mut driver =
            Self { process, _said: said, agent, session: format!("http://127.0.0.1:{port}"), _home: home };
        let profile = driver._home.path().join("profile");
        let session = driver.post("/session", &capabilities(settings, &profile)).unwrap();
        driver.session = format!("{}/session/{}", driver.session, session["sessionId"].as_str().unwrap());
        driver
    }

    pub(super) fn get(&self, path: &str) -> Result<Value, Refusal> {
        Self::outcome(self.agent.get(format!("{}{path}", self.session)).call())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal> {
        Self::outcome(self.agent.post(format!("{}{path}", self.session)).send_json(body))
    }

    /// Runs the body of a function in the page and gives what it returns; promises are waited for.
    pub(super) fn script(&self, body: &str, arguments: &[Value]) -> Result<Value, Refusal> {
        self.post("/execute/sync", &json!({"script": body, "args": arguments}))
    }

    /// A command of the DevTools protocol.
    pub(super) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": parameters})).unwrap()
    }

    pub(super) fn process_group(&self) -> Pid {
        Pid::from_raw(self.process.id().cast_signed())
    }

    fn outcome(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, Refusal> {
        let mut answer = answer.unwrap_or_else(|error| panic!("chromedriver does not answer: {error}"));
        // A picture of a long page is large.
        let mut body: Value = answer.body_mut().with_config().limit(64 << 20).read_json().unwrap();
        let value = body["value"].take();
        if answer.status().is_success() {
            return Ok(value);
        }
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Err(Refusal { error: text("error"), message: text("message") })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Chromium ends by itself when its session does; whatever is left goes with the group.
        let _ = self.agent.delete(&self.session).call();
        let _ = killpg(self.process_group(), Signal::SIGKILL);
        let _ = self.process.wait();
    }
}

impl Element {
    /// The element that a script returned.
    pub(super) fn read(reference: &Value) -> Option<Self> {
        Some(Self(reference[ELEMENT].as_str()?.to_owned()))
    }

    /// As a script takes it.
    pub(super) fn reference(&self) -> Value {
        json!({ELEMENT: self.0})
    }

    /// The address of a command that is about it.
    pub(super) fn path(&self, command: &str) -> String {
        format!("/element/{}/{command}", self.0)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What follows the first line is chromedriver's own call stack.
        write!(f, "{}: {}", self.error, self.message.lines().next().unwrap_or_default())
    }
}

/// Reads what chromedriver says until it names its port.
fn port(said: &mut impl BufRead) -> u16 {
    let mut text = String::new();
    while said.read_line(&mut text).unwrap() > 0 {
        let line = text.lines().next_back().unwrap_or_default();
        if let Some(port) = line.strip_prefix(STARTED) {
            return port.trim_end_matches('.').parse().unwrap();
        }
    }
    panic!("chromedriver does not start: {text}");
}

fn capabilities(settings: &Settings, profile: &Path) -> Value {
    let mut arguments: Vec<String> = ARGUMENTS.iter().map(|argument| (*argument).to_owned()).collect();
    arguments.push(format!("--lang={}", settings.languages));
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let chromium = json!({"args": arguments, "prefs": {"intl.accept_languages": settings.languages}});
    // The authorities of tests are known to nobody.
    json!({"capabilities": {"alwaysMatch": {
        "acceptInsecureCerts": true,
        "goog:chromeOptions": chromium,
        "goog:loggingPrefs": {"browser": "ALL"},
    }}})
}

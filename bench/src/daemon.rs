//! A daemon of the benchmark's own, on a free port and in a directory of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

const TOKEN: &str = "benchmark-benchmark-benchmark";

/// A running daemon; killed when dropped.
pub(crate) struct Daemon {
    child: Child,
    server: String,
    database: PathBuf,
}

impl Daemon {
    /// Starts it and waits until it listens.
    pub(crate) fn start(binary: &Path, directory: &Path) -> anyhow::Result<Self> {
        let data = directory.join("data");
        let log = File::create(directory.join("stderr.log"))?;
        let mut child = Command::new(binary)
            .arg("serve")
            .args(["--listen", "127.0.0.1:0", "--log-level", "warn"])
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

    /// Pushes a file as it is and returns the answer.
    pub(crate) fn push(&self, data_type: &str, file: &Path) -> anyhow::Result<Value> {
        let url = format!("{}/api/v1/sources/api/records?type={data_type}", self.server);
        let mut answer = ureq::post(url)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("content-type", "application/x-ndjson")
            .send(File::open(file)?)?;
        let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
        ensure!(answer["status"] == "success", "the push of {data_type}s ended so: {answer}");
        Ok(answer)
    }

    /// The largest resident memory so far, in bytes.
    pub(crate) fn peak_memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")).context("no VmHWM in /proc")?;
        Ok(kibibytes.trim().parse::<u64>()? << 10)
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

//! The demo's daemon as a child process: its console goes to a file, its start is waited for, and a
//! SIGINT or SIGTERM that xtask gets is passed on to it as SIGTERM, a second one as SIGKILL. It has a process group
//! of its own, so that a terminal's Ctrl-C does not reach it twice.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::{self, SigSet, Signal};
use nix::unistd::Pid;

const START_LIMIT: Duration = Duration::from_secs(60);
/// How many of the last lines of the console are shown when something went wrong.
const TAIL: usize = 40;

#[derive(Debug)]
pub(super) struct Daemon {
    child: Child,
    addresses: Receiver<String>,
    console: Console,
    readers: Vec<JoinHandle<()>>,
    interrupted: Arc<AtomicBool>,
}

/// What the daemon printed: all of it in a file, the last lines also here.
#[derive(Clone, Debug)]
struct Console {
    file: Arc<Mutex<File>>,
    path: PathBuf,
    tail: Arc<Mutex<VecDeque<String>>>,
}

impl Daemon {
    /// Starts the daemon. From here on SIGINT and SIGTERM end the daemon, and xtask with it.
    pub(super) fn start(command: &mut Command, console: &Path) -> Result<Daemon> {
        let console = Console::open(console)?;
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("failed to start {}", command.get_program().display()))?;
        // Only after the spawn, for a child inherits blocked signals; before any thread, for they do too.
        let interrupted = pass_signals_on(child.id())?;
        let stdout = child.stdout.take().context("the daemon has no stdout")?;
        let stderr = child.stderr.take().context("the daemon has no stderr")?;
        let (sender, addresses) = mpsc::channel();
        let readers = vec![console.copy(stdout, Some(sender)), console.copy(stderr, None)];
        Ok(Daemon { child, addresses, console, readers, interrupted })
    }

    /// Waits until the daemon says where it listens; gives that as `http://ADDR:PORT`.
    pub(super) fn address(&mut self) -> Result<String> {
        match self.addresses.recv_timeout(START_LIMIT) {
            Ok(address) => Ok(address),
            Err(RecvTimeoutError::Timeout) => {
                // One that hangs here may not heed a signal either; already ended is as good.
                let _ = self.child.kill();
                bail!(
                    "the daemon did not say `listening on …` in {START_LIMIT:?}{}",
                    self.console.last_lines()
                )
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.finish()?;
                bail!("the daemon ended before it listened ({status}){}", self.console.last_lines())
            }
        }
    }

    /// Becomes true when xtask got a SIGINT or SIGTERM.
    pub(super) fn interrupted(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.interrupted)
    }

    pub(super) fn stop(&self) {
        send(self.child.id(), Signal::SIGTERM);
    }

    /// Waits for the daemon's end; one that is not clean is an error with the console's last lines.
    pub(super) fn wait(mut self) -> Result<()> {
        let status = self.finish()?;
        let path = self.console.path.display();
        let lines = self.console.last_lines();
        ensure!(status.success(), "the daemon ended with {status}; all that it said is in {path}{lines}");
        println!("the daemon has stopped");
        Ok(())
    }

    fn finish(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait().context("failed to wait for the daemon")?;
        for reader in self.readers.drain(..) {
            ensure!(reader.join().is_ok(), "the thread that reads the daemon's console panicked");
        }
        Ok(status)
    }
}

impl Console {
    fn open(path: &Path) -> Result<Console> {
        let file = File::options().create(true).append(true).open(path);
        let file = file.with_context(|| format!("failed to open {}", path.display()))?;
        Ok(Console { file: Arc::new(Mutex::new(file)), path: path.to_owned(), tail: Arc::default() })
    }

    /// Copies a stream in a thread of its own, and sends the address that it names.
    fn copy(&self, stream: impl Read + Send + 'static, addresses: Option<Sender<String>>) -> JoinHandle<()> {
        let console = self.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n') {
                // A stream that cannot be read is at its end.
                let Ok(line) = line else { break };
                let line = String::from_utf8_lossy(&line).into_owned();
                if let (Some(addresses), Some(address)) = (&addresses, listening_on(&line)) {
                    // Nobody waits any more: then the address is of no use.
                    let _ = addresses.send(address.to_owned());
                }
                console.take(line);
            }
        })
    }

    fn take(&self, line: String) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk must not end the demo: the last lines are kept here too.
        let _ = writeln!(file, "{line}");
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(line);
    }

    /// The last lines, each on a line of its own after what was said before; they are told once.
    fn last_lines(&self) -> String {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for line in tail.drain(..) {
            // Writing into a string cannot fail.
            let _ = write!(text, "\n  {line}");
        }
        text
    }
}

/// Reads the line with which the daemon says where it listens.
fn listening_on(line: &str) -> Option<&str> {
    line.trim_end().strip_prefix("listening on ").filter(|address| address.starts_with("http"))
}

/// How close together two signals are one request to stop.
const SAME_REQUEST: Duration = Duration::from_millis(500);

/// Blocks SIGINT and SIGTERM in this thread and those to come, and passes each on from one thread.
fn pass_signals_on(pid: u32) -> Result<Arc<AtomicBool>> {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    signals.add(Signal::SIGTERM);
    signals.thread_block().context("failed to block SIGINT")?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&interrupted);
    thread::spawn(move || {
        let mut first: Option<Instant> = None;
        while signals.wait().is_ok() {
            seen.store(true, Ordering::SeqCst);
            match first {
                None => {
                    first = Some(Instant::now());
                    send(pid, Signal::SIGTERM);
                }
                // The same request, once for the process and once for its group.
                Some(first) if first.elapsed() < SAME_REQUEST => {}
                // Who asks again does not want to wait for a graceful end.
                Some(_) => send(pid, Signal::SIGKILL),
            }
        }
    });
    Ok(interrupted)
}

fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).expect("Linux has no process ids past i32");
    // One that has ended already needs no signal.
    let _ = signal::kill(Pid::from_raw(pid), signal);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(script: &str) -> (Daemon, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        (Daemon::start(&mut command, &dir.path().join("console.log")).unwrap(), dir)
    }

    #[test]
    fn the_address_is_read_off_the_line_that_says_it() {
        assert_eq!(listening_on("listening on http://127.0.0.1:8370\n"), Some("http://127.0.0.1:8370"));
        assert_eq!(listening_on("not listening on http://127.0.0.1:8370"), None);
        assert_eq!(listening_on("listening on nothing"), None);
    }

    #[test]
    fn a_daemon_that_starts_is_stopped_by_sigterm_and_its_words_are_kept() {
        let (mut daemon, dir) = start(
            "trap 'echo bye; exit 0' TERM; echo up; echo listening on http://[::1]:1; while :; do sleep 0.05; done",
        );
        assert_eq!(daemon.address().unwrap(), "http://[::1]:1");
        assert!(!daemon.interrupted().load(Ordering::SeqCst));
        daemon.stop();
        daemon.wait().unwrap();
        let console = std::fs::read_to_string(dir.path().join("console.log")).unwrap();
        assert!(console.starts_with("up\n") && console.ends_with("bye\n"), "{console}");
    }

    #[test]
    fn a_daemon_that_ends_before_it_listens_is_an_error_with_its_words() {
        let (mut daemon, _dir) = start("echo no such database >&2; exit 3");
        let error = daemon.address().unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.contains("no such database"), "{error}");
    }

    #[test]
    fn an_unclean_end_is_an_error() {
        let (daemon, _dir) = start("echo listening on http://[::1]:1; exit 1");
        assert!(daemon.wait().unwrap_err().to_string().contains("listening on http://[::1]:1"));
    }
}

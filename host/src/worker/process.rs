//! A worker as a process: started in a scratch directory of its own, of which its environment tells and of nothing
//! else, in a process group of its own, with the socket as its stdin; killed as a group, and always reaped.
//!
//! Its limits are no business of this file: the worker sets them itself before it loads the plugin, which
//! needs no code between fork and exec.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, waitid, waitpid};
use nix::unistd::Pid;
use tokio::net::UnixStream;
use tokio::net::unix::pipe;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::Instrument;

use super::exit::Exit;
use super::output::{self, Origin, Stream};
use super::scratch::Scratch;
use super::spec::WorkerSpec;

/// How long the last lines of output may take after the process is gone.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// A running worker process. Dropping it kills its whole group.
#[derive(Debug)]
pub(super) struct Process {
    /// The daemon's end of the socket.
    pub(super) stream: UnixStream,
    pid: Pid,
    group: Arc<Group>,
    ending: Ending,
    scratch: PathBuf,
    output: Vec<JoinHandle<()>>,
    out_of_memory: Arc<AtomicBool>,
}

impl Process {
    /// Starts a worker.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(super) fn start(spec: &WorkerSpec) -> io::Result<Self> {
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let stream = UnixStream::from_std(ours)?;
        let scratch = Scratch::make(&spec.scratch).map_err(|error| {
            let place = spec.scratch.display();
            io::Error::new(error.kind(), format!("no scratch directory can be made in {place}: {error}"))
        })?;
        let path = scratch.path().to_owned();
        let mut child = Command::new(&spec.program)
            .arg0("orgsync")
            .arg("worker")
            .env_clear()
            .env("TMPDIR", &path)
            .current_dir(&path)
            .process_group(0)
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let pid = Pid::from_raw(child.id().cast_signed());
        let group = Arc::new(Group { leader: Mutex::new(Some(pid)) });
        let (stdout, stderr) =
            (child.stdout.take().map(OwnedFd::from), child.stderr.take().map(OwnedFd::from));
        let ending = reap(pid, Arc::clone(&group), scratch)?;

        // From here on, dropping `process` cleans up.
        let out_of_memory = Arc::default();
        let mut process = Self {
            stream,
            pid,
            group,
            ending: Ending::Awaited(ending),
            scratch: path,
            output: Vec::new(),
            out_of_memory,
        };
        for (end, stream) in [(stdout, Stream::Stdout), (stderr, Stream::Stderr)] {
            let Some(end) = end else { continue };
            let end = pipe::Receiver::from_owned_fd(end)?;
            let origin = Origin::of(spec);
            let capture = output::capture(end, stream, origin, Arc::clone(&process.out_of_memory));
            process.output.push(tokio::spawn(capture.in_current_span()));
        }
        Ok(process)
    }

    /// The process id, which is also the id of its group.
    pub(super) fn pid(&self) -> u32 {
        self.pid.as_raw().cast_unsigned()
    }

    /// Its scratch directory, which is there until it has ended.
    pub(super) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Kills the whole group, now.
    pub(super) fn kill(&self) {
        self.group.kill();
    }

    /// Waits until the process has ended and its output is logged; `None` if it goes on after the grace.
    pub(super) async fn ended(&mut self, grace: Duration) -> Option<Exit> {
        let exit = timeout(grace, self.ending.wait()).await.ok()?;
        for output in self.output.drain(..) {
            let _ = timeout(OUTPUT_GRACE, output).await;
        }
        Some(exit)
    }

    /// Kills the whole group and waits until the process is reaped.
    pub(super) async fn destroy(&mut self) {
        self.kill();
        self.ended(Duration::from_secs(10)).await;
    }

    /// Whether its stderr said that it ran out of memory; certain once it has ended.
    pub(super) fn ran_out_of_memory(&self) -> bool {
        self.out_of_memory.load(Ordering::Relaxed)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The process group of a worker. Its id is only valid until its leader is reaped; then it could be
/// anybody's.
#[derive(Debug)]
struct Group {
    leader: Mutex<Option<Pid>>,
}

impl Group {
    fn kill(&self) {
        if let Some(leader) = *self.leader() {
            // It fails only when nobody is left.
            let _ = killpg(leader, Signal::SIGKILL);
        }
    }

    fn leader(&self) -> MutexGuard<'_, Option<Pid>> {
        self.leader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a process ended, once it has.
#[derive(Debug)]
enum Ending {
    Awaited(oneshot::Receiver<Exit>),
    Known(Exit),
}

impl Ending {
    async fn wait(&mut self) -> Exit {
        if let Ending::Awaited(receiver) = self {
            // The reaper always answers; should it have died, the process was killed with it.
            *self = Ending::Known(receiver.await.unwrap_or(Exit::Signal(Signal::SIGKILL)));
        }
        match self {
            Ending::Known(exit) => *exit,
            Ending::Awaited(_) => Exit::Signal(Signal::SIGKILL),
        }
    }
}

/// Waits for the leader in a thread of its own, because only so the rest of the group can be killed between
/// the leader's end and its reaping, while the group's id still means this group. Then the scratch directory goes.
fn reap(leader: Pid, group: Arc<Group>, scratch: Scratch) -> io::Result<oneshot::Receiver<Exit>> {
    let (sender, receiver) = oneshot::channel();
    let for_thread = Arc::clone(&group);
    let thread = std::thread::Builder::new().name("reaper".into()).stack_size(128 << 10).spawn(move || {
        while waitid(Id::Pid(leader), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) == Err(Errno::EINTR) {}
        for_thread.kill();
        let mut held = for_thread.leader();
        *held = None;
        let exit = waitpid(leader, None).ok().and_then(Exit::of);
        drop(held);
        // Nobody may be waiting any more.
        let _ = sender.send(exit.unwrap_or(Exit::Signal(Signal::SIGKILL)));
        drop(scratch);
    });
    if let Err(error) = thread {
        group.kill();
        // Reaped here instead; it was just killed.
        let _ = waitpid(leader, None);
        return Err(error);
    }
    Ok(receiver)
}

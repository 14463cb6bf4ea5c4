//! The worker's side: what `orgsync worker` runs. It obeys the daemon's frames one after the other,
//! synchronously.
//!
//! A second thread reads the socket. It notes a cancelling while the plugin is busy, and when the daemon is
//! gone, for whatever reason, it kills the worker's whole group, even if the plugin hangs.

use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, RawFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{Signal, killpg};
use nix::sys::stat::{SFlag, fstat};
use nix::unistd::{dup2_stdin, getpgrp, getpid};
use orgsync_plugin_api::abi_stable::erased_types::TD_Opaque;
use orgsync_plugin_api::abi_stable::std_types::{RResult, RSlice, RStr, RVec};
use orgsync_plugin_api::message::{self, LogLevel};
use orgsync_plugin_api::module::{
    HostCalls, HostCalls_TO, PluginModuleRef, SessionBox, decode_answer, encode_error,
};
use orgsync_plugin_api::{ErrorClass, PluginError};

use super::loader;
use super::protocol::{self, Frame, FrameKind, Setup};
use super::spec::Offer;

/// What a plugin may have open at once, as far as the system lets it.
const MAX_FILES: rlim_t = 65_536;

/// Serves the daemon that started this process, until it says `Close` or is gone. To be called before
/// anything else: it closes all descriptors that it finds open.
#[expect(
    clippy::print_stderr,
    reason = "the daemon captures it as a log, and a person sees it in the terminal"
)]
pub fn run() -> ExitCode {
    let served = take_socket().and_then(|socket| {
        let cancelled = Arc::default();
        let requests = watch(socket.try_clone()?, Arc::clone(&cancelled))?;
        let daemon = Arc::new(Daemon { socket: Mutex::new(socket), cancelled, log_level: Mutex::default() });
        Serving { daemon, module: None, session: None }.run(&requests)
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("orgsync worker: {error}");
            ExitCode::from(2)
        }
    }
}

/// The worker's requests, in their order.
struct Serving {
    daemon: Arc<Daemon>,
    module: Option<PluginModuleRef>,
    session: Option<SessionBox>,
}

impl Serving {
    fn run(mut self, requests: &mpsc::Receiver<Frame>) -> io::Result<()> {
        // The channel ends when the daemon is gone, and then this process is being killed.
        for request in requests {
            let last = request.kind == FrameKind::Close;
            let (kind, payload) = match self.answer(&request) {
                Ok(_) if last => (FrameKind::End, Vec::new()),
                Ok(reply) => (FrameKind::Reply, reply),
                Err(error) => (FrameKind::Error, encode_error(&error).into()),
            };
            self.daemon.send(kind, &payload)?;
            if last {
                break;
            }
        }
        Ok(())
    }

    fn answer(&mut self, Frame { kind, payload }: &Frame) -> Result<Vec<u8>, PluginError> {
        match kind {
            FrameKind::Setup => self.setup(&message::decode("setup", payload)?),
            FrameKind::Open => self.open(&message::decode("open", payload)?),
            FrameKind::Call => self.call(payload),
            FrameKind::Close => self.close(),
            other => Err(PluginError::unsupported(format!("a worker takes no frame {other:?}"))),
        }
    }

    fn setup(&mut self, setup: &Setup) -> Result<Vec<u8>, PluginError> {
        let Setup { library, memory, plugin, log_level } = setup;
        *self.daemon.log_level.lock().unwrap_or_else(PoisonError::into_inner) = *log_level;
        confine(plugin, *memory)
            .map_err(|error| PluginError::transient(format!("failed to limit the worker: {error}")))?;
        self.module =
            Some(loader::load(library).map_err(|error| PluginError::new(ErrorClass::Unknown, error))?);
        Ok(Vec::new())
    }

    fn open(&mut self, Offer { kind, name, options }: &Offer) -> Result<Vec<u8>, PluginError> {
        let module = self.module.ok_or_else(|| PluginError::unsupported("no library is loaded"))?;
        let host = HostCalls_TO::from_value(HostLink(Arc::clone(&self.daemon)), TD_Opaque);
        let options = options.to_string();
        let opened = module.open()(kind.as_str().into(), name.as_str().into(), options.as_str().into(), host);
        self.session = Some(decode_answer(opened)?);
        Ok(Vec::new())
    }

    fn call(&mut self, payload: &[u8]) -> Result<Vec<u8>, PluginError> {
        let session = self.session.as_mut().ok_or_else(|| PluginError::unsupported("nothing is open"))?;
        let (op, payload) = split_line(payload);
        let op =
            std::str::from_utf8(op).map_err(|_| PluginError::unsupported("an operation is not utf-8"))?;
        decode_answer(session.call(op.into(), payload.into())).map(Into::into)
    }

    /// Drops the session. A panic of its `Drop` can't cross the boundary, so the operation `close` asks for
    /// it first.
    fn close(&mut self) -> Result<Vec<u8>, PluginError> {
        let Some(mut session) = self.session.take() else { return Ok(Vec::new()) };
        let closed = decode_answer(session.call(message::CLOSE.into(), RSlice::EMPTY));
        match closed {
            Err(error) if error.class != ErrorClass::Unsupported => Err(error),
            _ => Ok(Vec::new()),
        }
    }
}

/// The way back to the daemon, for all threads of the plugin.
struct Daemon {
    socket: Mutex<UnixStream>,
    cancelled: Arc<AtomicBool>,
    log_level: Mutex<Option<LogLevel>>,
}

impl Daemon {
    fn send(&self, kind: FrameKind, payload: &[u8]) -> io::Result<()> {
        let mut socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        protocol::write(&mut *socket, kind, payload)
    }

    fn answer(&self, op: &str, payload: &[u8]) -> Result<Vec<u8>, PluginError> {
        let send = |kind| {
            self.send(kind, payload)
                .map(|()| Vec::new())
                .map_err(|error| PluginError::transient(format!("the daemon can't be reached: {error}")))
        };
        match op {
            message::BATCH if self.cancelled.load(Ordering::Relaxed) => Err(PluginError::cancelled()),
            message::BATCH => send(FrameKind::Batch),
            message::LOG => send(FrameKind::Log),
            message::CANCELLED => message::encode(&self.cancelled.load(Ordering::Relaxed)),
            message::LOG_LEVEL => {
                message::encode(&*self.log_level.lock().unwrap_or_else(PoisonError::into_inner))
            }
            _ => Err(message::unsupported(op)),
        }
    }
}

/// The daemon, as the plugin gets it across the boundary.
struct HostLink(Arc<Daemon>);

impl HostCalls for HostLink {
    fn call(&self, op: RStr<'_>, payload: RSlice<'_, u8>) -> RResult<RVec<u8>, RVec<u8>> {
        match self.0.answer(op.as_str(), payload.as_slice()) {
            Ok(reply) => RResult::ROk(reply.into()),
            Err(error) => RResult::RErr(encode_error(&error)),
        }
    }
}

/// Reads the socket in a thread of its own for as long as this process lives.
fn watch(mut socket: UnixStream, cancelled: Arc<AtomicBool>) -> io::Result<mpsc::Receiver<Frame>> {
    let (requests, receiver) = mpsc::channel();
    thread::Builder::new().name("watch".into()).spawn(move || {
        while let Ok(Some(frame)) = protocol::read(&mut socket) {
            match frame.kind {
                FrameKind::Cancel => cancelled.store(true, Ordering::Relaxed),
                // It fails once the last request was served, when this process is about to exit.
                _ => drop(requests.send(frame)),
            }
        }
        die();
    })?;
    Ok(receiver)
}

/// Kills this process and all that it started: the daemon is gone, and nobody will read what they do.
fn die() -> ! {
    // A group that this process doesn't lead is somebody else's.
    if getpgrp() == getpid() {
        let _ = killpg(getpid(), Signal::SIGKILL);
    }
    std::process::exit(2)
}

/// Takes from this process, and all that it starts, what a plugin needs not have.
fn confine(plugin: &str, memory: u64) -> nix::Result<()> {
    // Only for `ps`; the kernel cuts it at 15 bytes.
    if let Ok(name) = CString::new(format!("plugin {plugin}")) {
        prctl::set_name(&name)?;
    }
    prctl::set_no_new_privs()?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    let (_, most) = getrlimit(Resource::RLIMIT_DATA)?;
    setrlimit(Resource::RLIMIT_DATA, memory.min(most), memory.min(most))?;
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, MAX_FILES.min(most), MAX_FILES.min(most))
}

fn split_line(payload: &[u8]) -> (&[u8], &[u8]) {
    match payload.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&payload[..end], &payload[end + 1..]),
        None => (payload, &[]),
    }
}

/// Moves the socket from stdin, where the daemon put it, to a descriptor that children of the plugin don't
/// inherit (3, as there are no others), and closes everything else that was inherited.
fn take_socket() -> io::Result<UnixStream> {
    let is_socket = fstat(io::stdin())
        .is_ok_and(|stat| SFlag::from_bits_truncate(stat.st_mode).contains(SFlag::S_IFSOCK));
    if !is_socket {
        return Err(io::Error::other(
            "this subcommand is for the daemon, which starts it with a socket as stdin",
        ));
    }
    close_inherited()?;
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    dup2_stdin(File::open("/dev/null")?)?;
    Ok(UnixStream::from(socket))
}

fn close_inherited() -> io::Result<()> {
    let open: Vec<RawFd> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|fd| *fd > 2)
        .collect();
    for fd in open {
        // The directory's own descriptor is among them and closed already.
        let _ = nix::unistd::close(fd);
    }
    Ok(())
}

//! The worker's side: what `orgsync worker` runs. It obeys the daemon's frames one after the other,
//! synchronously.
//!
//! A second thread reads the socket. It notes a cancelling while the plugin is busy, and when the daemon is
//! gone, for whatever reason, it kills the worker's whole group, even if the plugin hangs.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, RawFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

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

use super::confine::{ConfineError, confine};
use super::loader;
use super::protocol::{self, Frame, FrameKind, Ready, Setup};
use super::sandbox::Confinement;
use super::spec::Offer;

/// Serves the daemon that started this process, until it says `Close` or is gone. To be called before
/// anything else: it closes all descriptors that it finds open.
#[expect(
    clippy::print_stderr,
    reason = "the daemon captures it as a log, and a person sees it in the terminal"
)]
pub fn run() -> ExitCode {
    let served = take_socket().and_then(serve);
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("orgsync worker: {error}");
            ExitCode::from(2)
        }
    }
}

/// Confines this process as the first frame says, while there is no second thread that could stay free, then
/// obeys the others.
fn serve(mut socket: UnixStream) -> io::Result<()> {
    let Some(Frame { kind, payload }) = protocol::read(&mut socket)? else { return Ok(()) };
    if kind != FrameKind::Setup {
        return Err(io::Error::other(format!("the first frame is {kind:?}, and not how to set up")));
    }
    let setup: Setup = serde_json::from_slice(&payload)?;
    let confined = confine(&setup);
    let cancelled = Arc::default();
    let requests = watch(socket.try_clone()?, Arc::clone(&cancelled))?;
    let daemon = Arc::new(Daemon { socket: Mutex::new(socket), cancelled, log_level: setup.log_level });
    let mut serving = Serving { daemon, module: None, session: None };
    let loaded = serving.load(&setup, confined);
    serving.reply(FrameKind::Reply, loaded)?;
    serving.run(&requests)
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
            let answer = self.answer(&request);
            self.reply(if last { FrameKind::End } else { FrameKind::Reply }, answer)?;
            if last {
                break;
            }
        }
        Ok(())
    }

    fn reply(&self, kind: FrameKind, answer: Result<Vec<u8>, PluginError>) -> io::Result<()> {
        match answer {
            Ok(reply) => self.daemon.send(kind, &reply),
            Err(error) => self.daemon.send(FrameKind::Error, &encode_error(&error)),
        }
    }

    fn answer(&mut self, Frame { kind, payload }: &Frame) -> Result<Vec<u8>, PluginError> {
        match kind {
            FrameKind::Open => self.open(&message::decode("open", payload)?),
            FrameKind::Call => self.call(payload),
            FrameKind::Close => self.close(),
            other => Err(PluginError::unsupported(format!("a worker takes no frame {other:?}"))),
        }
    }

    fn load(
        &mut self,
        setup: &Setup,
        confined: Result<Confinement, ConfineError>,
    ) -> Result<Vec<u8>, PluginError> {
        let sandbox = confined.map_err(|error| match error {
            ConfineError::Limit(_) => PluginError::transient(error),
            ConfineError::Grant(_) => PluginError::config(error),
        })?;
        let module = loader::load(&setup.library);
        self.module = Some(module.map_err(|error| PluginError::new(ErrorClass::Unknown, error))?);
        message::encode(&Ready { sandbox })
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
    log_level: Option<LogLevel>,
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
            message::LOG_LEVEL => message::encode(&self.log_level),
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

//! The daemon's end of a worker's socket: sends requests, receives frames, and turns everything that can go
//! wrong in between (cancelling, deadlines, crashes, nonsense) into one error that says what happened.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use orgsync_plugin_api::message::LogEvent;
use orgsync_plugin_api::{ErrorClass, PluginError};
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::domain::one_line::{MESSAGE, told};
use crate::domain::secrets::Secrets;
use crate::metrics;

use super::error::WorkerError;
use super::exit::{self, Exit};
use super::output::{self, Origin, Throttle};
use super::process::Process;
use super::protocol::{self, Frame, FrameKind, Ready, Setup};
use super::sandbox::Confinement;
use super::spec::{Limits, WorkerSpec};

/// How long a cancelled plugin may take to stop by itself.
const CANCEL_GRACE: Duration = Duration::from_secs(5);
/// How long a worker may take to exit once it has closed its socket or said that it ended.
const EXIT_GRACE: Duration = Duration::from_secs(5);
/// How much is read at once at most, while no longer frame is under way.
const READ_AHEAD: usize = 64 << 10;

/// A worker process and the conversation with it.
#[derive(Debug)]
pub(super) struct Link {
    process: Process,
    received: BytesMut,
    origin: Origin,
    throttle: Throttle,
    limits: Limits,
    deadline: Instant,
    cancel: CancellationToken,
    /// So that the copy stays as long as somebody runs it.
    _library: Arc<Path>,
    confinement: Confinement,
    _counted: metrics::Counted,
}

impl Link {
    pub(super) fn start(spec: &WorkerSpec, cancel: CancellationToken) -> Result<Self, WorkerError> {
        let process = Process::start(spec)
            .map_err(|source| WorkerError::Start { plugin: spec.plugin.clone(), source })?;
        let now = Instant::now();
        Ok(Self {
            process,
            received: BytesMut::new(),
            origin: Origin::of(spec),
            throttle: Throttle::new(now.into_std()),
            limits: spec.limits,
            deadline: now + spec.limits.task_timeout,
            cancel,
            _library: Arc::clone(&spec.library),
            confinement: Confinement::Unavailable("the worker has not said anything yet".into()),
            _counted: metrics::worker(),
        })
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The worker's scratch directory.
    pub(super) fn scratch(&self) -> &Path {
        self.process.scratch()
    }

    /// How well the worker is confined: known once it is set up.
    pub(super) fn confinement(&self) -> &Confinement {
        &self.confinement
    }

    /// Has the worker confine itself and load the library.
    pub(super) async fn set_up(&mut self, setup: &Setup) -> Result<(), WorkerError> {
        let reply = self.ask_json(FrameKind::Setup, setup).await?;
        match serde_json::from_slice::<Ready>(&reply) {
            Ok(Ready { sandbox }) => {
                self.confinement = sandbox;
                Ok(())
            }
            Err(error) => Err(self.nonsense(format!("a state that makes no sense: {error}")).await),
        }
    }

    /// Sends a request and awaits its one reply; nothing else may come before it.
    pub(super) async fn ask(&mut self, kind: FrameKind, payload: &[u8]) -> Result<Bytes, WorkerError> {
        self.send(kind, payload).await?;
        let frame = self.receive().await?;
        match frame.kind {
            FrameKind::Reply => Ok(frame.payload),
            other => Err(self.nonsense(format!("an unexpected frame ({other:?})")).await),
        }
    }

    /// Asks with a JSON payload.
    pub(super) async fn ask_json(
        &mut self,
        kind: FrameKind,
        message: &impl Serialize,
    ) -> Result<Bytes, WorkerError> {
        self.ask(kind, &json(message)).await
    }

    /// Sends a request.
    pub(super) async fn send(&mut self, kind: FrameKind, payload: &[u8]) -> Result<(), WorkerError> {
        let bytes = protocol::encode(kind, payload)
            .map_err(|error| WorkerError::TooMuch { plugin: self.plugin(), what: error.to_string() })?;
        let idle = Instant::now() + self.limits.idle_timeout;
        let ended = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(self.cancelled().await),
            () = sleep_until(self.deadline) => return Err(self.overtime().await),
            () = sleep_until(idle) => return Err(self.idle().await),
            sent = self.process.stream.write_all(&bytes) => sent.is_err(),
        };
        // A worker that can't be written to may still have said why, and that is the better error.
        if ended {
            self.receive().await?;
            return Err(self.crashed().await);
        }
        Ok(())
    }

    /// Receives the next frame that is an answer; events are logged on the way. An `Error` frame is the error
    /// it holds.
    pub(super) async fn receive(&mut self) -> Result<Frame, WorkerError> {
        let mut heard = Instant::now();
        loop {
            loop {
                let frame = match protocol::decode(&mut self.received) {
                    Ok(Some(frame)) => frame,
                    Ok(None) => break,
                    Err(error) => return Err(self.nonsense(error.to_string()).await),
                };
                match frame.kind {
                    FrameKind::Log => self.log(&frame.payload).await?,
                    FrameKind::Error => return Err(self.plugin_error(&frame.payload)),
                    _ => return Ok(frame),
                }
                heard = Instant::now();
            }
            self.received.reserve(READ_AHEAD);
            let ended = tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Err(self.cancelled().await),
                () = sleep_until(self.deadline) => return Err(self.overtime().await),
                read = self.process.stream.read_buf(&mut self.received) => !matches!(read, Ok(1..)),
                () = sleep_until(heard + self.limits.idle_timeout) => return Err(self.idle().await),
            };
            if ended {
                return Err(self.crashed().await);
            }
        }
    }

    /// Has the session dropped and awaits the worker's good end: an `End` frame and exit code 0.
    pub(super) async fn close(mut self) -> Result<(), WorkerError> {
        self.send(FrameKind::Close, b"").await?;
        let frame = self.receive().await?;
        if frame.kind != FrameKind::End {
            return Err(self.nonsense(format!("an unexpected frame ({:?})", frame.kind)).await);
        }
        match self.process.ended(EXIT_GRACE).await {
            Some(Exit::Code(0)) => Ok(()),
            Some(exit) => Err(self.error_of(exit)),
            None => Err(self.nonsense("its end, and went on running".into()).await),
        }
    }

    /// Kills the worker for what it sent.
    pub(super) async fn nonsense(&mut self, what: String) -> WorkerError {
        self.process.destroy().await;
        WorkerError::Nonsense { plugin: self.plugin(), what }
    }

    async fn idle(&mut self) -> WorkerError {
        self.process.destroy().await;
        WorkerError::Idle { plugin: self.plugin(), after: self.limits.idle_timeout }
    }

    async fn overtime(&mut self) -> WorkerError {
        self.process.destroy().await;
        WorkerError::Overtime { plugin: self.plugin(), after: self.limits.task_timeout }
    }

    /// Lets the plugin stop by itself for a while, then kills it.
    async fn cancelled(&mut self) -> WorkerError {
        // However it stops, it was cancelled.
        let _ = timeout(CANCEL_GRACE, self.wind_down()).await;
        self.process.destroy().await;
        WorkerError::Cancelled { plugin: self.plugin() }
    }

    /// Asks it to stop, and then to exit: it takes the second once it has done what it is at, if it is at anything.
    async fn wind_down(&mut self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        for kind in [FrameKind::Cancel, FrameKind::Close] {
            self.process.stream.write_all(&protocol::encode(kind, b"")?).await?;
        }
        loop {
            while let Some(frame) = protocol::decode(&mut self.received)? {
                if frame.kind == FrameKind::Log {
                    self.log(&frame.payload).await?;
                }
            }
            if self.process.stream.read_buf(&mut self.received).await? == 0 {
                return Ok(());
            }
        }
    }

    /// The worker closed its socket without an answer.
    async fn crashed(&mut self) -> WorkerError {
        match self.process.ended(EXIT_GRACE).await {
            Some(exit) => self.error_of(exit),
            None => self.nonsense("nothing more: it closed its socket and went on running".into()).await,
        }
    }

    fn error_of(&self, exit: Exit) -> WorkerError {
        let plugin = self.plugin();
        match exit {
            Exit::Signal(_) if self.process.ran_out_of_memory() => {
                WorkerError::OutOfMemory { plugin, limit: self.limits.memory }
            }
            Exit::Signal(signal) => WorkerError::Killed { plugin, signal: exit::describe(signal) },
            Exit::Code(code) => WorkerError::Exited { plugin, code },
        }
    }

    fn plugin_error(&self, payload: &[u8]) -> WorkerError {
        WorkerError::Plugin { plugin: self.plugin(), source: said_error(payload, self.origin.secrets()) }
    }

    async fn log(&mut self, payload: &[u8]) -> Result<(), WorkerError> {
        match serde_json::from_slice::<LogEvent>(payload) {
            Ok(event) => {
                output::log_event(&self.origin, &mut self.throttle, &event);
                Ok(())
            }
            Err(error) => Err(self.nonsense(format!("a log event that makes no sense: {error}")).await),
        }
    }

    pub(super) fn plugin(&self) -> String {
        self.origin.plugin()
    }
}

/// A plugin's error as it may be shown. Secrets are hidden before the message is cut: the first part of one that the cut
/// divides is not found any more.
fn said_error(payload: &[u8], secrets: &Secrets) -> PluginError {
    let mut error: PluginError = serde_json::from_slice(payload).unwrap_or_else(|error| {
        PluginError::new(ErrorClass::Unknown, format!("an error that can't be read: {error}"))
    });
    error.message = told(&secrets.hide(&error.message), MESSAGE).into_owned();
    error
}

/// A message as JSON.
pub(super) fn json(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("messages consist of strings, numbers and json")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_across_the_cut_of_an_error_is_hidden_whole() {
        let schema = json!({"properties": {"password": {"type": "string", "format": "password"}}});
        let secrets = Secrets::of(&schema, &json!({"password": "correct horse battery"}));
        let before = "x".repeat(MESSAGE - 7);
        let message = format!("{before}correct horse battery is wrong");
        let shown = said_error(&json(&PluginError::new(ErrorClass::Config, message)), &secrets).message;
        assert!(shown.starts_with(&format!("{before}*******")) && !shown.contains("correct"), "{shown}");
    }
}

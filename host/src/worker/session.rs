//! A worker as the rest of the daemon uses it: open one of a plugin's offers, then check, read or apply.

use bytes::Bytes;
use orgsync_plugin_api::message::{self, Applied, Apply, Checked};
use orgsync_plugin_api::{ReadRequest, TargetChange, TargetOutcome};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::error::WorkerError;
use super::link::{Link, json};
use super::output;
use super::protocol::{FrameKind, Setup};
use super::reading::Reading;
use super::sandbox::Confinement;
use super::spec::{Offer, WorkerSpec};

/// The most notes of a check that are kept.
const MAX_NOTES: usize = 100;

/// A worker in which one of a plugin's offers is open. Dropping it kills it and everything that it started. A
/// future of its methods that is dropped half-way leaves the conversation half-way: drop the worker as well,
/// or cancel by the token.
#[derive(Debug)]
pub struct Worker {
    link: Link,
}

impl Worker {
    /// Starts a worker, loads the plugin and opens the offer. When `cancel` is cancelled, now or later, the
    /// plugin is told, given 5 s, and killed.
    ///
    /// # Errors
    /// Any [`WorkerError`].
    pub async fn spawn(
        spec: &WorkerSpec,
        offer: &Offer,
        cancel: CancellationToken,
    ) -> Result<Self, WorkerError> {
        let (mut link, offer) = loaded(spec, Some(offer), cancel).await?;
        link.ask_json(FrameKind::Open, &offer).await?;
        Ok(Self { link })
    }

    /// Tries whether the source or target can be reached; gives what an operator should know of what was seen.
    ///
    /// # Errors
    /// Any [`WorkerError`].
    pub async fn check(&mut self) -> Result<Vec<String>, WorkerError> {
        let reply = self.call(message::CHECK, &()).await?;
        if reply.is_empty() {
            return Ok(Vec::new());
        }
        match serde_json::from_slice::<Checked>(&reply) {
            Ok(Checked { mut notes }) => {
                notes.truncate(MAX_NOTES);
                Ok(notes)
            }
            Err(error) => Err(self.link.nonsense(format!("a check that makes no sense: {error}")).await),
        }
    }

    /// Starts reading a source.
    ///
    /// # Errors
    /// Any [`WorkerError`].
    pub async fn read(mut self, request: &ReadRequest) -> Result<Reading, WorkerError> {
        self.link.send(FrameKind::Call, &operation(message::READ, request)).await?;
        Ok(Reading::start(self.link))
    }

    /// Has a target apply changes; answers one outcome for each, in the same order. May be called again, also
    /// after an error of the plugin's own.
    ///
    /// # Errors
    /// Any [`WorkerError`]; [`WorkerError::TooMuch`] if the changes are larger than 16 MiB as JSON, and
    /// nothing was sent.
    pub async fn apply(&mut self, changes: &[TargetChange]) -> Result<Vec<TargetOutcome>, WorkerError> {
        let reply = self.call(message::APPLY, &Apply { changes: changes.to_vec() }).await?;
        match serde_json::from_slice::<Applied>(&reply) {
            Ok(Applied { outcomes }) if outcomes.len() == changes.len() => Ok(outcomes),
            Ok(Applied { outcomes }) => {
                let (got, wanted) = (outcomes.len(), changes.len());
                Err(self.link.nonsense(format!("{got} outcomes for {wanted} changes")).await)
            }
            Err(error) => Err(self.link.nonsense(format!("outcomes that make no sense: {error}")).await),
        }
    }

    /// Drops the session in the plugin, and awaits the worker's good end.
    ///
    /// # Errors
    /// Any [`WorkerError`].
    pub async fn close(self) -> Result<(), WorkerError> {
        self.link.close().await
    }

    /// How well it is confined.
    pub fn confinement(&self) -> &Confinement {
        self.link.confinement()
    }

    /// The id of the process and of its process group.
    pub fn pid(&self) -> u32 {
        self.link.pid()
    }

    async fn call(&mut self, op: &str, message: &impl Serialize) -> Result<Bytes, WorkerError> {
        self.link.ask(FrameKind::Call, &operation(op, message)).await
    }
}

/// Loads a plugin in a worker, calls nothing of it, and has it exit. Returns how well the worker was confined.
///
/// # Errors
/// Any [`WorkerError`].
pub async fn probe(spec: &WorkerSpec, cancel: CancellationToken) -> Result<Confinement, WorkerError> {
    let (link, _) = loaded(spec, None, cancel).await?;
    let confinement = link.confinement().clone();
    link.close().await.map(|()| confinement)
}

/// A worker with the plugin loaded, and the offer as it is to be opened in it.
async fn loaded(
    spec: &WorkerSpec,
    offer: Option<&Offer>,
    cancel: CancellationToken,
) -> Result<(Link, Option<Offer>), WorkerError> {
    let mut link = Link::start(spec, cancel)?;
    let (offer, grants) = spec.grants(offer, link.scratch());
    let setup = Setup {
        library: spec.library.to_path_buf(),
        memory: spec.limits.memory,
        plugin: spec.plugin.clone(),
        log_level: output::wanted_level(spec),
        grants,
    };
    link.set_up(&setup).await?;
    Ok((link, offer))
}

/// The payload of a `Call`.
fn operation(op: &str, message: &impl Serialize) -> Vec<u8> {
    [op.as_bytes(), b"\n", &json(message)].concat()
}

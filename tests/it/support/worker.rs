//! Runs one source or target of a plugin in a worker.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::killpg;
use nix::unistd::Pid;
use orgsync::domain::secrets::Secrets;
use orgsync::registry::inspect;
use orgsync::worker::{Limits, Offer, Reading, Sandbox, Worker, WorkerError, WorkerSpec};
use orgsync_plugin_api::message::OfferKind;
use orgsync_plugin_api::{DataType, ReadEnd, ReadRequest};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{artifacts, wait_until};

/// Everything that a source yielded.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) users: Vec<Value>,
    pub(crate) departments: Vec<Value>,
    pub(crate) end: ReadEnd,
    pub(crate) pid: u32,
}

/// A worker of `plugin`, called so in messages, with limits that don't matter.
pub(crate) fn spec(plugin: &str) -> WorkerSpec {
    spec_of(plugin, artifacts::plugin(plugin))
}

/// A worker of a library, which may reach what every one may.
pub(crate) fn spec_of(plugin: &str, library: PathBuf) -> WorkerSpec {
    WorkerSpec {
        program: artifacts::orgsync(),
        plugin: plugin.into(),
        manifest: inspect(&library).ok().map(|found| found.manifest),
        library: library.into(),
        sandbox: Sandbox::default(),
        own: Arc::default(),
        scratch: Path::new(env!("CARGO_TARGET_TMPDIR")).join("scratch"),
        limits: Limits { idle_timeout: Duration::from_secs(30), ..Limits::default() },
        label: "test".into(),
        secrets: Secrets::default(),
        listener: None,
    }
}

/// A source with its options.
pub(crate) fn source(name: &str, options: Value) -> Offer {
    Offer { kind: OfferKind::Source, name: name.into(), options }
}

/// Opens a target with its options.
pub(crate) async fn target(spec: &WorkerSpec, name: &str, options: Value) -> Worker {
    let offer = Offer { kind: OfferKind::Target, name: name.into(), options };
    Worker::spawn(spec, &offer, CancellationToken::new()).await.unwrap()
}

/// Starts to read a source of a plugin.
pub(crate) async fn start(
    spec: &WorkerSpec,
    offer: &Offer,
    cancel: CancellationToken,
) -> Result<Reading, WorkerError> {
    Worker::spawn(spec, offer, cancel).await?.read(&ReadRequest::full()).await
}

/// Reads a source to its end.
pub(crate) async fn read(spec: &WorkerSpec, offer: &Offer) -> Result<Read, WorkerError> {
    read_on(start(spec, offer, CancellationToken::new()).await?).await
}

/// Reads what is left, and sees to it that nothing is left running, whatever happens.
pub(crate) async fn read_on(mut reading: Reading) -> Result<Read, WorkerError> {
    let mut read = Read { pid: reading.pid(), ..Read::default() };
    let result = loop {
        match reading.next().await {
            Ok(Some(batch)) => {
                let records = serde_json::Deserializer::from_slice(&batch.lines).into_iter();
                let records: Vec<Value> = records.collect::<Result<_, _>>().unwrap();
                assert_eq!(records.len(), batch.count);
                match batch.data_type {
                    DataType::User => read.users.extend(records),
                    DataType::Department => read.departments.extend(records),
                }
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    assert_gone(read.pid);
    read.end = reading.end().cloned().unwrap_or_default();
    result.map(|()| read)
}

/// Waits until no process of a worker's group is left.
pub(crate) fn assert_gone(pid: u32) {
    let group = Pid::from_raw(pid.cast_signed());
    wait_until("the worker's group is gone", || killpg(group, None) == Err(Errno::ESRCH));
}

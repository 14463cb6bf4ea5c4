//! Target plugins in their workers, behind what the engine asks of them.

use std::time::Duration;

use orgsync_plugin_api as api;

use crate::domain::one_line::{MESSAGE, told};
use crate::domain::secrets::Secrets;
use crate::sync::delivery::outlet::{Answer, Cause, Effect, Outlet, Parcel, ParcelOp, Refusal};
use crate::worker::{Worker, WorkerError};

use super::plugins::api_type;

/// A target that is open in a worker.
pub(super) struct WorkerOutlet {
    pub(super) worker: Worker,
    /// Those among the target's options.
    pub(super) secrets: Secrets,
}

#[async_trait::async_trait]
impl Outlet for WorkerOutlet {
    async fn apply(&mut self, parcels: Vec<Parcel>) -> Result<Vec<Answer>, Refusal> {
        let changes: Vec<api::TargetChange> = parcels.into_iter().map(change).collect();
        let outcomes = self.worker.apply(&changes).await.map_err(|error| refusal(error, &self.secrets))?;
        Ok(outcomes.into_iter().map(|outcome| answer(outcome, &self.secrets)).collect())
    }

    async fn close(self: Box<Self>) -> Result<(), Refusal> {
        let Self { worker, secrets } = *self;
        worker.close().await.map_err(|error| refusal(error, &secrets))
    }
}

pub(super) fn change(parcel: Parcel) -> api::TargetChange {
    let Parcel { op, data_type, uid, id, record, before } = parcel;
    let op = match op {
        ParcelOp::Create => api::ChangeOp::Create,
        ParcelOp::Update => api::ChangeOp::Update,
        ParcelOp::Delete => api::ChangeOp::Delete,
    };
    let mut change = api::TargetChange::new(op, api_type(data_type), uid);
    (change.id, change.record, change.before) = (id, record, before);
    change
}

pub(super) fn answer(outcome: api::TargetOutcome, secrets: &Secrets) -> Answer {
    match outcome {
        api::TargetOutcome::Done(id) => Answer::Done(id),
        api::TargetOutcome::Failed(error) => {
            let message = secrets.hide(&error.to_string()).into_owned();
            Answer::Failed(of_plugin(&error, message))
        }
    }
}

/// What a worker's failure means for the target.
pub(super) fn refusal(error: WorkerError, secrets: &Secrets) -> Refusal {
    let message = told(&secrets.hide(&error.to_string()), MESSAGE).into_owned();
    let lost = |cause, message| Refusal { cause, message, retry_after: None, effect: Effect::Unknown };
    match &error {
        WorkerError::Plugin { source, .. } => of_plugin(source, message),
        WorkerError::Idle { .. } => lost(Cause::Slow, message),
        WorkerError::Start { .. } => Refusal { effect: Effect::Nothing, ..lost(Cause::Transient, message) },
        // It has lived for long, which says nothing of what was sent last.
        WorkerError::Overtime { .. } => lost(Cause::Transient, message),
        WorkerError::Cancelled { .. } => lost(Cause::Stopped, message),
        WorkerError::Killed { .. }
        | WorkerError::Exited { .. }
        | WorkerError::OutOfMemory { .. }
        | WorkerError::Nonsense { .. }
        | WorkerError::TooMuch { .. } => lost(Cause::Crash, message),
    }
}

pub(super) fn of_plugin(error: &api::PluginError, message: String) -> Refusal {
    use api::ErrorClass;
    let cause = match error.class {
        ErrorClass::Transient => Cause::Transient,
        ErrorClass::Invalid => Cause::Record,
        ErrorClass::Panic => Cause::Crash,
        ErrorClass::Cancelled => Cause::Stopped,
        _ => Cause::Config,
    };
    let effect = match error.effect() {
        api::Effect::Nothing => Effect::Nothing,
        // Whatever a newer plugin means, too.
        _ => Effect::Unknown,
    };
    let message = told(&message, MESSAGE).into_owned();
    Refusal { cause, message, retry_after: error.retry_after.map(Duration::from_secs), effect }
}

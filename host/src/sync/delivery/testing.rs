//! A target that keeps what it is sent in memory, and fails as it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, TargetId};
use crate::store::deliveries::{self, DeliveryFilter};
use crate::store::targets;
use crate::sync::engine::Engine;

use super::courier::Courier;
use super::outlet::{Answer, Cause, Effect, Outlet, OutletOrder, Parcel, ParcelOp, Refusal, TargetType};
use super::parcel;

/// What all targets of a test have received.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received(Arc<Mutex<State>>);

#[derive(Debug, Default)]
pub(crate) struct State {
    /// Every parcel in the order of its arrival, with the target that it came to.
    pub(crate) parcels: Vec<(String, Parcel)>,
    /// What each target has, by data type and its own id.
    pub(crate) has: BTreeMap<(String, DataType, String), Value>,
    /// What the next batches meet instead of being taken.
    pub(crate) refusals: VecDeque<Refusal>,
    /// A batch with this uid crashes the plugin.
    pub(crate) crashes_on: Option<String>,
    /// Every batch crashes the plugin.
    pub(crate) crashes: bool,
    /// Every batch is taken, and the answer does not come.
    pub(crate) takes_without_answer: bool,
    /// A parcel with this uid is refused…
    pub(crate) refuses: Option<String>,
    /// …for this cause, in place of what is in it.
    pub(crate) refuses_for: Option<Cause>,
    /// Every parcel is refused for this cause.
    pub(crate) refuses_all_for: Option<Cause>,
    /// How many batches have come.
    pub(crate) batches: usize,
    /// A parcel with this uid is answered with this id.
    pub(crate) answers_with: BTreeMap<String, String>,
}

impl Received {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// What happened at a target: "create user 1", in order.
    pub(crate) fn log(&self, target: &str) -> Vec<String> {
        let state = self.lock();
        let of_target = state.parcels.iter().filter(|(name, _)| name == target);
        of_target
            .map(|(_, parcel)| {
                let op = format!("{:?}", parcel.op).to_lowercase();
                format!("{op} {} {}", parcel.data_type, parcel.uid)
            })
            .collect()
    }

    /// How many users and departments a target has.
    pub(crate) fn count(&self, target: &str) -> usize {
        self.lock().has.keys().filter(|(name, ..)| name == target).count()
    }

    /// The types that `first` and `second`, which comes after `first`, are of.
    pub(crate) fn types() -> Vec<TargetType> {
        let target_type = |name: &str, after: &[&str]| TargetType {
            name: name.into(),
            plugin: "scripted".into(),
            title: name.into(),
            options_schema: json!({"type": "object"}),
            data_types: DataType::ALL.to_vec(),
            after: after.iter().copied().map(str::to_owned).collect(),
        };
        vec![target_type("first", &[]), target_type("second", &["first"])]
    }

    pub(crate) fn open(&self, order: &OutletOrder) -> Box<dyn Outlet> {
        let target = order.label.trim_start_matches("target ").to_owned();
        Box::new(Scripted { received: self.clone(), target })
    }
}

/// Sends a target what is due, as the dispatcher has it done; none if the target waits after a failure.
pub(crate) async fn pass(engine: &Engine, id: TargetId) -> bool {
    let inner = &engine.inner;
    let target = targets::by_id(inner.store.reader(), id).await.unwrap().unwrap();
    let retry_at = target.trouble.as_ref().and_then(|trouble| trouble.retry_at);
    if retry_at.is_some_and(|retry_at| retry_at > inner.now()) {
        return false;
    }
    Courier::new(inner, target, Vec::new(), CancellationToken::new()).pass().await.unwrap();
    true
}

/// The records that a target is to have, by uid.
pub(crate) async fn newest(engine: &Engine, target: TargetId) -> BTreeMap<(DataType, String), Value> {
    let store = engine.store();
    let mut newest = BTreeMap::new();
    for data_type in DataType::ALL {
        let filter = DeliveryFilter { target, state: None, data_type: Some(data_type), after: None };
        let (rows, _) = deliveries::list(store.reader(), &filter, 10_000).await.unwrap();
        let ids: Vec<LocalId> = rows.iter().map(|row| LocalId(row.local_id)).collect();
        let records =
            parcel::records(store.reader(), store.dialect(), (target, data_type), &ids).await.unwrap();
        let named = records.into_iter();
        newest.extend(named.map(|(id, record)| ((data_type, id.to_string()), Value::Object(record))));
    }
    newest
}

struct Scripted {
    received: Received,
    target: String,
}

#[async_trait::async_trait]
impl Outlet for Scripted {
    async fn apply(&mut self, parcels: Vec<Parcel>) -> Result<Vec<Answer>, Refusal> {
        let refusal = |cause, message: &str| {
            let effect = match cause {
                Cause::Record | Cause::Config => Effect::Nothing,
                _ => Effect::Unknown,
            };
            Refusal { cause, message: message.into(), retry_after: None, effect }
        };
        let mut state = self.received.lock();
        state.batches += 1;
        if let Some(refusal) = state.refusals.pop_front() {
            return Err(refusal);
        }
        if state.crashes || parcels.iter().any(|parcel| Some(&parcel.uid) == state.crashes_on.as_ref()) {
            return Err(refusal(Cause::Crash, "plugin scripted: killed by SIGSEGV"));
        }
        let mut answers = Vec::new();
        for parcel in parcels {
            let is_refused = Some(&parcel.uid) == state.refuses.as_ref();
            if is_refused || state.refuses_all_for.is_some() {
                let cause = state.refuses_all_for.or(state.refuses_for).unwrap_or(Cause::Record);
                let refused = Refusal { effect: Effect::Nothing, ..refusal(cause, "no such thing") };
                answers.push(Answer::Failed(refused));
                continue;
            }
            let told = state.answers_with.get(&parcel.uid).or(parcel.id.as_ref()).cloned();
            let id = told.unwrap_or_else(|| format!("r{}", parcel.uid));
            let place = (self.target.clone(), parcel.data_type, id.clone());
            match parcel.op {
                ParcelOp::Create | ParcelOp::Update => {
                    let record = parcel.record.clone().unwrap_or_default();
                    state.has.insert(place, Value::Object(record));
                }
                ParcelOp::Delete => {
                    state.has.remove(&place);
                }
            }
            state.parcels.push((self.target.clone(), parcel));
            answers.push(Answer::Done(id));
        }
        match state.takes_without_answer {
            true => Err(refusal(Cause::Transient, "no answer within 30 s")),
            false => Ok(answers),
        }
    }

    async fn close(self: Box<Self>) -> Result<(), Refusal> {
        Ok(())
    }
}

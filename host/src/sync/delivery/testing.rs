//! A target that keeps what it is sent in memory, and fails as it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use crate::domain::data_type::DataType;

use super::outlet::{Answer, Cause, Outlet, OutletOrder, Parcel, ParcelOp, Refusal, TargetType};

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
    /// A parcel with this uid is refused.
    pub(crate) refuses: Option<String>,
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

struct Scripted {
    received: Received,
    target: String,
}

#[async_trait::async_trait]
impl Outlet for Scripted {
    async fn apply(&mut self, parcels: Vec<Parcel>) -> Result<Vec<Answer>, Refusal> {
        let refusal = |cause, message: &str| Refusal { cause, message: message.into(), retry_after: None };
        let mut state = self.received.lock();
        if let Some(refusal) = state.refusals.pop_front() {
            return Err(refusal);
        }
        if state.crashes || parcels.iter().any(|parcel| Some(&parcel.uid) == state.crashes_on.as_ref()) {
            return Err(refusal(Cause::Crash, "plugin scripted: killed by SIGSEGV"));
        }
        let mut answers = Vec::new();
        for parcel in parcels {
            if Some(&parcel.uid) == state.refuses.as_ref() {
                answers.push(Answer::Failed(refusal(Cause::Record, "no such thing")));
                continue;
            }
            let id = parcel.id.clone().unwrap_or_else(|| format!("r{}", parcel.uid));
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

//! The daemon's half of a history: an engine over a database of its own, and a target that is served by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::plugin::Control;
use super::stand_in::{Records, Service, Weather};
use super::step::{Ending, Step, all_gone, bad_values};
use crate::domain::data_type::DataType;
use crate::domain::ids::{TargetId, TaskId};
use crate::domain::starter::Starter;
use crate::domain::target::{DeliveryState, Target};
use crate::store::deliveries::{self, DeliveryFilter, DeliveryRow};
use crate::store::{commit, counters, targets};
use crate::sync::delivery::outlet::TargetType;
use crate::sync::delivery::testing::{newest, pass};
use crate::sync::engine::testing::{Bench, Offers};

/// After so many passes with nothing new everything has been sent that ever will be.
const PASSES: usize = 40;

pub(super) struct World {
    bench: Bench,
    control: Control,
}

/// One history as it goes on.
struct Life<'a, S> {
    world: &'a World,
    service: S,
    target: TargetId,
    tasks: Vec<TaskId>,
    /// Whether somebody has written to the service by hand, which only a backfill can find.
    by_hand: bool,
    /// Whether the service has refused values. What it refused stays so, although it would take it now, until
    /// the record changes or somebody asks for it.
    has_refused: bool,
}

impl World {
    pub(super) async fn new() -> Self {
        let (bench, control) = (Bench::new().await, Control::default());
        let target_type = |name: &str| TargetType {
            name: name.into(),
            plugin: name.into(),
            title: name.into(),
            options_schema: json!({"type": "object"}),
            data_types: DataType::ALL.to_vec(),
            after: Vec::new(),
        };
        let opening = control.clone();
        bench.plugin.offers(Offers {
            types: vec![target_type("webhook"), target_type("scim")],
            open: Arc::new(move |order| opening.open(order)),
        });
        Self { bench, control }
    }

    /// Runs a history from an empty directory to its end. An error says what goes wrong.
    pub(super) async fn live<S: Service>(&mut self, setting: u64, steps: &[Step]) -> Result<(), String> {
        for (data_type, records) in all_gone() {
            self.bench.push("api", data_type, &records).await;
        }
        self.control.let_live();
        self.control.set_down(false);
        let service = S::start(setting);
        let target = self.add_target(S::TYPE, service.options()).await;
        let mut life = Life {
            world: self,
            service,
            target: target.id,
            tasks: Vec::new(),
            by_hand: false,
            has_refused: false,
        };
        let mut lived = Ok(());
        for (at, step) in steps.iter().enumerate() {
            lived = life.step(step).await.map_err(|reason| format!("at step {at}: {reason}"));
            if lived.is_err() {
                break;
            }
        }
        let tx = self.bench.engine.store().begin().await.unwrap();
        targets::delete(&tx, target.id, 1).await.unwrap();
        commit(tx, "test").await.unwrap();
        lived
    }

    async fn add_target(&self, target_type: &str, options: Value) -> Target {
        let store = self.bench.engine.store();
        let tx = store.begin().await.unwrap();
        let id = counters::take(&tx, store.dialect(), "targets", 1).await.unwrap();
        let target = Target {
            id: TargetId(id),
            name: format!("target-{id}"),
            target_type: target_type.into(),
            display_name: None,
            enabled: true,
            options,
            takes: DataType::ALL.to_vec(),
            trouble: None,
            created_at: 0,
            updated_at: 0,
        };
        targets::insert(&tx, &target).await.unwrap();
        commit(tx, "test").await.unwrap();
        target
    }
}

impl<S: Service> Life<'_, S> {
    async fn step(&mut self, step: &Step) -> Result<(), String> {
        let world = self.world;
        match step {
            Step::Push(data_type, record) => {
                let task = world.bench.push("api", *data_type, std::slice::from_ref(record)).await;
                self.tasks.push(task.id);
            }
            Step::Undo(back) => {
                let Some(task) = self.tasks.iter().rev().nth(*back) else { return Ok(()) };
                if let Ok(undo) = world.bench.engine.undo(*task, false, Starter::AdminToken).await {
                    world.bench.settled(undo.id).await;
                    self.tasks.push(undo.id);
                }
            }
            Step::Weather(weather) => {
                self.has_refused |= weather.refuses != 0;
                self.behave(*weather);
            }
            Step::DeletedThere(data_type, number) => {
                self.by_hand |= self.service.delete_by_hand(*data_type, *number);
            }
            Step::ChangedThere(data_type, number) => {
                self.by_hand |= self.service.change_by_hand(*data_type, *number);
            }
            Step::Pass(seconds) => {
                world.bench.later(*seconds);
                self.pass().await?;
            }
            Step::Killed { batch, sent } => {
                world.control.kill(*batch, *sent);
                self.pass().await?;
                world.control.let_live();
            }
            Step::Backfill => self.backfill().await,
            Step::Retry => drop(world.bench.engine.retry_target(self.target).await.unwrap()),
            Step::End(ending) => self.end(*ending).await?,
        }
        self.check_ids().await
    }

    fn behave(&self, weather: Weather) {
        self.world.control.set_down(weather.down);
        self.service.behave(weather);
    }

    /// A pass, until it ends or the daemon is killed.
    async fn pass(&self) -> Result<(), String> {
        let engine = &self.world.bench.engine;
        self.service.expect(&newest(engine, self.target).await);
        tokio::select! {
            _ = pass(engine, self.target) => {}
            () = self.world.control.killed() => self.service.may_have(&self.world.control.on_its_way()),
        }
        match self.service.complaints() {
            none if none.is_empty() => Ok(()),
            complaints => Err(complaints.join("\n")),
        }
    }

    async fn backfill(&self) {
        let engine = &self.world.bench.engine;
        let target = targets::by_id(engine.store().reader(), self.target).await.unwrap().unwrap();
        let task = engine.backfill(&target, Starter::AdminToken).await.unwrap();
        self.world.bench.settled(task.id).await;
    }

    /// The service recovers, and everything is sent that can be: then it has what the directory has.
    async fn end(&mut self, ending: Ending) -> Result<(), String> {
        let engine = &self.world.bench.engine;
        let refusing = self.service.refusing();
        let weather = Weather {
            refuses: if ending == Ending::Kept { refusing.0 } else { 0 },
            tells: refusing.1,
            ..Weather::default()
        };
        if ending == Ending::Corrected {
            self.correct().await;
        }
        self.behave(weather);
        if self.by_hand {
            self.backfill().await;
        }
        if ending == Ending::Lifted {
            engine.retry_target(self.target).await.unwrap();
        }
        for _ in 0..PASSES {
            self.world.bench.later(600);
            self.pass().await?;
            if self.rows(DeliveryState::Pending).await.is_empty() {
                break;
            }
        }
        let records = newest(engine, self.target).await;
        let mut open = BTreeMap::new();
        for state in [DeliveryState::Pending, DeliveryState::Failed] {
            for row in self.rows(state).await {
                let data_type = DataType::from_code(row.data_type).unwrap();
                let reason = format!("{state}: {}", row.error.unwrap_or_default());
                open.insert((data_type, row.local_id.to_string()), reason);
            }
        }
        let was_refused = |place, reason: &str| {
            let refusing =
                Weather { refuses: u16::from(self.has_refused && ending == Ending::Kept), ..weather };
            reason.starts_with(DeliveryState::Failed.as_str()) && is_refused::<S>(&records, place, refusing)
        };
        let wrongly = open.iter().filter(|(place, reason)| {
            !is_refused::<S>(&records, place, weather)
                && !was_refused(place, reason)
                && !self.service.excuses(reason)
        });
        let mut wrong: Vec<String> =
            wrongly.map(|(place, reason)| format!("{place:?} is held up, {reason}")).collect();
        let excused = |data_type: DataType, uid: &str| open.contains_key(&(data_type, uid.to_owned()));
        wrong.extend(self.service.differences(&records, &excused));
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
    }

    /// Whoever has a bad value gets a good one.
    async fn correct(&self) {
        let bad = bad_values();
        for ((data_type, _), record) in newest(&self.world.bench.engine, self.target).await {
            let field = if data_type == DataType::User { "phone" } else { "title" };
            let Some(value) = record[field].as_str().filter(|value| bad.iter().any(|bad| bad == value))
            else {
                continue;
            };
            let good = format!("Good {}", value.trim_start_matches("Bad "));
            let uid = &record["links"][0]["uid"];
            let good = if data_type == DataType::User { Value::Null } else { json!(good) };
            self.world.bench.push("api", data_type, &[json!({"uid": uid, field: good})]).await;
        }
    }

    async fn rows(&self, state: DeliveryState) -> Vec<DeliveryRow> {
        let filter = DeliveryFilter { target: self.target, state: Some(state), data_type: None, after: None };
        deliveries::list(self.world.bench.engine.store().reader(), &filter, 10_000).await.unwrap().0
    }

    /// No remote id belongs to two records.
    async fn check_ids(&self) -> Result<(), String> {
        let mut owners = BTreeMap::new();
        for state in [DeliveryState::Pending, DeliveryState::Delivered, DeliveryState::Failed] {
            for row in self.rows(state).await {
                let Some(remote_id) = row.remote_id else { continue };
                let place = (row.data_type, remote_id);
                if let Some(other) = owners.insert(place.clone(), row.local_id) {
                    return Err(format!("{place:?} belongs to {other} and {}", row.local_id));
                }
            }
        }
        Ok(())
    }
}

/// Whether it is right that a record is not delivered: it is refused for its value, or what it is in is.
fn is_refused<S: Service>(records: &Records, place: &(DataType, String), weather: Weather) -> bool {
    let bad = bad_values();
    let is_bad =
        |record: &Value| ["phone", "title"].iter().any(|field| bad.iter().any(|bad| record[field] == **bad));
    let Some(record) = records.get(place).filter(|_| weather.refuses != 0) else { return false };
    let departments = record["departments"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut around = departments.iter().filter_map(|department| {
        let uid = department["uid"].as_str()?.to_owned();
        records.get(&(DataType::Department, uid))
    });
    is_bad(record) || (S::NEEDS_DEPARTMENTS && around.any(is_bad))
}

//! An engine over a database of its own, with sources that clients push to, and a plugin whose
//! records a test hands in. For unit tests.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::*;
use crate::domain::policy::Policy;
use crate::domain::source::Source;
use crate::domain::task::Status;
use crate::store::departments::DepartmentFilter;
use crate::store::look::{self, Pace};
use crate::store::users::UserFilter;
use crate::store::{changes, counters, departments, memberships, records, users};
use crate::sync::delivery::outlet::{Outlet, OutletOrder, Refusal, TargetType};
use crate::sync::delivery::testing::Received;
use crate::sync::reader::{End, Extent, PluginFailure, Read, ReadOrder, Reader, SourceType};

/// An engine and what it lives on.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) plugin: Scripted,
    /// What came to the targets.
    pub(crate) received: Received,
    directory: tempfile::TempDir,
}

/// A plugin that yields what it is told to: batches, and how the read ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scripted {
    script: Arc<Mutex<Vec<Step>>>,
    opening: Arc<Mutex<Opening>>,
    pub(crate) received: Received,
    leaves: Arc<Mutex<Option<String>>>,
    notes: Arc<Mutex<Vec<String>>>,
    asked: Arc<Mutex<Vec<Extent>>>,
    offers: Arc<Mutex<Option<Offers>>>,
}

/// What opens a target.
type OpensTargets = dyn Fn(&OutletOrder) -> Result<Box<dyn Outlet>, Refusal> + Send + Sync;

/// Opens targets of some types, in place of those in memory.
#[derive(Clone)]
pub(crate) struct Offers {
    pub(crate) types: Vec<TargetType>,
    pub(crate) open: Arc<OpensTargets>,
}

impl std::fmt::Debug for Offers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Offers").field("types", &self.types).finish_non_exhaustive()
    }
}

/// How a source is opened.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Opening {
    /// As it should be.
    #[default]
    Works,
    /// It meets a mistake of the host's.
    Panics,
    /// It takes until somebody stops it, and then fails.
    Hangs,
    /// It can't tell what changed, and says so at the end of what it yields.
    Expires,
}

/// A batch of records, or the failure that ends the read.
type Step = Result<(DataType, Vec<Value>), String>;

impl Scripted {
    /// What the next reads yield; an error ends them.
    pub(crate) fn yields(&self, script: Vec<Step>) {
        *self.script.lock().unwrap() = script;
    }

    /// Where the next reads leave off.
    pub(crate) fn leaves(&self, cursor: Option<&str>) {
        *self.leaves.lock().unwrap() = cursor.map(str::to_owned);
    }

    /// What targets there are from now on.
    pub(crate) fn offers(&self, offers: Offers) {
        *self.offers.lock().unwrap() = Some(offers);
    }

    /// What the next reads have to say about themselves at their end.
    pub(crate) fn notes(&self, notes: &[&str]) {
        *self.notes.lock().unwrap() = notes.iter().map(|note| (*note).to_owned()).collect();
    }

    /// What was asked of it since this was called last.
    pub(crate) fn asked(&self) -> Vec<Extent> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// How it is opened for the next reads.
    pub(crate) fn opens(&self, opening: Opening) {
        *self.opening.lock().unwrap() = opening;
    }
}

#[async_trait::async_trait]
impl Plugins for Scripted {
    fn source_types(&self) -> Vec<SourceType> {
        vec![SourceType {
            name: "scripted".into(),
            plugin: "scripted".into(),
            title: "Scripted".into(),
            options_schema: json!({"type": "object"}),
            data_types: DataType::ALL.to_vec(),
            version: "1".into(),
            incremental: true,
        }]
    }

    fn why_not(&self, source_type: &str) -> String {
        format!("no plugin offers `{source_type}`")
    }

    async fn read(&self, order: ReadOrder) -> Result<Box<dyn Reader>, PluginFailure> {
        self.asked.lock().unwrap().push(order.extent.clone());
        let opening = *self.opening.lock().unwrap();
        let end = match opening {
            Opening::Expires if order.extent != Extent::Everything => Read::Expired("too old".into()),
            Opening::Works | Opening::Expires => Read::End(End {
                cursor: self.leaves.lock().unwrap().clone(),
                notes: self.notes.lock().unwrap().clone(),
            }),
            Opening::Panics => panic!("a mistake in the host"),
            Opening::Hangs => {
                order.stop.cancelled().await;
                return Err(PluginFailure("cancelled".into()));
            }
        };
        Ok(Box::new(ScriptedReader(self.script.lock().unwrap().clone().into_iter(), end)))
    }

    async fn check(&self, _source_type: &str, _options: Value) -> Result<Vec<String>, PluginFailure> {
        Ok(Vec::new())
    }

    fn target_types(&self) -> Vec<TargetType> {
        self.offers.lock().unwrap().as_ref().map_or_else(Received::types, |offers| offers.types.clone())
    }

    fn why_no_target(&self, target_type: &str) -> String {
        format!("no plugin offers the target type `{target_type}`")
    }

    async fn open_target(&self, order: OutletOrder) -> Result<Box<dyn Outlet>, Refusal> {
        let offers = self.offers.lock().unwrap().clone();
        match offers {
            Some(offers) => (offers.open)(&order),
            None => Ok(self.received.open(&order)),
        }
    }

    async fn check_target(&self, _target_type: &str, _options: Value) -> Result<(), PluginFailure> {
        Ok(())
    }
}

struct ScriptedReader(std::vec::IntoIter<Step>, Read);

#[async_trait::async_trait]
impl Reader for ScriptedReader {
    async fn next(&mut self) -> Result<Read, PluginFailure> {
        match self.0.next() {
            None => Ok(self.1.clone()),
            Some(Err(reason)) => Err(PluginFailure(reason)),
            Some(Ok((data_type, records))) => {
                let lines: Vec<String> = records.iter().map(Value::to_string).collect();
                Ok(Read::Batch(data_type, Bytes::from(lines.join("\n")), None))
            }
        }
    }
}

impl Bench {
    /// An engine with the sources `api` and `other`, both pushed to, and `pulled`, which is scripted.
    pub(crate) async fn new() -> Self {
        Self::with_limits(Limits::default()).await
    }

    /// The same with bounds of its own.
    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let plugin = Scripted::default();
        let engine = Self::engine(&directory, &plugin, "first", limits).await;
        let received = plugin.received.clone();
        let bench = Self { engine, plugin, received, directory };
        for (name, source_type) in [("api", API), ("other", API), ("pulled", "scripted")] {
            bench.add_source(name, source_type).await;
        }
        bench
    }

    async fn engine(directory: &tempfile::TempDir, plugin: &Scripted, owner: &str, limits: Limits) -> Engine {
        let url = format!("sqlite://{}", directory.path().join("test.db").display());
        let store = Store::open(&url).await.unwrap();
        let raw_log = RawLog::new(directory.path()).unwrap();
        Engine::with_limits(store, Arc::new(plugin.clone()), raw_log, Owner::new("bench", owner), limits)
    }

    /// Sets the clock forward.
    pub(crate) fn later(&self, seconds: i64) {
        self.engine.inner.ahead.fetch_add(seconds * 1_000, std::sync::atomic::Ordering::Relaxed);
    }

    /// Another daemon's engine on the same database.
    pub(crate) async fn beside(&self, installation: &str, plugin: &Scripted) -> Engine {
        let raw_log = RawLog::new(self.directory.path()).unwrap();
        let store = self.engine.store().clone();
        Engine::new(store, Arc::new(plugin.clone()), raw_log, Owner::new(installation, "1"))
    }

    /// A task as it is now.
    pub(crate) async fn task(&self, id: TaskId) -> Task {
        tasks::by_id(self.engine.store().reader(), id).await.unwrap().unwrap()
    }

    /// Another engine over the same database, as after a restart.
    pub(crate) async fn restart(self) -> Self {
        self.engine.drain(Duration::from_secs(10)).await;
        let engine = Self::engine(&self.directory, &self.plugin, "second", Limits::default()).await;
        Self { engine, ..self }
    }

    /// The tasks that have not come to their end, whoever runs them.
    pub(crate) async fn unfinished(&self) -> Vec<Task> {
        let found = tasks::unfinished(self.engine.store().reader()).await.unwrap();
        found.into_iter().map(|unfinished| unfinished.task).collect()
    }

    pub(crate) async fn add_source(&self, name: &str, source_type: &str) {
        let store = self.engine.store();
        let tx = store.begin().await.unwrap();
        let id = counters::take(&tx, store.dialect(), "sources", 1).await.unwrap();
        let source = Source {
            id: crate::domain::ids::SourceId(id),
            name: name.into(),
            source_type: source_type.into(),
            display_name: None,
            enabled: true,
            options: json!({}),
            schedule: None,
            policy: Policy::default(),
            last_full_at: None,
            created_at: 0,
            updated_at: 0,
        };
        sources::insert(&tx, &source).await.unwrap();
        commit(tx, "test").await.unwrap();
    }

    /// Changes a source's policy.
    pub(crate) async fn set_policy(&self, name: &str, policy: Policy) {
        let store = self.engine.store();
        let mut source = sources::by_name(store.reader(), name).await.unwrap().unwrap();
        source.policy = policy;
        let tx = store.begin().await.unwrap();
        sources::update(&tx, &source).await.unwrap();
        commit(tx, "test").await.unwrap();
    }

    /// Changes a source's options.
    pub(crate) async fn set_options(&self, name: &str, options: Value) {
        let store = self.engine.store();
        let source = sources::by_name(store.reader(), name).await.unwrap().unwrap();
        let tx = store.begin().await.unwrap();
        sources::update(&tx, &Source { options, ..source }).await.unwrap();
        commit(tx, "test").await.unwrap();
    }

    /// Pushes records and waits for the end.
    pub(crate) async fn push(&self, source: &str, data_type: DataType, records: &[Value]) -> Task {
        self.push_with(source, data_type, Mode::Incremental, None, records).await
    }

    /// The same as all there is.
    pub(crate) async fn push_full(&self, source: &str, data_type: DataType, records: &[Value]) -> Task {
        self.push_with(source, data_type, Mode::Full, None, records).await
    }

    /// The same, with everything said.
    pub(crate) async fn push_with(
        &self,
        source: &str,
        data_type: DataType,
        mode: Mode,
        match_key: Option<MatchKey>,
        records: &[Value],
    ) -> Task {
        let (sender, receiver) = mpsc::channel(records.len() + 2);
        for record in records {
            sender.send(Piece::Body(Bytes::from(format!("{record}\n")))).await.unwrap();
        }
        sender.send(Piece::End).await.unwrap();
        let format = Format::Lines(data_type);
        let push = Push {
            data_type,
            mode,
            match_key,
            match_keys: MatchKeys::All,
            format,
            pieces: receiver,
            wait: true,
            repeatable: None,
            by: Starter::AdminToken,
        };
        taken(self.engine.push(source, push).await.unwrap()).task
    }

    /// Has the scripted source read and waits until the task stands still.
    pub(crate) async fn pull(&self, dry_run: bool) -> Task {
        let task = self.engine.sync("pulled", Mode::Full, dry_run, Starter::AdminToken).await.unwrap();
        self.settled(task.id).await
    }

    /// Has it read what changed, and waits the same.
    pub(crate) async fn pull_changes(&self, dry_run: bool) -> Task {
        let task = self.engine.sync("pulled", Mode::Incremental, dry_run, Starter::AdminToken).await.unwrap();
        self.settled(task.id).await
    }

    /// Waits until a task neither waits nor runs.
    pub(crate) async fn settled(&self, id: TaskId) -> Task {
        loop {
            let task = tasks::by_id(self.engine.store().reader(), id).await.unwrap().unwrap();
            if task.status.is_final() || task.status == Status::Held {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// The failures of a task, as (uid, reason).
    pub(crate) async fn failures(&self, task: &Task) -> Vec<String> {
        let (reader, dialect) = (self.engine.store().reader(), self.engine.store().dialect());
        let outcome = Some(crate::domain::change::Outcome::Failed);
        let failed = changes::ChangeFilter { outcome, ..changes::ChangeFilter::default() };
        let found = changes::with_outcome(reader, dialect, task.id, &failed, 1_000).await.unwrap();
        found.into_iter().filter_map(|change| change.error).collect()
    }

    /// The whole directory: departments and users that are not deleted, by title and username.
    pub(crate) async fn directory(&self) -> Value {
        let (store, dialect) = (self.engine.store(), self.engine.store().dialect());
        let reader = store.reader();
        let rows = departments::list(reader, &DepartmentFilter::default(), 10_000).await.unwrap().found;
        let ids: Vec<_> = rows.iter().map(|row| crate::domain::ids::LocalId(row.id)).collect();
        let parents = departments::parents(reader, dialect, ids).await.unwrap();
        let titles: HashMap<i64, &str> = rows.iter().map(|row| (row.id, row.title.as_str())).collect();
        let tree: Map<String, Value> = rows
            .iter()
            .map(|row| {
                let parent = parents.get(&row.id).and_then(|parent| titles.get(parent));
                (row.title.clone(), json!(parent))
            })
            .collect();
        let rows = look::users::users(reader, dialect, &UserFilter::default(), 10_000, Pace::TO_THE_END)
            .await
            .unwrap()
            .found;
        let ids: Vec<_> = rows.iter().map(|row| crate::domain::ids::LocalId(row.id)).collect();
        let grouped = memberships::in_effect(reader, dialect, ids).await.unwrap();
        let people: Map<String, Value> = rows
            .iter()
            .map(|row| {
                let mut fields = users::to_fields(row).unwrap();
                let mine = grouped.iter().filter(|membership| membership.user_id == row.id);
                let mine: Vec<Value> = mine
                    .map(|membership| {
                        let main = if membership.is_main { "*" } else { "" };
                        json!(format!("{}{main}", membership.title))
                    })
                    .collect();
                fields.insert("departments".into(), Value::Array(mine));
                fields.retain(|_, value| !value.is_null());
                (row.username.clone().unwrap_or_else(|| row.id.to_string()), Value::Object(fields))
            })
            .collect();
        json!({"departments": tree, "users": people})
    }

    /// The ids of users by username, deleted ones too.
    pub(crate) async fn user_ids(&self) -> HashMap<String, i64> {
        let (reader, dialect) = (self.engine.store().reader(), self.engine.store().dialect());
        let mut ids = HashMap::new();
        for deleted in [false, true] {
            let filter = UserFilter { deleted, ..UserFilter::default() };
            let looked = look::users::users(reader, dialect, &filter, 10_000, Pace::TO_THE_END).await;
            for row in looked.unwrap().found {
                assert_eq!(ids.insert(row.username.clone().unwrap_or_default(), row.id), None);
            }
        }
        ids
    }

    /// How many records a source has present.
    pub(crate) async fn present(&self, source: &str, data_type: DataType) -> u64 {
        let store = self.engine.store();
        let source = sources::by_name(store.reader(), source).await.unwrap().unwrap();
        records::count_present(store.reader(), store.dialect(), source.id, data_type).await.unwrap()
    }

    /// What the raw-record log holds.
    pub(crate) fn raw_log(&self) -> String {
        let files = std::fs::read_dir(self.directory.path().join(crate::sync::raw_log::DIRECTORY)).unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

/// A push that had not come before.
pub(crate) fn taken(pushed: Pushed) -> Executed {
    match pushed {
        Pushed::Taken(executed) => executed,
        Pushed::Repeated(repeated) => panic!("came before: {repeated:?}"),
    }
}

//! A database for the tests of queries, filled row by row without an engine.

use sea_orm::DatabaseConnection;
use serde_json::{Map, Value, json};

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::ids::{Batch, LocalId, SourceId, TaskId};
use crate::domain::task::{Kind, Mode, Phase, Status, Task};

use super::dialect::Dialect;
use super::records::State;
use super::{Store, changes, commit, departments, memberships, records, tasks, users};

pub(crate) const DIALECT: Dialect = Dialect::Sqlite;

pub(crate) struct Filled {
    pub(crate) store: Store,
    _directory: tempfile::TempDir,
}

impl Filled {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("test.db").display());
        Self { store: Store::open(&url).await.unwrap(), _directory: directory }
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        self.store.reader()
    }

    /// Adds users, (id, username), and their records in a source: the uid of user 7 is `u7`.
    pub(crate) async fn users(&self, source: i64, given: &[(i64, &str)]) {
        let tx = self.store.begin().await.unwrap();
        let row = |(id, name): &(i64, &str)| {
            let fields = json!({"username": name, "email": format!("{name}@example.org")});
            users::from_fields(LocalId(*id), object(fields), 0)
        };
        users::write(&tx, DIALECT, given.iter().map(row).collect()).await.unwrap();
        let link = |(id, _): &(i64, &str)| (format!("u{id}"), 1, State::Present, LocalId(*id));
        let links = given.iter().map(link);
        records::write(&tx, DIALECT, SourceId(source), DataType::User, 1, links).await.unwrap();
        commit(tx, "test").await.unwrap();
    }

    /// Has another source give users, too.
    pub(crate) async fn link(&self, source: i64, data_type: DataType, uid: &str, id: i64, state: State) {
        let tx = self.store.begin().await.unwrap();
        let link = [(uid.to_owned(), 1, state, LocalId(id))].into_iter();
        records::write(&tx, DIALECT, SourceId(source), data_type, 1, link).await.unwrap();
        commit(tx, "test").await.unwrap();
    }

    pub(crate) async fn delete_users(&self, ids: &[i64]) {
        let tx = self.store.begin().await.unwrap();
        users::delete(&tx, DIALECT, ids.iter().map(|id| LocalId(*id)), 1).await.unwrap();
        commit(tx, "test").await.unwrap();
    }

    pub(crate) async fn disable_users(&self, ids: &[i64]) {
        let tx = self.store.begin().await.unwrap();
        users::disable(&tx, DIALECT, ids.iter().map(|id| LocalId(*id)), 1).await.unwrap();
        commit(tx, "test").await.unwrap();
    }

    /// Adds a department of source 1, whose uid is `d` and its id.
    pub(crate) async fn department(&self, id: i64, title: &str, parent: Option<&str>, sort: Option<f64>) {
        let tx = self.store.begin().await.unwrap();
        let fields = object(json!({"title": title, "parentUid": parent, "sort": sort}));
        let row = departments::from_fields(LocalId(id), SourceId(1), fields, 0);
        departments::write(&tx, DIALECT, vec![row]).await.unwrap();
        commit(tx, "test").await.unwrap();
        self.link(1, DataType::Department, &format!("d{id}"), id, State::Present).await;
    }

    pub(crate) async fn delete_department(&self, id: i64) {
        let tx = self.store.begin().await.unwrap();
        departments::delete(&tx, DIALECT, [LocalId(id)], 1).await.unwrap();
        commit(tx, "test").await.unwrap();
        self.link(1, DataType::Department, &format!("d{id}"), id, State::Deleted).await;
    }

    /// Has a source put users, (id, whether they lead it), in the department that it calls so.
    pub(crate) async fn members(&self, source: i64, department: &str, given: &[(i64, bool)]) {
        let tx = self.store.begin().await.unwrap();
        for (id, is_owner) in given {
            let entry = json!([{"uid": department, "isMain": false, "isOwner": is_owner, "sort": null}]);
            let user = [(LocalId(*id), &entry)].into_iter();
            memberships::write(&tx, DIALECT, SourceId(source), user).await.unwrap();
        }
        commit(tx, "test").await.unwrap();
    }

    pub(crate) async fn task(&self, task: &Task, plan: Vec<Change>) {
        let tx = self.store.begin().await.unwrap();
        tasks::insert(&tx, task, 0).await.unwrap();
        changes::write(&tx, DIALECT, task.id, plan).await.unwrap();
        commit(tx, "test").await.unwrap();
    }
}

/// A task of a source that has nothing but its end.
pub(crate) fn task(id: i64, source: i64, status: Status) -> Task {
    Task {
        id: TaskId(id),
        source_id: SourceId(source),
        batch: Batch(id),
        kind: Kind::Push,
        undoes: None,
        target_id: None,
        mode: Mode::Incremental,
        data_type: Some(DataType::User),
        match_key: None,
        dry_run: false,
        started_by: None,
        status,
        phase: Phase::Apply,
        message: None,
        held_by: None,
        attempt: 1,
        begun: 0,
        retries_failed: false,
        owner: None,
        counts: Counts::default(),
        watermark: None,
        cost_ms: 0,
        created_at: 0,
        started_at: None,
        finished_at: None,
    }
}

/// A change of a user.
pub(crate) fn change(uid: &str, op: Op, outcome: Option<Outcome>) -> Change {
    Change {
        data_type: DataType::User,
        uid: uid.into(),
        position: 0,
        op,
        cause: Cause::Given,
        record: None,
        before: None,
        local_id: None,
        base: None,
        leaves: None,
        link_move: None,
        outcome,
        error: None,
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("no object: {other}"),
    }
}

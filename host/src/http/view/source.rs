//! Sources as they are shown: their secrets masked, with what their latest task came to and whether they
//! can be used now.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::policy::{self, MatchKey, OnMissing};
use crate::domain::source;
use crate::domain::task::{self, Status};
use crate::http::options;

use super::Time;

/// A configured source of users and departments.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Source {
    /// Unique; 1 to 64 of `a-z`, `0-9`, `-` and `_`, beginning with a letter or digit. It never changes.
    #[schema(examples("ldap"))]
    pub(crate) name: String,
    /// `api`, or a source type of a plugin. It never changes.
    #[serde(rename = "type")]
    #[schema(examples("ldap"))]
    pub(crate) source_type: String,
    /// What people read instead of the name.
    #[schema(required)]
    pub(crate) display_name: Option<String>,
    /// Whether it takes syncs and pushes at all.
    pub(crate) enabled: bool,
    /// As its type's `optionsSchema` says, with `********` in the place of secrets.
    #[schema(value_type = Object)]
    pub(crate) options: Value,
    /// When it is synced by itself: a cron expression, in UTC.
    #[schema(required, examples("0 3 * * *"))]
    pub(crate) schedule: Option<String>,
    pub(crate) policy: Policy,
    /// Whether its type can tell what changed since the last sync.
    pub(crate) incremental: bool,
    /// Since when an incremental sync looks for changes; null: it reads everything.
    #[schema(required)]
    pub(crate) cursor_at: Option<Time>,
    /// When the last full sync that came to its end was asked for.
    #[schema(required)]
    pub(crate) last_full_at: Option<Time>,
    /// Its latest task.
    #[schema(required)]
    pub(crate) last_task: Option<LastTask>,
    pub(crate) state: State,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

/// What a source may do and what happens to those who are absent from its full reads.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Policy {
    pub(crate) on_missing: OnMissing,
    /// How records without a link find existing users; null: they never do.
    #[schema(required)]
    pub(crate) match_key: Option<MatchKey>,
    /// The match keys that a push may ask for besides that one.
    pub(crate) match_keys: Vec<MatchKey>,
    pub(crate) removals: RemovalLimit,
    /// Whether the records are written to the raw-record log.
    pub(crate) raw_records: bool,
    /// How old the last full sync may be before a scheduled one is full again; null: they all are.
    #[schema(required)]
    pub(crate) full_every: Option<String>,
}

/// A plan is held when it would disable or delete more than both of these, of one data type.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemovalLimit {
    /// Percent of those that the source has present.
    pub(crate) percent: f64,
    /// A number below which the percentage is not looked at.
    pub(crate) count: u64,
}

/// The latest task of a source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LastTask {
    pub(crate) id: i64,
    pub(crate) status: Status,
    /// Null while it waits, runs or is held.
    #[schema(required)]
    pub(crate) finished_at: Option<Time>,
    /// What a person should know of it.
    #[serde(skip)]
    pub(crate) message: Option<String>,
}

/// Whether a source can be synced or pushed to now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceState)]
pub(crate) struct State {
    pub(crate) runnable: bool,
    /// Why not, if not.
    #[schema(required)]
    pub(crate) reason: Option<String>,
}

/// A source that is deleted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletedSource {
    #[schema(examples(3))]
    pub(crate) id: i64,
    /// The name that it had; another source may have it by now.
    #[schema(examples("ldap"))]
    pub(crate) name: String,
    #[serde(rename = "type")]
    #[schema(examples("ldap"))]
    pub(crate) source_type: String,
    #[schema(required)]
    pub(crate) display_name: Option<String>,
    /// How many users it still leads to, counted up to 100,000.
    pub(crate) users: u64,
    /// How many departments.
    pub(crate) departments: u64,
    pub(crate) deleted_at: Time,
}

impl DeletedSource {
    pub(crate) fn new(source: &source::Source, deleted_at: i64, users: u64, departments: u64) -> Self {
        Self {
            id: source.id.0,
            name: source.name.clone(),
            source_type: source.source_type.clone(),
            display_name: source.display_name.clone(),
            users,
            departments,
            deleted_at: Time(deleted_at),
        }
    }
}

/// What is known of a source besides its row.
#[derive(Debug)]
pub(crate) struct BesideSource<'a> {
    /// That of its options, where its type is known.
    pub(crate) schema: Option<&'a Value>,
    /// Its latest task.
    pub(crate) last: Option<&'a task::Task>,
    pub(crate) incremental: bool,
    pub(crate) cursor_at: Option<i64>,
    /// Why it can't be used now.
    pub(crate) hindrance: Option<String>,
}

impl Source {
    pub(crate) fn new(source: &source::Source, beside: BesideSource<'_>) -> Self {
        let BesideSource { schema, last, incremental, cursor_at, hindrance } = beside;
        let last_task = |task: &task::Task| LastTask {
            id: task.id.0,
            status: task.status,
            finished_at: task.finished_at.map(Time),
            message: task.message.clone(),
        };
        Self {
            name: source.name.clone(),
            source_type: source.source_type.clone(),
            display_name: source.display_name.clone(),
            enabled: source.enabled,
            options: options::mask(schema, &source.options),
            schedule: source.schedule.clone(),
            policy: Policy::new(&source.policy),
            incremental,
            cursor_at: cursor_at.map(Time),
            last_full_at: source.last_full_at.map(Time),
            last_task: last.map(last_task),
            state: State { runnable: hindrance.is_none(), reason: hindrance },
            created_at: Time(source.created_at),
            updated_at: Time(source.updated_at),
        }
    }
}

impl Policy {
    fn new(policy: &policy::Policy) -> Self {
        let policy::Policy { on_missing, match_key, match_keys, removals, raw_records, full_every } = policy;
        let policy::RemovalLimit { percent, count } = *removals;
        Self {
            on_missing: *on_missing,
            match_key: *match_key,
            match_keys: match_keys.clone(),
            removals: RemovalLimit { percent, count },
            raw_records: *raw_records,
            full_every: full_every.clone(),
        }
    }
}

/// Whether a source could be connected to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checked {
    pub(crate) ok: bool,
    /// What went wrong, if something did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) message: Option<String>,
    /// What else an operator should know, such as which columns of a file become which fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) notes: Vec<String>,
}

impl Checked {
    /// It worked.
    pub(crate) fn done(notes: Vec<String>) -> Self {
        Self { ok: true, message: None, notes }
    }

    /// It did not.
    pub(crate) fn failed(message: String) -> Self {
        Self { ok: false, message: Some(message), notes: Vec::new() }
    }
}

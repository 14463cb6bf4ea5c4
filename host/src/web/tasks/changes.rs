//! What a task changes, or would change: failures first, with their reasons, then the others, field by field.

use askama::Template;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::domain::change::{Op, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::redact;
use crate::domain::task::Status;
use crate::http::page::ChangeCursor;
use crate::http::path::ById;
use crate::http::router::App;
use crate::http::task_page::{FoundChanges, Wanted, find_changes};
use crate::http::tasks::ChangeQuery;
use crate::http::view;

use crate::web::address::AskedList;
use crate::web::diff::{self, Line};
use crate::web::frame::Frame;
use crate::web::page::{Answer, page};
use crate::web::paging::Pager;

use super::head::Head;

/// So many are on a page.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "task_changes.html")]
struct Changes {
    frame: Frame,
    head: Head,
    filter: ChangeQuery,
    ops: &'static [Op],
    outcomes: &'static [Outcome],
    types: [DataType; 2],
    failures: Vec<Row>,
    more_failures: bool,
    rows: Vec<Row>,
    cut_short: bool,
    pager: Pager,
}

/// One change.
pub(super) struct Row {
    pub(super) change: view::Change,
    pub(super) lines: Vec<Line>,
    /// Where the user or department is shown.
    pub(super) link: Option<String>,
    /// What they are called.
    pub(super) name: Option<String>,
    /// The record as it came, where it could not be understood.
    pub(super) received: Option<String>,
}

impl Row {
    /// The user who has what the record can't have.
    fn holder(&self) -> Option<i64> {
        let error = self.change.error.as_deref()?;
        let after = ["is already used by user ", "matches user "].iter();
        let rest = after.filter_map(|words| error.split_once(words)).map(|(_, rest)| rest).next()?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
        digits.parse().ok()
    }
}

/// The changes of a task.
pub(in crate::web) async fn changes(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    AskedList(frame, paging, filter): AskedList<ChangeCursor, ChangeQuery>,
) -> Answer {
    let (task, head) = Head::of(&app, &frame, &id).await?;
    let after = paging.after().map(|ChangeCursor(mark)| mark.clone());
    let is_filtered = filter.op.is_some() || filter.outcome.is_some() || filter.data_type.is_some();
    let failed = Wanted {
        query: ChangeQuery { outcome: Some(Outcome::Failed), ..ChangeQuery::default() },
        after: None,
        but_failed: false,
        limit: SHOWN,
    };
    let failures = match after {
        None if !is_filtered => find_changes(&app, &task, failed).await?,
        _ => FoundChanges::default(),
    };
    let wanted = Wanted { query: filter.clone(), after, but_failed: !is_filtered, limit: SHOWN };
    let found = find_changes(&app, &task, wanted).await?;
    let (cut_short, pager) = (found.cut_short, Pager::of(&frame, found.next.as_deref()));
    page(&Changes {
        frame,
        head,
        filter,
        ops: Op::ALL,
        outcomes: Outcome::ALL,
        types: [DataType::User, DataType::Department],
        more_failures: failures.next.is_some(),
        failures: Row::all(failures),
        rows: Row::all(found),
        cut_short,
        pager,
    })
}

impl Changes {
    fn is_filtered(&self) -> bool {
        self.filter.op.is_some() || self.filter.outcome.is_some() || self.filter.data_type.is_some()
    }

    /// Whether there will be more without anybody doing something.
    fn is_growing(&self) -> bool {
        matches!(self.head.detail.task.status, Status::Init | Status::Processing)
    }
}

impl Row {
    fn all(found: FoundChanges) -> Vec<Self> {
        let FoundChanges { changes, rows, names, .. } = found;
        let row = |change: view::Change| {
            let place = change.uid.clone().and_then(|uid| rows.get(&(change.data_type, uid)));
            let link = place.map(|id| format!("/{}/{id}", change.data_type.target()));
            let name = place.and_then(|id| names.get(&(change.data_type, *id)).cloned());
            let before = change.before.clone().map_or(Value::Null, Value::Object);
            let (lines, received) = match change.op {
                Op::Reject => (Vec::new(), Some(received(&change.after))),
                // That says no more than the word for it.
                Op::Disable if is_switch(&change.after) => (Vec::new(), None),
                _ => (diff::lines(&before, &change.after), None),
            };
            Self { change, lines, link, name, received }
        };
        changes.into_iter().map(row).collect()
    }

    /// A create says much that nobody looks for; its fields open when asked for.
    pub(super) fn is_folded(&self) -> bool {
        self.change.op == Op::Create && self.lines.len() > 3
    }

    /// Whether it says something that its outcome is not what the task's status lets one expect.
    pub(super) fn tells_outcome(&self) -> bool {
        self.change.outcome != Outcome::Pending
    }

    /// The names of its fields.
    pub(super) fn fields(&self) -> String {
        let names: Vec<&str> = self.lines.iter().map(|line| line.field.as_str()).collect();
        names.join(", ")
    }
}

/// Whether nothing but `enabled` is told.
fn is_switch(after: &Value) -> bool {
    after.as_object().is_some_and(|fields| fields.keys().all(|field| field == "enabled"))
}

/// A record as it came, but for secrets.
pub(super) fn received(record: &Value) -> String {
    let mut record = record.clone();
    redact::redact(&mut record);
    match record {
        Value::String(text) => text,
        record => serde_json::to_string_pretty(&record).unwrap_or_default(),
    }
}

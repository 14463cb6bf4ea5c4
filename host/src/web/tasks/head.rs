//! What stands on top of every page of a task: what it is, how it stands, what it did, and what can be done about it.

use jiff::Timestamp;

use crate::domain::task::{Kind, Status, Task};
use crate::http::problem::Problem;
use crate::http::router::App;
use crate::http::task_page::{self, Detail};
use crate::http::view::task::TypeCounts;
use crate::logs::Span;

use crate::web::frame::Frame;
use crate::web::words::CountBar;

use super::actions::{self, Actions, Retry};
use super::steps::Steps;

/// What stands on top.
pub(super) struct Head {
    pub(super) detail: Detail,
    pub(super) title: String,
    pub(super) actions: Actions,
    pub(super) approving: Vec<String>,
    pub(super) undoing: Vec<String>,
    /// While it runs here.
    pub(super) steps: Option<Steps>,
    pub(super) counts: Vec<CountRow>,
}

/// The counts of one data type.
pub(super) struct CountRow {
    pub(super) what: String,
    pub(super) bar: CountBar,
    pub(super) counts: TypeCounts,
}

impl Head {
    /// Of the task with this id.
    pub(super) async fn of(app: &App, frame: &Frame, id: &str) -> Result<(Task, Self), Problem> {
        let (task, detail) = task_page::detail(app, id).await?;
        let view = &detail.task;
        let title = frame.say_all(
            "task-title",
            &[("batch", view.batch.to_string().into()), ("source", view.source.as_str().into())],
        );
        let actions = if frame.may_operate() { Actions::of(&detail) } else { Actions::default() };
        let running = (view.status == Status::Processing && view.kind != Kind::Backfill)
            .then_some(detail.progress)
            .flatten();
        let is_running = view.status == Status::Processing;
        let steps =
            running.map(|progress| Steps::of(detail.phase, progress, &detail.counts, frame.speech.now));
        let row = |what: String, counts: &TypeCounts| CountRow {
            what,
            bar: frame.type_bar(counts),
            counts: counts.clone(),
        };
        let rows = [
            row(frame.say("nav-users"), &view.counts.user),
            row(frame.say("nav-departments"), &view.counts.department),
        ];
        let head = Self {
            title,
            actions,
            approving: actions::of_approving(frame, &detail.counts),
            undoing: actions::of_undoing(frame, &detail.counts),
            steps,
            // What will be there is there from the beginning, so that nothing moves when the first numbers come.
            counts: rows.into_iter().filter(|row| is_running || row.is_something()).collect(),
            detail,
        };
        Ok((task, head))
    }

    /// Whether it goes on by itself, so that the page should look again.
    pub(super) fn is_live(&self) -> bool {
        let is_sending =
            self.detail.task.counts.targets.iter().flatten().any(|target| target.deliveries.pending > 0);
        is_sending || matches!(self.detail.task.status, Status::Init | Status::Processing)
    }

    pub(super) fn is(&self, status: &str) -> bool {
        self.detail.task.status.as_str() == status
    }

    /// What a retry works on, if one is offered.
    pub(super) fn retry(&self, frame: &Frame) -> Option<String> {
        self.actions.retry.map(|retry| match retry {
            Retry::Whole => frame.say("task-retry"),
            Retry::Failed => frame.say("task-retry-failed"),
            Retry::Deliveries => frame.say("task-retry-deliveries"),
        })
    }

    /// What the gate is that holds it, or held it.
    pub(super) fn gate(&self, frame: &Frame) -> Option<String> {
        let removals = self.detail.source.map(|source| source.removals);
        match (self.detail.task.held_by.as_deref()?, removals) {
            ("empty-read", _) => Some(frame.say("task-gate-empty-read")),
            ("removals", Some(limit)) => {
                let given = [("percent", limit.percent.into()), ("count", limit.count.into())];
                Some(frame.say_all("task-gate-removals", &given))
            }
            ("removals", None) => Some(frame.say("task-gate-removals-gone")),
            _ => None,
        }
    }

    /// Where the logs have something of it.
    pub(super) fn span(&self) -> Span {
        let (from, until) = self.detail.span;
        let time = |ms: i64| Timestamp::from_millisecond(ms).ok();
        Span { from: time(from), until: until.and_then(time) }
    }
}

impl CountRow {
    fn is_something(&self) -> bool {
        let TypeCounts { all, disabled, deleted, unlinked, failed, .. } = self.counts;
        all + disabled + deleted + unlinked + failed > 0
    }

    /// The numbers in the order of the table's head.
    pub(super) fn numbers(&self) -> [u64; 10] {
        let TypeCounts { all, created, updated, unchanged, disabled, deleted, unlinked, duplicates, .. } =
            self.counts;
        let TypeCounts { failed, dangling, .. } = self.counts;
        [all, created, updated, unchanged, disabled, deleted, unlinked, duplicates, failed, dangling]
    }
}

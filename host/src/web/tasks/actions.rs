//! What can be done about a task as it stands, and what would come of it, in numbers.

use crate::domain::counts::{Counts, TypeCounts};
use crate::domain::task::{Kind, Status};
use crate::http::task_page::Detail;

use crate::web::frame::Frame;

/// Which steps are offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Actions {
    pub(super) cancel: bool,
    /// Approve and reject.
    pub(super) decide: bool,
    /// Why approving has to wait: the source is disabled or deleted.
    pub(super) is_blocked: bool,
    pub(super) retry: Option<Retry>,
    /// It failed, and there is nothing to try again with.
    pub(super) is_lost: bool,
    pub(super) undo: bool,
}

/// What is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    /// All of it.
    Whole,
    /// The records that failed.
    Failed,
    /// What targets have refused.
    Deliveries,
}

impl Actions {
    /// What somebody who may operate is offered.
    pub(super) fn of(detail: &Detail) -> Self {
        let task = &detail.task;
        let is_usable = detail.source.is_some_and(|source| source.enabled);
        let needs_source = matches!(task.kind, Kind::Pull | Kind::Push);
        let can_retry = task.undone_by.is_none() && (detail.has_source() && (is_usable || !needs_source));
        let refused = task.counts.targets.iter().flatten().any(|target| target.deliveries.failed > 0);
        let retry = match task.status {
            Status::Failed if can_retry && detail.is_at_its_end => Some(Retry::Failed),
            Status::Failed if can_retry && !detail.is_lost => Some(Retry::Whole),
            Status::Partial if can_retry => Some(Retry::Failed),
            Status::Success if refused => Some(Retry::Deliveries),
            _ => None,
        };
        let has_ended = matches!(task.status, Status::Success | Status::Partial) || detail.is_at_its_end;
        let wrote = !task.dry_run && task.kind != Kind::Backfill && detail.counts.changes() > 0;
        let is_held = task.status == Status::Held;
        Self {
            cancel: matches!(task.status, Status::Init | Status::Processing),
            decide: is_held,
            is_blocked: is_held && !is_usable,
            retry,
            is_lost: task.status == Status::Failed && detail.is_lost,
            undo: has_ended && wrote && task.undone_by.is_none(),
        }
    }

    pub(super) fn any(self) -> bool {
        self.cancel || self.decide || self.retry.is_some() || self.undo
    }
}

/// What approving a plan does, line by line.
pub(super) fn of_approving(frame: &Frame, counts: &Counts) -> Vec<String> {
    let taken = |key: &str, n: u64, of: u64| {
        (n > 0).then(|| frame.say_all(key, &[("n", n.into()), ("of", of.into())]))
    };
    let plain = |key: &str, n: u64| (n > 0).then(|| frame.say_with(key, "n", n));
    let (user, department) = (&counts.user, &counts.department);
    let disabled = |counts: &TypeCounts| counts.disabled + counts.switched_off;
    let written = |counts: &TypeCounts| counts.updated.saturating_sub(counts.switched_off);
    let lines = [
        taken("approve-disable-users", disabled(user), user.present),
        taken("approve-delete-users", user.deleted, user.present),
        taken("approve-disable-departments", disabled(department), department.present),
        taken("approve-delete-departments", department.deleted, department.present),
        taken("approve-unlink-users", user.unlinked, user.present),
        taken("approve-unlink-departments", department.unlinked, department.present),
        taken("approve-empty-users", user.emptied, user.present),
        plain("approve-create-users", user.created),
        plain("approve-update-users", written(user)),
        plain("approve-create-departments", department.created),
        plain("approve-update-departments", written(department)),
    ];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    if lines.is_empty() { vec![frame.say("approve-nothing")] } else { lines }
}

/// What undoing a task does, line by line.
pub(super) fn of_undoing(frame: &Frame, counts: &Counts) -> Vec<String> {
    let plain = |key: &str, n: u64| (n > 0).then(|| frame.say_with(key, "n", n));
    let (user, department) = (&counts.user, &counts.department);
    let back = |counts: &TypeCounts| counts.disabled + counts.deleted + counts.unlinked;
    let lines = [
        plain("undo-remove-users", user.created),
        plain("undo-set-users", user.updated),
        plain("undo-bring-users", back(user)),
        plain("undo-remove-departments", department.created),
        plain("undo-set-departments", department.updated),
        plain("undo-bring-departments", back(department)),
    ];
    lines.into_iter().flatten().collect()
}

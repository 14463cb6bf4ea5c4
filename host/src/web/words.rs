//! The words of the domain in the reader's language, and which icon and tone goes with each.

use crate::domain::change::{Cause, Op, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::policy::{MatchKey, OnMissing};
use crate::domain::starter::Starter;
use crate::domain::task::{Kind, Mode, Status};
use crate::domain::token::Scope;
use crate::http::plugins::{PluginState, SandboxState, SignatureState};
use crate::http::view::plugin::Plugin;
use crate::http::view::task::{Task, TypeCounts};
use crate::http::view::{Change, Time};
use crate::logs::event::Level;
use crate::store::members::Owner;

use super::frame::Frame;

/// A word with its icon; the colour says nothing that these don't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Badge {
    /// A class of the stylesheet: `success`, `warning`, `danger`, `accent` or `muted`.
    pub(super) tone: &'static str,
    /// A symbol of icons.svg.
    pub(super) icon: &'static str,
    pub(super) word: String,
}

/// Counts as a stacked bar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CountBar {
    pub(super) parts: Vec<Part>,
    /// The same in words.
    pub(super) text: String,
}

/// A part of a bar, in hundredths of its width.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) class: &'static str,
    pub(super) start: f64,
    pub(super) width: f64,
}

impl CountBar {
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl Time {
    /// For programs, as the API writes it.
    pub(super) fn rfc3339(&self) -> String {
        let time = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        format!("{time:.3}")
    }
}

impl Frame {
    pub(super) fn status(&self, status: &Status) -> Badge {
        let (tone, icon, word) = match status {
            Status::Init => ("muted", "clock", self.say("status-init")),
            Status::Processing => ("accent", "running", self.say("status-processing")),
            Status::Success => ("success", "check", self.say("status-success")),
            Status::Partial => ("warning", "partial", self.say("status-partial")),
            Status::Failed => ("danger", "cross", self.say("status-failed")),
            Status::Held => ("warning", "held", self.say("status-held")),
            Status::Cancelled => ("muted", "stop", self.say("status-cancelled")),
        };
        Badge { tone, icon, word }
    }

    /// What a change does.
    pub(super) fn op(&self, op: &Op) -> String {
        match op {
            Op::Create => self.say("op-create"),
            Op::Update => self.say("op-update"),
            Op::Delete => self.say("op-delete"),
            Op::Disable => self.say("op-disable"),
            Op::Unlink => self.say("op-unlink"),
            Op::Reject => self.say("op-reject"),
        }
    }

    /// What a change does, with an icon; of one that failed or was skipped, what it did not do.
    pub(super) fn change_badge(&self, change: &Change) -> Badge {
        let is_undone = matches!(change.outcome, Outcome::Failed | Outcome::Skipped);
        let word = match change.op {
            Op::Create if is_undone => self.say("not-create"),
            Op::Update if is_undone => self.say("not-update"),
            Op::Delete if is_undone => self.say("not-delete"),
            Op::Disable if is_undone => self.say("not-disable"),
            Op::Unlink if is_undone => self.say("not-unlink"),
            op => self.op(&op),
        };
        match is_undone {
            true => Badge { tone: "muted", icon: "minus", word },
            false => self.op_badge(&change.op),
        }
    }

    fn op_badge(&self, op: &Op) -> Badge {
        let (tone, icon) = match op {
            Op::Create => ("success", "plus"),
            Op::Update => ("muted", "right"),
            Op::Disable => ("warning", "off"),
            Op::Delete => ("danger", "minus"),
            Op::Unlink => ("muted", "minus"),
            Op::Reject => ("danger", "cross"),
        };
        Badge { tone, icon, word: self.op(op) }
    }

    /// What became of a change.
    pub(super) fn outcome(&self, outcome: &Outcome) -> Badge {
        let (tone, icon, word) = match outcome {
            Outcome::Pending => ("muted", "clock", self.say("outcome-pending")),
            Outcome::Applied => ("success", "check", self.say("outcome-applied")),
            Outcome::Failed => ("danger", "cross", self.say("outcome-failed")),
            Outcome::Skipped => ("muted", "right", self.say("outcome-skipped")),
        };
        Badge { tone, icon, word }
    }

    /// Why a change was planned; nothing where its record says so.
    pub(super) fn cause(&self, cause: &Cause) -> Option<String> {
        match cause {
            Cause::Given => None,
            Cause::Missing => Some(self.say("cause-missing")),
            Cause::ParentDeleted => Some(self.say("cause-parent-deleted")),
            Cause::UndoCreate => Some(self.say("cause-undo-create")),
            Cause::UndoUpdate => Some(self.say("cause-undo-update")),
            Cause::UndoDisable => Some(self.say("cause-undo-disable")),
            Cause::UndoDelete => Some(self.say("cause-undo-delete")),
            Cause::UndoUnlink => Some(self.say("cause-undo-unlink")),
        }
    }

    /// Whether a task reads everything.
    pub(super) fn mode(&self, mode: &Mode) -> String {
        match mode {
            Mode::Full => self.say("mode-full"),
            Mode::Incremental => self.say("mode-incremental"),
        }
    }

    /// What a task is, in one line: who brings its records, whether all of them, and whether it writes.
    pub(super) fn sort_of_task(&self, task: &Task) -> String {
        let mut parts = vec![self.kind(&task.kind)];
        match task.kind {
            Kind::Pull | Kind::Push => parts.push(self.mode(&task.mode)),
            Kind::Undo | Kind::Disable | Kind::Delete | Kind::Backfill => {}
        }
        if task.dry_run {
            parts.push(self.say("task-dry-run"));
        }
        parts.join(", ")
    }

    /// Who started a task.
    pub(super) fn starter(&self, starter: &Option<Starter>) -> String {
        match starter {
            None => "–".to_owned(),
            Some(Starter::Schedule) => self.say("starter-schedule"),
            Some(Starter::Daemon) => self.say("starter-daemon"),
            Some(Starter::AdminToken) => self.say("starter-admin-token"),
            Some(Starter::Token(name)) => name.clone(),
        }
    }

    /// Who leads a department, in one line.
    pub(super) fn owners(&self, owners: &[Owner]) -> String {
        let name =
            |owner: &Owner| owner.nickname.clone().or_else(|| owner.username.clone()).unwrap_or_default();
        owners.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn kind(&self, kind: &Kind) -> String {
        match kind {
            Kind::Pull => self.say("kind-pull"),
            Kind::Push => self.say("kind-push"),
            Kind::Undo => self.say("kind-undo"),
            Kind::Disable => self.say("kind-disable"),
            Kind::Delete => self.say("kind-delete"),
            Kind::Backfill => self.say("kind-backfill"),
        }
    }

    pub(super) fn data_type(&self, data_type: &DataType) -> String {
        match data_type {
            DataType::Department => self.say("type-department"),
            DataType::User => self.say("type-user"),
        }
    }

    /// How bad an event of the system log is.
    pub(super) fn level(&self, level: &Level) -> Badge {
        let (tone, icon, word) = match level {
            Level::Error => ("danger", "cross", self.say("level-error")),
            Level::Warn => ("warning", "partial", self.say("level-warn")),
            Level::Info => ("muted", "info", self.say("level-info")),
            Level::Debug => ("muted", "minus", self.say("level-debug")),
            Level::Trace => ("muted", "minus", self.say("level-trace")),
        };
        Badge { tone, icon, word }
    }

    /// Whether a source is switched on.
    pub(super) fn enabled(&self, enabled: &bool) -> Badge {
        match enabled {
            true => Badge { tone: "success", icon: "check", word: self.say("sources-is-enabled") },
            false => Badge { tone: "muted", icon: "off", word: self.say("sources-is-disabled") },
        }
    }

    pub(super) fn on_missing(&self, on_missing: &OnMissing) -> String {
        match on_missing {
            OnMissing::Disable => self.say("on-missing-disable"),
            OnMissing::Keep => self.say("on-missing-keep"),
            OnMissing::Delete => self.say("on-missing-delete"),
        }
    }

    pub(super) fn match_key(&self, key: &MatchKey) -> String {
        match key {
            MatchKey::Username => self.say("match-key-username"),
            MatchKey::Email => self.say("match-key-email"),
            MatchKey::Phone => self.say("match-key-phone"),
        }
    }

    /// Where a plugin stands; one that goes on with its last good version is not as it should be.
    pub(super) fn plugin(&self, plugin: &Plugin) -> Badge {
        let (tone, icon, word) = match (plugin.state, &plugin.fallback) {
            (PluginState::Ready, None) => ("success", "check", self.say("plugin-ready")),
            (PluginState::Ready, Some(_)) => ("warning", "partial", self.say("plugin-fallback")),
            (PluginState::Disabled, _) => ("muted", "off", self.say("plugin-disabled")),
            (PluginState::Unlisted, _) => ("muted", "minus", self.say("plugin-unlisted")),
            (PluginState::Missing, _) => ("danger", "cross", self.say("plugin-missing")),
            (PluginState::Invalid, _) => ("danger", "cross", self.say("plugin-invalid")),
        };
        Badge { tone, icon, word }
    }

    pub(super) fn sandbox(&self, state: &SandboxState) -> Badge {
        let (tone, icon, word) = match state {
            SandboxState::Enforced => ("success", "check", self.say("sandbox-enforced")),
            SandboxState::Partly => ("warning", "partial", self.say("sandbox-partly")),
            SandboxState::Unavailable => ("danger", "cross", self.say("sandbox-unavailable")),
        };
        Badge { tone, icon, word }
    }

    pub(super) fn signature(&self, state: &SignatureState) -> Badge {
        let (tone, icon, word) = match state {
            SignatureState::None => ("muted", "minus", self.say("signature-none")),
            SignatureState::Unchecked => ("warning", "partial", self.say("signature-unchecked")),
            SignatureState::Valid => ("success", "check", self.say("signature-valid")),
            SignatureState::Invalid => ("danger", "cross", self.say("signature-invalid")),
        };
        Badge { tone, icon, word }
    }

    /// What a token of a scope may do.
    pub(super) fn scope(&self, scope: &Scope) -> String {
        match scope {
            Scope::Admin => self.say("scope-admin"),
            Scope::Operate => self.say("scope-operate"),
            Scope::Read => self.say("scope-read"),
            Scope::Push => self.say("scope-push"),
        }
    }

    /// What a task's message says beyond its counts: of one that went through, nothing.
    pub(super) fn more_than_counts<'a>(&self, task: &'a Task) -> Option<&'a str> {
        let message = task.message.as_deref();
        match task.status {
            Status::Success | Status::Partial => message.filter(|_| self.count_bar(task).is_empty()),
            Status::Init | Status::Processing | Status::Failed | Status::Held | Status::Cancelled => message,
        }
    }

    /// What a task did, or its plan would do, to users and departments together.
    pub(super) fn count_bar(&self, task: &Task) -> CountBar {
        let (user, department) = (&task.counts.user, &task.counts.department);
        self.bar_of(|of| of(user) + of(department))
    }

    /// The same of one data type.
    pub(super) fn type_bar(&self, counts: &TypeCounts) -> CountBar {
        self.bar_of(|of| of(counts))
    }

    fn bar_of(&self, count: impl Fn(fn(&TypeCounts) -> u64) -> u64) -> CountBar {
        let part = |class, key, of: fn(&TypeCounts) -> u64| {
            let count = count(of);
            (class, count, self.say_with(key, "n", count))
        };
        self.bar(&[
            part("created", "counts-created", |counts| counts.created),
            part("updated", "counts-updated", |counts| counts.updated),
            part("unchanged", "counts-unchanged", |counts| counts.unchanged),
            part("disabled", "counts-disabled", |counts| counts.disabled),
            part("deleted", "counts-deleted", |counts| counts.deleted),
            part("failed", "counts-failed", |counts| counts.failed),
        ])
    }

    fn bar(&self, counts: &[(&'static str, u64, String)]) -> CountBar {
        /// What is there is seen, however little it is of the whole.
        const LEAST: f64 = 3.0;
        let there: Vec<_> = counts.iter().filter(|(_, count, _)| *count > 0).collect();
        let all: u64 = there.iter().map(|(_, count, _)| count).sum();
        let widths: Vec<f64> =
            there.iter().map(|(_, count, _)| (*count as f64 / all as f64 * 100.0).max(LEAST)).collect();
        let whole: f64 = widths.iter().sum();
        let (mut parts, mut start) = (Vec::new(), 0.0);
        for ((class, _, _), width) in there.iter().zip(widths) {
            let width = (width / whole * 1_000.0).round() / 10.0;
            parts.push(Part { class, start, width });
            start = ((start + width) * 10.0).round() / 10.0;
        }
        let texts: Vec<&str> = there.iter().map(|(_, _, text)| text.as_str()).collect();
        CountBar { parts, text: texts.join(&self.say("list-comma")) }
    }
}

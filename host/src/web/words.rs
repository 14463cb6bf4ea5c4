//! The words of the domain in the reader's language, and which icon and tone goes with each.

use std::fmt::Write as _;

use crate::domain::change::Op;
use crate::domain::data_type::DataType;
use crate::domain::task::{Kind, Status};
use crate::http::view::Time;
use crate::http::view::task::{Task, TypeCounts};
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

    /// What a task did, or its plan would do, to users and departments together.
    pub(super) fn count_bar(&self, task: &Task) -> CountBar {
        let (user, department) = (&task.counts.user, &task.counts.department);
        let both = |of: fn(&TypeCounts) -> u64| of(user) + of(department);
        self.bar(&[
            ("created", self.say("count-created"), both(|counts| counts.created)),
            ("updated", self.say("count-updated"), both(|counts| counts.updated)),
            ("unchanged", self.say("count-unchanged"), both(|counts| counts.unchanged)),
            ("disabled", self.say("count-disabled"), both(|counts| counts.disabled)),
            ("deleted", self.say("count-deleted"), both(|counts| counts.deleted)),
            ("failed", self.say("count-failed"), both(|counts| counts.failed)),
        ])
    }

    fn bar(&self, counts: &[(&'static str, String, u64)]) -> CountBar {
        /// What is there is seen, however little it is of the whole.
        const LEAST: f64 = 3.0;
        let there: Vec<_> = counts.iter().filter(|(_, _, count)| *count > 0).collect();
        let all: u64 = there.iter().map(|(_, _, count)| count).sum();
        let widths: Vec<f64> =
            there.iter().map(|(_, _, count)| (*count as f64 / all as f64 * 100.0).max(LEAST)).collect();
        let whole: f64 = widths.iter().sum();
        let (mut parts, mut text, mut start) = (Vec::new(), String::new(), 0.0);
        for ((class, word, count), width) in there.iter().zip(widths) {
            let width = (width / whole * 1_000.0).round() / 10.0;
            parts.push(Part { class, start, width });
            start = ((start + width) * 10.0).round() / 10.0;
            let separator = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{separator}{} {word}", self.number(*count));
        }
        CountBar { parts, text }
    }
}

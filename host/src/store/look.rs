//! Looking through a million rows for those that a list or a search is about: window by window, for no longer than the
//! caller has patience, and then saying how far it came. No index finds a part of a text in SQLite at a price that bulk
//! loads can pay, so a search reads the texts of all; a page shows what was found so far and goes on from there.

pub(crate) mod changes;
pub(crate) mod users;

use std::time::Duration;

/// What one window is to take, about: a look ends at most so late.
const STEP: Duration = Duration::from_millis(8);

/// For how long to look, and how much at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Not longer than this, by more than one step.
    pub(crate) patience: Duration,
    /// How many ids the first step looks at.
    pub(crate) window: i64,
}

impl Pace {
    /// As long as a page can wait.
    pub(crate) const PAGE: Self = Self { patience: Duration::from_millis(40), window: 20_000 };
    /// Until there are enough, or all have been looked at, in one step.
    pub(crate) const TO_THE_END: Self = Self { patience: Duration::MAX, window: i64::MAX };

    /// The next window, after one that took so long.
    fn adapt(&mut self, took: Duration) {
        if took < STEP / 2 {
            self.window = self.window.saturating_mul(2);
        } else if took > STEP * 2 {
            self.window = (self.window / 2).max(1);
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Looked<T, P> {
    pub(crate) found: Vec<T>,
    /// How far it came, if patience or room for rows ended before it had found enough: there may be more after this.
    pub(crate) until: Option<P>,
}

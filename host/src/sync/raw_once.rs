//! Which records the raw-record log has of a day already, so that what a source gives again and again is logged
//! once. Kept in memory, so that a restarted daemon logs a record once more.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::domain::ids::TaskId;

use super::raw_lines::Held;

/// How many records are remembered; others are logged each time that they come. They take about 33 MiB of memory.
const REMEMBERED: usize = 900_000;
/// How many different records of one uid are logged of one task. They are laid one over the other.
const OF_ONE_UID: u8 = 10;

/// The records that a day's log has.
#[derive(Debug, Default)]
pub(super) struct Once {
    date: Option<Date>,
    latest: HashMap<u64, Latest>,
}

/// What was logged last of a uid.
#[derive(Debug, Clone, Copy)]
struct Latest {
    text: u64,
    task: TaskId,
    /// How many records of the uid that task has logged.
    count: u8,
}

impl Once {
    /// Whether a record is to be logged; it counts as logged then.
    pub(super) fn is_wanted(&mut self, date: Date, task: TaskId, held: &Held) -> bool {
        if self.date != Some(date) {
            self.date = Some(date);
            self.latest.clear();
        }
        match self.latest.get_mut(&held.identity) {
            Some(latest) if latest.text == held.text => false,
            Some(latest) if latest.task == task && latest.count >= OF_ONE_UID => false,
            Some(latest) => {
                let count = if latest.task == task { latest.count + 1 } else { 1 };
                *latest = Latest { text: held.text, task, count };
                true
            }
            None => {
                if self.latest.len() < REMEMBERED {
                    self.latest.insert(held.identity, Latest { text: held.text, task, count: 1 });
                }
                true
            }
        }
    }

    /// Forgets everything: what counted as logged may not have reached the file.
    pub(super) fn forget(&mut self) {
        self.latest.clear();
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::domain::data_type::DataType;
    use crate::domain::ids::Batch;
    use crate::sync::raw_lines::RawLines;

    /// How many of these records of a task are wanted on a day.
    fn wanted(once: &mut Once, day: i8, task: i64, records: &[(&str, i32)]) -> usize {
        let mut lines = RawLines::new(TaskId(task), Batch(1), "hr");
        for (uid, value) in records {
            let json = json!({"uid": uid, "value": value});
            lines.record(DataType::User, json.to_string().as_bytes(), &json);
        }
        let before = records.len() as u64;
        let day = date(2026, 1, day);
        let (_, left_out) = lines
            .take("2026-01-01T00:00:00Z".parse().unwrap(), |held| once.is_wanted(day, TaskId(task), held));
        usize::try_from(before - left_out).unwrap()
    }

    #[test]
    fn a_record_that_is_as_before_is_logged_once_a_day() {
        let mut once = Once::default();
        assert_eq!(wanted(&mut once, 1, 1, &[("a", 1), ("b", 1), ("a", 1)]), 2);
        assert_eq!(wanted(&mut once, 1, 2, &[("a", 1), ("b", 2)]), 1, "one has changed");
        assert_eq!(wanted(&mut once, 1, 3, &[("b", 1)]), 1, "and changed back");
        assert_eq!(wanted(&mut once, 2, 4, &[("a", 1), ("b", 1)]), 2, "the next day has a file of its own");
        once.forget();
        assert_eq!(wanted(&mut once, 2, 5, &[("a", 1)]), 1);
    }

    #[test]
    fn one_uid_does_not_fill_the_log_by_changing_all_the_time() {
        let mut once = Once::default();
        let changing: Vec<(&str, i32)> = (0..1_000).map(|n| ("a", n)).collect();
        assert_eq!(wanted(&mut once, 1, 1, &changing), usize::from(OF_ONE_UID));
        assert_eq!(wanted(&mut once, 1, 2, &[("a", 7)]), 1, "another task's record is another matter");
    }
}

//! What may happen in a history.

use serde_json::{Value, json};

use super::chance::Chance;
use super::stand_in::Weather;
use crate::domain::data_type::DataType;

/// How many users and departments there are at most.
const USERS: u64 = 5;
const DEPARTMENTS: u64 = 4;
/// The telephone number that a service may refuse.
pub(super) const BAD_PHONE: &str = "BAD";

/// The title that a service may refuse.
pub(super) fn bad_title(department: u64) -> String {
    format!("Bad {department}")
}

/// Everything that a service may refuse.
pub(super) fn bad_values() -> Vec<String> {
    (0..DEPARTMENTS).map(bad_title).chain([BAD_PHONE.to_owned()]).collect()
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A record is pushed.
    Push(DataType, Value),
    /// What the latest task but so many did is undone.
    Undo(usize),
    /// The service behaves so from now on.
    Weather(Weather),
    /// Somebody deletes a user or department in the service, or changes one, by number.
    DeletedThere(DataType, u64),
    ChangedThere(DataType, u64),
    /// Some seconds go by, and what is due is sent.
    Pass(i64),
    /// The same, and the daemon is killed at the batch with this number: before it is sent, or after.
    Killed {
        batch: u32,
        sent: bool,
    },
    Backfill,
    Retry,
    /// The end: the service recovers; what it refuses it takes, or is corrected, or neither.
    End(Ending),
}

/// How refusals end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Lifted,
    Corrected,
    Kept,
}

impl Step {
    pub(super) fn made_up(chance: &mut Chance) -> Self {
        match chance.below(100) {
            0..30 => user(chance),
            30..34 => deleted(DataType::User, chance.below(USERS)),
            34..46 => department(chance),
            46..49 => deleted(DataType::Department, chance.below(DEPARTMENTS)),
            49..53 => Self::Undo(usize::try_from(chance.below(3)).expect("it is below three")),
            53..64 => Self::Weather(Weather::made_up(chance)),
            64..66 => Self::DeletedThere(some_type(chance), chance.below(8)),
            66..68 => Self::ChangedThere(some_type(chance), chance.below(8)),
            68..92 => Self::Pass(chance.pick(&[0, 1, 3, 30, 600])),
            92..96 => Self::Killed {
                batch: u32::try_from(chance.below(3)).expect("small"),
                sent: chance.percent(70),
            },
            96..98 => Self::Backfill,
            _ => Self::Retry,
        }
    }

    pub(super) fn end(chance: &mut Chance) -> Self {
        Self::End(chance.pick(&[Ending::Lifted, Ending::Corrected, Ending::Kept]))
    }
}

fn some_type(chance: &mut Chance) -> DataType {
    if chance.percent(60) { DataType::User } else { DataType::Department }
}

fn user(chance: &mut Chance) -> Step {
    let number = chance.below(USERS);
    let departments: Vec<String> =
        (0..DEPARTMENTS).filter(|_| chance.percent(35)).map(|number| format!("d{number}")).collect();
    let phone = match chance.below(10) {
        0..3 => json!(BAD_PHONE),
        3..6 => json!(format!("+49 30 {}", 100 + chance.below(3))),
        _ => Value::Null,
    };
    let record = json!({
        "uid": format!("u{number}"), "username": format!("u{number}"), "phone": phone,
        "nickname": format!("N{}", chance.below(3)), "enabled": chance.percent(75), "departments": departments,
    });
    Step::Push(DataType::User, record)
}

fn department(chance: &mut Chance) -> Step {
    let number = chance.below(DEPARTMENTS);
    let title = match chance.below(10) {
        0..2 => bad_title(number),
        2..5 => format!("New {number}"),
        _ => format!("D {number}"),
    };
    let parent = chance.percent(40).then(|| format!("d{}", chance.below(DEPARTMENTS)));
    let record = json!({"uid": format!("d{number}"), "title": title, "parentUid": parent});
    Step::Push(DataType::Department, record)
}

fn deleted(data_type: DataType, number: u64) -> Step {
    let letter = if data_type == DataType::User { 'u' } else { 'd' };
    Step::Push(data_type, json!({"uid": format!("{letter}{number}"), "isDeleted": true}))
}

/// What makes the directory empty.
pub(super) fn all_gone() -> [(DataType, Vec<Value>); 2] {
    let gone = |letter: char, count: u64| {
        (0..count).map(|number| json!({"uid": format!("{letter}{number}"), "isDeleted": true})).collect()
    };
    [(DataType::User, gone('u', USERS)), (DataType::Department, gone('d', DEPARTMENTS))]
}

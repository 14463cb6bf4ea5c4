//! What a history needs of a service, whatever it speaks.

use std::collections::BTreeMap;

use serde_json::Value;

use super::chance::Chance;
use crate::domain::data_type::DataType;

/// The records that a service is to have, by the uid that it is told; the newest, as they would be sent now.
pub(super) type Records = BTreeMap<(DataType, String), Value>;

/// How a service behaves.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weather {
    /// Nobody listens.
    pub(super) down: bool,
    /// What is answered where a value is refused; nothing is refused if it is 0.
    pub(super) refuses: u16,
    /// Whether the refusal is told of the one record, where the service can.
    pub(super) tells: bool,
    /// So many requests that write are done, and their answers are lost…
    pub(super) loses: u32,
    /// …or the connection breaks before they are done.
    pub(super) drops: u32,
    /// So many are done, and answered with 500.
    pub(super) denies: u32,
}

impl Weather {
    pub(super) fn made_up(chance: &mut Chance) -> Self {
        let refuses = match chance.percent(50) {
            true => chance.pick(&[400, 403, 404, 409, 422, 500, 500, 501, 502, 503, 504, 429]),
            false => 0,
        };
        let mut weather = Self { refuses, tells: chance.percent(40), ..Self::default() };
        match chance.below(10) {
            0..2 => weather.down = true,
            2..4 => weather.loses = 1 + u32::try_from(chance.below(4)).expect("small"),
            4 => weather.drops = 1 + u32::try_from(chance.below(4)).expect("small"),
            5 => weather.denies = 1 + u32::try_from(chance.below(3)).expect("small"),
            _ => {}
        }
        weather
    }
}

/// A service that runs within the test.
pub(super) trait Service: Send + Sync + 'static {
    /// The target type.
    const TYPE: &'static str;

    /// Whether a user can't be delivered as long as one of their departments can't.
    const NEEDS_DEPARTMENTS: bool;

    /// Starts one that is as `setting` says.
    fn start(setting: u64) -> Self;

    /// What it is like.
    fn describe(setting: u64) -> String;

    /// The options of a target that leads to it.
    fn options(&self) -> Value;

    fn behave(&self, weather: Weather);

    /// What it answers where it refuses a value, and whether it tells that of the one record.
    fn refusing(&self) -> (u16, bool);

    /// What is to be sent from now on: these records, and nothing older. The service remembers what is against
    /// it.
    fn expect(&self, records: &Records);

    /// These may have been sent without the service's knowing.
    fn may_have(&self, records: &[(DataType, String)]);

    /// What was against the rules since this was asked last.
    fn complaints(&self) -> Vec<String>;

    /// Deletes one of its records by hand. Returns whether there was one.
    fn delete_by_hand(&self, data_type: DataType, number: u64) -> bool;

    /// Changes one.
    fn change_by_hand(&self, data_type: DataType, number: u64) -> bool;

    /// Whether it can't be otherwise than that a record fails for this reason.
    fn excuses(&self, reason: &str) -> bool;

    /// Where it differs from these records, apart from those that are rightly not there.
    fn differences(&self, records: &Records, excused: &dyn Fn(DataType, &str) -> bool) -> Vec<String>;
}

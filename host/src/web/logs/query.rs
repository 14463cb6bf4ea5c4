//! What the addresses of the logs' pages say: which lines are wanted, and where a page begins.

use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::ids::TaskId;
use crate::http::problem::Problem;
use crate::logs::event::{Level, Wanted};
use crate::logs::raw::{Order, RawQuery};
use crate::logs::system::SystemQuery;
use crate::logs::{Needle, Place, Span};
use crate::web::address::Written;

/// How many lines a page lists.
pub(super) const LIMIT: usize = 100;

/// Which events of the system log to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct SystemFilter {
    /// As bad as this, or worse.
    #[param(value_type = Option<String>)]
    pub(super) level: Option<Written<Level>>,
    /// With this text anywhere.
    pub(super) text: Option<String>,
    /// Naming this task.
    pub(super) task: Option<i64>,
    /// Of this day, in UTC.
    #[param(value_type = Option<String>)]
    pub(super) day: Option<Written<Date>>,
    /// Whether new ones are shown as they come.
    #[serde(default)]
    pub(super) live: bool,
    /// Only what stands before this place.
    #[param(value_type = Option<String>)]
    pub(super) before: Option<Written<Place>>,
}

/// Which raw records to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct RecordFilter {
    /// Of this day, in UTC.
    #[param(value_type = Option<String>)]
    pub(super) day: Option<Written<Date>>,
    /// Of this source.
    pub(super) source: Option<String>,
    /// Of this task.
    pub(super) task: Option<i64>,
    /// With this text anywhere.
    pub(super) text: Option<String>,
    /// Only what stands before this place.
    #[param(value_type = Option<String>)]
    pub(super) before: Option<Written<Place>>,
}

impl SystemFilter {
    pub(super) fn wanted(&self) -> Wanted {
        Wanted {
            level: self.level.map(|Written(level)| level),
            text: self.text.as_deref().and_then(Needle::new),
            task: self.task.map(TaskId),
        }
    }

    pub(super) fn query(&self) -> SystemQuery {
        let span = self.day.map_or_else(Span::default, |Written(day)| Span::day(day));
        let before = self.before.map(|Written(place)| place);
        SystemQuery { wanted: self.wanted(), span, before, limit: LIMIT }
    }

    pub(super) fn is_narrow(&self) -> bool {
        self.level.is_some() || self.text.is_some() || self.task.is_some() || self.day.is_some()
    }

    /// The address of the same lines on another path, or from another place on.
    pub(super) fn address(&self, path: &str, before: Option<Place>) -> String {
        address(
            path,
            &[
                ("level", self.level.map(|Written(level)| level.as_str().to_owned())),
                ("text", self.text.clone()),
                ("task", self.task.map(|task| task.to_string())),
                ("day", self.day.map(|Written(day)| day.to_string())),
                // What stands before a place doesn't grow.
                ("live", (self.live && before.is_none()).then(|| "true".to_owned())),
                ("before", before.map(|place| place.to_string())),
            ],
        )
    }
}

impl RecordFilter {
    pub(super) fn query(&self) -> RawQuery {
        RawQuery {
            span: self.day.map_or_else(Span::default, |Written(day)| Span::day(day)),
            source: self.source.clone(),
            task: self.task.map(TaskId),
            text: self.text.as_deref().and_then(Needle::new),
            order: Order::NewestFirst,
            from: self.before.map(|Written(place)| place),
            limit: LIMIT / 2,
        }
    }

    pub(super) fn is_narrow(&self) -> bool {
        self.day.is_some() || self.source.is_some() || self.task.is_some() || self.text.is_some()
    }

    /// The address of the same records from another place on.
    pub(super) fn address(&self, before: Option<Place>) -> String {
        address(
            "/logs/records",
            &[
                ("day", self.day.map(|Written(day)| day.to_string())),
                ("source", self.source.clone()),
                ("task", self.task.map(|task| task.to_string())),
                ("text", self.text.clone()),
                ("before", before.map(|place| place.to_string())),
            ],
        )
    }
}

/// The place that a path names; what is none is not there.
pub(super) fn place(text: &str) -> Result<Place, Problem> {
    text.parse().map_err(Problem::not_found)
}

fn address(path: &str, given: &[(&str, Option<String>)]) -> String {
    let mut written = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in given {
        if let Some(value) = value {
            written.append_pair(name, value);
        }
    }
    let query = written.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::query::Forgiving;

    /// What an address asks for, and what of it makes no sense.
    fn read(address: &str) -> (SystemFilter, Vec<String>) {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let mut address = Forgiving::new(query);
        (address.read().unwrap(), address.left_out)
    }

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let check = |address: &str| {
            let (filter, left_out) = read(address);
            assert_eq!(left_out, [""; 0], "{address}");
            let before = filter.before.map(|Written(place)| place);
            assert_eq!(filter.address("/logs", before), address);
        };
        check("/logs");
        check("/logs?level=warn&text=a%26b+%C3%A9&task=7&day=2026-02-28&live=true");
        check("/logs?before=2026-02-28%3A17");
        let (live, _) = read("/logs?live=true&level=&day=&before=");
        assert_eq!(live, SystemFilter { live: true, ..SystemFilter::default() });
        let place = "2026-02-28:17".parse().unwrap();
        assert_eq!(live.address("/logs", Some(place)), "/logs?before=2026-02-28%3A17");
    }

    #[test]
    fn what_makes_no_sense_is_left_out_and_named() {
        let check = |address: &str, expected: &[&str]| {
            let (filter, left_out) = read(address);
            assert_eq!(
                filter,
                SystemFilter { text: Some("a".into()), ..SystemFilter::default() },
                "{address}"
            );
            assert_eq!(left_out, expected, "{address}");
        };
        check("/logs?text=a&level=loud", &["level"]);
        check("/logs?text=a&day=yesterday", &["day"]);
        check("/logs?text=a&before=../../etc", &["before"]);
        check("/logs?text=a&task=x", &["task"]);
        check("/logs?text=a&since=1", &[]);
    }
}

//! When a source is synced by itself: a cron expression of five fields (minute, hour, day, month, day
//! of the week) or a nickname such as `@daily`.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// Reads a cron expression; the error says what is wrong with it.
pub fn parse(expression: &str) -> Result<Cron, String> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(expression).map_err(|reason| {
        format!("`{expression}` is no cron expression of five fields, as `0 3 * * *` is: {reason}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_have_five_fields() {
        for good in ["0 3 * * *", "*/15 8-18 * * MON-FRI", "@daily"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "daily", "* * * *", "0 0 3 * * *", "61 * * * *", "0 3 * * * 2026 x"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}

//! Starts the syncs whose schedule says so. Schedules are cron expressions in UTC; a time that passes
//! while the daemon is down, or while the source is being synced, is left out.

use std::str::FromStr;

use croner::Cron;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::{info, warn};

use crate::domain::source::{API, Source};
use crate::domain::task::Mode;
use crate::store::sources;

use super::engine::{Engine, SyncError};

/// How many sources are looked at together.
const PAGE: u64 = 500;

/// Checks a cron expression.
pub fn check(expression: &str) -> Result<(), String> {
    Cron::from_str(expression).map(drop).map_err(|reason| {
        format!(
            "`{expression}` is no cron expression ({reason}); write `0 3 * * *` for every day at three, UTC"
        )
    })
}

/// Starts every sync that fell due after `since` and until `now`.
pub(crate) async fn start_due(engine: &Engine, since: Timestamp, now: Timestamp) {
    let mut after: Option<String> = None;
    loop {
        let page = sources::list(engine.store().reader(), after.as_deref(), PAGE).await;
        let page = match page {
            Ok(page) => page,
            Err(failure) => return warn!("schedules are not looked at: {failure}"),
        };
        let Some(last) = page.last() else { return };
        after = Some(last.name.clone());
        for source in page.iter().filter(|source| source.enabled && source.source_type != API) {
            if is_due(source, since, now) {
                start(engine, source).await;
            }
        }
    }
}

async fn start(engine: &Engine, source: &Source) {
    let name = source.name.as_str();
    match engine.sync(name, Mode::Full, false).await {
        Ok(task) => {
            info!(source = name, task = task.id.0, "schedule of source {name}: started task {}", task.id)
        }
        Err(SyncError::AlreadyRunning { task, .. }) => {
            info!(source = name, "schedule of source {name}: left out, task {task} is still running");
        }
        Err(reason) => warn!(source = name, "schedule of source {name}: not started: {reason}"),
    }
}

fn is_due(source: &Source, since: Timestamp, now: Timestamp) -> bool {
    let Some(cron) = source.schedule.as_deref().and_then(|text| Cron::from_str(text).ok()) else {
        return false;
    };
    let next = cron.find_next_occurrence(&since.to_zoned(TimeZone::UTC), false);
    next.is_ok_and(|next| next.timestamp() <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SourceId;
    use crate::domain::policy::Policy;

    #[test]
    fn a_schedule_falls_due_once() {
        let source = |schedule: Option<&str>| Source {
            id: SourceId(1),
            name: "s".into(),
            source_type: "files".into(),
            display_name: None,
            enabled: true,
            options: serde_json::json!({}),
            schedule: schedule.map(str::to_owned),
            policy: Policy::default(),
            created_at: 0,
            updated_at: 0,
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let daily = source(Some("0 3 * * *"));
        assert!(is_due(&daily, at("2026-01-01T02:59:55Z"), at("2026-01-01T03:00:05Z")));
        assert!(!is_due(&daily, at("2026-01-01T03:00:05Z"), at("2026-01-01T03:00:15Z")));
        assert!(!is_due(&daily, at("2026-01-01T03:00:00Z"), at("2026-01-01T03:00:10Z")), "not twice");
        assert!(!is_due(&source(None), at("2026-01-01T02:59:55Z"), at("2026-01-01T03:00:05Z")));
        assert!(check("0 3 * * *").is_ok());
        assert!(check("sometimes").is_err());
    }
}

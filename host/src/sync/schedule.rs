//! Starts the syncs whose schedule says so. Schedules are cron expressions in UTC; a time that passes
//! while the daemon is down, or while the source is being synced, is left out.

use std::str::FromStr;
use std::time::Duration;

use croner::Cron;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::{info, warn};

use crate::domain::source::{API, Source};
use crate::domain::starter::Starter;
use crate::domain::task::Mode;
use crate::store::sources;

use super::engine::Engine;
use super::error::SyncError;

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

/// Starts every sync that fell due after `since` and until `now`, and those that are `owed`. Returns the sources
/// whose syncs are owed still, because the database could not work; none if it could not even be looked at.
pub(crate) async fn start_due(
    engine: &Engine,
    since: Timestamp,
    now: Timestamp,
    owed: &[String],
) -> Option<Vec<String>> {
    let mut still = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = sources::list(engine.store().reader(), after.as_deref(), PAGE).await;
        let page = match page {
            Ok(page) => page,
            Err(failure) => {
                warn!("schedules are not looked at: {failure}");
                return None;
            }
        };
        let Some(last) = page.last() else { return Some(still) };
        after = Some(last.name.clone());
        for source in page.iter().filter(|source| source.enabled && source.source_type != API) {
            let due = is_due(source, since, now) || owed.contains(&source.name);
            if due && start(engine, source, now).await == Started::Never {
                still.push(source.name.clone());
            }
        }
    }
}

/// What came of starting a sync that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Started {
    /// It was started, or there is a reason not to.
    Settled,
    /// The database could not work, or a disk is nearly full.
    Never,
}

async fn start(engine: &Engine, source: &Source, now: Timestamp) -> Started {
    let name = source.name.as_str();
    match engine.sync(name, mode(source, now), false, Starter::Schedule).await {
        Ok(task) => {
            info!(source = name, task = task.id.0, "schedule of source {name}: started task {}", task.id)
        }
        Err(SyncError::AlreadyRunning { task, .. }) => {
            info!(source = name, "schedule of source {name}: left out, task {task} is still running");
        }
        Err(SyncError::Store(failure)) if failure.is_unavailable() => {
            warn!(source = name, "schedule of source {name}: not started yet: {failure}");
            return Started::Never;
        }
        Err(SyncError::NoSpace(failure)) => {
            warn!(source = name, "schedule of source {name}: not started yet: {failure}");
            return Started::Never;
        }
        Err(reason) => warn!(source = name, "schedule of source {name}: not started: {reason}"),
    }
    Started::Settled
}

/// What changed, unless the source's policy wants everything, always or by now.
fn mode(source: &Source, now: Timestamp) -> Mode {
    let age = source.last_full_at.map(|at| now.as_millisecond().saturating_sub(at));
    match (source.policy.full_every(), age.map(u64::try_from)) {
        (Some(every), Some(Ok(age))) if Duration::from_millis(age) < every => Mode::Incremental,
        _ => Mode::Full,
    }
}

fn is_due(source: &Source, since: Timestamp, now: Timestamp) -> bool {
    source.schedule.as_deref().and_then(|schedule| next(schedule, since)).is_some_and(|next| next <= now)
}

/// When a cron expression comes true next, after `since`; never, if it is none or names a day that there is not.
pub(crate) fn next(expression: &str, since: Timestamp) -> Option<Timestamp> {
    let cron = Cron::from_str(expression).ok()?;
    let next = cron.find_next_occurrence(&since.to_zoned(TimeZone::UTC), false);
    next.ok().map(|next| next.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SourceId;
    use crate::domain::policy::Policy;

    fn source(schedule: Option<&str>) -> Source {
        Source {
            id: SourceId(1),
            name: "s".into(),
            source_type: "files".into(),
            display_name: None,
            enabled: true,
            options: serde_json::json!({}),
            schedule: schedule.map(str::to_owned),
            policy: Policy::default(),
            last_full_at: None,
            created_at: 0,
            updated_at: 0,
        }
    }

    #[test]
    fn a_schedule_falls_due_once() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let daily = source(Some("0 3 * * *"));
        assert!(is_due(&daily, at("2026-01-01T02:59:55Z"), at("2026-01-01T03:00:05Z")));
        assert!(!is_due(&daily, at("2026-01-01T03:00:05Z"), at("2026-01-01T03:00:15Z")));
        assert!(!is_due(&daily, at("2026-01-01T03:00:00Z"), at("2026-01-01T03:00:10Z")), "not twice");
        assert!(!is_due(&source(None), at("2026-01-01T02:59:55Z"), at("2026-01-01T03:00:05Z")));
        assert!(check("0 3 * * *").is_ok());
        assert!(check("sometimes").is_err());
    }

    #[test]
    fn a_full_sync_is_due_after_so_long() {
        let check = |every: Option<&str>, last: Option<&str>, expected: Mode| {
            let at = |text: &str| text.parse::<Timestamp>().unwrap();
            let policy = Policy { full_every: every.map(str::to_owned), ..Policy::default() };
            let last_full_at = last.map(|text| at(text).as_millisecond());
            let source = Source { policy, last_full_at, ..source(None) };
            assert_eq!(mode(&source, at("2026-01-02T03:00:00Z")), expected, "{every:?} {last:?}");
        };
        check(None, Some("2026-01-02T02:59:00Z"), Mode::Full);
        check(Some("1d"), None, Mode::Full);
        check(Some("1d"), Some("2026-01-01T03:00:01Z"), Mode::Incremental);
        check(Some("1d"), Some("2026-01-01T03:00:00Z"), Mode::Full);
        check(Some("1d"), Some("2026-01-03T03:00:00Z"), Mode::Full);
    }
}

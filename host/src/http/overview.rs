//! What the page's overview shows and no single route answers: how many there are, and what each of the last days did.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::store::figures::{self, Day, Headcount};
use crate::store::{dangling, sources};

use super::problem::Problem;
use super::router::App;
use super::tls::Standing;

/// How many there are in the directory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Directory {
    pub(crate) users: Headcount,
    pub(crate) departments: Headcount,
}

pub(crate) async fn directory(app: &App) -> Result<Directory, Problem> {
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let users = figures::users(reader, dialect).await?;
    Ok(Directory { users, departments: figures::departments(reader, dialect).await? })
}

/// What the tasks did that began on each of the last `days` days, today's last. A day begins at midnight in `zone`.
pub(crate) async fn last_days(
    app: &App,
    days: u32,
    today: Date,
    zone: &TimeZone,
) -> Result<Vec<(Date, Day)>, Problem> {
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let midnight = |day: Date| day.to_zoned(zone.clone()).map(|start| start.timestamp().as_millisecond());
    let mut found = Vec::new();
    for back in (0..i64::from(days)).rev() {
        let day = today.saturating_sub(back.days());
        let (start, end) = (midnight(day), midnight(day.saturating_add(1.days())));
        let (start, end) = (start.map_err(Problem::internal)?, end.map_err(Problem::internal)?);
        found.push((day, figures::day(reader, dialect, start..end).await?));
    }
    Ok(found)
}

/// How many departments that a source names are looked for, and how many of those that are not there are told.
const LOOK: i64 = 10_000;
const TOLD: i64 = 4;

/// The first departments that these sources name and do not give, by the source's name.
pub(crate) async fn dangling(app: &App, names: Vec<String>) -> Result<HashMap<String, Vec<String>>, Problem> {
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let mut found = HashMap::new();
    for name in names {
        let Some(source) = sources::by_name(reader, &name).await? else { continue };
        let uids = dangling::of_source(reader, dialect, source.id, LOOK, TOLD).await?;
        if !uids.is_empty() {
            found.insert(name, uids);
        }
    }
    Ok(found)
}

/// How the certificate stands, if there is one.
pub(crate) fn certificate(app: &App) -> Option<Standing> {
    app.tls.as_ref().map(|tls| tls.standing(Timestamp::now()))
}

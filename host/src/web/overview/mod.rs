//! The overview: first what needs attention, then what runs, how many there are, and the last 30 days.

mod attention;
mod plot;

use askama::Template;
use axum::Json;
use axum::extract::State;

use crate::domain::task::Status;
use crate::http::overview::{self, Directory};
use crate::http::page::{self, Paging};
use crate::http::query::{Listed, Nothing};
use crate::http::router::App;
use crate::http::tasks::{self, TaskQuery};
use crate::http::view;
use crate::http::{plugins, sources, targets};

use super::address::Asked;
use super::frame::Frame;
use super::page::{Answer, page};
use attention::{Attention, Seen};
use plot::Plot;

const DAYS: u32 = 30;
/// So many held or running tasks are shown; the list of tasks has all.
const SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    attention: Vec<Attention>,
    running: Vec<view::Task>,
    directory: Directory,
    sources: u64,
    plots: [Plot; 3],
}

pub(super) async fn overview(State(app): State<App>, Asked(frame, Nothing {}): Asked<Nothing>) -> Answer {
    let whole = || Listed(Paging::first(page::MAX), Nothing {});
    let Json(sources) = sources::list(State(app.clone()), whole()).await?;
    let Json(plugins) = plugins::list(State(app.clone()), whole()).await;
    let Json(targets) = targets::list(State(app.clone()), whole()).await?;
    let names = sources.data.iter().filter(|source| source.enabled).map(|source| source.name.clone());
    let dangling = overview::dangling(&app, names.collect()).await?;
    let seen = Seen {
        dangling: &dangling,
        held: of_status(&app, Status::Held).await?,
        sources: &sources.data,
        plugins: &plugins,
        targets: &targets.data,
        certificate: overview::certificate(&app),
    };
    let attention = attention::all(&frame, &seen);
    let today = frame.speech.local_day(frame.speech.now);
    let days = overview::last_days(&app, DAYS, today, &frame.speech.zone).await?;
    let plots =
        [plot::by_status(&frame, &days), plot::changes(&frame, &days), plot::durations(&frame, &days)];
    let directory = overview::directory(&app).await?;
    let running = of_status(&app, Status::Processing).await?;
    page(&Overview { frame, attention, running, directory, sources: sources.data.len() as u64, plots })
}

async fn of_status(app: &App, status: Status) -> Result<Vec<view::Task>, crate::http::problem::Problem> {
    let filter = TaskQuery { source: None, status: Some(status) };
    let Json(found) = tasks::list(State(app.clone()), Listed(Paging::first(SHOWN), filter)).await?;
    Ok(found.data)
}

//! One source: what it is, how it stands, and what can be done with it.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use crate::domain::source::API;
use crate::http::path::ByName;
use crate::http::query::{Nothing, Query};
use crate::http::router::App;
use crate::http::sources::{self, COUNTED, Holding};
use crate::http::view::{self, Time};
use crate::sync::schedule;
use crate::web::address::{Asked, segment};
use crate::web::frame::Frame;
use crate::web::notice::Notice;
use crate::web::page::{Answer, done, page};
use crate::web::words::Badge;

use super::offer;

#[derive(Template)]
#[template(path = "source.html")]
struct Detail {
    frame: Frame,
    title: String,
    source: view::Source,
    type_title: String,
    plugin: Badge,
    is_api: bool,
    next_run: Option<Time>,
    /// Keys and values, without secrets.
    options: Vec<(String, String)>,
    curl: String,
    /// What it leaves behind, for those who may delete it; the built-in one can't be.
    holding: Option<Holding>,
    checked: Option<view::Checked>,
}

impl Detail {
    fn path(&self, step: &str) -> String {
        format!("/sources/{}/{step}", self.source.name)
    }

    /// What becomes of its users and departments when it is deleted.
    fn fate(&self, exact: &str, many: &str, holding: &Holding) -> String {
        let Holding { users, departments } = *holding;
        if users >= COUNTED || departments >= COUNTED {
            return self.frame.say_with(many, "users", COUNTED);
        }
        self.frame.say_all(exact, &[("users", users.into()), ("departments", departments.into())])
    }
}

/// The page.
pub(in crate::web) async fn detail(
    State(app): State<App>,
    Path(by): Path<ByName>,
    headers: HeaderMap,
    Asked(frame, Nothing {}): Asked<Nothing>,
) -> Answer {
    let name = by.name.clone();
    match show(app.clone(), by, frame, headers, None).await {
        Err(problem) if problem.status == StatusCode::NOT_FOUND && was_there(&app, &name).await => {
            let notice = Notice::new("notice-source-gone").with("name", &name);
            done(&format!("/tasks?source={}", segment(&name)), &notice)
        }
        shown => shown,
    }
}

/// Whether a source of this name is deleted: its tasks and records stay, and their pages name it.
async fn was_there(app: &App, name: &str) -> bool {
    matches!(sources::source_filter(app, Some(name.to_owned())).await, Ok(Some(_)))
}

/// The page, with what came of trying to connect.
pub(in crate::web) async fn check(
    State(app): State<App>,
    Path(by): Path<ByName>,
    frame: Frame,
    headers: HeaderMap,
) -> Answer {
    let asked = Path(ByName { name: by.name.clone() });
    let Json(checked) = sources::check(State(app.clone()), asked, Query(Nothing {})).await?;
    show(app, by, frame, headers, Some(checked)).await
}

async fn show(
    app: App,
    ByName { name }: ByName,
    frame: Frame,
    headers: HeaderMap,
    checked: Option<view::Checked>,
) -> Answer {
    let asked = Path(ByName { name: name.clone() });
    let Json(source) = sources::read(State(app.clone()), asked, Query(Nothing {})).await?;
    let deletable = frame.may_administer() && source.name != API;
    let holding = if deletable { Some(sources::count(&app, &name).await?) } else { None };
    let types = offer::types(&app);
    let offered = offer::find(&types, &source.source_type);
    let next = source.schedule.as_deref().filter(|_| source.enabled);
    let next = next.and_then(|text| schedule::next(text, Timestamp::now()));
    let mut options = Vec::new();
    flatten("", &source.options, &mut options);
    page(&Detail {
        title: source.display_name.clone().unwrap_or_else(|| source.name.clone()),
        type_title: offer::title(offered, &source.source_type),
        plugin: offer::plugin(&frame, offered),
        is_api: source.source_type == API,
        next_run: next.map(|next| Time(next.as_millisecond())),
        options,
        curl: offer::push_line(&app, &headers, &source.name),
        holding,
        checked,
        frame,
        source,
    })
}

/// The values within a value, each under the keys that lead to it.
fn flatten(key: &str, value: &Value, into: &mut Vec<(String, String)>) {
    let is_plain = |item: &Value| !item.is_object() && !item.is_array();
    match value {
        Value::Object(map) => {
            for (inner, value) in map {
                flatten(&if key.is_empty() { inner.clone() } else { format!("{key}.{inner}") }, value, into);
            }
        }
        Value::Array(items) if items.iter().all(is_plain) => {
            into.push((key.to_owned(), items.iter().map(plain).collect::<Vec<_>>().join("\n")));
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                flatten(&format!("{key}[{place}]"), item, into);
            }
        }
        plain_one => into.push((key.to_owned(), plain(plain_one))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn options_are_told_by_the_keys_that_lead_to_them() {
        let mut found = Vec::new();
        let options = json!({"url": "x", "users": {"bases": ["a", "b"], "custom": [{"n": 1}, {"n": null}], "on": true}});
        flatten("", &options, &mut found);
        let expected = [
            ("url", "x"),
            ("users.bases", "a\nb"),
            ("users.custom[0].n", "1"),
            ("users.custom[1].n", "null"),
            ("users.on", "true"),
        ];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}

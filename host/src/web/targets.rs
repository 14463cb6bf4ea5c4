//! One target: whether changes reach it, how many do, and which it refuses and why.

use std::collections::HashMap;

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;
use crate::domain::target::DeliveryState;
use crate::http::page::{ChangeCursor, Page};
use crate::http::path::ByName;
use crate::http::query::{Listed, Nothing, Query};
use crate::http::router::App;
use crate::http::targets::{self, DeliveryQuery};
use crate::http::{task_page, view};

use super::address::AskedList;
use super::frame::Frame;
use super::notice::Notice;
use super::page::{Answer, done, page};
use super::paging::Pager;
use super::words::Badge;

#[derive(Template)]
#[template(path = "target.html")]
struct Target {
    frame: Frame,
    title: String,
    target: view::Target,
    filter: DeliveryQuery,
    states: &'static [DeliveryState],
    types: [DataType; 2],
    deliveries: Page<view::Delivery>,
    /// What users and departments are called.
    names: HashMap<(DataType, LocalId), String>,
    pager: Pager,
}

impl Target {
    fn is_filtered(&self) -> bool {
        self.filter.state.is_some() || self.filter.data_type.is_some()
    }

    /// How many deliveries stand where, with the address that lists them.
    fn counts(&self) -> Vec<(&'static DeliveryState, i64, String)> {
        let view::DeliveryCounts { pending, delivered, failed } = self.target.deliveries;
        let address = |state: &DeliveryState| format!("/targets/{}?state={state}", self.target.name);
        let count = |state: &DeliveryState| match state {
            DeliveryState::Pending => pending,
            DeliveryState::Delivered => delivered,
            DeliveryState::Failed => failed,
        };
        self.states.iter().map(|state| (state, count(state), address(state))).collect()
    }

    /// What the user or department of a delivery is called.
    fn name(&self, delivery: &view::Delivery) -> String {
        let name = self.names.get(&(delivery.data_type, LocalId(delivery.id)));
        name.cloned().unwrap_or_else(|| self.frame.say_with("people-unnamed", "id", delivery.id.to_string()))
    }
}

/// The page.
pub(super) async fn target(
    State(app): State<App>,
    Path(by): Path<ByName>,
    AskedList(frame, paging, filter): AskedList<ChangeCursor, DeliveryQuery>,
) -> Answer {
    let named = || Path(ByName { name: by.name.clone() });
    let target = match targets::read(State(app.clone()), named(), Query(Nothing {})).await {
        Ok(Json(target)) => target,
        Err(problem)
            if problem.status == StatusCode::NOT_FOUND && targets::was_there(&app, &by.name).await? =>
        {
            return done("/", &Notice::new("notice-target-gone").with("name", &by.name));
        }
        Err(problem) => return Err(problem),
    };
    let listed = Listed(paging, filter.clone());
    let Json(deliveries) = targets::deliveries(State(app.clone()), named(), listed).await?;
    let rows: Vec<_> =
        deliveries.data.iter().map(|delivery| (delivery.data_type, LocalId(delivery.id))).collect();
    let names = task_page::names(&app, &rows).await?;
    let pager = Pager::of(&frame, deliveries.next_cursor.as_deref());
    let title = target.display_name.clone().unwrap_or_else(|| target.name.clone());
    let (states, types) = (DeliveryState::ALL, [DataType::User, DataType::Department]);
    page(&Target { frame, title, target, filter, states, types, deliveries, names, pager })
}

/// Has everything sent again at once that it refused, or that waits after a failure.
pub(super) async fn retry(State(app): State<App>, Path(ByName { name }): Path<ByName>) -> Answer {
    let named = Path(ByName { name: name.clone() });
    let (_, Json(_)) = targets::retry(State(app), named, Query(Nothing {})).await?;
    done(&format!("/targets/{name}"), &Notice::new("notice-target-retried"))
}

impl Frame {
    /// Where a delivery stands.
    pub(super) fn delivery(&self, state: &DeliveryState) -> Badge {
        let (tone, icon, word) = match state {
            DeliveryState::Pending => ("muted", "clock", self.say("delivery-pending")),
            DeliveryState::Delivered => ("success", "check", self.say("delivery-delivered")),
            DeliveryState::Failed => ("danger", "cross", self.say("delivery-failed")),
        };
        Badge { tone, icon, word }
    }

    /// Whether a target takes what it is sent.
    pub(super) fn target(&self, target: &view::Target) -> Badge {
        let (tone, icon, word) = match (target.enabled, target.state.reachable) {
            (false, _) => ("muted", "off", self.say("sources-is-disabled")),
            (true, true) => ("success", "check", self.say("target-reachable")),
            (true, false) => ("danger", "cross", self.say("target-unreachable")),
        };
        Badge { tone, icon, word }
    }
}

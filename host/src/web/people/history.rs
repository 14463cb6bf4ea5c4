//! What a user's and a department's page have in common: the changes that touched it, and its further fields.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::data_type::DataType;
use crate::domain::fields::Fields;
use crate::http::history::{self, Touched};
use crate::http::problem::Problem;
use crate::http::router::App;

use crate::web::frame::Frame;

/// From where the changes are listed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Before {
    /// Only those of tasks before the one with this id.
    before: Option<i64>,
}

/// The changes that touched a user or department.
pub(super) struct History {
    pub(super) lines: Vec<Touched>,
    /// The address with older ones.
    pub(super) older: Option<String>,
    pub(super) is_first: bool,
}

impl History {
    pub(super) async fn of(
        app: &App,
        frame: &Frame,
        (data_type, id): (DataType, i64),
        before: &Before,
    ) -> Result<Self, Problem> {
        let (lines, until) = history::of_row(app, data_type, id, before.before).await?;
        let path = frame.here.split('?').next().unwrap_or_default();
        let older = until.map(|id| format!("{path}?before={id}#history"));
        Ok(Self { lines, older, is_first: before.before.is_none() })
    }
}

/// Fields beyond the standard ones, each as text.
pub(super) fn extra(fields: &Fields) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    fields.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

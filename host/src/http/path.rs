//! What stands in paths. Ids are taken as text, so that one that is no number is a thing that is not
//! there (404) rather than a malformed request.

use serde::Deserialize;
use utoipa::IntoParams;

/// Names a source or target.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ByName {
    /// Its name.
    #[param(example = "api")]
    pub(crate) name: String,
}

/// Names a task, user or department.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ById {
    /// Its id.
    #[param(value_type = i64, example = 1)]
    pub(crate) id: String,
}

//! Users and departments, as they are after the last sync.

mod departments;
mod history;
mod release;
mod users;

pub(super) use departments::{branch, department, departments};
pub(super) use release::{adopt, free};
pub(super) use users::{user, users};

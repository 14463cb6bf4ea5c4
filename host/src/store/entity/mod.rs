//! The tables as SeaORM entities, one file per table. Times are milliseconds since 1970; JSON and the
//! words of the domain are text, converted by the query files beside this folder.

pub(crate) mod change;
pub(crate) mod cursor;
pub(crate) mod delivery;
pub(crate) mod department;
pub(crate) mod idempotency_key;
pub(crate) mod membership;
pub(crate) mod record;
pub(crate) mod session;
pub(crate) mod source;
pub(crate) mod target;
pub(crate) mod task;
pub(crate) mod token;
pub(crate) mod user;

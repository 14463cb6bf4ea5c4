//! Sources: the list, each one's page, adding and editing one, and what is done with them.

mod basics;
mod detail;
mod edit;
mod list;
mod offer;
mod steps;

pub(super) use self::detail::{check, detail};
pub(super) use self::edit::{change, create, edit, new};
pub(super) use self::list::list;
pub(super) use self::steps::{delete, disable, enable, restore, sync, take_deleted, take_disabled};

//! Users and departments as they are shown, with what stands beside them.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::fields::Fields;
use crate::domain::number;
use crate::store::StoreError;
use crate::store::departments::{self, DepartmentRow};
use crate::store::memberships;
use crate::store::records;
use crate::store::users::{self, UserRow};

use super::Time;

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    #[schema(examples(1))]
    pub(crate) id: i64,
    #[schema(required, examples("ann"))]
    pub(crate) username: Option<String>,
    #[schema(required, examples("Ann Lee"))]
    pub(crate) nickname: Option<String>,
    #[schema(required, examples("ann@example.org"))]
    pub(crate) email: Option<String>,
    #[schema(required)]
    pub(crate) phone: Option<String>,
    pub(crate) enabled: bool,
    /// The id of the main one of `departments`.
    #[schema(required)]
    pub(crate) main_department_id: Option<i64>,
    /// The main one first, and only those that are there.
    pub(crate) departments: Vec<Membership>,
    /// Fields that sources gave beyond these, by name.
    #[schema(value_type = Object)]
    pub(crate) custom: Fields,
    /// The records that lead here.
    pub(crate) links: Vec<Link>,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
    /// Null unless the user is deleted.
    #[schema(required)]
    pub(crate) deleted_at: Option<Time>,
}

/// A department that a user belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Membership {
    /// The department's id.
    pub(crate) id: i64,
    pub(crate) title: String,
    /// One of a user's departments at most is.
    pub(crate) is_main: bool,
    /// Whether the user leads it.
    pub(crate) is_owner: bool,
    /// The user's place within it.
    #[schema(required, value_type = Option<f64>)]
    pub(crate) sort: Option<Value>,
}

/// A record that leads to a user or department.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Link {
    /// The name of the source that gave it; the source may be deleted.
    #[schema(required)]
    pub(crate) source: Option<String>,
    /// Its identity in that source.
    pub(crate) uid: String,
    /// False once the source no longer gives it.
    pub(crate) present: bool,
    /// Whether the source gives it.
    pub(crate) state: LinkState,
    /// Since when it is missing or deleted; null for one that is present, and where it is not known because it
    /// went before this was noted.
    #[schema(required)]
    pub(crate) since: Option<Time>,
}

/// Whether a source gives a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LinkState {
    /// It does.
    Present,
    /// It was absent from a full read.
    Missing,
    /// The source said that it is deleted, or let go of it.
    Deleted,
}

impl LinkState {
    fn of(link: &records::Link) -> Self {
        match records::State::from_code(link.state) {
            Some(records::State::Present) => Self::Present,
            Some(records::State::Missing) => Self::Missing,
            Some(records::State::Deleted) | None => Self::Deleted,
        }
    }
}

/// A department.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Department {
    #[schema(examples(2))]
    pub(crate) id: i64,
    #[schema(examples("Dev"))]
    pub(crate) title: String,
    /// The id of the department above it; null for one without.
    #[schema(required)]
    pub(crate) parent_id: Option<i64>,
    /// Its place among its siblings.
    #[schema(required, value_type = Option<f64>)]
    pub(crate) sort: Option<Value>,
    pub(crate) enabled: bool,
    /// How many users belong to the department itself.
    pub(crate) member_count: i64,
    /// Fields that sources gave beyond these, by name.
    #[schema(value_type = Object)]
    pub(crate) custom: Fields,
    /// The records that lead here.
    pub(crate) links: Vec<Link>,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
    /// Null unless the department is deleted.
    #[schema(required)]
    pub(crate) deleted_at: Option<Time>,
}

/// What is looked up beside users or departments, for all of a page at once.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// The names of all sources, deleted ones too.
    pub(crate) sources: HashMap<i64, String>,
    /// The records that lead to the rows.
    pub(crate) links: Vec<records::Link>,
    /// Users' departments by user, the main one first.
    pub(crate) memberships: HashMap<i64, Vec<memberships::Membership>>,
    /// Departments' parents.
    pub(crate) parents: HashMap<i64, i64>,
    /// Departments' numbers of members.
    pub(crate) members: HashMap<i64, i64>,
}

impl User {
    pub(crate) fn new(row: &UserRow, beside: &Beside) -> Result<Self, StoreError> {
        let departments = beside.departments(row.id);
        let main = departments.iter().find(|department| department.is_main);
        Ok(Self {
            id: row.id,
            username: row.username.clone(),
            nickname: row.nickname.clone(),
            email: row.email.clone(),
            phone: row.phone.clone(),
            enabled: row.enabled,
            main_department_id: main.map(|department| department.id),
            departments,
            custom: custom(users::to_fields(row)?, &["username", "nickname", "email", "phone", "enabled"]),
            links: beside.links(row.id),
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
            deleted_at: row.deleted_at.map(Time),
        })
    }
}

impl Department {
    pub(crate) fn new(row: &DepartmentRow, beside: &Beside) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            title: row.title.clone(),
            parent_id: beside.parents.get(&row.id).copied(),
            sort: row.sort.as_deref().map(number::stored),
            enabled: row.enabled,
            member_count: beside.members.get(&row.id).copied().unwrap_or_default(),
            custom: custom(departments::to_fields(row)?, &["title", "parentUid", "sort", "enabled"]),
            links: beside.links(row.id),
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
            deleted_at: row.deleted_at.map(Time),
        })
    }
}

impl Beside {
    fn links(&self, id: i64) -> Vec<Link> {
        let links = self.links.iter().filter(|link| link.local_id == id);
        let link = |link: &records::Link| Link {
            source: self.sources.get(&link.source_id).cloned(),
            uid: link.uid.clone(),
            present: link.is_present(),
            state: LinkState::of(link),
            since: link.gone_at.map(Time),
        };
        links.map(link).collect()
    }

    fn departments(&self, user: i64) -> Vec<Membership> {
        let membership = |entry: &memberships::Membership| Membership {
            id: entry.department_id,
            title: entry.title.clone(),
            is_main: entry.is_main,
            is_owner: entry.is_owner,
            sort: entry.sort.as_deref().map(number::stored),
        };
        self.memberships.get(&user).into_iter().flatten().map(membership).collect()
    }
}

fn custom(mut fields: Fields, standard: &[&str]) -> Fields {
    fields.retain(|name, _| !standard.contains(&name.as_str()));
    fields
}

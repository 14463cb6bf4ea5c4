//! Users and departments as they are shown, with what stands beside them.

use std::collections::{HashMap, HashSet};

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
    /// Departments that its sources name and do not give; absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) dangling_departments: Vec<Dangling>,
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

/// A department that a source names and does not give. The reference has effect as soon as it does.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dangling {
    /// The name of the source.
    #[schema(required)]
    pub(crate) source: Option<String>,
    /// The uid that it names.
    pub(crate) uid: String,
    /// Other sources that give a department of this uid. A source can name only its own.
    pub(crate) other_sources: Vec<String>,
}

/// A record that leads to a user or department.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
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
    /// Whether the source is deleted. It may have the name of another one that is not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(crate) source_deleted: bool,
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
    /// The department above it, where its source names one that it does not give; else absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) dangling_parent: Option<Dangling>,
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
    /// Which of them are deleted.
    pub(crate) deleted_sources: HashSet<i64>,
    /// The records that lead to the rows.
    pub(crate) links: Vec<records::Link>,
    /// Users' departments by user, the main one first.
    pub(crate) memberships: HashMap<i64, Vec<memberships::Membership>>,
    /// References that lead nowhere, by the user or department that has them.
    pub(crate) dangling: HashMap<i64, Vec<Dangling>>,
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
            dangling_departments: beside.dangling.get(&row.id).cloned().unwrap_or_default(),
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
            dangling_parent: beside.dangling.get(&row.id).and_then(|dangling| dangling.first()).cloned(),
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
        let all = || self.links.iter().filter(move |link| link.local_id == id);
        let link = |link: &records::Link| Link {
            source: self.sources.get(&link.source_id).cloned(),
            uid: link.uid.clone(),
            present: link.is_present(),
            state: LinkState::of(link),
            since: link.gone_at.map(Time),
            source_deleted: self.deleted_sources.contains(&link.source_id),
        };
        // A source that was deleted and added again gives the same record; that it gave it before says nothing.
        let counts = |link: &records::Link| (!self.deleted_sources.contains(&link.source_id), link.source_id);
        let is_given_again = |link: &&records::Link| {
            let name = self.sources.get(&link.source_id);
            all().any(|other| {
                let same = other.uid == link.uid && self.sources.get(&other.source_id) == name;
                same && counts(other) > counts(link)
            })
        };
        all().filter(|link| !is_given_again(link)).map(link).collect()
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

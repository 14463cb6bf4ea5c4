//! Parcels: what a target is to have of users and departments, as records, and how that differs from what
//! it had.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::domain::data_type::DataType;
use crate::domain::fields::Fields;
use crate::domain::ids::{LocalId, TargetId};
use crate::domain::number;
use crate::store::departments::DepartmentRow;
use crate::store::dialect::Dialect;
use crate::store::memberships::Membership;
use crate::store::users::UserRow;
use crate::store::{StoreError, deliveries, departments, memberships, records, sources, users};

use super::outlet::{Parcel, ParcelOp};

/// The records of these users or departments as the target is to have them; those that are gone are not
/// in it.
pub(super) async fn records<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    (target, data_type): (TargetId, DataType),
    ids: &[LocalId],
) -> Result<HashMap<LocalId, Fields>, StoreError> {
    let mut links = links(connection, dialect, data_type, ids).await?;
    let all = || ids.iter().copied();
    let mut found = HashMap::with_capacity(ids.len());
    match data_type {
        DataType::User => {
            let rows = users::by_ids(connection, dialect, all()).await?;
            let memberships = memberships::in_effect(connection, dialect, all()).await?;
            let known = memberships.iter().map(|membership| LocalId(membership.department_id));
            let known: HashSet<LocalId> = known.collect();
            let place = (target, DataType::Department);
            let remote = deliveries::remote_ids(connection, dialect, place, known).await?;
            let mut memberships = memberships::by_user(memberships);
            for (id, row) in rows.into_iter().filter(|(_, row)| row.deleted_at.is_none()) {
                let memberships = memberships.remove(&id.0).unwrap_or_default();
                let links = links.remove(&id.0).unwrap_or_default();
                found.insert(id, user(&row, &memberships, &remote, links)?);
            }
        }
        DataType::Department => {
            let rows = departments::by_ids(connection, dialect, ids.to_vec()).await?;
            let parents = departments::parents(connection, dialect, all()).await?;
            let place = (target, DataType::Department);
            let above = parents.values().copied().map(LocalId);
            let remote = deliveries::remote_ids(connection, dialect, place, above).await?;
            let tree = Tree::above(connection, dialect, &rows, parents).await?;
            for (id, row) in rows.into_iter().filter(|(_, row)| row.deleted_at.is_none()) {
                let links = links.remove(&id.0).unwrap_or_default();
                found.insert(id, department(&row, &tree, &remote, links)?);
            }
        }
    }
    Ok(found)
}

/// What is known of what a target has of a record.
#[derive(Debug)]
pub(super) struct Known {
    /// Its own id of it.
    pub(super) id: Option<String>,
    /// The record as it confirmed it last.
    pub(super) confirmed: Option<Fields>,
    /// Whether it may have something else by now.
    pub(super) in_doubt: bool,
}

/// How what the target is to have differs from what it has; none if it does not. Where it may have something
/// else than what it confirmed, everything is sent, and nothing is said of what it had.
pub(super) fn difference(
    (data_type, id): (DataType, LocalId),
    wanted: Option<Fields>,
    known: Known,
) -> Option<Parcel> {
    let op = match (&wanted, &known.confirmed) {
        (None, None) if !known.in_doubt => return None,
        (Some(wanted), Some(had)) if wanted == had && !known.in_doubt => return None,
        (Some(_), None) if known.id.is_none() => ParcelOp::Create,
        (Some(_), _) => ParcelOp::Update,
        (None, _) => ParcelOp::Delete,
    };
    let before = known.confirmed.filter(|_| !known.in_doubt);
    Some(Parcel { op, data_type, uid: id.to_string(), id: known.id, record: wanted, before })
}

/// Links by row: from which records of which sources it comes.
async fn links<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    data_type: DataType,
    ids: &[LocalId],
) -> Result<HashMap<i64, Vec<Value>>, StoreError> {
    let names = sources::names(connection).await?;
    let mut links: HashMap<i64, Vec<Value>> = HashMap::new();
    for link in records::links(connection, dialect, data_type, ids.iter().copied()).await? {
        if link.is_present() {
            let link_json = json!({"source": names.get(&link.source_id), "uid": link.uid});
            // A source that was deleted and added again under its name gives the same record twice.
            let of_row = links.entry(link.local_id).or_default();
            if !of_row.contains(&link_json) {
                of_row.push(link_json);
            }
        }
    }
    Ok(links)
}

fn user(
    row: &UserRow,
    memberships: &[Membership],
    remote: &HashMap<i64, String>,
    links: Vec<Value>,
) -> Result<Fields, StoreError> {
    // By what never changes: the directory's own order is by title, and a new title is no news of the members.
    let mut memberships: Vec<&Membership> = memberships.iter().collect();
    memberships.sort_by_key(|membership| membership.department_id);
    let departments = memberships.into_iter().map(|membership| {
        let mut entry = Fields::new();
        entry.insert("uid".into(), membership.department_id.to_string().into());
        if let Some(id) = remote.get(&membership.department_id) {
            entry.insert("id".into(), id.clone().into());
        }
        entry.insert("isMain".into(), membership.is_main.into());
        entry.insert("isOwner".into(), membership.is_owner.into());
        entry.insert("sort".into(), membership.sort.as_deref().map_or(Value::Null, number::stored));
        Value::Object(entry)
    });
    let standard = ["username", "nickname", "email", "phone", "enabled"];
    let mut fields = with_custom(users::to_fields(row)?, &standard);
    fields.insert("departments".into(), departments.collect());
    fields.insert("links".into(), Value::Array(links));
    Ok(fields)
}

/// Some departments and all that are above them.
#[derive(Debug, Default)]
struct Tree {
    parents: HashMap<i64, i64>,
    titles: HashMap<i64, String>,
}

impl Tree {
    /// Climbs from these departments to the top, level by level.
    async fn above<C: ConnectionTrait>(
        connection: &C,
        dialect: Dialect,
        rows: &HashMap<LocalId, DepartmentRow>,
        parents: HashMap<i64, i64>,
    ) -> Result<Self, StoreError> {
        let titles = rows.iter().map(|(id, row)| (id.0, row.title.clone())).collect();
        let mut tree = Self { titles, parents: HashMap::new() };
        let mut found = parents;
        let mut climbed: HashSet<i64> = rows.keys().map(|id| id.0).collect();
        while !found.is_empty() {
            let next: HashSet<i64> = found.values().copied().filter(|id| climbed.insert(*id)).collect();
            tree.parents.extend(found);
            let ids = || next.iter().copied().map(LocalId);
            let above = departments::by_ids(connection, dialect, ids()).await?;
            tree.titles.extend(above.into_iter().map(|(id, row)| (id.0, row.title)));
            found = departments::parents(connection, dialect, ids()).await?;
        }
        Ok(tree)
    }

    /// The titles from the top down to a department.
    fn path(&self, id: i64) -> Vec<&str> {
        let mut path = Vec::new();
        let (mut at, mut seen) = (Some(id), HashSet::new());
        // No more than once around, should there be a circle.
        while let Some(id) = at.filter(|id| seen.insert(*id)) {
            path.extend(self.titles.get(&id).map(String::as_str));
            at = self.parents.get(&id).copied();
        }
        path.reverse();
        path
    }
}

fn department(
    row: &DepartmentRow,
    tree: &Tree,
    remote: &HashMap<i64, String>,
    links: Vec<Value>,
) -> Result<Fields, StoreError> {
    let standard = ["title", "parentUid", "sort", "enabled"];
    let parent = tree.parents.get(&row.id);
    let mut fields = with_custom(departments::to_fields(row)?, &standard);
    fields.insert("path".into(), tree.path(row.id).into());
    fields.insert("parentUid".into(), parent.map_or(Value::Null, |parent| parent.to_string().into()));
    if let Some(id) = parent.and_then(|parent| remote.get(parent)) {
        fields.insert("parentId".into(), id.clone().into());
    }
    fields.insert("links".into(), Value::Array(links));
    Ok(fields)
}

/// The standard fields as they are, and the others under `custom`.
fn with_custom(fields: Fields, standard: &[&str]) -> Fields {
    let (mut kept, custom): (Fields, Fields) =
        fields.into_iter().partition(|(name, _)| standard.contains(&name.as_str()));
    kept.insert("custom".into(), Value::Object(custom));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(value: Value) -> Option<Fields> {
        value.as_object().cloned()
    }

    fn sent(wanted: Value, confirmed: Value, in_doubt: bool) -> Option<(ParcelOp, bool)> {
        let id = confirmed.is_object().then(|| "r".to_owned());
        let known = Known { id, confirmed: fields(confirmed), in_doubt };
        let parcel = difference((DataType::User, LocalId(7)), fields(wanted), known);
        parcel.map(|parcel| (parcel.op, parcel.before.is_some()))
    }

    #[test]
    fn only_differences_are_sent() {
        let check = |wanted: Value, had: Value, expected: Option<(ParcelOp, bool)>| {
            assert_eq!(sent(wanted, had, false), expected);
        };
        check(json!({"a": 1}), json!(null), Some((ParcelOp::Create, false)));
        check(json!({"a": 1}), json!({"a": 2}), Some((ParcelOp::Update, true)));
        check(json!({"a": 1}), json!({"a": 1}), None);
        check(json!(null), json!({"a": 1}), Some((ParcelOp::Delete, true)));
        check(json!(null), json!(null), None);
    }

    #[test]
    fn in_doubt_all_of_the_newest_state_is_sent() {
        let check = |wanted: Value, had: Value, expected: ParcelOp| {
            assert_eq!(sent(wanted, had, true), Some((expected, false)));
        };
        check(json!({"a": 1}), json!(null), ParcelOp::Create);
        check(json!({"a": 1}), json!({"a": 2}), ParcelOp::Update);
        check(json!({"a": 1}), json!({"a": 1}), ParcelOp::Update);
        check(json!(null), json!({"a": 1}), ParcelOp::Delete);
        check(json!(null), json!(null), ParcelOp::Delete);
    }

    #[test]
    fn a_path_leads_from_the_top_and_ends() {
        let titles = [(1, "Company"), (2, "Germany"), (3, "HR"), (8, "a"), (9, "b")];
        let tree = Tree {
            titles: titles.map(|(id, title)| (id, title.to_owned())).into(),
            parents: [(3, 2), (2, 1), (8, 9), (9, 8)].into(),
        };
        assert_eq!(tree.path(3), ["Company", "Germany", "HR"]);
        assert_eq!(tree.path(1), ["Company"]);
        assert_eq!(tree.path(8), ["b", "a"], "a circle is gone round once");
    }

    #[test]
    fn custom_fields_stand_apart() {
        let given = fields(json!({"title": "Dev", "enabled": true, "cost": 7})).unwrap();
        let expected = json!({"title": "Dev", "enabled": true, "custom": {"cost": 7}});
        assert_eq!(Value::Object(with_custom(given, &["title", "enabled"])), expected);
    }
}

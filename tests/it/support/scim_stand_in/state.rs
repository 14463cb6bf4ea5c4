//! The resources of the service.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Shelf;
use super::quirks::Quirks;

/// Everything that the service has.
pub(super) struct State {
    pub(super) quirks: Quirks,
    users: BTreeMap<String, Stored>,
    groups: BTreeMap<String, Stored>,
    next: u64,
}

struct Stored {
    resource: Value,
    version: u64,
}

impl State {
    pub(super) fn new(quirks: Quirks) -> Self {
        Self { quirks, users: BTreeMap::new(), groups: BTreeMap::new(), next: 1 }
    }

    fn shelf(&self, shelf: Shelf) -> &BTreeMap<String, Stored> {
        match shelf {
            Shelf::Users => &self.users,
            Shelf::Groups => &self.groups,
        }
    }

    fn shelf_mut(&mut self, shelf: Shelf) -> &mut BTreeMap<String, Stored> {
        match shelf {
            Shelf::Users => &mut self.users,
            Shelf::Groups => &mut self.groups,
        }
    }

    /// All resources of a shelf as they are.
    pub(super) fn all(&self, shelf: Shelf) -> BTreeMap<String, Value> {
        self.shelf(shelf).iter().map(|(id, stored)| (id.clone(), stored.resource.clone())).collect()
    }

    pub(super) fn get(&self, shelf: Shelf, id: &str) -> Option<&Value> {
        self.shelf(shelf).get(id).map(|stored| &stored.resource)
    }

    /// The version of a resource as an `ETag`.
    pub(super) fn version(&self, shelf: Shelf, id: &str) -> Option<String> {
        self.shelf(shelf).get(id).map(|stored| format!("W/\"{}\"", stored.version))
    }

    /// Makes a resource, and gives its id.
    pub(super) fn insert(&mut self, shelf: Shelf, resource: Value) -> String {
        let id = self.next.to_string();
        self.next += 1;
        self.write(shelf, &id, resource);
        id
    }

    /// Writes a resource as it is to be.
    pub(super) fn write(&mut self, shelf: Shelf, id: &str, mut resource: Value) {
        let numeric = self.quirks.numeric_ids;
        let drops = match shelf {
            Shelf::Users => self.quirks.drops_user_external_ids,
            Shelf::Groups => self.quirks.drops_group_external_ids,
        };
        if let Some(resource) = resource.as_object_mut() {
            if drops {
                resource.remove("externalId");
            }
            resource.remove("meta");
            resource.remove("groups");
        }
        resource["id"] = id_value(id, numeric);
        if shelf == Shelf::Groups {
            let mut ids = member_ids(&resource);
            ids.dedup();
            resource["members"] = ids.iter().map(|id| json!({"value": id_value(id, numeric)})).collect();
        }
        let version = self.shelf(shelf).get(id).map_or(0, |stored| stored.version) + 1;
        self.shelf_mut(shelf).insert(id.to_owned(), Stored { resource, version });
    }

    /// Deletes a resource; a user leaves the groups with that. Returns whether it was there.
    pub(super) fn remove(&mut self, shelf: Shelf, id: &str) -> bool {
        if shelf == Shelf::Users {
            for group in self.groups.values_mut() {
                if let Some(members) = group.resource["members"].as_array_mut() {
                    members.retain(|member| id_text(&member["value"]) != id);
                }
            }
        }
        self.shelf_mut(shelf).remove(id).is_some()
    }

    /// Whether another resource has this one's name, where only one may have it.
    pub(super) fn is_name_taken(&self, shelf: Shelf, resource: &Value, but: &str) -> bool {
        let name = match shelf {
            Shelf::Users => "userName",
            Shelf::Groups if self.quirks.unique_group_names => "displayName",
            Shelf::Groups => return false,
        };
        let folded = |resource: &Value| resource[name].as_str().map(str::to_lowercase);
        self.shelf(shelf).iter().any(|(id, stored)| id != but && folded(&stored.resource) == folded(resource))
    }

    /// A resource as it is shown.
    pub(super) fn shown(&self, shelf: Shelf, id: &str) -> Option<Value> {
        let mut resource = self.get(shelf, id)?.clone();
        if shelf == Shelf::Groups
            && (self.quirks.hides_members || resource["members"].as_array().is_some_and(Vec::is_empty))
        {
            resource.as_object_mut()?.remove("members");
        }
        if shelf == Shelf::Users && !self.quirks.hides_groups_of_users {
            let groups =
                self.groups.iter().filter(|(_, group)| member_ids(&group.resource).contains(&id.to_owned()));
            let numeric = self.quirks.numeric_ids;
            resource["groups"] = groups.map(|(id, _)| json!({"value": id_value(id, numeric)})).collect();
        }
        if self.quirks.text_booleans
            && let Some(active) = resource["active"].as_bool()
        {
            resource["active"] = json!(if active { "True" } else { "False" });
        }
        if !self.quirks.version_in_header && self.quirks.versions != super::Versions::None {
            resource["meta"] = json!({"version": self.version(shelf, id)});
        }
        Some(resource)
    }
}

/// The ids of a group's members.
pub(super) fn member_ids(group: &Value) -> Vec<String> {
    let members = group["members"].as_array().map(Vec::as_slice).unwrap_or_default();
    members.iter().map(|member| id_text(&member["value"])).collect()
}

/// An id as a text.
pub(super) fn id_text(id: &Value) -> String {
    match id {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn id_value(id: &str, numeric: bool) -> Value {
    match id.parse::<u64>() {
        Ok(number) if numeric => json!(number),
        _ => json!(id),
    }
}

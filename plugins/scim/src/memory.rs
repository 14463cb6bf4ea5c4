//! What one delivery learns about the service's resources: whose each is, so that no resource is ever taken for
//! two records, and which groups it made itself.

use std::collections::HashMap;

use orgsync_plugin_api::{DataType, TargetChange};
use serde_json::{Map, Value};

use crate::operation::Kind;

/// Kept for as long as the target is open.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The uids of the records that have these resources.
    owners: HashMap<(Kind, String), String>,
    /// Groups whose departments are certain, by their uids.
    groups: HashMap<String, String>,
    /// The members of groups that were made here, and that nobody else knows of yet.
    members: HashMap<String, Vec<String>>,
    /// Whether a group carries a department's uid.
    pub(crate) ours: HashMap<String, bool>,
}

impl Memory {
    /// Learns what the host says about ids. Whoever is named first keeps an id.
    pub(crate) fn learn(&mut self, changes: &[TargetChange]) {
        for change in changes {
            let kind = Kind::of(change.data_type);
            if let Some(id) = &change.id {
                self.owners.entry((kind, id.clone())).or_insert_with(|| change.uid.clone());
            }
            for record in [&change.before, &change.record].into_iter().flatten() {
                match change.data_type {
                    DataType::User => {
                        let places = record.get("departments").and_then(Value::as_array);
                        for place in places.into_iter().flatten().filter_map(Value::as_object) {
                            self.learn_group(place, "uid", "id");
                        }
                    }
                    DataType::Department => self.learn_group(record, "parentUid", "parentId"),
                }
            }
        }
    }

    fn learn_group(&mut self, record: &Map<String, Value>, uid: &str, id: &str) {
        let text = |name: &str| record.get(name).and_then(Value::as_str);
        if let (Some(uid), Some(id)) = (text(uid), text(id)) {
            self.owners.entry((Kind::Group, id.to_owned())).or_insert_with(|| uid.to_owned());
        }
    }

    /// Takes a resource for a record, unless it is another's: then that one's uid comes back.
    pub(crate) fn claim(&mut self, kind: Kind, id: &str, uid: &str) -> Result<(), String> {
        let owner = self.owners.entry((kind, id.to_owned())).or_insert_with(|| uid.to_owned());
        if owner == uid { Ok(()) } else { Err(owner.clone()) }
    }

    /// Whose a resource is, as far as that is known.
    pub(crate) fn owner(&self, kind: Kind, id: &str) -> Option<&str> {
        self.owners.get(&(kind, id.to_owned())).map(String::as_str)
    }

    /// A resource is gone.
    pub(crate) fn release(&mut self, kind: Kind, id: &str, uid: &str) {
        let key = (kind, id.to_owned());
        if self.owners.get(&key).is_some_and(|owner| owner == uid) {
            self.owners.remove(&key);
        }
        if kind == Kind::Group {
            self.groups.retain(|_, group| group != id);
            self.members.remove(id);
        }
    }

    /// The group of a department.
    pub(crate) fn group(&self, uid: &str) -> Option<&str> {
        self.groups.get(uid).map(String::as_str)
    }

    /// A group is certainly this department's.
    pub(crate) fn remember_group(&mut self, uid: &str, id: &str) {
        self.groups.insert(uid.to_owned(), id.to_owned());
    }

    /// A group was made just now, without members.
    pub(crate) fn made_group(&mut self, id: &str) {
        self.members.insert(id.to_owned(), Vec::new());
    }

    /// All members of a group, if only this delivery can have added any.
    pub(crate) fn members(&self, group: &str) -> Option<&[String]> {
        self.members.get(group).map(Vec::as_slice)
    }

    /// A group that was made here has these members now.
    pub(crate) fn set_members(&mut self, group: &str, members: Vec<String>) {
        if let Some(known) = self.members.get_mut(group) {
            *known = members;
        }
    }
}

#[cfg(test)]
mod tests {
    use orgsync_plugin_api::ChangeOp;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_resource_belongs_to_one_record() {
        let mut memory = Memory::default();
        let mut user = TargetChange::new(ChangeOp::Update, DataType::User, "1");
        user.id = Some("u1".into());
        user.record = json!({"departments": [{"uid": "3", "id": "g3"}, {"uid": "4"}]}).as_object().cloned();
        let mut below = TargetChange::new(ChangeOp::Create, DataType::Department, "5");
        below.record = json!({"title": "x", "parentUid": "9", "parentId": "g9"}).as_object().cloned();
        memory.learn(&[user, below]);
        assert_eq!(memory.claim(Kind::User, "u1", "1"), Ok(()));
        assert_eq!(memory.claim(Kind::User, "u1", "2"), Err("1".into()));
        assert_eq!(memory.claim(Kind::Group, "g3", "4"), Err("3".into()));
        assert_eq!(memory.claim(Kind::Group, "g9", "4"), Err("9".into()));
        assert_eq!(memory.claim(Kind::Group, "u1", "4"), Ok(()), "groups have ids of their own");
        memory.release(Kind::User, "u1", "2");
        assert_eq!(memory.owner(Kind::User, "u1"), Some("1"));
        memory.release(Kind::User, "u1", "1");
        assert_eq!(memory.claim(Kind::User, "u1", "2"), Ok(()));
    }
}

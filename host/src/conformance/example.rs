//! The records that a target is tested with: one department and two users as the daemon sends them, under uids that no
//! directory gives out for a long time, and a user that most systems refuse.

use orgsync_plugin_api::{ChangeOp, DataType, TargetChange};
use serde_json::{Map, Value, json};

/// Begins the uids of all of them.
const PREFIX: &str = "90000000000000000";

/// One record of the test, with the target's own id once that is known.
#[derive(Debug, Clone)]
pub(super) struct Example {
    pub(super) data_type: DataType,
    pub(super) uid: String,
    pub(super) id: Option<String>,
    record: Map<String, Value>,
}

/// The good ones that a target of these data types takes, departments first.
pub(super) fn good(data_types: &[DataType]) -> Vec<Example> {
    let links = |uid: &str| json!([{"source": "orgsync-test", "uid": uid}]);
    let department = json!({
        "title": "Orgsync Test", "path": ["Orgsync Test"], "parentUid": null, "sort": 1.0, "enabled": true,
        "links": links("department"), "custom": {},
    });
    let user = |number: u32| {
        json!({
            "username": format!("orgsync-test-{number}"), "nickname": format!("Orgsync Test {number}"),
            "email": format!("orgsync-test-{number}@orgsync-test.example"), "phone": null, "enabled": true,
            "departments": [{"uid": format!("{PREFIX}1"), "isMain": true, "isOwner": false, "sort": null}],
            "links": links(&format!("user-{number}")), "custom": {"room": "4.01"},
        })
    };
    let all = [
        Example::new(DataType::Department, 1, department),
        Example::new(DataType::User, 2, user(1)),
        Example::new(DataType::User, 3, user(2)),
    ];
    all.into_iter().filter(|example| data_types.contains(&example.data_type)).collect()
}

/// One that most systems refuse: without a name, with an address that is none, longer than anything.
pub(super) fn bad(data_types: &[DataType]) -> Example {
    let long = "x".repeat(10_000);
    let user = json!({
        "username": null, "nickname": long, "email": "@@", "phone": "\u{1}", "enabled": true,
        "departments": [], "links": [], "custom": {},
    });
    let department = json!({
        "title": long, "path": ["Above", long], "parentUid": format!("{PREFIX}9"), "sort": -1e300, "enabled": true, "links": [], "custom": {},
    });
    if data_types.contains(&DataType::User) {
        Example::new(DataType::User, 8, user)
    } else {
        Example::new(DataType::Department, 8, department)
    }
}

impl Example {
    fn new(data_type: DataType, number: u32, record: Value) -> Self {
        let record = record.as_object().cloned().unwrap_or_default();
        Self { data_type, uid: format!("{PREFIX}{number}"), id: None, record }
    }

    pub(super) fn create(&self) -> TargetChange {
        let mut change = TargetChange::new(ChangeOp::Create, self.data_type, &self.uid);
        change.record = Some(self.record.clone());
        change
    }

    /// Gives it another name for people.
    pub(super) fn update(&self, name: &str) -> TargetChange {
        let mut change = TargetChange::new(ChangeOp::Update, self.data_type, &self.uid);
        let mut record = self.record.clone();
        let key = match self.data_type {
            DataType::Department => "title",
            DataType::User => "nickname",
        };
        record.insert(key.into(), name.into());
        change.record = Some(record);
        change.before = Some(self.record.clone());
        change.id = self.id.clone();
        change
    }

    pub(super) fn delete(&self) -> TargetChange {
        let mut change = TargetChange::new(ChangeOp::Delete, self.data_type, &self.uid);
        change.before = Some(self.record.clone());
        change.id = self.id.clone();
        change
    }
}

impl std::fmt::Display for Example {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.data_type, self.uid)
    }
}

/// The records with the target's ids in their memberships, as the daemon sends them when it knows them.
pub(super) fn know(examples: &mut [Example], ids: &[String]) {
    let department = examples.iter().zip(ids).find(|(example, _)| example.data_type == DataType::Department);
    let department = department.map(|(_, id)| id.clone());
    for (example, id) in examples.iter_mut().zip(ids) {
        example.id = Some(id.clone());
        let membership = example.record.get_mut("departments").and_then(|list| list.get_mut(0));
        if let (Some(Value::Object(membership)), Some(id)) = (membership, &department) {
            membership.insert("id".into(), id.as_str().into());
        }
    }
}

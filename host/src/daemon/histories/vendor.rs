//! A SCIM service with some of the quirks that services have.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::chance::Chance;
use super::stand_in::{Records, Service, Weather};
use super::step::bad_values;
use super::support::receiver::Request;
use super::support::scim_stand_in::{Fate, Quirks, ScimStandIn, Shelf, Versions};
use crate::domain::data_type::DataType;

type Place = (DataType, String);

pub(super) struct Vendor {
    service: ScimStandIn,
    setting: Setting,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Clone)]
struct Setting {
    quirks: Quirks,
    deletes: bool,
    member_chunk: u64,
}

/// What the test and the service's threads share.
#[derive(Debug, Default)]
struct Shared {
    weather: Weather,
    newest: Records,
    complaints: Vec<String>,
    /// The titles of groups that may have been made without the daemon's knowing.
    unknown_groups: BTreeSet<String>,
}

impl Setting {
    fn of(setting: u64) -> Self {
        let mut chance = Chance::new(setting);
        let mut quirks = Quirks::default();
        // Most services have one or two of them.
        for _ in 0..chance.below(4) {
            match chance.below(13) {
                0 => quirks.numeric_ids = true,
                1 => quirks.lists_twice = true,
                2 => quirks.null_lists = true,
                3 => quirks.text_booleans = true,
                4 => quirks.text_totals = true,
                5 => quirks.present_member = Some(chance.pick(&[400, 409, 500])),
                6 => quirks.absent_member = Some(chance.pick(&[400, 404])),
                7 => quirks.versions = chance.pick(&[Versions::Offered, Versions::Wanted]),
                8 => quirks.version_in_header = true,
                9 => quirks.no_patch = true,
                10 => (quirks.drops_group_external_ids, quirks.unique_group_names) = (true, true),
                11 => quirks.hides_groups_of_users = true,
                _ => quirks.hides_inactive = true,
            }
        }
        Self { quirks, deletes: chance.percent(50), member_chunk: chance.pick(&[1, 2, 100]) }
    }
}

impl Shared {
    /// What becomes of a request.
    fn fate(&mut self, request: &Request) -> Fate {
        if request.method == "GET" {
            return Fate::Answered;
        }
        self.check(request);
        let fate = self.fate_of_writing();
        if request.method == "POST" && matches!(fate, Fate::AnswerLost | Fate::Denied(_)) {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            self.unknown_groups.extend(body["displayName"].as_str().map(str::to_owned));
        }
        fate
    }

    fn fate_of_writing(&mut self) -> Fate {
        let spend = |left: &mut u32| {
            let some = *left > 0;
            *left = left.saturating_sub(1);
            some
        };
        if spend(&mut self.weather.loses) {
            return Fate::AnswerLost;
        }
        if spend(&mut self.weather.drops) {
            return Fate::Unheard;
        }
        if spend(&mut self.weather.denies) {
            return Fate::Denied(500);
        }
        Fate::Answered
    }

    /// Only what is newest may come.
    fn check(&mut self, request: &Request) {
        // A whole resource holds what the service has, too.
        if request.method == "PUT" {
            return;
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let mut told = BTreeSet::new();
        texts(&body, &mut told);
        let mut newest = BTreeSet::new();
        self.newest.values().for_each(|record| texts(record, &mut newest));
        for old in told.difference(&newest).filter(|text| is_of_directory(text)) {
            self.complaints.push(format!("{} {} brings {old:?}", request.method, request.path));
        }
    }
}

/// All texts in a value.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(values) => values.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// Whether a text is a telephone number or a title as the directory has them.
fn is_of_directory(text: &str) -> bool {
    text == "BAD" || ["+49 ", "Bad ", "New ", "D ", "Good "].iter().any(|start| text.starts_with(start))
}

impl Vendor {
    fn shelf(data_type: DataType) -> Shelf {
        match data_type {
            DataType::User => Shelf::Users,
            DataType::Department => Shelf::Groups,
        }
    }

    /// A group that was made, but whose answer was lost, where groups keep no `externalId`: once the department
    /// has another name nothing says whose it is, and it may be one that somebody made by hand. It is empty.
    fn is_nobodys(&self, id: &str, group: &Value) -> bool {
        let title = group["displayName"].as_str().unwrap_or_default();
        self.setting.quirks.drops_group_external_ids
            && self.shared.lock().unwrap().unknown_groups.contains(title)
            && self.service.members(id).is_empty()
    }

    fn nth(&self, data_type: DataType, number: u64) -> Option<String> {
        let all = match data_type {
            DataType::User => self.service.users(),
            DataType::Department => self.service.groups(),
        };
        let at = usize::try_from(number).unwrap() % all.len().max(1);
        all.into_keys().nth(at)
    }
}

impl Service for Vendor {
    const TYPE: &'static str = "scim";
    const NEEDS_DEPARTMENTS: bool = true;

    fn start(setting: u64) -> Self {
        let setting = Setting::of(setting);
        let service = ScimStandIn::start(setting.quirks.clone());
        let shared = Arc::new(Mutex::new(Shared::default()));
        let deciding = shared.clone();
        service.decide(move |request| deciding.lock().unwrap().fate(request));
        Self { service, setting, shared }
    }

    fn describe(setting: u64) -> String {
        format!("{:?}", Setting::of(setting))
    }

    fn options(&self) -> Value {
        json!({
            "url": self.service.url(), "onDelete": if self.setting.deletes { "delete" } else { "deactivate" },
            "memberChunk": self.setting.member_chunk,
            "caPem": include_str!("../../../../plugins/scim/tests/authority.pem"),
        })
    }

    fn behave(&self, weather: Weather) {
        let refused = match weather.refuses {
            0 => Vec::new(),
            status => bad_values().into_iter().map(|value| (value, status)).collect(),
        };
        self.service.quirks(|quirks| quirks.refused_values = refused);
        self.shared.lock().unwrap().weather = weather;
    }

    fn refusing(&self) -> (u16, bool) {
        let weather = self.shared.lock().unwrap().weather;
        (weather.refuses, weather.tells)
    }

    fn expect(&self, records: &Records) {
        self.service.take_requests();
        self.shared.lock().unwrap().newest = records.clone();
    }

    fn may_have(&self, records: &[Place]) {
        let mut shared = self.shared.lock().unwrap();
        let titles = records.iter().filter_map(|place| shared.newest.get(place)?["title"].as_str());
        let titles: Vec<String> = titles.map(str::to_owned).collect();
        shared.unknown_groups.extend(titles);
    }

    fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.lock().unwrap().complaints)
    }

    fn delete_by_hand(&self, data_type: DataType, number: u64) -> bool {
        let Some(id) = self.nth(data_type, number) else { return false };
        self.service.remove(Self::shelf(data_type), &id);
        true
    }

    fn change_by_hand(&self, data_type: DataType, number: u64) -> bool {
        let Some(id) = self.nth(data_type, number) else { return false };
        self.service.change(Self::shelf(data_type), &id, |resource| match data_type {
            DataType::User => resource["active"] = json!(false),
            DataType::Department => resource["members"] = json!([]),
        });
        true
    }

    /// Whoever was made inactive at once, under an id that got lost, is never shown again.
    fn excuses(&self, reason: &str) -> bool {
        self.setting.quirks.hides_inactive && reason.contains("that the service does not show")
    }

    fn differences(&self, records: &Records, excused: &dyn Fn(DataType, &str) -> bool) -> Vec<String> {
        let mut wrong = Vec::new();
        let (users, groups) = (self.service.users(), self.service.groups());
        let text = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_default();
        let is_active = |user: &Value| match &user["active"] {
            Value::String(active) => active.eq_ignore_ascii_case("true"),
            active => *active == json!(true),
        };
        let mut names = BTreeSet::new();
        for ((data_type, uid), record) in records {
            let name = text(&record["username"]);
            names.insert(name.clone());
            if *data_type != DataType::User || excused(*data_type, uid) {
                continue;
            }
            let own: Vec<&Value> = users.values().filter(|user| user["userName"] == *name).collect();
            match own.as_slice() {
                [user] => {
                    let phone = user["phoneNumbers"][0]["value"].clone();
                    if json!(is_active(user)) != record["enabled"] || phone != record["phone"] {
                        wrong.push(format!("{user} is to be as {record}"));
                    }
                }
                other => wrong.push(format!("there are {} of {name}", other.len())),
            }
        }
        let left = users.values().filter(|user| !names.contains(&text(&user["userName"])));
        let left = left.filter(|user| self.setting.deletes || is_active(user));
        wrong.extend(left.map(|user| format!("{user} is left over")));
        let mut titles = BTreeSet::new();
        for ((data_type, uid), record) in
            records.iter().filter(|((kind, _), _)| *kind == DataType::Department)
        {
            let title = text(&record["title"]);
            titles.insert(title.clone());
            if excused(*data_type, uid) {
                continue;
            }
            let own: Vec<_> = groups.iter().filter(|(_, group)| group["displayName"] == *title).collect();
            let [(id, _)] = own.as_slice() else {
                wrong.push(format!("there are {} of {title}", own.len()));
                continue;
            };
            let mut wanted: Vec<String> = records
                .iter()
                .filter(|((kind, user), _)| *kind == DataType::User && !excused(*kind, user))
                .filter(|(_, user)| {
                    user["departments"].as_array().into_iter().flatten().any(|d| d["uid"] == **uid)
                })
                .map(|(_, user)| text(&user["username"]))
                .collect();
            wanted.sort();
            let excused_names: BTreeSet<String> = records
                .iter()
                .filter(|((kind, user), _)| *kind == DataType::User && excused(*kind, user))
                .map(|(_, user)| text(&user["username"]))
                .collect();
            let mut members = self.service.members(id);
            members.retain(|name| !excused_names.contains(name));
            if members != wanted {
                wrong.push(format!("{title} has {members:?}, and is to have {wanted:?}"));
            }
        }
        if records.iter().all(|((kind, uid), _)| *kind == DataType::User || !excused(*kind, uid)) {
            let left = groups.iter().filter(|(_, group)| !titles.contains(&text(&group["displayName"])));
            let left = left.filter(|(id, group)| !self.is_nobodys(id, group));
            wrong.extend(left.map(|(_, group)| format!("{group} is left over")));
        }
        wrong
    }
}

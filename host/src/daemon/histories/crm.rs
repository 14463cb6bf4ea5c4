//! A receiver of the webhook's: keeps the last record of each, under ids of its own, and watches that nothing
//! old comes, and nothing of whom it never heard.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::chance::Chance;
use super::stand_in::{Records, Service, Weather};
use super::step::bad_values;
use super::support::receiver::{Receiver, Reply, Request};
use crate::domain::data_type::DataType;

type Place = (DataType, String);

pub(super) struct Crm {
    receiver: Receiver,
    state: Arc<Mutex<State>>,
    setting: Setting,
}

/// What receivers differ in.
#[derive(Debug, Clone, Copy)]
struct Setting {
    /// It has ids of its own: texts, or numbers.
    names: Names,
    batch_size: u64,
}

#[derive(Debug, Clone, Copy)]
enum Names {
    None,
    Texts,
    Numbers,
}

struct State {
    names: Names,
    weather: Weather,
    has: BTreeMap<Place, Value>,
    /// Of whom it may have heard.
    heard: BTreeSet<Place>,
    newest: Records,
    complaints: Vec<String>,
}

impl Setting {
    fn of(setting: u64) -> Self {
        let mut chance = Chance::new(setting);
        Self {
            names: chance.pick(&[Names::None, Names::Texts, Names::Numbers]),
            batch_size: chance.pick(&[1, 2, 3, 100]),
        }
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Reply {
        let json = request.json();
        let changes = json["changes"].as_array().unwrap();
        for change in changes {
            self.check(change);
        }
        if self.weather.drops > 0 {
            self.weather.drops -= 1;
            // Nobody but the receiver knows that nothing was done.
            self.heard.extend(changes.iter().map(place));
            return Reply::lost();
        }
        if self.weather.refuses != 0 && !self.weather.tells && changes.iter().any(is_bad) {
            if self.weather.refuses >= 500 {
                // Whoever fails has done what came before.
                changes
                    .iter()
                    .take_while(|change| !is_bad(change))
                    .for_each(|change| drop(self.take(change)));
                self.heard.extend(changes.iter().map(place));
            }
            return Reply::status(self.weather.refuses);
        }
        let results: Vec<Value> = changes.iter().map(|change| self.take(change)).collect();
        if self.weather.loses > 0 || self.weather.denies > 0 {
            // Also of those that it refuses, since nobody gets to know.
            self.heard.extend(changes.iter().map(place));
        }
        if self.weather.loses > 0 {
            self.weather.loses -= 1;
            return Reply::lost();
        }
        if self.weather.denies > 0 {
            self.weather.denies -= 1;
            return Reply::status(500);
        }
        match results.iter().all(Value::is_null) {
            true => Reply::json(200, &json!({"results": null})),
            false => Reply::json(200, &json!({"results": results})),
        }
    }

    /// Takes a change, and gives the result, if there is something to say.
    fn take(&mut self, change: &Value) -> Value {
        let place = place(change);
        let (data_type, uid) = (&change["dataType"], &change["uid"]);
        if self.weather.refuses != 0 && self.weather.tells && is_bad(change) {
            let class = match self.weather.refuses {
                500.. | 429 => "transient",
                403 | 404 => "config",
                _ => "invalid",
            };
            return json!({"dataType": data_type, "uid": uid, "error": {"class": class, "message": "bad"}});
        }
        self.heard.insert(place.clone());
        if change["op"] == "delete" {
            self.has.remove(&place);
            return Value::Null;
        }
        self.has.insert(place, change["record"].clone());
        let number = 1_000 + uid.as_str().unwrap().parse::<u64>().unwrap();
        match self.names {
            Names::None => Value::Null,
            Names::Texts => json!({"dataType": data_type, "uid": uid, "id": format!("n{number}")}),
            Names::Numbers => json!({"dataType": data_type, "uid": uid, "id": number}),
        }
    }

    /// Only what is newest may come, and a delete only of what may be there.
    fn check(&mut self, change: &Value) {
        let place = place(change);
        let newest = self.newest.get(&place).cloned().map(without_ids);
        let record = change.get("record").cloned().map(without_ids);
        if record != newest {
            self.complaints.push(format!("{change} comes, where the newest is {newest:?}"));
        }
        if change["op"] == "delete" && !self.heard.contains(&place) {
            self.complaints.push(format!("{change} comes of what can't be there"));
        }
    }
}

fn place(change: &Value) -> Place {
    let data_type = match change["dataType"].as_str() {
        Some("user") => DataType::User,
        _ => DataType::Department,
    };
    (data_type, change["uid"].as_str().unwrap().to_owned())
}

fn is_bad(change: &Value) -> bool {
    let bad = bad_values();
    ["phone", "title"].iter().any(|field| bad.iter().any(|bad| change["record"][field] == **bad))
}

/// The ids of other records come to be known while a pass goes on.
fn without_ids(mut record: Value) -> Value {
    if let Some(fields) = record.as_object_mut() {
        fields.remove("parentId");
    }
    for department in record["departments"].as_array_mut().into_iter().flatten() {
        department.as_object_mut().unwrap().remove("id");
    }
    record
}

impl Crm {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn nth(&self, data_type: DataType, number: u64) -> Option<Place> {
        let state = self.state();
        let all: Vec<&Place> = state.has.keys().filter(|place| place.0 == data_type).collect();
        let at = usize::try_from(number).unwrap() % all.len().max(1);
        all.get(at).map(|place| (*place).clone())
    }
}

impl Service for Crm {
    const TYPE: &'static str = "webhook";
    const NEEDS_DEPARTMENTS: bool = false;

    fn start(setting: u64) -> Self {
        let setting = Setting::of(setting);
        let state = Arc::new(Mutex::new(State {
            names: setting.names,
            weather: Weather::default(),
            has: BTreeMap::new(),
            heard: BTreeSet::new(),
            newest: Records::new(),
            complaints: Vec::new(),
        }));
        let answering = state.clone();
        let receiver = Receiver::start(move |request| answering.lock().unwrap().answer(request));
        Self { receiver, state, setting }
    }

    fn describe(setting: u64) -> String {
        format!("{:?}", Setting::of(setting))
    }

    fn options(&self) -> Value {
        json!({
            "url": self.receiver.url(), "secret": "0123456789abcdef", "batchSize": self.setting.batch_size,
            "caPem": include_str!("../../../../plugins/webhook/tests/authority.pem"),
        })
    }

    fn behave(&self, weather: Weather) {
        self.state().weather = weather;
    }

    fn refusing(&self) -> (u16, bool) {
        let weather = self.state().weather;
        (weather.refuses, weather.tells)
    }

    fn expect(&self, records: &Records) {
        self.receiver.take();
        self.state().newest = records.clone();
    }

    fn may_have(&self, records: &[Place]) {
        self.state().heard.extend(records.iter().cloned());
    }

    fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut self.state().complaints)
    }

    fn delete_by_hand(&self, data_type: DataType, number: u64) -> bool {
        let Some(place) = self.nth(data_type, number) else { return false };
        self.state().has.remove(&place);
        true
    }

    fn change_by_hand(&self, data_type: DataType, number: u64) -> bool {
        let Some(place) = self.nth(data_type, number) else { return false };
        self.state().has.insert(place, json!({"changed": "by hand"}));
        true
    }

    fn excuses(&self, _reason: &str) -> bool {
        false
    }

    fn differences(&self, records: &Records, excused: &dyn Fn(DataType, &str) -> bool) -> Vec<String> {
        let state = self.state();
        let places: BTreeSet<&Place> = state.has.keys().chain(records.keys()).collect();
        let differing = places
            .into_iter()
            .filter(|place| !excused(place.0, &place.1) && state.has.get(*place) != records.get(*place));
        let shown = differing.map(|place| {
            format!("{place:?}: it has {:?}, and is to have {:?}", state.has.get(place), records.get(place))
        });
        shown.collect()
    }
}

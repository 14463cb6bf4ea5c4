//! The fields that came back become a value, of the types that the schema says. What makes no sense stays as it was
//! typed, so that the schema's validator says what is wrong, and the form can show it.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Number, Value};

use crate::http::options::MASK;
use crate::http::problem::FieldError;
use crate::web::fields::Fields;

use super::shape::{Kind, Member, Shape, Trail, Way};
use super::{ADD, EMPTY, FORGET, Filled, ITEM, NULL, REMOVE, STORED, below};

/// How many values are looked for that may have sent nothing. Every field of a form sends something, but for objects
/// without fields of their own.
const MOST_ABSENT: usize = 2_000;

/// What was filled in for an object that stands at `prefix`.
pub(in crate::web) fn read(schema: &Value, prefix: &str, fields: &Fields) -> Filled {
    let mut sent: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, value) in fields.all() {
        sent.entry(name).or_default().push(value);
    }
    let stored = sent.get(STORED).into_iter().flatten().map(|name| (*name).to_owned()).collect();
    let names = sent.keys().copied().collect();
    let filled = Filled { stored, ..Filled::default() };
    let mut reading = Reading { root: schema, sent, names, absent: 0, filled };
    let shape = Shape::of(schema, schema, &Trail::default());
    let is_json = reading.text(&below(prefix, "_json")).is_some();
    reading.filled.value = match &shape.kind {
        Kind::Object { .. } if is_json => {
            let given = reading.value(schema, prefix, true, &Trail::default());
            given.unwrap_or_else(|| Value::Object(Map::new()))
        }
        Kind::Object { members, .. } => {
            Value::Object(reading.members(prefix, members, &Trail::of_root(&shape)))
        }
        _ => reading.value(schema, prefix, true, &Trail::default()).unwrap_or_default(),
    };
    reading.filled
}

struct Reading<'a> {
    root: &'a Value,
    sent: HashMap<&'a str, Vec<&'a str>>,
    /// What was sent, in order.
    names: BTreeSet<&'a str>,
    /// How many values were looked for that sent nothing.
    absent: usize,
    filled: Filled,
}

impl<'a> Reading<'a> {
    fn value(&mut self, schema: &Value, name: &str, required: bool, trail: &Trail) -> Option<Value> {
        if let Some(text) = self.text(&below(name, "_json")) {
            let given = self.json(name, text, may_hold_secrets(schema));
            return given.or_else(|| self.blank(name, Value::Null));
        }
        if !self.is_there(name) {
            self.absent += 1;
            if self.absent > MOST_ABSENT {
                return self.blank(name, Value::Null);
            }
        }
        let shape = Shape::of(self.root, schema, trail);
        match &shape.kind {
            Kind::Text { .. } => match self.text(name).unwrap_or_default() {
                "" => self.blank(name, Value::String(String::new())),
                text => Some(Value::String(text.replace("\r\n", "\n"))),
            },
            Kind::Number => match self.text(name).unwrap_or_default().trim() {
                "" => self.blank(name, Value::String(String::new())),
                text => Some(number(text)),
            },
            Kind::Secret => self.secret(name).or_else(|| self.blank(name, Value::String(String::new()))),
            Kind::Flag => self.flag(name, &shape),
            Kind::One(ways) => match self.text(name).unwrap_or_default() {
                "" => self.blank(name, Value::String(String::new())),
                word => Some(chosen(ways, word)),
            },
            Kind::Any(ways) => {
                let words = self.sent.get(name).cloned().unwrap_or_default();
                let chosen: Vec<Value> = ways
                    .iter()
                    .filter(|way| words.contains(&way.word.as_str()))
                    .map(|way| way.value.clone())
                    .collect();
                if chosen.is_empty() { self.blank(name, chosen.into()) } else { Some(chosen.into()) }
            }
            Kind::Object { members, .. } => {
                let switched = shape.has_switch(required);
                if switched && self.text(name).is_none() {
                    return self.blank(name, Value::Null).filter(Value::is_null);
                }
                let map = self.members(name, members, &shape.inner);
                if map.is_empty() && !switched && !required {
                    return self.blank(name, Value::Object(map));
                }
                Some(Value::Object(map))
            }
            Kind::Map(inner) => self.map(inner, name),
            Kind::Lines(inner) => self.lines(inner, name),
            Kind::List(items) => self.list(items, name, &shape.inner),
            Kind::Json => None,
        }
    }

    /// Whether something was sent for what is called so, or for a part of it.
    fn is_there(&self, name: &str) -> bool {
        self.names.range(name..).next().is_some_and(|next| next.starts_with(name))
    }

    fn members(&mut self, name: &str, members: &[Member], trail: &Trail) -> Map<String, Value> {
        let mut map = Map::new();
        for Member { key, schema, required } in members {
            if let Some(value) = self.value(schema, &below(name, key), *required, trail) {
                map.insert(key.clone(), value);
            }
        }
        let more = below(name, "_more");
        if let Some(text) = self.text(&more)
            && let Some(given) = self.json(&more, text, true)
        {
            match given {
                Value::Object(given) => map.extend(given),
                _ => self.broken(&more, "", "is no JSON object, such as {\"key\": 1}"),
            }
        }
        map
    }

    fn flag(&self, name: &str, shape: &Shape) -> Option<Value> {
        let sent = self.sent.get(name)?;
        let ticked = sent.contains(&"true");
        let by_itself = shape.default == Some(Value::Bool(true));
        if sent.contains(&"explicit") || ticked != by_itself {
            return Some(Value::Bool(ticked));
        }
        self.blank(name, Value::Null)
    }

    fn secret(&self, name: &str) -> Option<Value> {
        match self.text(name).unwrap_or_default() {
            "" => {
                let kept = self.is_named(STORED, name) && !self.is_named(FORGET, name);
                kept.then(|| Value::String(MASK.into()))
            }
            typed => Some(Value::String(typed.to_owned())),
        }
    }

    fn lines(&self, inner: &Shape, name: &str) -> Option<Value> {
        let text = self.text(name).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let items: Vec<Value> = match inner.kind {
            Kind::Number => lines.map(number).collect(),
            _ => lines.map(|line| Value::String(line.to_owned())).collect(),
        };
        if items.is_empty() { self.blank(name, items.into()) } else { Some(items.into()) }
    }

    fn list(&mut self, schema: &Value, name: &str, trail: &Trail) -> Option<Value> {
        let names = self.sent.get(ITEM).cloned().unwrap_or_default();
        let mut items = Vec::new();
        for item in names {
            let index = item.strip_prefix(name).and_then(|rest| rest.strip_prefix('/'));
            let is_item = index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()));
            if is_item && !self.is_named(REMOVE, item) {
                items.push(
                    self.value(schema, item, true, trail).unwrap_or_else(|| Value::String(String::new())),
                );
            }
        }
        if self.is_named(ADD, name) {
            let is_object = matches!(Shape::of(self.root, schema, trail).kind, Kind::Object { .. });
            items.push(if is_object { Value::Object(Map::new()) } else { Value::String(String::new()) });
        }
        if items.is_empty() { self.blank(name, items.into()) } else { Some(items.into()) }
    }

    fn map(&mut self, inner: &Shape, name: &str) -> Option<Value> {
        let mut map = Map::new();
        for index in 0.. {
            let (key_name, value_name) =
                (below(name, &format!("_key{index}")), below(name, &format!("_value{index}")));
            let Some(key) = self.text(&key_name) else { break };
            let text = self.text(&value_name).unwrap_or_default();
            if self.is_named(REMOVE, &key_name) || (key.is_empty() && text.is_empty()) {
                continue;
            }
            let secret = self.secret(&value_name);
            let is_lost = inner.kind == Kind::Secret && secret.is_none();
            let value = match inner.kind {
                Kind::Number if !text.trim().is_empty() => number(text.trim()),
                Kind::Secret => secret.unwrap_or_else(|| Value::String(String::new())),
                _ => Value::String(text.to_owned()),
            };
            let mut wrong = |field: String, message: &str| {
                self.filled.errors.push(FieldError { field, message: message.to_owned() });
            };
            if is_lost {
                wrong(below(name, key), "has no value");
            }
            if key.is_empty() {
                wrong(below(name, ""), "has no name");
            }
            if map.insert(key.to_owned(), value).is_some() {
                wrong(below(name, key), "stands there twice; the latter is kept");
            }
        }
        if map.is_empty() { self.blank(name, Value::Object(map)) } else { Some(Value::Object(map)) }
    }

    fn json(&mut self, name: &str, text: &str, secret: bool) -> Option<Value> {
        if text.trim().is_empty() {
            return None;
        }
        match serde_json::from_str(text) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.broken(name, if secret { "" } else { text }, &format!("is no JSON: {reason}"));
                None
            }
        }
    }

    fn broken(&mut self, name: &str, text: &str, message: &str) {
        self.filled.errors.push(FieldError { field: name.to_owned(), message: message.to_owned() });
        self.filled.broken.insert(name.to_owned(), text.replace("\r\n", "\n"));
    }

    /// What an empty field stands for.
    fn blank(&self, name: &str, empty: Value) -> Option<Value> {
        if self.is_named(NULL, name) {
            return Some(Value::Null);
        }
        self.is_named(EMPTY, name).then_some(empty)
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.sent.get(name).and_then(|values| values.first()).copied()
    }

    fn is_named(&self, by: &str, name: &str) -> bool {
        self.sent.get(by).is_some_and(|names| names.contains(&name))
    }
}

/// A number, or what was typed instead.
fn number(text: &str) -> Value {
    serde_json::from_str::<Number>(text).map_or_else(|_| Value::String(text.to_owned()), Value::Number)
}

fn chosen(ways: &[Way], word: &str) -> Value {
    let way = ways.iter().find(|way| way.word == word);
    way.map_or_else(|| Value::String(word.to_owned()), |way| way.value.clone())
}

/// Whether what stands there may be something that is not to be shown again.
fn may_hold_secrets(schema: &Value) -> bool {
    let text = schema.to_string();
    ["\"password\"", "\"writeOnly\"", "\"$ref\""].iter().any(|word| text.contains(word))
}

//! Schema and value become fields. A value that its control can't show is shown as JSON.

use std::cell::Cell;

use serde_json::{Map, Value};

use crate::http::options::{self, MASK};

use super::field::{Choice, Control, Entry, Field, Item, Piece};
use super::shape::{Kind, Member, Shape, Trail, Way};
use super::{EMPTY, Filled, NULL, below};

/// The fields of an object: one for each of its members, in their order. `prefix` is where the object stands in what is
/// sent, and `lang` the language of the schema's texts, if that is not the page's. Parts for which `most` fields are too
/// few are asked for as JSON.
pub(in crate::web) fn draw(
    schema: &Value,
    prefix: &str,
    lang: Option<&'static str>,
    filled: &Filled,
    most: usize,
) -> Vec<Field> {
    let masked = options::mask(Some(schema), &filled.value);
    let drawing = Drawing { root: schema, prefix, lang, filled, masked, left: Cell::new(most) };
    let shape = Shape::of(schema, schema, &Trail::default());
    match &shape.kind {
        Kind::Object { members, open } if drawing.has_room_for(members.len()) => {
            drawing.members(prefix, members, *open, filled.value.as_object(), &Trail::of_root(&shape))
        }
        _ => {
            let trail = Trail::default();
            let place = Place { name: prefix.to_owned(), key: prefix.to_owned(), required: true, trail };
            vec![drawing.field(schema, &place, Some(&filled.value).filter(|value| !value.is_null()))]
        }
    }
}

struct Drawing<'a> {
    root: &'a Value,
    prefix: &'a str,
    lang: Option<&'static str>,
    filled: &'a Filled,
    /// The value without secrets.
    masked: Value,
    /// How many more fields there may be.
    left: Cell<usize>,
}

/// Where a field stands.
struct Place {
    name: String,
    key: String,
    required: bool,
    trail: Trail,
}

impl Drawing<'_> {
    /// Takes room for so many fields, if there is as much. The fields of an object have their room before the parts of
    /// any of them, so it is the innermost parts that are asked for as JSON.
    fn has_room_for(&self, fields: usize) -> bool {
        let left = self.left.get().checked_sub(fields);
        left.inspect(|left| self.left.set(*left)).is_some()
    }

    fn field(&self, schema: &Value, place: &Place, value: Option<&Value>) -> Field {
        let Place { name, key, required, trail } = place;
        let shape = Shape::of(self.root, schema, trail);
        let is_null = value.is_some_and(Value::is_null);
        let shown = value.filter(|value| !value.is_null());
        let fitting =
            if self.filled.broken.contains_key(name) { None } else { self.control(&shape, place, shown) };
        let is_json = fitting.is_none();
        let control = fitting
            .unwrap_or_else(|| Control::Json { sent: below(name, "_json"), text: self.json(name, shown) });
        let is_empty = match shown {
            Some(Value::String(text)) => text.is_empty(),
            Some(Value::Array(list)) => list.is_empty(),
            Some(Value::Object(map)) => map.is_empty() && !shape.has_switch(*required),
            _ => false,
        };
        let blank = if is_null { Some(NULL) } else { (is_empty && !is_json).then_some(EMPTY) };
        let default = shape.default.as_ref().filter(|_| shows_default(&control)).map(plain);
        Field {
            id: id_of(name),
            name: name.clone(),
            label: shape.title.unwrap_or_else(|| key.clone()),
            lang: self.lang,
            help: pieces(shape.description.as_deref().unwrap_or_default()),
            default: default.filter(|default| !default.is_empty()),
            required: *required,
            errors: self.errors(name, &control),
            blank,
            control,
        }
    }

    /// None where the value does not fit the shape.
    fn control(&self, shape: &Shape, place: &Place, value: Option<&Value>) -> Option<Control> {
        let name = &place.name;
        let control = match &shape.kind {
            Kind::Text { multiline } => {
                let text = text(value)?;
                let multiline = *multiline || text.contains('\n');
                Control::Text { value: text, placeholder: placeholder(shape), multiline, numeric: false }
            }
            Kind::Number => {
                let text = match value {
                    Some(Value::Number(number)) => number.to_string(),
                    other => text(other)?,
                };
                Control::Text {
                    value: text,
                    placeholder: placeholder(shape),
                    multiline: false,
                    numeric: true,
                }
            }
            Kind::Secret => {
                let text = text(value)?;
                let typed = !text.is_empty() && text != MASK;
                let stored = text == MASK || (typed && self.filled.stored.contains(name));
                Control::Secret { stored, typed }
            }
            Kind::Flag => {
                let ticked = match value {
                    None => shape.default == Some(Value::Bool(true)),
                    Some(value) => value.as_bool()?,
                };
                Control::Flag { ticked, explicit: value.is_some() || place.required }
            }
            Kind::One(ways) => Control::One(one(ways, shape, place.required, value)?),
            Kind::Any(ways) => Control::Any(any(ways, value)?),
            Kind::Object { members, open } => {
                let given = match value {
                    None => None,
                    Some(value) => Some(value.as_object()?),
                };
                if !self.has_room_for(members.len()) {
                    return None;
                }
                let fields = self.members(name, members, *open, given, &shape.inner);
                if shape.has_switch(place.required) {
                    Control::Switch { on: given.is_some(), fields }
                } else {
                    let open =
                        given.is_some_and(|given| !given.is_empty()) || fields.iter().any(Field::is_wrong);
                    Control::Group { fields, open: open || place.required }
                }
            }
            Kind::Map(inner) => self.map(inner, name, value)?,
            Kind::Lines(inner) => Control::Text {
                value: lines(inner, value)?,
                placeholder: placeholder(shape),
                multiline: true,
                numeric: false,
            },
            Kind::List(items) => self.list(items, (&place.name, &shape.inner), value)?,
            Kind::Json => return None,
        };
        Some(control)
    }

    fn members(
        &self,
        name: &str,
        members: &[Member],
        open: bool,
        given: Option<&Map<String, Value>>,
        trail: &Trail,
    ) -> Vec<Field> {
        let field = |member: &Member| {
            let Member { key, schema, required } = member;
            let (name, trail) = (below(name, key), trail.clone());
            let place = Place { name, key: key.clone(), required: *required, trail };
            self.field(schema, &place, given.and_then(|given| given.get(key)))
        };
        let mut fields: Vec<Field> = members.iter().map(field).collect();
        let known = |key: &str| members.iter().any(|member| member.key == key);
        let more: Map<String, Value> = given
            .into_iter()
            .flatten()
            .filter(|(key, _)| !known(key))
            .map(|(key, _)| (key.clone(), self.without_secrets(&below(name, key))))
            .collect();
        let called = below(name, "_more");
        if open || !more.is_empty() || self.filled.broken.contains_key(&called) {
            let typed = self.filled.broken.get(&called).cloned();
            let shown = if more.is_empty() { String::new() } else { pretty(&Value::Object(more)) };
            let unknown = |field: &str| {
                let key = field.strip_prefix(name)?.strip_prefix('/')?.split('/').next()?;
                (!known(&key.replace("~1", "/").replace("~0", "~"))).then_some(())
            };
            let errors = self.filled.errors.iter().filter(|error| unknown(&error.field).is_some());
            fields.push(Field {
                id: id_of(&called),
                name: called.clone(),
                label: String::new(),
                lang: self.lang,
                help: Vec::new(),
                default: None,
                required: false,
                errors: errors.map(|error| format!("{}: {}", error.field, error.message)).collect(),
                blank: None,
                control: Control::Json { sent: called, text: typed.unwrap_or(shown) },
            });
        }
        fields
    }

    fn list(&self, schema: &Value, at: (&str, &Trail), value: Option<&Value>) -> Option<Control> {
        let (name, trail) = at;
        let given = match value {
            None => &[][..],
            Some(value) => value.as_array()?,
        };
        if !self.has_room_for(given.len()) {
            return None;
        }
        let item = |(index, value): (usize, &Value)| {
            let name = below(name, &index.to_string());
            let key = (index + 1).to_string();
            let at = Place { name: name.clone(), key, required: true, trail: trail.clone() };
            let field = self.field(schema, &at, Some(value));
            Item { name, field }
        };
        Some(Control::List(given.iter().enumerate().map(item).collect()))
    }

    fn map(&self, inner: &Shape, name: &str, value: Option<&Value>) -> Option<Control> {
        let secret = inner.kind == Kind::Secret;
        let mut entries = Vec::new();
        let names =
            |index: usize| (below(name, &format!("_key{index}")), below(name, &format!("_value{index}")));
        let none = Map::new();
        let given = match value {
            None => &none,
            Some(value) => value.as_object()?,
        };
        if !self.has_room_for(given.len()) {
            return None;
        }
        for (key, value) in given {
            let text = match value {
                Value::String(text) if !text.contains('\n') && !key.contains('\n') => text.clone(),
                Value::Number(number) if inner.kind == Kind::Number => number.to_string(),
                _ => return None,
            };
            let (key_name, value_name) = names(entries.len());
            let at = below(name, key);
            let stored =
                secret && (text == MASK || (!text.is_empty() && self.filled.stored.contains(&value_name)));
            entries.push(Entry {
                key_name,
                value_name,
                key: key.clone(),
                value: if secret { String::new() } else { text },
                stored,
                errors: self.messages(|field| field == at),
            });
        }
        // There is always room for one more.
        let (key_name, value_name) = names(entries.len());
        entries.push(Entry {
            key_name,
            value_name,
            key: String::new(),
            value: String::new(),
            stored: false,
            errors: Vec::new(),
        });
        Some(Control::Map { entries, secret })
    }

    /// What is wrong with a field, and not with a part of it that has a place of its own.
    fn errors(&self, name: &str, control: &Control) -> Vec<String> {
        let has_parts = matches!(
            control,
            Control::Group { .. } | Control::Switch { .. } | Control::List(_) | Control::Map { .. }
        );
        let within = |field: &str| field.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        self.messages(|field| field == name || (!has_parts && within(field)))
    }

    fn messages(&self, of: impl Fn(&str) -> bool) -> Vec<String> {
        let errors = self.filled.errors.iter().filter(|error| of(&error.field));
        errors.map(|error| error.message.clone()).collect()
    }

    fn json(&self, name: &str, value: Option<&Value>) -> String {
        if let Some(typed) = self.filled.broken.get(name) {
            return typed.clone();
        }
        value.map_or_else(String::new, |_| pretty(&self.without_secrets(name)))
    }

    fn without_secrets(&self, name: &str) -> Value {
        let pointer = name.strip_prefix(self.prefix).unwrap_or(name);
        let pointer = if pointer.is_empty() || pointer.starts_with('/') {
            pointer.to_owned()
        } else {
            format!("/{pointer}")
        };
        self.masked.pointer(&pointer).cloned().unwrap_or_default()
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    match value {
        None => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => None,
    }
}

fn one(ways: &[Way], shape: &Shape, required: bool, value: Option<&Value>) -> Option<Vec<Choice>> {
    let is_default = |way: &Way| shape.default.as_ref() == Some(&way.value);
    let has_default = ways.iter().any(is_default);
    let mut choices = Vec::new();
    if !has_default && (!required || value.is_none()) {
        choices.push(Choice { word: String::new(), label: String::new(), chosen: value.is_none() });
    }
    for way in ways {
        // Nothing is sent for the default unless it was given before.
        let left_out = value.is_none() && is_default(way);
        let label = way.title.clone().unwrap_or_else(|| way.word.clone());
        let label = match &way.description {
            Some(description) => format!("{label}: {}", without_ticks(&one_line(description))),
            None => label,
        };
        let word = if left_out { String::new() } else { way.word.clone() };
        choices.push(Choice { word, label, chosen: left_out || value == Some(&way.value) });
    }
    if let Some(other) = value.filter(|value| !ways.iter().any(|way| way.value == **value)) {
        let text = other.as_str().filter(|text| !text.is_empty())?;
        choices.push(Choice { word: text.to_owned(), label: text.to_owned(), chosen: true });
    }
    Some(choices)
}

/// None where the order or a repetition would be lost.
fn any(ways: &[Way], value: Option<&Value>) -> Option<Vec<Choice>> {
    let none = Vec::new();
    let given = match value {
        None => &none,
        Some(value) => value.as_array()?,
    };
    let kept = ways.iter().map(|way| &way.value).filter(|way| given.contains(way));
    if !kept.eq(given.iter()) {
        return None;
    }
    let choice = |way: &Way| Choice {
        word: way.word.clone(),
        label: way.title.clone().unwrap_or_else(|| way.word.clone()),
        chosen: given.contains(&way.value),
    };
    Some(ways.iter().map(choice).collect())
}

/// None where lines could not tell the items apart.
fn lines(inner: &Shape, value: Option<&Value>) -> Option<String> {
    let Some(value) = value else { return Some(String::new()) };
    let line = |item: &Value| match item {
        Value::String(text) => {
            let plain = !text.is_empty() && text.trim() == text && !text.contains(['\n', '\r']);
            plain.then(|| text.clone())
        }
        Value::Number(number) if inner.kind == Kind::Number => Some(number.to_string()),
        _ => None,
    };
    let lines: Option<Vec<String>> = value.as_array()?.iter().map(line).collect();
    lines.map(|lines| lines.join("\n"))
}

fn placeholder(shape: &Shape) -> String {
    match (&shape.default, &shape.example) {
        (Some(default), _) if !plain(default).is_empty() => plain(default),
        (_, Some(Value::Array(items))) => items.iter().map(plain).collect::<Vec<_>>().join("\n"),
        (_, Some(example)) => plain(example),
        _ => String::new(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => String::new(),
        Value::Object(map) if map.is_empty() => String::new(),
        other => other.to_string(),
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Boxes and choices show what they mean by themselves.
fn shows_default(control: &Control) -> bool {
    matches!(control, Control::Text { .. } | Control::Json { .. })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_ticks(text: &str) -> String {
    text.replace('`', "")
}

/// A description, whose line breaks mean nothing, and whose names stand in backticks.
fn pieces(description: &str) -> Vec<Piece> {
    let description = one_line(description);
    let parts = description.split('`').enumerate().filter(|(_, part)| !part.is_empty());
    let piece = |(place, part): (usize, &str)| match place % 2 {
        0 => Piece::Plain(part.to_owned()),
        _ => Piece::Code(part.to_owned()),
    };
    parts.map(piece).collect()
}

/// The id of the element of a field: letters and digits stay, everything else is written so that it can stand in links.
fn id_of(name: &str) -> String {
    let letter = |letter: char| match letter {
        '/' => "-".to_owned(),
        plain if plain.is_ascii_alphanumeric() => plain.to_string(),
        other => format!("_{:x}_", u32::from(other)),
    };
    format!("f-{}", name.chars().map(letter).collect::<String>())
}

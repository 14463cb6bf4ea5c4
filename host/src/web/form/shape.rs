//! What a schema asks for, as far as there is a control for it. Whatever there is none for is asked for as JSON, so no
//! schema keeps anybody from filling in its options.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// How deep references and combinations are followed, and how deep a form goes before it asks for JSON.
const MAX_DEPTH: usize = 8;
/// How many references and combinations are followed for one value.
const MAX_STEPS: usize = 500;

/// How a schema is come to: how deep it is, and through which references.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Trail {
    depth: usize,
    references: Vec<String>,
}

impl Trail {
    /// Of the parts of the document itself, which are as deep as it is.
    pub(super) fn of_root(shape: &Shape) -> Self {
        Self { depth: 0, ..shape.inner.clone() }
    }
}

/// A value that a schema asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) default: Option<Value>,
    pub(super) example: Option<Value>,
    pub(super) nullable: bool,
    pub(super) kind: Kind,
    /// How its parts are come to.
    pub(super) inner: Trail,
}

/// What kind of control it gets.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Text {
        multiline: bool,
    },
    Secret,
    Number,
    Flag,
    /// One of several.
    One(Vec<Way>),
    /// Any of several.
    Any(Vec<Way>),
    Object {
        members: Vec<Member>,
        /// Whether it takes other keys besides.
        open: bool,
    },
    /// Keys that the operator chooses.
    Map(Box<Shape>),
    /// A list of texts or numbers, one a line.
    Lines(Box<Shape>),
    /// A list of anything else.
    List(Value),
    Json,
}

/// A value to choose.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Way {
    pub(super) value: Value,
    /// How it is sent.
    pub(super) word: String,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
}

/// A named part of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) schema: Value,
    pub(super) required: bool,
}

impl Shape {
    /// What `schema`, a part of the document `root`, asks for. A schema that is a part of itself is asked for as
    /// JSON: there is no end to its fields.
    pub(super) fn of(root: &Value, schema: &Value, trail: &Trail) -> Self {
        let mut following = Following { root, trail, open: Vec::new(), met: Vec::new(), steps: 0 };
        let mut nullable = false;
        let flat = match trail.depth > MAX_DEPTH {
            true => None,
            false => following.flatten(schema, &mut nullable),
        };
        let references = [&trail.references[..], &following.met[..]].concat();
        let inner = Trail { depth: trail.depth + 1, references };
        let unknown = schema.as_object().cloned().unwrap_or_default();
        let kind = flat.as_ref().map_or(Kind::Json, |flat| kind(root, flat, &mut nullable, &inner));
        let flat = flat.unwrap_or(unknown);
        let text = |key: &str| flat.get(key).and_then(Value::as_str).map(str::to_owned);
        Self {
            title: text("title"),
            description: text("description"),
            default: flat.get("default").filter(|default| !default.is_null()).cloned(),
            example: flat.get("examples").and_then(|examples| examples.get(0)).cloned(),
            nullable,
            kind,
            inner,
        }
    }

    /// Whether an absent one is told from one that is there by a switch.
    pub(super) fn has_switch(&self, required: bool) -> bool {
        let Kind::Object { members, .. } = &self.kind else { return false };
        !required && (self.nullable || members.iter().any(|member| member.required))
    }
}

/// Lays what a schema refers to and combines into it.
struct Following<'a> {
    root: &'a Value,
    trail: &'a Trail,
    /// The references that are being followed, each within the one before.
    open: Vec<&'a str>,
    /// All that were followed.
    met: Vec<String>,
    steps: usize,
}

impl<'a> Following<'a> {
    /// A schema with what it refers to and combines laid into it; none where it wants this or that, where it is a
    /// part of itself, or where there is too much to follow.
    fn flatten(&mut self, schema: &'a Value, nullable: &mut bool) -> Option<Map<String, Value>> {
        self.steps += 1;
        let given = schema.as_object().filter(|_| self.steps <= MAX_STEPS)?;
        let mut flat = given.clone();
        flat.retain(|word, _| !matches!(word.as_str(), "$ref" | "allOf" | "anyOf" | "oneOf"));
        if let Some(reference) = given.get("$ref") {
            lay_under(&mut flat, self.target(reference.as_str()?, nullable)?);
        }
        for part in given.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            lay_under(&mut flat, self.flatten(part, nullable)?);
        }
        for word in ["anyOf", "oneOf"] {
            let Some(ways) = given.get(word).and_then(Value::as_array) else { continue };
            let is_null = |way: &Value| way["type"] == "null" || way.get("const") == Some(&Value::Null);
            *nullable |= ways.iter().any(is_null);
            let ways: Vec<&Value> = ways.iter().filter(|way| !is_null(way)).collect();
            match ways.as_slice() {
                ways if !ways.is_empty() && ways.iter().all(|way| names_values(way)) => {
                    flat.insert("oneOf".into(), ways.iter().copied().cloned().collect());
                }
                [only] => lay_under(&mut flat, self.flatten(only, nullable)?),
                _ => return None,
            }
        }
        Some(flat)
    }

    fn target(&mut self, reference: &'a str, nullable: &mut bool) -> Option<Map<String, Value>> {
        let target = self.root.pointer(reference.strip_prefix('#')?)?;
        let seen = self.trail.references.iter().any(|seen| seen == reference);
        if self.open.contains(&reference) || (seen && leads_back(self.root, reference, target)) {
            return None;
        }
        self.open.push(reference);
        self.met.push(reference.to_owned());
        let flat = self.flatten(target, nullable);
        self.open.pop();
        flat
    }
}

/// Whether what a reference leads to holds the reference again, at any depth.
fn leads_back(root: &Value, reference: &str, target: &Value) -> bool {
    let mut followed = BTreeSet::new();
    let mut left = vec![target];
    while let Some(value) = left.pop() {
        match value {
            Value::Array(list) => left.extend(list),
            Value::Object(map) => {
                left.extend(map.values());
                let Some(next) = map.get("$ref").and_then(Value::as_str) else { continue };
                if next == reference {
                    return true;
                }
                if followed.insert(next) {
                    left.extend(next.strip_prefix('#').and_then(|pointer| root.pointer(pointer)));
                }
            }
            _ => {}
        }
    }
    false
}

fn names_values(schema: &Value) -> bool {
    schema.get("const").is_some() || schema.get("enum").is_some_and(Value::is_array)
}

/// Adds what another schema says that applies as well. What is said nearer to the value goes first.
fn lay_under(flat: &mut Map<String, Value>, under: Map<String, Value>) {
    for (word, value) in under {
        match (flat.get_mut(&word), value) {
            (None, value) => {
                flat.insert(word, value);
            }
            (Some(Value::Object(properties)), Value::Object(more)) if word == "properties" => {
                for (key, schema) in more {
                    properties.entry(key).or_insert(schema);
                }
            }
            (Some(Value::Array(names)), Value::Array(more))
                if matches!(word.as_str(), "required" | "x-order") =>
            {
                names.extend(more);
            }
            _ => {}
        }
    }
}

fn kind(root: &Value, flat: &Map<String, Value>, nullable: &mut bool, inner: &Trail) -> Kind {
    if let Some(choices) = choices(flat, nullable) {
        let sendable = !choices.is_empty() && choices.iter().all(|choice| !choice.word.is_empty());
        return if sendable { Kind::One(choices) } else { Kind::Json };
    }
    let types: Vec<&str> = match flat.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ if flat.contains_key("properties") => vec!["object"],
        _ => Vec::new(),
    };
    *nullable |= types.contains(&"null");
    let types: Vec<&str> = types.into_iter().filter(|name| *name != "null").collect();
    let is = |word: &str| flat.get(word).is_some_and(|value| *value == true);
    match types.as_slice() {
        ["string"] if flat.get("format").is_some_and(|format| format == "password") || is("writeOnly") => {
            Kind::Secret
        }
        ["string"] => Kind::Text { multiline: is("x-multiline") },
        ["integer" | "number"] => Kind::Number,
        ["boolean"] => Kind::Flag,
        ["array"] if !flat.contains_key("prefixItems") => {
            flat.get("items").map_or(Kind::Json, |items| list(root, items, inner))
        }
        ["object"] => object(root, flat, inner),
        _ => Kind::Json,
    }
}

fn list(root: &Value, items: &Value, inner: &Trail) -> Kind {
    let item = Shape::of(root, items, inner);
    match item.kind {
        Kind::Text { multiline: false } | Kind::Number => Kind::Lines(Box::new(item)),
        Kind::One(choices) => Kind::Any(choices),
        Kind::Object { .. } | Kind::Secret | Kind::Text { .. } => Kind::List(items.clone()),
        Kind::Flag | Kind::Any(_) | Kind::Map(_) | Kind::Lines(_) | Kind::List(_) | Kind::Json => Kind::Json,
    }
}

fn object(root: &Value, flat: &Map<String, Value>, inner: &Trail) -> Kind {
    let rest = flat.get("additionalProperties");
    let patterns = flat.contains_key("patternProperties");
    let named = flat.get("properties").and_then(Value::as_object).filter(|named| !named.is_empty());
    match (named, rest) {
        (Some(named), rest) => {
            let open = patterns || rest.is_some_and(|rest| rest.is_object() || *rest == true);
            Kind::Object { members: members(named, flat), open }
        }
        (None, Some(rest)) if rest.is_object() && !patterns => {
            let value = Shape::of(root, rest, inner);
            match value.kind {
                Kind::Text { multiline: false } | Kind::Number | Kind::Secret => Kind::Map(Box::new(value)),
                _ => Kind::Json,
            }
        }
        (None, Some(Value::Bool(false))) if !patterns => Kind::Object { members: Vec::new(), open: false },
        (None, _) => Kind::Json,
    }
}

/// In the vendor's order, as far as it is told; then what is required; then by name.
fn members(named: &Map<String, Value>, flat: &Map<String, Value>) -> Vec<Member> {
    let names = |word: &str| -> Vec<&str> {
        flat.get(word).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let (order, required) = (names("x-order"), names("required"));
    let place = |member: &Member| {
        let place = order.iter().position(|name| *name == member.key);
        (place.unwrap_or(usize::MAX), !member.required)
    };
    let member = |(key, schema): (&String, &Value)| Member {
        key: key.clone(),
        schema: schema.clone(),
        required: required.contains(&key.as_str()),
    };
    let mut members: Vec<Member> = named.iter().map(member).collect();
    members.sort_by_key(place);
    members
}

fn choices(flat: &Map<String, Value>, nullable: &mut bool) -> Option<Vec<Way>> {
    let mut choices = Vec::new();
    let mut add = |value: &Value, said: Option<&Value>| {
        if value.is_null() {
            *nullable = true;
            return;
        }
        let text = |word: &str| said.and_then(|said| said[word].as_str()).map(str::to_owned);
        let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        choices.push(Way {
            value: value.clone(),
            word,
            title: text("title"),
            description: text("description"),
        });
    };
    let each =
        |list: &Value, add: &mut dyn FnMut(&Value)| list.as_array().into_iter().flatten().for_each(add);
    if let Some(ways) = flat.get("oneOf") {
        each(ways, &mut |way| match way.get("const") {
            Some(value) => add(value, Some(way)),
            None => each(&way["enum"], &mut |value| add(value, None)),
        });
    } else if let Some(values) = flat.get("enum") {
        each(values, &mut |value| add(value, None));
    } else if let Some(value) = flat.get("const") {
        add(value, None);
    } else {
        return None;
    }
    Some(choices)
}

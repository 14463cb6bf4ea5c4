//! PATCH (RFC 7644, 3.5.2): attributes by path, and members.

use serde_json::{Map, Value, json};

use super::quirks::Quirks;
use super::state::{id_text, member_ids};

/// A refusal: the status, and its `scimType`.
pub(super) type Refused = (u16, &'static str);

/// Makes the changes of a PATCH body in a resource.
pub(super) fn apply(quirks: &Quirks, resource: &mut Value, body: &Value) -> Result<(), Refused> {
    let operations = body["Operations"].as_array().ok_or((400, "invalidSyntax"))?;
    for operation in operations {
        let op = operation["op"].as_str().unwrap_or_default().to_lowercase();
        let value = operation["value"].clone();
        match (op.as_str(), operation["path"].as_str()) {
            ("add", Some("members")) => add_members(quirks, resource, &value)?,
            ("remove", Some(path)) if path.starts_with("members[") => {
                remove_member(quirks, resource, member_of(path).ok_or((400, "invalidPath"))?)?;
            }
            ("add" | "replace", Some(path)) => set(resource, path, value),
            ("remove", Some(path)) => set(resource, path, Value::Null),
            ("add" | "replace", None) => {
                for (path, value) in value.as_object().ok_or((400, "invalidValue"))? {
                    set(resource, path, value.clone());
                }
            }
            _ => return Err((400, "invalidSyntax")),
        }
    }
    Ok(())
}

fn add_members(quirks: &Quirks, group: &mut Value, added: &Value) -> Result<(), Refused> {
    let mut members = group["members"].as_array().cloned().unwrap_or_default();
    for member in added.as_array().ok_or((400, "invalidValue"))? {
        if member_ids(&json!({"members": members})).contains(&id_text(&member["value"])) {
            if let Some(status) = quirks.present_member {
                return Err((status, ""));
            }
        } else {
            members.push(member.clone());
        }
    }
    group["members"] = Value::Array(members);
    Ok(())
}

fn remove_member(quirks: &Quirks, group: &mut Value, id: String) -> Result<(), Refused> {
    let members = group["members"].as_array().cloned().unwrap_or_default();
    let left: Vec<Value> = members.iter().filter(|member| id_text(&member["value"]) != id).cloned().collect();
    if left.len() == members.len()
        && let Some(status) = quirks.absent_member
    {
        return Err((status, ""));
    }
    group["members"] = Value::Array(left);
    Ok(())
}

/// The id in `members[value eq "id"]`.
fn member_of(path: &str) -> Option<String> {
    let text = path.strip_prefix("members[value eq ")?.strip_suffix(']')?;
    serde_json::from_str::<Value>(text).ok().map(|value| id_text(&value))
}

/// Puts a value where a path leads, or takes it away if it is null.
fn set(resource: &mut Value, path: &str, value: Value) {
    let (extension, rest) = match path.rsplit_once(':') {
        Some((extension, rest)) => (Some(extension), rest),
        None => (None, path),
    };
    let mut place = resource;
    let names: Vec<&str> = extension.into_iter().chain(rest.split('.')).collect();
    let (last, above) = names.split_last().unwrap();
    for name in above {
        if !place[*name].is_object() {
            place[*name] = Value::Object(Map::new());
        }
        place = &mut place[*name];
    }
    match value {
        Value::Null => drop(place.as_object_mut().unwrap().remove(*last)),
        value => place[*last] = value,
    }
}

//! The requests of SCIM that write (RFC 7644, 3.3 to 3.7), and many of them in one. Pure.

use std::fmt::Write as _;
use std::ops::Range;

use orgsync_plugin_api::DataType;
use serde_json::{Map, Value, json};

use crate::features::BulkLimits;
use crate::path::Path;

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// The two kinds of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    User,
    Group,
}

/// A request that writes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// Below the service's address: `/Users/2819c223`.
    pub(crate) path: String,
    /// The version that it is for.
    pub(crate) version: Option<String>,
    pub(crate) body: Value,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    /// The resource's id, if the reply tells it.
    pub(crate) id: Option<String>,
    /// The resource, if it came.
    pub(crate) body: Value,
}

impl Method {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

impl Kind {
    /// The resources of these records.
    pub(crate) fn of(data_type: DataType) -> Self {
        match data_type {
            DataType::User => Kind::User,
            DataType::Department => Kind::Group,
        }
    }

    /// Where resources of this kind are.
    pub(crate) fn endpoint(self) -> &'static str {
        match self {
            Kind::User => "/Users",
            Kind::Group => "/Groups",
        }
    }

    /// The attribute by which the service tells resources of this kind apart.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::User => "userName",
            Kind::Group => "displayName",
        }
    }

    /// What messages call one.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Group => "group",
        }
    }

    /// What messages call a record of the directory.
    pub(crate) fn record(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Group => "department",
        }
    }

    /// The path of one.
    pub(crate) fn path(self, id: &str) -> String {
        format!("{}/{}", self.endpoint(), escape(id))
    }
}

impl Operation {
    pub(crate) fn create(kind: Kind, resource: Value) -> Self {
        let path = kind.endpoint().to_owned();
        Self { method: Method::Post, path, version: None, body: resource }
    }

    pub(crate) fn delete(kind: Kind, id: &str, version: Option<String>) -> Self {
        Self { method: Method::Delete, path: kind.path(id), version, body: Value::Null }
    }

    /// Names what differs.
    pub(crate) fn patch(
        kind: Kind,
        id: &str,
        version: Option<String>,
        differing: Vec<(Path, Value)>,
    ) -> Self {
        let operations = differing.into_iter().map(|(path, value)| match value {
            Value::Null => json!({"op": "remove", "path": path.to_string()}),
            value => json!({"op": "replace", "path": path.to_string(), "value": value}),
        });
        Self::patch_of(kind, id, version, operations.collect())
    }

    /// Adds members to a group and takes others away. Each is taken away by name (RFC 7644, 3.5.2.2), so that
    /// whoever else is a member stays one.
    pub(crate) fn members(group: &str, version: Option<String>, add: &[&str], remove: &[&str]) -> Self {
        let mut operations = Vec::new();
        if !add.is_empty() {
            let members: Vec<Value> = add.iter().map(|id| json!({"value": id})).collect();
            operations.push(json!({"op": "add", "path": "members", "value": members}));
        }
        for id in remove {
            let path = format!("members[value eq {}]", quote(id));
            operations.push(json!({"op": "remove", "path": path}));
        }
        Self::patch_of(Kind::Group, group, version, operations)
    }

    fn patch_of(kind: Kind, id: &str, version: Option<String>, operations: Vec<Value>) -> Self {
        let body = json!({"schemas": [PATCH], "Operations": operations});
        Self { method: Method::Patch, path: kind.path(id), version, body }
    }

    /// Sends the whole of a resource as it was read, with what differs put in.
    pub(crate) fn put(
        kind: Kind,
        id: &str,
        version: Option<String>,
        there: &Value,
        differing: Vec<(Path, Value)>,
    ) -> Self {
        let mut resource = there.as_object().cloned().unwrap_or_else(Map::new);
        // The service's own, which it would ignore at best.
        resource.remove("meta");
        resource.remove("groups");
        for (path, value) in differing {
            path.set(&mut resource, value);
        }
        Self { method: Method::Put, path: kind.path(id), version, body: Value::Object(resource) }
    }

    /// The operation as a part of a bulk request.
    fn in_bulk(&self, number: usize) -> Value {
        let mut part = Map::new();
        part.insert("method".into(), json!(self.method.as_str()));
        part.insert("path".into(), json!(self.path));
        part.insert("bulkId".into(), json!(number.to_string()));
        if let Some(version) = &self.version {
            part.insert("version".into(), json!(version));
        }
        if !self.body.is_null() {
            part.insert("data".into(), self.body.clone());
        }
        Value::Object(part)
    }
}

/// Cuts operations into bulk requests that are no larger than they may be. One that is too long is alone.
pub(crate) fn cut(operations: &[Operation], limits: BulkLimits) -> Vec<Range<usize>> {
    // What stands around the operations, and the number of each.
    const AROUND: usize = 200;
    let mut parts = Vec::new();
    let (mut start, mut bytes) = (0, AROUND);
    for (at, operation) in operations.iter().enumerate() {
        let length = operation.in_bulk(at).to_string().len() + 1;
        if at > start && (at - start >= limits.operations || bytes + length > limits.bytes) {
            parts.push(start..at);
            (start, bytes) = (at, AROUND);
        }
        bytes += length;
    }
    if start < operations.len() {
        parts.push(start..operations.len());
    }
    parts
}

/// Many operations as one request, numbered from 0.
pub(crate) fn bulk(operations: &[Operation]) -> Value {
    let parts: Vec<Value> =
        operations.iter().enumerate().map(|(number, operation)| operation.in_bulk(number)).collect();
    json!({"schemas": [BULK], "Operations": parts})
}

/// The answers in a bulk response, one for each of `count` operations: by their numbers, or in their order
/// where a service leaves the numbers out.
pub(crate) fn bulk_answers(response: &Value, count: usize) -> Vec<Option<&Value>> {
    let answers = response.get("Operations").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut found = vec![None; count];
    for (at, answer) in answers.iter().enumerate() {
        let number = match answer.get("bulkId").and_then(Value::as_str) {
            Some(text) => text.parse().ok(),
            None if answers.len() == count => Some(at),
            None => None,
        };
        if let Some(place) = number.and_then(|number: usize| found.get_mut(number)) {
            *place = Some(answer);
        }
    }
    found
}

/// The status in one of those answers: a text, or as drafts had it.
pub(crate) fn bulk_status(answer: &Value) -> Option<u16> {
    let status = answer.get("status")?;
    let status = status.get("code").unwrap_or(status);
    match status {
        Value::String(text) => text.parse().ok(),
        other => u16::try_from(other.as_u64()?).ok(),
    }
}

/// A value in a filter: filters quote as JSON does (RFC 7644, 3.4.2.2).
pub(crate) fn quote(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// A part of a path or query.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("a string takes everything");
        }
    }
    escaped
}

#[cfg(test)]
#[path = "operation_tests.rs"]
mod tests;

//! Attribute paths: `userName`, `name.givenName`, `urn:…:enterprise:2.0:User:department` (RFC 7644, 3.10), as
//! far as they name one place in a resource: no filters.

use std::fmt;

use serde_json::{Map, Value, json};

/// Where a value stands in a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    /// The extension that the attribute is of, if it isn't of the core schema.
    extension: Option<String>,
    attribute: String,
    sub: Option<String>,
}

impl Path {
    /// Reads a path as RFC 7644 writes it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let is_urn = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
        let (extension, rest) = match text.rsplit_once(':') {
            Some((extension, rest)) if is_urn => (Some(extension.to_owned()), rest),
            _ => (None, text),
        };
        let (attribute, sub) = match rest.split_once('.') {
            Some((attribute, sub)) => (attribute, Some(sub)),
            None => (rest, None),
        };
        for name in [Some(attribute), sub].into_iter().flatten() {
            let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || "$-_".contains(c));
            if !is_name {
                return Err(
                    "is no path of an attribute, like `title`, `name.givenName` or `urn:…:department`".into(),
                );
            }
        }
        Ok(Self { extension, attribute: attribute.to_owned(), sub: sub.map(str::to_owned) })
    }

    /// The attribute of the core schema that this is, or is a part of.
    pub(crate) fn core_attribute(&self) -> Option<&str> {
        self.extension.is_none().then_some(&self.attribute)
    }

    /// The value in a resource; null if there is none.
    pub(crate) fn get<'a>(&self, resource: &'a Value) -> &'a Value {
        const NONE: &Value = &Value::Null;
        let names = [self.extension.as_deref(), Some(&self.attribute), self.sub.as_deref()];
        names.into_iter().flatten().try_fold(resource, |value, name| value.get(name)).unwrap_or(NONE)
    }

    /// Puts a value into a resource, or takes it away if it is null.
    pub(crate) fn set(&self, resource: &mut Map<String, Value>, value: Value) {
        if let Some(extension) = &self.extension
            && !value.is_null()
        {
            let schemas = resource.entry("schemas").or_insert_with(|| json!([]));
            if let Some(schemas) = schemas.as_array_mut()
                && !schemas.iter().any(|schema| schema == extension)
            {
                schemas.push(json!(extension));
            }
        }
        let (inner, last) = match &self.sub {
            Some(sub) => (Some(self.attribute.as_str()), sub),
            None => (None, &self.attribute),
        };
        let mut place = resource;
        for name in [self.extension.as_deref(), inner].into_iter().flatten() {
            let below = place.entry(name).or_insert_with(|| json!({}));
            if !below.is_object() {
                *below = json!({});
            }
            let Value::Object(below) = below else { return };
            place = below;
        }
        if value.is_null() {
            place.remove(last);
        } else {
            place.insert(last.clone(), value);
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(extension) = &self.extension {
            write!(f, "{extension}:")?;
        }
        f.write_str(&self.attribute)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn path(text: &str) -> Path {
        let path = Path::parse(text).unwrap();
        assert_eq!(path.to_string(), text);
        path
    }

    #[test]
    fn paths_lead_to_values() {
        let resource =
            json!({"title": "CTO", "name": {"givenName": "Ada"}, ENTERPRISE: {"manager": {"value": "7"}}});
        assert_eq!(path("title").get(&resource), "CTO");
        assert_eq!(path("name.givenName").get(&resource), "Ada");
        assert_eq!(path(&format!("{ENTERPRISE}:manager.value")).get(&resource), "7");
        assert_eq!(path("name.familyName").get(&resource), &Value::Null);
        assert_eq!(path("title.x").get(&resource), &Value::Null);
    }

    #[test]
    fn values_are_put_where_paths_lead() {
        let mut resource = json!({"schemas": ["core"], "title": "CTO"}).as_object().unwrap().clone();
        path("name.givenName").set(&mut resource, json!("Ada"));
        path("title").set(&mut resource, Value::Null);
        path(&format!("{ENTERPRISE}:department")).set(&mut resource, json!("Sales"));
        path(&format!("{ENTERPRISE}:division")).set(&mut resource, json!("EMEA"));
        let expected = json!({
            "schemas": ["core", ENTERPRISE], "name": {"givenName": "Ada"},
            ENTERPRISE: {"department": "Sales", "division": "EMEA"},
        });
        assert_eq!(Value::Object(resource), expected);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "a.b.c", "emails[type eq \"work\"]", "a b", "urn:", ".x", "x."] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}

//! Filters, as far as orgsync sends them: `attribute eq "value"`, joined by `or`.

use serde_json::Value;

/// One of the alternatives of a filter.
#[derive(Debug, PartialEq)]
pub(super) struct Equals {
    pub(super) attribute: String,
    value: String,
}

/// Reads a filter; `None` if it is none of these.
pub(super) fn parse(text: &str) -> Option<Vec<Equals>> {
    let mut rest = text.trim();
    let mut found = Vec::new();
    loop {
        let (attribute, after) = rest.split_once(" eq ")?;
        let mut values = serde_json::Deserializer::from_str(after).into_iter::<Value>();
        let value = match values.next()?.ok()? {
            Value::String(text) => text,
            other => other.to_string(),
        };
        found.push(Equals { attribute: attribute.trim().to_owned(), value });
        rest = after[values.byte_offset()..].trim_start();
        match rest.strip_prefix("or ") {
            Some(next) => rest = next,
            None => return rest.is_empty().then_some(found),
        }
    }
}

impl Equals {
    pub(super) fn matches(&self, resource: &Value) -> bool {
        let text = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let folds = matches!(self.attribute.as_str(), "userName" | "displayName");
        let equals = |value: &Value| {
            text(value).is_some_and(|text| match folds {
                true => text.to_lowercase() == self.value.to_lowercase(),
                false => text == self.value,
            })
        };
        match self.attribute.split_once('.') {
            None => equals(&resource[&self.attribute]),
            Some((list, of)) => {
                resource[list].as_array().is_some_and(|values| values.iter().any(|value| equals(&value[of])))
            }
        }
    }
}

/// Undoes the escapes of a query.
pub(super) fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let escaped = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn filters_are_read() {
    let read = |text: &str| parse(text).map(|all| all.into_iter().map(|one| one.value).collect::<Vec<_>>());
    assert_eq!(read(r#"externalId eq "a or \"b\"" or externalId eq "2""#).unwrap(), ["a or \"b\"", "2"]);
    assert_eq!(read("externalId co \"a\""), None);
    assert_eq!(unescape("a%20%22%C3%A4%22"), "a \"ä\"");
}

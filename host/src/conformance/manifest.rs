//! The rules that a manifest keeps or breaks by itself; nothing is run for them.

use orgsync_plugin_api::Manifest;
use orgsync_plugin_api::message::OfferKind;
use serde_json::{Map, Value};

use crate::domain::redact;

use super::catalogue::{MANIFEST_COMPLETE, MANIFEST_DESCRIBED, MANIFEST_SCHEMA, MANIFEST_SECRETS};
use super::report::Finding;

/// How many mistakes a finding names.
const NAMED: usize = 5;

/// Holds a manifest that is valid as such against its rules.
pub(super) fn judge(manifest: &Manifest) -> Vec<Finding> {
    let offers = offers(manifest);
    let per_offer = |look: fn(&Value) -> Vec<String>| {
        let faults = offers.iter().flat_map(|(offer, _, schema)| {
            look(schema).into_iter().map(move |fault| format!("{offer}: {fault}"))
        });
        faults.collect::<Vec<_>>()
    };
    let finding = |faults: Vec<String>, fine: String| match faults.len() {
        0 => Ok(fine),
        count if count > NAMED => Err(format!("{}, and {} more", faults[..NAMED].join("; "), count - NAMED)),
        _ => Err(faults.join("; ")),
    };
    let named = format!("{} {} by {}", manifest.name, manifest.version, manifest.vendor);
    let count = format!("{} offers", offers.len());
    vec![
        MANIFEST_COMPLETE.judge(finding(incomplete(manifest), named)),
        MANIFEST_SCHEMA.judge(finding(per_offer(no_schema), count.clone())),
        MANIFEST_DESCRIBED.judge(finding(per_offer(undescribed), count.clone())),
        MANIFEST_SECRETS.judge(finding(per_offer(unmarked), count)),
    ]
}

/// Each offer's name for people, its title, its options' schema.
fn offers(manifest: &Manifest) -> Vec<(String, &str, &Value)> {
    let of = |kind: OfferKind, name: &str| format!("{} {name}", kind.as_str());
    let sources =
        manifest.sources.iter().map(|s| (of(OfferKind::Source, &s.name), s.title.as_str(), &s.options));
    let targets =
        manifest.targets.iter().map(|t| (of(OfferKind::Target, &t.name), t.title.as_str(), &t.options));
    sources.chain(targets).collect()
}

fn incomplete(manifest: &Manifest) -> Vec<String> {
    let mut faults = Vec::new();
    if manifest.vendor.trim().is_empty() {
        faults.push("the vendor is empty".to_owned());
    }
    if let Err(reason) = semver::Version::parse(&manifest.version) {
        faults.push(format!("the version `{}` is not like 1.2.3: {reason}", manifest.version));
    }
    let untitled = offers(manifest).into_iter().filter(|(_, title, _)| title.trim().is_empty());
    faults.extend(untitled.map(|(offer, ..)| format!("{offer} has no title")));
    faults
}

fn no_schema(schema: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if let Err(error) = jsonschema::meta::validate(schema) {
        faults.push(format!("at `{}`: {error}", error.instance_path()));
    } else if let Err(error) = jsonschema::validator_for(schema) {
        faults.push(error.to_string());
    }
    if schema["type"] != "object" {
        faults.push("its type is not `object`".to_owned());
    }
    faults
}

fn undescribed(schema: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    each_option(schema, &mut |path, option| {
        let description = option["description"].as_str().or_else(|| option["title"].as_str());
        if description.is_none_or(|text| text.trim().is_empty()) {
            faults.push(format!("`{path}` has no description"));
        }
    });
    faults
}

/// Texts whose name says that they hold a secret, and that are not said to.
fn unmarked(schema: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    each_option(schema, &mut |path, option| {
        let name = path.rsplit('.').next().unwrap_or_default();
        let may_be_text = match &option["type"] {
            Value::String(name) => name == "string",
            Value::Array(names) => names.iter().any(|name| name == "string"),
            _ => false,
        };
        let marked = option["format"] == "password" || option["writeOnly"] == true;
        // A choice between given words is no secret, nor is where or how to get one.
        let about = ["url", "uri", "path", "file", "attribute", "field", "name", "type", "header"];
        let about = about.iter().any(|word| name.to_lowercase().ends_with(word));
        if redact::is_secret(name) && may_be_text && !marked && !about && option.get("enum").is_none() {
            faults.push(format!("`{path}` looks like a secret, and is not marked as one"));
        }
    });
    faults
}

/// Calls with the dotted path and the schema of every named option, at any depth.
fn each_option(schema: &Value, take: &mut dyn FnMut(&str, &Value)) {
    walk(schema, "", take);
}

fn walk(schema: &Value, path: &str, take: &mut dyn FnMut(&str, &Value)) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, option) in properties.into_iter().flat_map(Map::iter) {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        take(&path, option);
        walk(option, &path, take);
    }
    for word in ["allOf", "anyOf", "oneOf"] {
        let choices = schema.get(word).and_then(Value::as_array);
        choices.into_iter().flatten().for_each(|choice| walk(choice, path, take));
    }
    if let Some(items) = schema.get("items") {
        walk(items, path, take);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::conformance::report::Verdict;

    use super::*;

    /// Changes a good manifest, and gives which rules it then breaks, with what is said.
    #[track_caller]
    fn check(change: impl FnOnce(&mut Value), expected: &[(&str, &str)]) {
        let mut manifest = json!({
            "name": "acme", "version": "1.0.0", "vendor": "ACME", "abi": 1,
            "sources": [{"name": "hr", "title": "HR", "dataTypes": ["user"], "options": {
                "type": "object", "required": ["url"], "properties": {
                    "url": {"type": "string", "description": "Where."},
                    "token": {"type": "string", "format": "password", "description": "What for."},
                    "tokenUrl": {"type": "string", "description": "Where it is from."},
                },
            }}],
        });
        change(&mut manifest);
        let findings = judge(&serde_json::from_value(manifest).unwrap());
        let broken: Vec<(&str, &str)> = findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Failed)
            .map(|finding| (finding.rule.id, finding.seen.as_str()))
            .collect();
        assert_eq!(broken, expected);
    }

    #[test]
    fn each_mistake_breaks_its_own_rule() {
        check(|_| (), &[]);
        check(|m| m["vendor"] = "".into(), &[("manifest.complete", "the vendor is empty")]);
        check(|m| m["sources"][0]["title"] = " ".into(), &[("manifest.complete", "source hr has no title")]);
        let semver = "the version `one` is not like 1.2.3: unexpected character 'o' while parsing major version number";
        check(|m| m["version"] = "one".into(), &[("manifest.complete", semver)]);
        let options = |m: &mut Value, path: &str, value: Value| {
            *m["sources"][0]["options"].pointer_mut(path).unwrap() = value;
        };
        check(
            |m| options(m, "/properties/url/description", "".into()),
            &[("manifest.described", "source hr: `url` has no description")],
        );
        check(
            |m| options(m, "/properties/token/format", "text".into()),
            &[("manifest.secrets", "source hr: `token` looks like a secret, and is not marked as one")],
        );
        check(
            |m| options(m, "/type", "array".into()),
            &[("manifest.schema", "source hr: its type is not `object`")],
        );
        check(
            |m| options(m, "/properties/url/type", "text".into()),
            &[(
                "manifest.schema",
                "source hr: at `/properties/url/type`: \"text\" is not valid under any of the schemas listed in the 'anyOf' keyword",
            )],
        );
    }
}

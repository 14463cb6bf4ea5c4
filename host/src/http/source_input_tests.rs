//! Bodies in; sources as they become, or every mistake, out.

use serde_json::json;

use super::*;
use crate::domain::data_type::DataType;
use crate::http::body::parse;
use crate::http::options::MASK;

#[derive(Debug)]
struct Absent;

impl WhyNot for Absent {
    fn why_not(&self, source_type: &str) -> String {
        format!("no plugin offers `{source_type}`")
    }
}

fn ldap() -> SourceType {
    SourceType {
        name: "ldap".into(),
        plugin: "ldap".into(),
        title: "LDAP".into(),
        options_schema: json!({
            "type": "object", "additionalProperties": false, "required": ["host"],
            "properties": {"host": {"type": "string"}, "password": {"type": "string", "format": "password"}},
        }),
        data_types: DataType::ALL.to_vec(),
        version: "1".into(),
        incremental: false,
    }
}

fn add(body: Value) -> Result<Source, Problem> {
    let types = [ldap()];
    parse::<NewSource>(body.to_string().as_bytes())?.check(&Offer { types: &types, why_not: &Absent }, 5)
}

fn stored() -> Source {
    let body = json!({
        "name": "hr", "type": "ldap", "displayName": "HR", "schedule": "@daily",
        "options": {"host": "a", "password": "pw"}, "policy": {"matchKey": "email", "removals": {"count": 3}},
    });
    add(body).unwrap()
}

fn patch(types: &[SourceType], body: Value) -> Result<Source, Problem> {
    let patch = parse::<Patch>(body.to_string().as_bytes())?;
    patch.apply(stored(), &Offer { types, why_not: &Absent }, 9)
}

fn fields(problem: Problem) -> (u16, Vec<String>) {
    (problem.status.as_u16(), problem.errors.into_iter().map(|error| error.field).collect())
}

#[test]
fn all_mistakes_are_told_with_their_fields() {
    let check = |body: Value, expected: &[&str]| {
        let (status, found) = fields(add(body.clone()).unwrap_err());
        assert_eq!(
            (status, found.iter().map(String::as_str).collect::<Vec<_>>().as_slice()),
            (422, expected),
            "{body}"
        );
    };
    let options = || json!({"host": "a"});
    check(json!({}), &["name", "type"]);
    check(json!({"name": "A", "type": "sap", "schedule": "often"}), &["name", "type", "schedule"]);
    check(json!({"name": "a", "type": "ldap"}), &["options/host"]);
    check(json!({"name": "a", "type": "ldap", "options": {"host": "a", "x": 1}}), &["options/x"]);
    check(
        json!({"name": "a", "type": "ldap", "options": {"host": "a", "password": MASK}}),
        &["options/password"],
    );
    check(json!({"name": "a", "type": "ldap", "options": []}), &["options"]);
    check(json!({"name": "a", "type": "ldap", "options": options(), "colour": 1}), &["colour"]);
    check(json!({"name": "a", "type": "ldap", "options": options(), "policy": {"x": 1}}), &["policy/x"]);
    check(
        json!({"name": "a", "type": "ldap", "options": options(), "policy": {"removals": {"percent": 101}}}),
        &["policy/removals/percent"],
    );
    let long = "x".repeat(300);
    check(json!({"name": "a", "type": "ldap", "options": options(), "displayName": long}), &["displayName"]);
}

#[test]
fn a_patch_changes_what_it_names_and_nothing_else() {
    let types = [ldap()];
    let check = |body: Value, change: fn(&mut Source)| {
        let mut expected = Source { updated_at: 9, ..stored() };
        change(&mut expected);
        assert_eq!(patch(&types, body.clone()), Ok(expected), "{body}");
    };
    check(json!({}), |_| {});
    check(json!({"enabled": false}), |source| source.enabled = false);
    check(json!({"displayName": null, "schedule": " "}), |source| {
        source.display_name = None;
        source.schedule = None;
    });
    check(json!({"options": {"host": "b", "password": MASK}}), |source| {
        source.options = json!({"host": "b", "password": "pw"});
    });
    check(json!({"options": {"host": "b"}}), |source| source.options = json!({"host": "b"}));
    check(json!({"policy": {"matchKey": null, "removals": {"percent": 50}}}), |source| {
        source.policy.match_key = None;
        source.policy.removals.percent = 50.0;
    });
    check(json!({"policy": {"removals": null, "rawRecords": false}}), |source| {
        source.policy.removals = RemovalLimit::default();
        source.policy.raw_records = false;
    });
    check(json!({"policy": {"removals": {"count": null}, "onMissing": null}}), |source| {
        source.policy.removals.count = RemovalLimit::default().count;
    });
    check(json!({"policy": null}), |source| source.policy = Policy::default());
}

#[test]
fn a_patch_that_is_wrong_says_where() {
    let types = [ldap()];
    let check = |types: &[SourceType], body: Value, expected: &str| {
        let found = fields(patch(types, body.clone()).unwrap_err());
        assert_eq!(found, (422, vec![expected.to_owned()]), "{body}");
    };
    check(&types, json!({"name": "other"}), "name");
    check(&types, json!({"options": null}), "options/host");
    check(&types, json!({"policy": {"onMissing": "drop"}}), "policy/onMissing");
    check(&types, json!({"policy": {"removals": {"percent": -1}}}), "policy/removals/percent");
    check(&types, json!({"policy": {"removals": {"count": -1}}}), "policy/removals/count");
    check(&types, json!({"policy": {"removals": {"most": 1}}}), "policy/removals/most");
    check(&types, json!({"enabled": "no"}), "enabled");
    check(&[], json!({"options": {"host": "b"}}), "options");
}

#[test]
fn a_source_whose_plugin_is_gone_can_still_be_switched_off() {
    assert!(!patch(&[], json!({"enabled": false})).unwrap().enabled);
    let shown = options::mask(None, &stored().options);
    assert_eq!(patch(&[], json!({"options": shown})).unwrap().options, stored().options);
}

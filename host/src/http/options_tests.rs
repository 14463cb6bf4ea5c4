//! Schemas and options in, masked and unmasked options and errors out.

use super::*;

fn schema() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["host"],
        "properties": {
            "host": {"type": "string", "minLength": 2},
            "password": {"type": "string", "format": "password", "minLength": 4},
            "key": {"type": "object", "writeOnly": true},
            "bind": {"anyOf": [{"$ref": "#/$defs/bind"}, {"type": "null"}]},
            "servers": {"type": "array", "items": {"$ref": "#/$defs/bind"}},
            "free": {"type": "object"},
        },
        "$defs": {"bind": {"type": "object", "properties": {
            "user": {"type": "string"}, "secret": {"type": "string", "writeOnly": true},
        }}},
    })
}

fn stored() -> Value {
    json!({
        "host": "ldap", "password": "pw123", "key": {"pem": "x"}, "bind": {"user": "a", "secret": "s1"},
        "servers": [{"user": "b", "secret": "s2"}, {"user": "c", "secret": "s3"}],
        "free": {"apiToken": "t", "plain": "p"},
    })
}

fn masked() -> Value {
    json!({
        "host": "ldap", "password": MASK, "key": MASK, "bind": {"user": "a", "secret": MASK},
        "servers": [{"user": "b", "secret": MASK}, {"user": "c", "secret": MASK}],
        "free": {"apiToken": MASK, "plain": "p"},
    })
}

#[test]
fn secrets_are_masked_at_any_depth() {
    assert_eq!(mask(Some(&schema()), &stored()), masked());
    assert_eq!(
        mask(Some(&schema()), &json!({"password": "", "bind": null})),
        json!({"password": "", "bind": null})
    );
}

#[test]
fn without_a_schema_every_text_may_be_a_secret() {
    assert_eq!(
        mask(None, &json!({"a": "x", "b": [1, "y"], "c": ""})),
        json!({"a": MASK, "b": [1, MASK], "c": ""})
    );
}

#[test]
fn what_was_shown_can_be_sent_back() {
    assert_eq!(unmask(&schema(), &masked(), &stored()), Ok(stored()));
}

#[test]
fn new_secrets_replace_stored_ones_and_masks_keep_them() {
    let given = json!({"host": "new", "password": "other", "bind": {"user": "z", "secret": MASK}});
    let expected = json!({"host": "new", "password": "other", "bind": {"user": "z", "secret": "s1"}});
    assert_eq!(unmask(&schema(), &given, &stored()), Ok(expected));
}

#[test]
fn items_find_their_secrets_in_another_order_and_never_anothers() {
    let given = |user: &str| json!({"host": "h", "servers": [{"user": user, "secret": MASK}]});
    let found = unmask(&schema(), &given("c"), &stored()).unwrap();
    assert_eq!(found["servers"], json!([{"user": "c", "secret": "s3"}]));
    let errors = unmask(&schema(), &given("d"), &stored()).unwrap_err();
    assert_eq!(errors[0].field, "options/servers/0/secret");
}

#[test]
fn a_mask_without_a_stored_secret_is_refused() {
    let errors = unmask(&schema(), &json!({"password": MASK}), &json!({})).unwrap_err();
    assert_eq!(errors[0].field, "options/password");
}

#[test]
fn a_schema_that_refers_to_itself_ends() {
    let endless = json!({"allOf": [{"$ref": "#"}], "properties": {"p": {"writeOnly": true}}});
    assert_eq!(mask(Some(&endless), &json!({"p": "x", "q": 1})), json!({"p": MASK, "q": 1}));
}

#[test]
fn every_error_is_told_with_its_field_and_without_values() {
    let given = json!({"host": "", "password": "abc", "hots": 1, "bind": {"user": 5}});
    let mut errors = check(&schema(), &given).unwrap();
    errors.sort_by(|a, b| a.field.cmp(&b.field));
    let told: Vec<String> = errors.into_iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    options/bind: value is not valid under any of the schemas listed in the 'anyOf' keyword
    options/host: value is shorter than 2 characters
    options/hots: is no known option
    options/password: value is shorter than 4 characters
    ");
    let none = check(&none(), &json!({"a": 1, "b": 2})).unwrap();
    assert_eq!(none.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["options/a", "options/b"]);
    let missing = check(&schema(), &json!({})).unwrap();
    assert_eq!(missing, [FieldError { field: "options/host".into(), message: "is missing".into() }]);
}

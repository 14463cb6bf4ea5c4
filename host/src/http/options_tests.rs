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

/// Whoever may change an address must not have the secrets that are stored for another one sent to it.
#[test]
fn stored_secrets_stay_with_the_hosts_that_they_were_given_for() {
    let schema = json!({"type": "object", "properties": {
        "url": {"type": "string"}, "proxy": {"type": "string", "format": "hostname"},
        "token": {"type": "string", "format": "password"},
        "servers": {"type": "array", "items": {"properties": {
            "url": {"type": "string"}, "password": {"type": "string", "format": "password"},
        }}},
    }});
    let stored = json!({
        "url": "https://a.example/x", "proxy": "p.example", "token": "s3cret",
        "servers": [{"url": "ldap://b.example ldap://c.example:390", "password": "pw"}],
    });
    let with = |key: &str, value: Value| {
        let mut given = mask(Some(&schema), &stored);
        given[key] = value;
        unmask(&schema, &given, &stored)
    };
    let kept = |key: &str, value: Value| assert_eq!(with(key, value).unwrap()["token"], "s3cret", "{key}");
    kept("url", json!("https://a.example/other?path"));
    kept("url", json!("HTTPS://A.example:443/"));
    kept("servers", json!([]));
    let lost = |key: &str, value: Value, field: &str| {
        let errors = with(key, value).unwrap_err();
        let named = format!("is stored for another host than the one in {field}; ");
        assert!(errors.iter().any(|error| error.field == "options/token"), "{errors:?}");
        assert!(errors.iter().all(|error| error.message.starts_with(&named)), "{errors:?}");
    };
    for url in ["http://a.example/x", "https://a.example:444", "https://b.example", "https://evil.example"] {
        lost("url", json!(url), "options/url");
    }
    lost("proxy", json!("q.example"), "options/proxy");
    let errors = with("servers", json!([{"url": "ldap://evil.example", "password": MASK}])).unwrap_err();
    let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["options/servers/0/password", "options/token"]);

    let mut given =
        json!({"url": "https://evil.example", "token": "given again", "servers": stored["servers"]});
    assert_eq!(unmask(&schema, &given, &stored), Ok(given.clone()));
    given["token"] = json!(MASK);
    assert!(unmask(&schema, &given, &stored).is_err());
}

#[test]
fn a_secret_path_is_hidden_and_comes_back_with_its_address_only() {
    let schema = json!({"properties": {"url": {"type": "string", "x-secret-path": true}}});
    let stored = json!({"url": "https://a.example/hooks/k3y?x=1"});
    let shown = mask(Some(&schema), &stored);
    assert_eq!(shown, json!({"url": "https://a.example/********"}));
    assert_eq!(unmask(&schema, &shown, &stored), Ok(stored.clone()));
    let other = json!({"url": "https://b.example/new"});
    assert_eq!(unmask(&schema, &other, &stored), Ok(other));
    let errors = unmask(&schema, &json!({"url": "https://b.example/********"}), &stored).unwrap_err();
    assert_eq!(errors[0].field, "options/url");
}

#[test]
fn a_password_in_an_address_is_refused() {
    let schema = json!({"properties": {"url": {"type": "string"}, "key": {"format": "password"}}});
    let fields = |given: Value| -> Vec<String> {
        let refused = accept(&schema, &given, &json!({})).unwrap().err().unwrap_or_default();
        refused.into_iter().map(|error| error.field).collect()
    };
    assert_eq!(fields(json!({"url": "https://ann:pw@a.example/x"})), ["options/url"]);
    assert_eq!(fields(json!({"url": "ldap://a ldap://ann:pw@b"})), ["options/url"]);
    assert_eq!(fields(json!({"url": "https://a.example/x", "key": "db://ann:pw@b"})), [""; 0]);
}

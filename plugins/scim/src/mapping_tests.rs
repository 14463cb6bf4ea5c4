//! Records of all kinds, and what becomes of them.

use super::*;

fn mapping(attributes: Value) -> Result<Mapping, PluginError> {
    let options = json!({"url": "https://x", "attributes": attributes});
    Mapping::new(&serde_json::from_value(options).unwrap())
}

fn resource(attributes: Value, record: Value) -> Result<Value, PluginError> {
    let user = read_user(record.as_object().unwrap())?;
    Ok(mapping(attributes)?.user("42", &user)?.resource())
}

fn ada() -> Value {
    json!({
        "username": "ada", "nickname": "Ada Lovelace", "email": "ada@example.org", "phone": "+49 30 1234",
        "enabled": true, "departments": [{"uid": "3", "id": "g3", "isMain": true, "isOwner": false, "sort": null}],
        "links": [{"source": "hr", "uid": "e-17"}], "custom": {"firstName": "Ada", "number": 17, "badges": ["a"]},
    })
}

#[test]
fn a_user() {
    let expected = json!({
        "schemas": [USER], "externalId": "42", "active": true, "userName": "ada",
        "displayName": "Ada Lovelace", "name": {"formatted": "Ada Lovelace"},
        "emails": [{"value": "ada@example.org", "type": "work", "primary": true}],
        "phoneNumbers": [{"value": "+49 30 1234", "type": "work"}],
    });
    assert_eq!(resource(json!({}), ada()).unwrap(), expected);
}

#[test]
fn the_mapping_can_be_changed() {
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let attributes = json!({
        "userName": "email", "name.givenName": "custom.firstName", "phoneNumbers": "", "title": "custom.none",
        "name.formatted": "", format!("{ENTERPRISE}:employeeNumber"): "custom.number", "nickName": "uid",
    });
    let expected = json!({
        "schemas": [USER, ENTERPRISE], "externalId": "42", "active": true, "userName": "ada@example.org",
        "displayName": "Ada Lovelace", "name": {"givenName": "Ada"}, "nickName": "42",
        "emails": [{"value": "ada@example.org", "type": "work", "primary": true}],
        ENTERPRISE: {"employeeNumber": 17},
    });
    assert_eq!(resource(attributes, ada()).unwrap(), expected);
}

#[test]
fn without_a_user_name_the_address_serves_and_without_both_nobody_is_sent() {
    let bare = |username: Value, email: Value| {
        resource(
            json!({}),
            json!({"username": username, "nickname": null, "email": email, "phone": null,
                                   "enabled": false, "departments": [], "links": [], "custom": {}}),
        )
    };
    assert_eq!(bare(json!(null), json!("a@b")).unwrap()["userName"], "a@b");
    assert_eq!(bare(json!(""), json!("a@b")).unwrap()["active"], false);
    let error = bare(json!(null), json!(null)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid data: the user has neither a user name nor an e-mail address, of which userName could be made"
    );
}

#[test]
fn what_cannot_be_mapped_is_named() {
    let check = |attributes: Value, expected: &str| {
        assert_eq!(mapping(attributes).unwrap_err().message, format!("`attributes`: {expected}"));
    };
    check(
        json!({"Active": "custom.x"}),
        "\"Active\" is an attribute that the plugin or the service writes by itself",
    );
    check(
        json!({"title": "job"}),
        "\"title\" is made of no field: there are uid, username, nickname, email, phone and custom.NAME",
    );
    check(
        json!({"emails[type eq \"work\"].value": "email"}),
        "\"emails[type eq \\\"work\\\"].value\" is no path of an attribute, like `title`, `name.givenName` or \
         `urn:…:department`",
    );
    check(json!({"userName": ""}), "every user of a service has a `userName`");
}

#[test]
fn only_what_differs_is_sent() {
    let wanted = |record: Value| {
        let user = read_user(record.as_object().unwrap()).unwrap();
        mapping(json!({})).unwrap().user("42", &user).unwrap()
    };
    let names = |differing: Vec<(Path, Value)>| {
        differing.into_iter().map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>()
    };
    let ada = wanted(ada());
    // As services return it: with more than was sent.
    let mut there = ada.resource();
    there["id"] = json!("x");
    there["emails"][0]["display"] = json!("Ada");
    there["title"] = json!("Countess");
    assert_eq!(names(ada.beyond(&there)), Vec::<String>::new());
    there["emails"].as_array_mut().unwrap().push(json!({"value": "old@example.org"}));
    there["active"] = json!(false);
    let address = r#"emails=[{"primary":true,"type":"work","value":"ada@example.org"}]"#;
    assert_eq!(names(ada.beyond(&there)), ["active=true", address]);

    let mut less = self::ada();
    less["phone"] = Value::Null;
    assert_eq!(names(wanted(less).beyond_attributes(&ada)), ["phoneNumbers=null"]);
    assert_eq!(names(deactivated().beyond_attributes(&ada)), ["active=false"]);
}

#[test]
fn a_department() {
    let group_of = |record: Value| GroupName::Title.group("3", record.as_object().unwrap());
    assert_eq!(
        group_of(json!({"title": "Sales", "parentUid": null, "enabled": true})).unwrap().resource(),
        json!({"schemas": [GROUP], "externalId": "3", "displayName": "Sales"})
    );
    assert_eq!(group_of(json!({"title": null})).unwrap_err().message, "the department has no title");
    let path_of = |record: Value| {
        let group = GroupName::Path(" > ".into()).group("3", record.as_object().unwrap());
        group.map(|group| group.name().unwrap().to_owned())
    };
    let named = json!({"title": "HR", "path": ["Company", "Germany", "HR"]});
    assert_eq!(path_of(named).unwrap(), "Company > Germany > HR");
    assert_eq!(path_of(json!({"title": "HR"})).unwrap_err().class, orgsync_plugin_api::ErrorClass::Config);
}

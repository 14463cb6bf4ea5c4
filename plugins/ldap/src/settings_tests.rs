//! Tests of the settings: what presets say, what overrides them, and what makes no sense.

use serde_json::{Value, json};

use super::*;

fn settings(options: Value) -> Result<Settings, PluginError> {
    let mut all = json!({"url": "ldap://x"});
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    Settings::new(&serde_json::from_value(all).unwrap())
}

#[test]
fn presets_know_filters_and_attributes() {
    fn check(preset: &str, filter: &str, asked: &str, enabled: &Enabled) {
        let users = settings(json!({"preset": preset, "users": {"bases": ["dc=x"]}})).unwrap().users.unwrap();
        assert_eq!(users.search.filter, filter);
        assert_eq!(users.search.attributes.join(" "), asked);
        assert_eq!(&users.enabled, enabled);
    }
    check(
        "openldap",
        "(objectClass=inetOrgPerson)",
        "entryuuid uid displayname cn mail telephonenumber mobile pwdaccountlockedtime",
        &Enabled::PwdAccountLockedTime,
    );
    check(
        "active-directory",
        "(&(objectCategory=person)(objectClass=user))",
        "objectguid samaccountname displayname cn mail telephonenumber mobile useraccountcontrol accountexpires",
        &Enabled::UserAccountControl,
    );
    check(
        "389ds",
        "(objectClass=inetOrgPerson)",
        "nsuniqueid uid displayname cn mail telephonenumber mobile nsaccountlock",
        &Enabled::NsAccountLock,
    );
}

#[test]
fn every_attribute_can_be_another_or_none() {
    let users = settings(json!({"users": {
        "bases": ["dc=x"], "filter": "employeeType=staff", "expiresAttribute": "ShadowExpire",
        "attributes": {"uid": "employeeNumber", "nickname": "gecos", "phone": ""},
        "enabledFrom": "attribute", "enabledAttribute": "status", "disabledValues": ["Gone"],
        "custom": [{"attribute": "roomNumber"}, {"attribute": "dn", "field": "ldapDn"}],
    }}));
    let users = users.unwrap().users.unwrap();
    assert_eq!(users.search.filter, "(employeeType=staff)");
    assert_eq!(
        users.search.attributes.join(" "),
        "employeenumber uid gecos mail roomnumber status shadowexpire"
    );
    assert_eq!(users.enabled, Enabled::Attribute("status".into(), ["gone".to_owned()].into()));
    assert_eq!(
        users.fields.iter().map(|(field, _)| *field).collect::<Vec<_>>(),
        ["username", "nickname", "email"]
    );
    assert_eq!(
        users.custom.iter().map(|custom| custom.field.as_str()).collect::<Vec<_>>(),
        ["roomNumber", "ldapDn"]
    );
}

#[test]
fn groups_ask_for_what_says_who_is_in_them() {
    let check = |options: Value, asked: &str| {
        let mut groups = json!({"bases": ["ou=g,dc=x"]});
        groups.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let settings = settings(json!({"groups": groups, "users": {"bases": ["dc=x"]}})).unwrap();
        assert_eq!(settings.groups.unwrap().department.search.attributes.join(" "), asked);
        settings.users.unwrap().search.attributes.contains(&MEMBER_OF.to_owned())
    };
    assert!(!check(json!({}), "entryuuid cn manager owner member uniquemember"));
    assert!(check(json!({"membersFrom": "memberOf"}), "entryuuid cn manager owner memberof"));
}

#[test]
fn what_makes_no_sense_is_named() {
    let check = |options: Value, expected: &str| {
        assert_eq!(settings(options).unwrap_err().message, expected);
    };
    let users = |more: Value| {
        let mut users = json!({"bases": ["dc=x"]});
        users.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"users": users})
    };
    check(
        json!({"memberships": "groups", "users": {"bases": ["dc=x"]}}),
        "`memberships` is groups, but `groups` is not set",
    );
    check(json!({}), "none of `users`, `departments` and `groups` is set");
    check(users(json!({"bases": []})), "`users.bases` names no base");
    check(
        users(json!({"bases": ["people"]})),
        "`users.bases`: `people` is no distinguished name such as ou=people,dc=x",
    );
    check(
        users(json!({"filter": "(uid=*"})),
        "`users.filter`: `(uid=*` is no LDAP filter such as (objectClass=person): character 1: this `(` is never closed",
    );
    check(
        users(json!({"attributes": {"uid": "entryUUID, uid"}})),
        "`users.attributes.uid` has to be one attribute, such as entryUUID",
    );
    check(
        users(json!({"custom": [{"attribute": "mail", "field": "email"}]})),
        "`users.custom`: the field `email` is a standard field; set it under `attributes`, or name another `field`",
    );
    check(
        users(json!({"custom": [{"attribute": "l"}, {"attribute": "L", "field": "l"}]})),
        "`users.custom`: the field `l` is there twice",
    );
    check(
        users(json!({"enabledFrom": "attribute", "enabledAttribute": "status"})),
        "`users.enabledFrom` is attribute, which needs `users.enabledAttribute` and `users.disabledValues`",
    );
    check(
        users(json!({"expiresAttribute": "accountExpires, pwdEndTime"})),
        "`users.expiresAttribute` has to be one attribute, such as accountExpires",
    );
    check(
        users(json!({"expiresAttribute": "pwdEndTime", "enabledFrom": "none"})),
        "`users.expiresAttribute` is set, but `users.enabledFrom` is none, so nobody is disabled",
    );
    check(
        json!({"departments": {"bases": ["dc=x"], "attributes": {"title": ""}}}),
        "`departments.attributes.title` is empty, and a department needs a title",
    );
}

#[test]
fn some_attributes_should_be_shown_by_somebody() {
    let options = json!({
        "users": {"bases": ["dc=x"], "custom": [{"attribute": "dn"}, {"attribute": "l"}]},
        "departments": {"bases": ["dc=x"]}, "groups": {"bases": ["dc=x"]},
    });
    let all = settings(options).unwrap();
    let expected = |search: &Search| search.expected.join(" ");
    // Not what identifies: who does not show it fails alone. Not what only a locked account has.
    let users = expected(&all.users.unwrap().search);
    assert_eq!(users, "uid displayname cn mail telephonenumber mobile l");
    assert_eq!(expected(&all.departments.unwrap().search), "ou");
    assert_eq!(expected(&all.groups.unwrap().department.search), "cn member uniquemember");
    let options = json!({"preset": "active-directory", "users": {"bases": ["dc=x"]},
                         "groups": {"bases": ["dc=x"], "membersFrom": "memberOf"}});
    let all = settings(options).unwrap();
    assert!(expected(&all.users.unwrap().search).ends_with("mobile useraccountcontrol memberof"));
    // In a directory without groups in groups none of them has it.
    assert_eq!(expected(&all.groups.unwrap().department.search), "cn");
}

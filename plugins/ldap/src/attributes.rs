//! The attributes that the options name: which ones an operator wrote, and under which option, and the settings with
//! the one name that each attribute has at a server, so that an alias or a number works wherever a name does.

use orgsync_plugin_api::PluginError;

use crate::client::{Client, Stopped};
use crate::errors::Doing;
use crate::options::{Custom, DepartmentAttributes, Options};
use crate::schema::Schema;
use crate::search::Search;
use crate::settings::{DN, DepartmentSet, Enabled, GroupSet, Members, Settings, UserSet};
use crate::visible;

/// An attribute as an operator wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// `users`, `departments` or `groups`.
    pub(crate) set: &'static str,
    /// The option within it.
    pub(crate) option: &'static str,
    pub(crate) attribute: String,
}

/// All attributes that the options name themselves, rather than leaving them to the preset.
pub(crate) fn written(options: &Options) -> Vec<Written> {
    let mut all = Vec::new();
    let mut add = |set: &'static str, option: &'static str, list: Option<&str>| {
        let names = list.unwrap_or_default().split(',').map(str::trim);
        let names = names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(DN));
        all.extend(names.map(|name| Written { set, option, attribute: name.to_owned() }));
    };
    let mut of_department = |set: &'static str, attributes: &DepartmentAttributes, custom: &[Custom]| {
        add(set, "attributes.uid", attributes.uid.as_deref());
        add(set, "attributes.title", attributes.title.as_deref());
        add(set, "attributes.sort", attributes.sort.as_deref());
        add(set, "attributes.leader", attributes.leader.as_deref());
        custom.iter().for_each(|custom| add(set, "custom", Some(&custom.attribute)));
    };
    if let Some(departments) = &options.departments {
        of_department("departments", &departments.attributes, &departments.custom);
    }
    if let Some(groups) = &options.groups {
        of_department("groups", &groups.attributes, &groups.custom);
        add("groups", "memberAttributes", groups.member_attributes.as_deref());
    }
    if let Some(users) = &options.users {
        let attributes = &users.attributes;
        add("users", "attributes.uid", attributes.uid.as_deref());
        add("users", "attributes.username", attributes.username.as_deref());
        add("users", "attributes.nickname", attributes.nickname.as_deref());
        add("users", "attributes.email", attributes.email.as_deref());
        add("users", "attributes.phone", attributes.phone.as_deref());
        add("users", "enabledAttribute", users.enabled_attribute.as_deref());
        add("users", "expiresAttribute", users.expires_attribute.as_deref());
        users.custom.iter().for_each(|custom| add("users", "custom", Some(&custom.attribute)));
    }
    all
}

/// Refuses attributes that somebody wrote and the server's schema does not have, unless an entry shows one all the
/// same, as servers allow that do not hold entries to their schema.
///
/// # Errors
/// Names option and attribute.
pub(crate) fn check(
    client: &mut Client,
    settings: &Settings,
    written: &[Written],
    stopped: &Stopped<'_>,
) -> Result<(), PluginError> {
    for Written { set, option, attribute } in written {
        if !client.schema().lacks(attribute) {
            continue;
        }
        let canonical = client.schema().canonical(attribute);
        let mut is_shown = false;
        for (_, search, _) in settings.searches().filter(|(name, ..)| name == set) {
            for base in &search.bases {
                let doing = Doing::Searching { option: set, base };
                is_shown |= visible::shows(client, doing, (search, base), &canonical, stopped)?;
            }
        }
        if !is_shown {
            return Err(client.errors().unknown(set, option, attribute));
        }
    }
    Ok(())
}

impl Settings {
    /// The same settings with each attribute by its one name.
    pub(crate) fn resolved(&self, schema: &Schema) -> Self {
        let mut settings = self.clone();
        if let Some(UserSet { search, uid, fields, enabled, expiry, custom, .. }) = &mut settings.users {
            resolve_search(search, schema);
            resolve(uid, schema);
            fields.iter_mut().for_each(|(_, attributes)| resolve(attributes, schema));
            if let Enabled::Attribute(name, _) = enabled {
                *name = schema.canonical(name);
            }
            if let Some(expiry) = expiry {
                expiry.attribute = schema.canonical(&expiry.attribute);
            }
            custom.iter_mut().for_each(|custom| custom.attribute = schema.canonical(&custom.attribute));
        }
        if let Some(set) = &mut settings.departments {
            resolve_department(set, schema);
        }
        if let Some(GroupSet { department, members, .. }) = &mut settings.groups {
            resolve_department(department, schema);
            if let Members::InGroup(attributes) = members {
                resolve(attributes, schema);
            }
        }
        settings
    }
}

fn resolve_department(set: &mut DepartmentSet, schema: &Schema) {
    let DepartmentSet { search, uid, title, sort, leader, custom } = set;
    resolve_search(search, schema);
    [uid, title, sort, leader].into_iter().for_each(|attributes| resolve(attributes, schema));
    custom.iter_mut().for_each(|custom| custom.attribute = schema.canonical(&custom.attribute));
}

fn resolve_search(search: &mut Search, schema: &Schema) {
    let Search { attributes, expected, any_of, .. } = search;
    [attributes, expected, any_of].into_iter().for_each(|attributes| resolve(attributes, schema));
}

/// Gives attributes their one name, and each of them once.
fn resolve(attributes: &mut Vec<String>, schema: &Schema) {
    let mut resolved: Vec<String> = Vec::with_capacity(attributes.len());
    for attribute in attributes.iter() {
        let name = schema.canonical(attribute);
        if !resolved.contains(&name) {
            resolved.push(name);
        }
    }
    *attributes = resolved;
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::entry::testing::entry;
    use crate::settings::MEMBER_UID;
    use crate::wanted::Wanted;

    fn options(more: Value) -> Options {
        let mut all = json!({"url": "ldap://x"});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn what_an_operator_wrote_is_known_with_its_option() {
        let options = options(json!({
            "users": {"bases": ["dc=x"], "attributes": {"username": "userid, Login", "phone": ""},
                      "enabledFrom": "attribute", "enabledAttribute": " status ", "disabledValues": ["x"],
                      "custom": [{"attribute": "dn"}, {"attribute": "l"}]},
            "departments": {"bases": ["dc=x"], "attributes": {"leader": "boss"}},
            "groups": {"bases": ["dc=x"], "memberAttributes": "roleOccupant"},
        }));
        let found = written(&options);
        let found: Vec<_> =
            found.iter().map(|written| (written.set, written.option, written.attribute.as_str())).collect();
        assert_eq!(
            found,
            [
                ("departments", "attributes.leader", "boss"),
                ("groups", "memberAttributes", "roleOccupant"),
                ("users", "attributes.username", "userid"),
                ("users", "attributes.username", "Login"),
                ("users", "enabledAttribute", "status"),
                ("users", "custom", "l"),
            ]
        );
    }

    #[test]
    fn every_option_that_names_an_attribute_takes_any_of_its_names() {
        let options = options(json!({
            "users": {"bases": ["dc=x"],
                      "attributes": {"uid": "2.16.840.1.113730.3.1.3", "username": "userid",
                                     "nickname": "2.16.840.1.113730.3.1.241, commonName, cn",
                                     "email": "rfc822Mailbox", "phone": "mobileTelephoneNumber"},
                      "enabledFrom": "attribute", "enabledAttribute": "2.5.4.12", "disabledValues": ["x"],
                      "custom": [{"attribute": "2.5.4.36;binary"}, {"attribute": "localityName"}]},
            "groups": {"bases": ["dc=x"], "attributes": {"title": "commonName", "leader": "2.5.4.32"},
                       "memberAttributes": "1.3.6.1.1.1.1.12"},
        }));
        let settings = Settings::new(&options).unwrap().resolved(&Schema::usual());
        let (users, groups) = (settings.users.unwrap(), settings.groups.unwrap());
        assert_eq!(users.uid, ["employeenumber"]);
        assert_eq!(users.enabled.attribute(), Some("title"));
        assert_eq!(
            users.search.attributes.join(" "),
            "employeenumber uid displayname cn mail mobile usercertificate;binary l title"
        );
        assert_eq!(users.custom[0].field, "2.5.4.36;binary", "the field is called as it was written");
        assert_eq!(groups.department.search.attributes.join(" "), "entryuuid cn owner memberuid");
        assert_eq!(groups.members, Members::InGroup(vec![MEMBER_UID.to_owned()]));
        // What is asked for by its one name is found by it.
        let given = entry("dc=x", &[("uid", &["ada"]), ("userCertificate;binary", &["a"])]);
        let found = Wanted::new(&users.search.attributes, &Schema::usual()).of(given);
        assert_eq!(found.values("usercertificate;binary").len(), 1);
        assert_eq!(found.first(&users.fields[0].1).as_deref(), Some("ada"));
    }
}

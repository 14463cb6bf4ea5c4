//! The options together with their preset, checked: which searches there are, which attribute each field comes
//! from, how a disabled account is told. Pure; what connecting needs is read from the options themselves.

use std::collections::BTreeSet;

use orgsync_plugin_api::PluginError;

use crate::expiry::Expiry;
use crate::options::{
    Custom, DepartmentAttributes, EnabledFrom, Encoding, MembersFrom, Memberships, Options, UserAttributes,
    Users, Values,
};
use crate::presets::{Usual, usual};
use crate::search::{Search, search};

/// What is to be read, and how.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) users: Option<UserSet>,
    pub(crate) departments: Option<DepartmentSet>,
    pub(crate) groups: Option<GroupSet>,
    /// Whether a base may give nothing while another one of the same search gives some.
    pub(crate) allow_empty_bases: bool,
    /// The attribute that identifies every entry of such a directory.
    pub(crate) identity: String,
}

/// How users are read. Lists of attributes are in lowercase; the first that has a value counts.
#[derive(Debug, Clone)]
pub(crate) struct UserSet {
    pub(crate) search: Search,
    pub(crate) uid: Vec<String>,
    /// `username`, `nickname`, `email` and `phone`, with their attributes; without those that are not read.
    pub(crate) fields: Vec<(&'static str, Vec<String>)>,
    pub(crate) enabled: Enabled,
    /// What says when an account ends.
    pub(crate) expiry: Option<Expiry>,
    pub(crate) memberships: Memberships,
    pub(crate) custom: Vec<CustomField>,
}

/// How departments are read, or what of a group is one.
#[derive(Debug, Clone)]
pub(crate) struct DepartmentSet {
    pub(crate) search: Search,
    pub(crate) uid: Vec<String>,
    pub(crate) title: Vec<String>,
    pub(crate) sort: Vec<String>,
    /// All of these count, not only the first with a value.
    pub(crate) leader: Vec<String>,
    pub(crate) custom: Vec<CustomField>,
}

/// How groups are read.
#[derive(Debug, Clone)]
pub(crate) struct GroupSet {
    pub(crate) department: DepartmentSet,
    pub(crate) members: Members,
    pub(crate) nested: bool,
}

/// Where it stands who is in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Members {
    /// In these attributes of groups.
    InGroup(Vec<String>),
    /// In [`MEMBER_OF`] of users and groups.
    InMember,
}

/// How a disabled account is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Enabled {
    Unknown,
    UserAccountControl,
    NsAccountLock,
    PwdAccountLockedTime,
    /// An attribute, and the values that mean disabled, in lowercase.
    Attribute(String, BTreeSet<String>),
}

/// An attribute that becomes a custom field.
#[derive(Debug, Clone)]
pub(crate) struct CustomField {
    pub(crate) field: String,
    pub(crate) attribute: String,
    pub(crate) values: Values,
    pub(crate) encoding: Encoding,
}

pub(crate) const MEMBER_OF: &str = "memberof";
/// The name under which an entry's DN can be asked for.
pub(crate) const DN: &str = "dn";
/// The attribute of posixGroup, which has usernames rather than DNs.
pub(crate) const MEMBER_UID: &str = "memberuid";

const USER_FIELDS: [&str; 8] =
    ["uid", "username", "nickname", "email", "phone", "departments", "enabled", "isDeleted"];
const DEPARTMENT_FIELDS: [&str; 6] = ["uid", "title", "parentUid", "sort", "enabled", "isDeleted"];

impl Settings {
    pub(crate) fn new(options: &Options) -> Result<Self, PluginError> {
        let usual = usual(options.preset);
        let settings = Self {
            users: options.users.as_ref().map(|users| user_set(users, options, &usual)).transpose()?,
            departments: options
                .departments
                .as_ref()
                .map(|set| {
                    let filter = set.filter.as_deref().unwrap_or("(objectClass=organizationalUnit)");
                    let search = search("departments", &set.bases, set.scope, filter)?;
                    department_set("departments", search, &set.attributes, "ou", &set.custom, &usual)
                })
                .transpose()?,
            groups: options.groups.as_ref().map(|set| group_set(set, &usual)).transpose()?,
            allow_empty_bases: options.allow_empty_bases,
            identity: usual.uid.to_lowercase(),
        };
        if settings.users.is_none() && settings.departments.is_none() && settings.groups.is_none() {
            return Err(PluginError::config("none of `users`, `departments` and `groups` is set"));
        }
        let without = match options.memberships {
            Memberships::Position if settings.departments.is_none() => "position, but `departments`",
            Memberships::Groups if settings.groups.is_none() => "groups, but `groups`",
            _ => return Ok(settings),
        };
        Err(PluginError::config(format!("`memberships` is {without} is not set")))
    }

    /// All searches, with the option that each comes from and the attribute that identifies what it finds.
    pub(crate) fn searches(&self) -> impl Iterator<Item = (&'static str, &Search, &[String])> {
        let departments = self.departments.iter().map(|set| ("departments", set));
        let groups = self.groups.iter().map(|set| ("groups", &set.department));
        let departments =
            departments.chain(groups).map(|(option, set)| (option, &set.search, set.uid.as_slice()));
        departments.chain(self.users.iter().map(|set| ("users", &set.search, set.uid.as_slice())))
    }
}

fn user_set(users: &Users, options: &Options, usual: &Usual) -> Result<UserSet, PluginError> {
    let UserAttributes { uid, username, nickname, email, phone } = &users.attributes;
    let fields = [
        ("username", names(username.as_deref(), usual.username)),
        ("nickname", names(nickname.as_deref(), "displayName, cn")),
        ("email", names(email.as_deref(), "mail")),
        ("phone", names(phone.as_deref(), "telephoneNumber, mobile")),
    ];
    let fields: Vec<_> = fields.into_iter().filter(|(_, attributes)| !attributes.is_empty()).collect();
    let uid = uid_names("users", uid.as_deref(), usual)?;
    let custom = custom_fields("users", &users.custom, &USER_FIELDS)?;
    let enabled = enabled(users, usual)?;
    let expiry = expiry(users, &enabled, usual)?;
    let filter = users.filter.as_deref().unwrap_or(usual.user_filter);
    let mut search = search("users", &users.bases, users.scope, filter)?;
    search.ask(&uid);
    fields.iter().for_each(|(_, attributes)| search.expect(attributes));
    search.expect(custom.iter().map(|custom| &custom.attribute));
    match &enabled {
        // Only who is locked has it: where all is well, nobody does.
        Enabled::NsAccountLock | Enabled::PwdAccountLockedTime => search.ask(enabled.attribute()),
        _ => search.expect(enabled.attribute()),
    }
    // Where no account ends, nobody has it.
    search.ask(expiry.iter().map(|expiry| &expiry.attribute));
    let member_of =
        options.groups.as_ref().is_some_and(|groups| groups.members_from == MembersFrom::MemberOf);
    search.expect(member_of.then_some(MEMBER_OF));
    let by_name = options.groups.as_ref().and_then(|groups| groups.member_attributes.as_deref());
    if by_name.is_some_and(|attributes| names(Some(attributes), "").iter().any(|name| name == MEMBER_UID))
        && !fields.iter().any(|(field, _)| *field == "username")
    {
        let message = "`groups.memberAttributes` has memberUid, which names users by their usernames, but \
                       `users.attributes.username` is empty";
        return Err(PluginError::config(message));
    }
    Ok(UserSet { search, uid, fields, enabled, expiry, memberships: options.memberships, custom })
}

fn department_set(
    option: &str,
    mut search: Search,
    attributes: &DepartmentAttributes,
    usual_title: &str,
    custom: &[Custom],
    usual: &Usual,
) -> Result<DepartmentSet, PluginError> {
    let uid = uid_names(option, attributes.uid.as_deref(), usual)?;
    let title = names(attributes.title.as_deref(), usual_title);
    if title.is_empty() {
        let message = format!("`{option}.attributes.title` is empty, and a department needs a title");
        return Err(PluginError::config(message));
    }
    let sort = names(attributes.sort.as_deref(), "");
    let leader = names(attributes.leader.as_deref(), usual.leader);
    let custom = custom_fields(option, custom, &DEPARTMENT_FIELDS)?;
    search.ask(&uid);
    search.expect(&title);
    search.expect(&sort);
    // In many directories nobody leads anything.
    search.ask(&leader);
    search.expect(custom.iter().map(|custom| &custom.attribute));
    Ok(DepartmentSet { search, uid, title, sort, leader, custom })
}

fn group_set(set: &crate::options::Groups, usual: &Usual) -> Result<GroupSet, PluginError> {
    let filter = set.filter.as_deref().unwrap_or(usual.group_filter);
    let search = search("groups", &set.bases, set.scope, filter)?;
    let mut department = department_set("groups", search, &set.attributes, "cn", &set.custom, usual)?;
    let members = match set.members_from {
        MembersFrom::Member => {
            let attributes = names(set.member_attributes.as_deref(), usual.member_attributes);
            if attributes.is_empty() {
                let message = "`groups.memberAttributes` is empty; to read memberOf of users, set \
                               `groups.membersFrom` to memberOf";
                return Err(PluginError::config(message));
            }
            department.search.expect(&attributes);
            department.search.any_of.clone_from(&attributes);
            Members::InGroup(attributes)
        }
        MembersFrom::MemberOf => {
            department.search.ask([MEMBER_OF]);
            Members::InMember
        }
    };
    Ok(GroupSet { department, members, nested: set.nested })
}

impl Enabled {
    /// The attribute that has to be asked for.
    pub(crate) fn attribute(&self) -> Option<&str> {
        match self {
            Enabled::Unknown => None,
            Enabled::UserAccountControl => Some("useraccountcontrol"),
            Enabled::NsAccountLock => Some("nsaccountlock"),
            Enabled::PwdAccountLockedTime => Some("pwdaccountlockedtime"),
            Enabled::Attribute(name, _) => Some(name),
        }
    }
}

fn enabled(users: &Users, usual: &Usual) -> Result<Enabled, PluginError> {
    Ok(match users.enabled_from {
        EnabledFrom::Preset => usual.enabled.clone(),
        EnabledFrom::None => Enabled::Unknown,
        EnabledFrom::UserAccountControl => Enabled::UserAccountControl,
        EnabledFrom::NsAccountLock => Enabled::NsAccountLock,
        EnabledFrom::PwdAccountLockedTime => Enabled::PwdAccountLockedTime,
        EnabledFrom::Attribute => {
            let name = users.enabled_attribute.as_deref().unwrap_or_default().trim().to_lowercase();
            let values: BTreeSet<_> =
                users.disabled_values.iter().map(|value| value.trim().to_lowercase()).collect();
            if name.is_empty() || values.is_empty() {
                let message = "`users.enabledFrom` is attribute, which needs `users.enabledAttribute` and \
                               `users.disabledValues`";
                return Err(PluginError::config(message));
            }
            Enabled::Attribute(name, values)
        }
    })
}

/// What says when an account ends: one attribute, or none.
fn expiry(users: &Users, enabled: &Enabled, usual: &Usual) -> Result<Option<Expiry>, PluginError> {
    let by_flags = *enabled == Enabled::UserAccountControl;
    let names = names(users.expires_attribute.as_deref(), if by_flags { usual.expires } else { "" });
    if names.len() > 1 || names.iter().any(|name| name == DN) {
        return Err(PluginError::config(
            "`users.expiresAttribute` has to be one attribute, such as accountExpires",
        ));
    }
    if !names.is_empty() && *enabled == Enabled::Unknown {
        let message =
            "`users.expiresAttribute` is set, but `users.enabledFrom` is none, so nobody is disabled";
        return Err(PluginError::config(message));
    }
    Ok(names.into_iter().next().map(|attribute| Expiry { attribute }))
}

fn custom_fields(
    option: &str,
    custom: &[Custom],
    standard: &[&str],
) -> Result<Vec<CustomField>, PluginError> {
    let mut fields: Vec<CustomField> = Vec::with_capacity(custom.len());
    for custom in custom {
        let attribute = custom.attribute.trim();
        let field = custom.field.as_deref().map(str::trim).filter(|field| !field.is_empty());
        let field = field.unwrap_or(attribute).to_owned();
        let wrong =
            |what: &str| Err(PluginError::config(format!("`{option}.custom`: the field `{field}` {what}")));
        if attribute.is_empty() {
            return Err(PluginError::config(format!("`{option}.custom`: an attribute has no name")));
        }
        if standard.contains(&field.as_str()) {
            return wrong("is a standard field; set it under `attributes`, or name another `field`");
        }
        if fields.iter().any(|known| known.field == field) {
            return wrong("is there twice");
        }
        let attribute = attribute.to_lowercase();
        fields.push(CustomField { field, attribute, values: custom.values, encoding: custom.encoding });
    }
    Ok(fields)
}

fn uid_names(option: &str, set: Option<&str>, usual: &Usual) -> Result<Vec<String>, PluginError> {
    let names = names(set, usual.uid);
    // Another attribute in its place for some entries would be another identity.
    if names.len() != 1 {
        let message = format!("`{option}.attributes.uid` has to be one attribute, such as {}", usual.uid);
        return Err(PluginError::config(message));
    }
    Ok(names)
}

/// The attributes of a field, in lowercase.
fn names(set: Option<&str>, usual: &str) -> Vec<String> {
    let names = set.unwrap_or(usual).split(',').map(|name| name.trim().to_lowercase());
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;

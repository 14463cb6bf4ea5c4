//! What an operator fills in. This file stands alone: `build.rs` makes the manifest's schema of it. What is
//! left out comes from the preset; `settings.rs` puts the two together.

use orgsync_plugin_api::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Users, departments and groups out of an LDAP directory; at least one of `users`, `departments` and `groups`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// Where the directory answers: ldaps://host, or ldap://host, with a port if it is not 636 or 389.
    #[schemars(title = "Address", extend("examples" = ["ldaps://ldap.example.org"]))]
    pub url: String,
    /// Encrypt an ldap:// connection before anything else is said. Not with ldaps://, which is encrypted anyway.
    #[serde(default)]
    #[schemars(title = "StartTLS")]
    pub start_tls: bool,
    /// A PEM file with the certificate of the authority that signed the server's, as the daemon sees it. With
    /// this or `caPem` no other authority is trusted; without, those of the operating system are.
    #[schemars(title = "CA file", extend("format" = "path"))]
    pub ca_file: Option<String>,
    /// The same as text.
    #[schemars(title = "CA certificates (PEM)", extend("x-multiline" = true))]
    pub ca_pem: Option<String>,
    /// The account that reads; it should be able to read and nothing else. In Active Directory also
    /// user@domain. Empty: anonymous.
    #[schemars(title = "Bind DN", extend("examples" = ["cn=orgsync,ou=services,dc=example,dc=org"]))]
    pub bind_dn: Option<String>,
    /// The password of `bindDn`.
    #[schemars(title = "Password")]
    pub password: Option<Secret>,
    /// How long connecting may take, encryption included, in seconds.
    #[serde(default = "ten")]
    #[schemars(title = "Connect time-out (s)", range(min = 1, max = 300))]
    pub connect_timeout: u32,
    /// How long the server may be silent during an operation, in seconds.
    #[serde(default = "sixty")]
    #[schemars(title = "Operation time-out (s)", range(min = 1, max = 3600))]
    pub operation_timeout: u32,
    /// How many entries are asked for at a time. Active Directory gives at most 1000.
    #[serde(default = "five_hundred")]
    #[schemars(title = "Page size", range(min = 1, max = 10000))]
    pub page_size: u32,
    /// What directory it is: decides the filters and attributes that nothing else is said about.
    #[serde(default)]
    #[schemars(title = "Directory")]
    pub preset: Preset,
    /// Where the users are. Left out: none are read.
    #[schemars(title = "Users")]
    pub users: Option<Users>,
    /// Where the organizational units are that become departments. Left out: none are read.
    #[schemars(title = "Departments")]
    pub departments: Option<Departments>,
    /// Where the groups are that become departments, with their members. Left out: none are read.
    #[schemars(title = "Groups")]
    pub groups: Option<Groups>,
    /// What makes a user a member of a department.
    #[serde(default)]
    #[schemars(title = "Memberships")]
    pub memberships: Memberships,
    /// Several bases are named, and it is right that there is nobody below some of them. Left off, a base
    /// that gives nothing while another one of the same kind gives some fails the sync: that is how it looks
    /// when the account has lost its rights there, and all who are below the base would be taken for gone.
    #[serde(default)]
    #[schemars(title = "Allow empty bases")]
    pub allow_empty_bases: bool,
}

/// Which entries are users, and what of them is read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Users {
    /// Where to look: the DNs of one or more entries.
    #[schemars(title = "Bases", length(min = 1), extend("examples" = [["ou=people,dc=example,dc=org"]]))]
    pub bases: Vec<String>,
    /// How far below the bases to look.
    #[serde(default)]
    #[schemars(title = "Scope")]
    pub scope: Scope,
    /// Which entries to take. By default (objectClass=inetOrgPerson); with the preset active-directory
    /// (&(objectCategory=person)(objectClass=user)).
    #[schemars(title = "Filter")]
    pub filter: Option<String>,
    /// Where the fields come from.
    #[serde(default)]
    #[schemars(title = "Attributes")]
    pub attributes: UserAttributes,
    /// How a disabled account is told.
    #[serde(default)]
    #[schemars(title = "Disabled accounts")]
    pub enabled_from: EnabledFrom,
    /// The attribute, if `enabledFrom` is attribute.
    #[schemars(title = "Attribute of disabled accounts")]
    pub enabled_attribute: Option<String>,
    /// The values of `enabledAttribute` that mean disabled; upper and lower case are alike. Any other value,
    /// and none, mean enabled.
    #[serde(default)]
    #[schemars(title = "Values that mean disabled", extend("examples" = [["inactive", "FALSE"]]))]
    pub disabled_values: Vec<String>,
    /// The attribute with the time at which an account ends: who has passed it is disabled, whatever `enabledFrom`
    /// finds. By default accountExpires with the preset active-directory, and none otherwise. Also pwdEndTime,
    /// krbPrincipalExpiration and others with a time as text, and shadowExpire. Empty: none.
    #[schemars(title = "Attribute of expiry")]
    pub expires_attribute: Option<String>,
    /// Further attributes.
    #[serde(default)]
    #[schemars(title = "Custom fields")]
    pub custom: Vec<Custom>,
}

/// Which entries are departments, and what of them is read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Departments {
    /// Where to look: the DNs of one or more entries.
    #[schemars(title = "Bases", length(min = 1), extend("examples" = [["ou=people,dc=example,dc=org"]]))]
    pub bases: Vec<String>,
    /// How far below the bases to look.
    #[serde(default)]
    #[schemars(title = "Scope")]
    pub scope: Scope,
    /// Which entries to take. By default (objectClass=organizationalUnit).
    #[schemars(title = "Filter")]
    pub filter: Option<String>,
    /// Where the fields come from.
    #[serde(default)]
    #[schemars(title = "Attributes")]
    pub attributes: DepartmentAttributes,
    /// Further attributes.
    #[serde(default)]
    #[schemars(title = "Custom fields")]
    pub custom: Vec<Custom>,
}

/// Which entries are groups, and what of them is read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Groups {
    /// Where to look: the DNs of one or more entries.
    #[schemars(title = "Bases", length(min = 1), extend("examples" = [["ou=groups,dc=example,dc=org"]]))]
    pub bases: Vec<String>,
    /// How far below the bases to look.
    #[serde(default)]
    #[schemars(title = "Scope")]
    pub scope: Scope,
    /// Which entries to take. By default (|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)); with
    /// the preset active-directory (objectClass=group).
    #[schemars(title = "Filter")]
    pub filter: Option<String>,
    /// Where the fields come from.
    #[serde(default)]
    #[schemars(title = "Attributes")]
    pub attributes: DepartmentAttributes,
    /// Where it stands who is in a group.
    #[serde(default)]
    #[schemars(title = "Members from")]
    pub members_from: MembersFrom,
    /// The groups' attributes with the DNs of members, or memberUid, which has usernames. By default member,
    /// uniqueMember; with the preset active-directory member.
    #[schemars(title = "Member attributes")]
    pub member_attributes: Option<String>,
    /// Whether the members of a group that is a member of another one are members of that one as well.
    #[serde(default = "yes")]
    #[schemars(title = "Nested groups")]
    pub nested: bool,
    /// Further attributes.
    #[serde(default)]
    #[schemars(title = "Custom fields")]
    pub custom: Vec<Custom>,
}

/// Where a user's fields come from. Several attributes, with commas between them: the first that has a value.
/// Left out: as the preset says. Empty: the field is not read.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserAttributes {
    /// What identifies the user for ever, through every change of name and place. By default entryUUID
    /// (openldap), objectGUID (active-directory), nsUniqueId (389ds).
    #[schemars(title = "Uid")]
    pub uid: Option<String>,
    /// By default uid; with the preset active-directory sAMAccountName.
    #[schemars(title = "Username")]
    pub username: Option<String>,
    /// By default displayName, cn.
    #[schemars(title = "Nickname")]
    pub nickname: Option<String>,
    /// By default mail.
    #[schemars(title = "E-mail")]
    pub email: Option<String>,
    /// By default telephoneNumber, mobile.
    #[schemars(title = "Phone")]
    pub phone: Option<String>,
}

/// Where a department's fields come from. Several attributes, with commas between them: the first that has a
/// value. Left out: as the preset says. Empty: the field is not read.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DepartmentAttributes {
    /// What identifies the department for ever, through every change of name and place. By default as for users.
    #[schemars(title = "Uid")]
    pub uid: Option<String>,
    /// By default ou for departments, cn for groups.
    #[schemars(title = "Title")]
    pub title: Option<String>,
    /// A number; smaller ones come first. By default none.
    #[schemars(title = "Sort")]
    pub sort: Option<String>,
    /// The DNs of the users who lead the department; of several attributes, all count. By default manager,
    /// owner; with the preset active-directory managedBy.
    #[schemars(title = "Leaders")]
    pub leader: Option<String>,
}

/// An attribute that becomes a custom field.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Custom {
    /// The attribute's name; dn is the entry's DN.
    #[schemars(title = "Attribute", length(min = 1), extend("examples" = ["employeeNumber"]))]
    pub attribute: String,
    /// The custom field's name; by default the attribute's.
    #[schemars(title = "Field")]
    pub field: Option<String>,
    /// What becomes of several values.
    #[serde(default)]
    #[schemars(title = "Values")]
    pub values: Values,
    /// How a value is written.
    #[serde(default)]
    #[schemars(title = "Encoding")]
    pub encoding: Encoding,
}

/// Which filters and attributes are the usual ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Preset {
    /// OpenLDAP and others with inetOrgPerson and entryUUID.
    #[default]
    #[serde(rename = "openldap")]
    OpenLdap,
    /// Microsoft Active Directory, and Samba.
    #[serde(rename = "active-directory")]
    ActiveDirectory,
    /// 389 Directory Server, Red Hat Directory Server, FreeIPA.
    #[serde(rename = "389ds")]
    Ds389,
}

/// How far below its base a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The base and everything below it.
    #[default]
    Subtree,
    /// Everything below the base, but not the base itself.
    Children,
    /// What lies directly below the base.
    One,
}

/// What makes a user a member of a department.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Memberships {
    /// Both, where configured: where the user stands is the main department, groups come in addition.
    #[default]
    All,
    /// Where the user stands: the nearest department above.
    Position,
    /// The groups that the user is in.
    Groups,
}

/// Where it stands who is in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum MembersFrom {
    /// In attributes of the group.
    #[default]
    #[serde(rename = "member")]
    Member,
    /// In the attribute memberOf of users and groups, which the server keeps.
    #[serde(rename = "memberOf")]
    MemberOf,
}

/// How a disabled account is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum EnabledFrom {
    /// By the attribute that is usual for the directory: pwdAccountLockedTime (openldap), userAccountControl
    /// and accountExpires (active-directory), nsAccountLock (389ds).
    #[default]
    #[serde(rename = "preset")]
    Preset,
    /// Not at all: this source neither enables nor disables users.
    #[serde(rename = "none")]
    None,
    /// By the flag ACCOUNTDISABLE (2) of userAccountControl; with the preset active-directory also by
    /// accountExpires being past, see expiresAttribute.
    #[serde(rename = "userAccountControl")]
    UserAccountControl,
    /// By nsAccountLock being true.
    #[serde(rename = "nsAccountLock")]
    NsAccountLock,
    /// By pwdAccountLockedTime being 000001010000Z: locked by an administrator, until one unlocks it. A lock
    /// that the server set after wrong passwords does not count.
    #[serde(rename = "pwdAccountLockedTime")]
    PwdAccountLockedTime,
    /// By an attribute of your own; see enabledAttribute and disabledValues.
    #[serde(rename = "attribute")]
    Attribute,
}

/// What becomes of several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Values {
    /// One value stands alone, several make a list.
    #[default]
    Auto,
    /// Always a list, sorted; none is an empty one.
    List,
    /// The first one that the server gives.
    First,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Text as text; base64 for attributes that are known to be binary and for values that are no text.
    #[default]
    Auto,
    /// Always base64.
    Base64,
}

fn ten() -> u32 {
    10
}

fn sixty() -> u32 {
    60
}

fn five_hundred() -> u32 {
    500
}

fn yes() -> bool {
    true
}

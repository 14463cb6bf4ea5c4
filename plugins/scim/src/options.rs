//! What an operator fills in. This file stands alone: `build.rs` makes the manifest's schema of it.

use std::collections::BTreeMap;

use orgsync_plugin_api::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Users, and departments as groups, in a service that speaks SCIM 2.0 (RFC 7643, RFC 7644).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// Where the service is, without /Users: an https:// address; http:// only to this machine, unless
    /// `allowHttp` is set.
    #[schemars(title = "Address", extend("examples" = ["https://id.example.org/scim/v2"]))]
    pub url: String,
    /// A bearer token that may manage users and groups. In place of `username` and `password`.
    #[schemars(title = "Token")]
    pub token: Option<Secret>,
    /// The account that manages users and groups, for services that want one (HTTP Basic).
    #[schemars(title = "User name")]
    pub username: Option<String>,
    /// The password of `username`.
    #[schemars(title = "Password")]
    pub password: Option<Secret>,
    /// What becomes of departments.
    #[serde(default)]
    #[schemars(title = "Departments")]
    pub departments: Departments,
    /// What groups are called: the title of the department, or the titles on the way to it, where groups need
    /// names of their own.
    #[serde(default)]
    #[schemars(title = "Names of groups")]
    pub group_name: GroupNames,
    /// What stands between the titles where `groupName` is `path`.
    #[serde(default = "slash")]
    #[schemars(title = "Separator of titles", length(min = 1, max = 10))]
    pub group_separator: String,
    /// What becomes of a user who is gone from the directory. Groups are always deleted.
    #[serde(default)]
    #[schemars(title = "On delete")]
    pub on_delete: OnDelete,
    /// Whether a user or group of the service that has the same name and no externalId is taken over. If not,
    /// the change fails.
    #[serde(default = "yes")]
    #[schemars(title = "Adopt existing")]
    pub adopt: bool,
    /// More attributes of users, or other ones: SCIM attribute → field of the user (`uid`, `username`,
    /// `nickname`, `email`, `phone`, or `custom.NAME`). An empty field: the attribute is left alone.
    #[serde(default)]
    #[schemars(title = "Attributes", extend("examples" = [{
        "name.givenName": "custom.firstName",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "custom.employeeNumber"
    }]))]
    pub attributes: BTreeMap<String, String>,
    /// How many members of a group are changed with one request at most.
    #[serde(default = "a_hundred")]
    #[schemars(title = "Members per request", range(min = 1, max = 1000))]
    pub member_chunk: u32,
    /// Whether many changes are sent with one request if the service offers that.
    #[serde(default)]
    #[schemars(title = "Bulk")]
    pub bulk: Bulk,
    /// How long connecting may take, encryption included, in seconds.
    #[serde(default = "ten")]
    #[schemars(title = "Connect time-out (s)", range(min = 1, max = 60))]
    pub connect_timeout: u32,
    /// How long a request may take until it is answered, in seconds.
    #[serde(default = "thirty")]
    #[schemars(title = "Time-out (s)", range(min = 1, max = 100))]
    pub timeout: u32,
    /// A PEM file with the certificate of the authority that signed the server's, as the daemon sees it. With
    /// this or `caPem` no other authority is trusted; without, those of the operating system are.
    #[schemars(title = "CA file", extend("format" = "path"))]
    pub ca_file: Option<String>,
    /// The same as text.
    #[schemars(title = "CA certificates (PEM)", extend("x-multiline" = true))]
    pub ca_pem: Option<String>,
    /// Talk to another machine without encryption, for everybody on the way to read and to use the token.
    #[serde(default)]
    #[schemars(title = "Allow http://")]
    pub allow_http: bool,
}

/// What becomes of departments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Departments {
    /// Each is a group, with its users as members.
    #[default]
    Groups,
    /// Nothing: only users are sent.
    Ignore,
}

/// What groups are called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GroupNames {
    /// `HR`.
    #[default]
    Title,
    /// `Company/Germany/HR`.
    Path,
}

/// What becomes of a user who is gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnDelete {
    /// `active` becomes false and the memberships go; the user is the same one if they come back.
    #[default]
    Deactivate,
    /// The user is deleted, and whatever the service deletes along with them.
    Delete,
}

/// When many changes go with one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bulk {
    /// If the service says that it can.
    #[default]
    Auto,
    /// Never, whatever the service says.
    Never,
}

fn ten() -> u32 {
    10
}

fn thirty() -> u32 {
    30
}

fn a_hundred() -> u32 {
    100
}

fn slash() -> String {
    "/".to_owned()
}

fn yes() -> bool {
    true
}

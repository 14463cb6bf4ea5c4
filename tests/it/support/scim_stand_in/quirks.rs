//! In what services differ from one another and from the protocol.

use serde_json::Value;

/// What a service does differently. The default is a plain service: PATCH, unique user names, no versions.
#[derive(Debug, Clone)]
pub(crate) struct Quirks {
    /// What `/ServiceProviderConfig` is answered with instead of a configuration.
    pub(crate) config_status: Option<u16>,
    /// Whether PATCH is answered with 501…
    pub(crate) no_patch: bool,
    /// …although `/ServiceProviderConfig` says that it is there.
    pub(crate) claims_patch: bool,
    /// `externalId` is not kept.
    pub(crate) drops_group_external_ids: bool,
    pub(crate) drops_user_external_ids: bool,
    /// Two groups can't have one `displayName`.
    pub(crate) unique_group_names: bool,
    /// Groups never show members.
    pub(crate) hides_members: bool,
    /// Users don't show the groups that they are in.
    pub(crate) hides_groups_of_users: bool,
    /// `members.value eq` is no filter.
    pub(crate) no_member_filter: bool,
    /// What adding somebody who is a member already is answered with.
    pub(crate) present_member: Option<u16>,
    /// What taking somebody away who is no member is answered with.
    pub(crate) absent_member: Option<u16>,
    /// What deleting a resource that is gone is answered with, in place of 404.
    pub(crate) absent_resource: Option<u16>,
    /// Ids are JSON numbers, also those of members.
    pub(crate) numeric_ids: bool,
    /// `active` is `"True"` or `"False"`.
    pub(crate) text_booleans: bool,
    /// `totalResults` is a text.
    pub(crate) text_totals: bool,
    /// `Resources` is null when there are none.
    pub(crate) null_lists: bool,
    /// Every resource is listed twice.
    pub(crate) lists_twice: bool,
    pub(crate) versions: Versions,
    /// The version stands in the header `ETag` alone.
    pub(crate) version_in_header: bool,
    /// Users who are not active are not listed. Their names stay taken.
    pub(crate) hides_inactive: bool,
    /// A request that has one of these texts as a value is answered with the status.
    pub(crate) refused_values: Vec<(String, u16)>,
}

/// What is done about versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versions {
    None,
    /// `If-Match` is heeded, and `/ServiceProviderConfig` says so.
    Offered,
    /// A change without `If-Match` is answered with 428, and `/ServiceProviderConfig` does not say so.
    Wanted,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            config_status: None,
            no_patch: false,
            claims_patch: false,
            drops_group_external_ids: false,
            drops_user_external_ids: false,
            unique_group_names: false,
            hides_members: false,
            hides_groups_of_users: false,
            no_member_filter: false,
            present_member: None,
            absent_member: None,
            absent_resource: None,
            numeric_ids: false,
            text_booleans: false,
            text_totals: false,
            null_lists: false,
            lists_twice: false,
            versions: Versions::None,
            version_in_header: false,
            hides_inactive: false,
            refused_values: Vec::new(),
        }
    }
}

impl Quirks {
    /// The status that a body is refused with for one of its values.
    pub(super) fn refuses(&self, body: &Value) -> Option<u16> {
        self.refused_values.iter().find(|(text, _)| has_text(body, text)).map(|(_, status)| *status)
    }
}

fn has_text(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own == text,
        Value::Array(values) => values.iter().any(|value| has_text(value, text)),
        Value::Object(values) => values.values().any(|value| has_text(value, text)),
        _ => false,
    }
}

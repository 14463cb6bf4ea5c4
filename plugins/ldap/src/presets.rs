//! What each preset says: the usual filters and attributes of a kind of directory.

use crate::expiry::ACCOUNT_EXPIRES;
use crate::options::Preset;
use crate::settings::Enabled;

/// What a preset says.
pub(crate) struct Usual {
    pub(crate) uid: &'static str,
    pub(crate) username: &'static str,
    pub(crate) user_filter: &'static str,
    pub(crate) group_filter: &'static str,
    pub(crate) member_attributes: &'static str,
    pub(crate) leader: &'static str,
    pub(crate) enabled: Enabled,
    /// The attribute that says when an account ends, or none.
    pub(crate) expires: &'static str,
}

pub(crate) fn usual(preset: Preset) -> Usual {
    let inet = Usual {
        uid: "entryUUID",
        username: "uid",
        user_filter: "(objectClass=inetOrgPerson)",
        group_filter: "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))",
        member_attributes: "member, uniqueMember",
        leader: "manager, owner",
        enabled: Enabled::PwdAccountLockedTime,
        expires: "",
    };
    match preset {
        Preset::OpenLdap => inet,
        Preset::Ds389 => Usual { uid: "nsUniqueId", enabled: Enabled::NsAccountLock, ..inet },
        Preset::ActiveDirectory => Usual {
            uid: "objectGUID",
            username: "sAMAccountName",
            user_filter: "(&(objectCategory=person)(objectClass=user))",
            group_filter: "(objectClass=group)",
            member_attributes: "member",
            leader: "managedBy",
            enabled: Enabled::UserAccountControl,
            expires: ACCOUNT_EXPIRES,
        },
    }
}

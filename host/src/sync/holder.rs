//! Whose a value is, for the message of a record that can't have it: the user, the records that lead there,
//! since when they are gone, and what helps.

use std::collections::HashMap;
use std::fmt::Write;

use jiff::Timestamp;
use sea_orm::ConnectionTrait;

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;
use crate::domain::policy::MatchKey;
use crate::store::records::State;
use crate::store::{StoreError, records, sources, users};

use super::targets::Scope;

/// How many records are named.
const NAMED: usize = 2;

/// A user who has a value that another record wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The user.
    pub(crate) id: LocalId,
    /// Whether it is switched on.
    pub(crate) enabled: bool,
    /// The records that lead there.
    pub(crate) links: Vec<HolderLink>,
}

/// A record that leads to a [`Holder`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HolderLink {
    /// The name of its source; `None` for the source of the record that wants the value.
    pub(crate) source: Option<String>,
    /// Its uid.
    pub(crate) uid: String,
    /// Whether its source still gives it.
    pub(crate) is_present: bool,
    /// Whether its source said that it is deleted.
    pub(crate) is_deleted: bool,
    /// Since when it is gone, in milliseconds since 1970, where that is known.
    pub(crate) gone_at: Option<i64>,
}

/// These users, as far as they are there.
pub(crate) async fn holders<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<LocalId, Holder>, StoreError> {
    let ids: Vec<LocalId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = users::by_ids(connection, scope.dialect, ids.iter().copied()).await?;
    let mut holders: HashMap<LocalId, Holder> = rows
        .into_iter()
        .map(|(id, row)| (id, Holder { id, enabled: row.enabled, links: Vec::new() }))
        .collect();
    let names = sources::names(connection).await?;
    for link in records::links(connection, scope.dialect, DataType::User, ids).await? {
        let Some(holder) = holders.get_mut(&LocalId(link.local_id)) else { continue };
        let own = link.source_id == scope.source.0;
        holder.links.push(HolderLink {
            source: (!own).then(|| names.get(&link.source_id).cloned().unwrap_or_default()),
            is_present: link.is_present(),
            is_deleted: link.state == State::Deleted.code(),
            gone_at: link.gone_at,
            uid: link.uid,
        });
    }
    Ok(holders)
}

impl Holder {
    /// Whether no source gives it any more.
    pub(crate) fn is_left(&self) -> bool {
        self.links.iter().all(|link| !link.is_present)
    }

    /// Whether a record of the source that wants the value would find it by this key, which the task does
    /// not match by.
    pub(crate) fn could_be_matched(&self, key: MatchKey, match_key: Option<MatchKey>) -> bool {
        let own = self.links.iter().find(|link| link.source.is_none());
        match_key != Some(key) && own.is_none_or(|link| !link.is_present)
    }

    /// What follows «… is already used by user 3»: who that is, and what helps.
    pub(crate) fn explain(&self, key: MatchKey, match_key: Option<MatchKey>) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !self.enabled {
            parts.push("disabled".into());
        }
        parts.extend(self.links.iter().take(NAMED).map(HolderLink::to_string));
        if self.links.len() > NAMED {
            parts.push(format!("and {} more", self.links.len() - NAMED));
        }
        let mut text = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join("; ")) };
        if self.could_be_matched(key, match_key) {
            let hint =
                format!("; if they are the same person, set matchKey to {key} in this source's policy");
            text.push_str(&hint);
        }
        if self.is_left() {
            let id = self.id;
            // Writing into a string can't fail.
            let _ = write!(
                text,
                "; no source gives that user any more: POST /api/v1/users/{id}/free makes the {key} free, \
                 …/adopt gives the user to this record"
            );
        }
        text
    }
}

impl std::fmt::Display for HolderLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { source, uid, .. } = self;
        match source {
            Some(source) => write!(f, "uid {uid} of source {source}")?,
            None => write!(f, "uid {uid} of this source")?,
        }
        if self.is_present {
            return Ok(());
        }
        f.write_str(if self.is_deleted { ", deleted" } else { ", missing" })?;
        match self.gone_at.map(Timestamp::from_millisecond) {
            Some(Ok(since)) => write!(f, " since {since:.0}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(source: Option<&str>, uid: &str, is_present: bool) -> HolderLink {
        let gone_at = (!is_present).then_some(1_795_914_123_456);
        let source = source.map(str::to_owned);
        HolderLink { source, uid: uid.into(), is_present, is_deleted: false, gone_at }
    }

    fn explained(enabled: bool, links: &[HolderLink], match_key: Option<MatchKey>) -> String {
        let holder = Holder { id: LocalId(3), enabled, links: links.to_vec() };
        holder.explain(MatchKey::Username, match_key)
    }

    #[test]
    fn says_who_has_a_value_and_what_helps() {
        let hint = "; if they are the same person, set matchKey to username in this source's policy";
        let left = "; no source gives that user any more: POST /api/v1/users/3/free makes the username free, …/adopt \
                    gives the user to this record";
        assert_eq!(explained(true, &[link(None, "7", true)], None), " (uid 7 of this source)");
        let other = [link(Some("hr"), "7", true)];
        assert_eq!(explained(true, &other, None), format!(" (uid 7 of source hr){hint}"));
        assert_eq!(explained(true, &other, Some(MatchKey::Username)), " (uid 7 of source hr)");
        assert_eq!(
            explained(false, &[link(None, "p3", false)], None),
            format!(" (disabled; uid p3 of this source, missing since 2026-11-29T01:02:03Z){hint}{left}")
        );
        let many = ["a", "b", "c", "d"].map(|uid| link(Some("hr"), uid, true));
        assert_eq!(
            explained(true, &many, Some(MatchKey::Username)),
            " (uid a of source hr; uid b of source hr; and 2 more)"
        );
    }
}

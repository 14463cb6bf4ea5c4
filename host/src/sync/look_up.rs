//! Loads, in sets, what is stored of a batch of records: their links, the rows behind them, and the
//! users that a match key finds for those without a link.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::domain::data_type::DataType;
use crate::domain::fields;
use crate::domain::fold;
use crate::domain::ids::LocalId;
use crate::domain::policy::MatchKey;
use crate::domain::record::Record;
use crate::store::{StoreError, records, users as user_store};

use super::plan::{Candidate, Row, Stored};
use super::targets::{Scope, departments, users};

/// What is stored of one record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// Its link and row, if it has one.
    pub(crate) stored: Option<Stored>,
    /// The users that it may adopt, if it has none.
    pub(crate) candidates: Vec<Candidate>,
}

/// What is stored of these uids: those without a link are not in the map.
pub(crate) async fn stored<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    data_type: DataType,
    uids: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, Stored>, StoreError> {
    let found = records::by_uids(connection, scope.dialect, scope.source, data_type, uids).await?;
    with_rows(connection, scope, data_type, found).await
}

/// Puts the rows to stored records.
pub(crate) async fn with_rows<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    data_type: DataType,
    found: Vec<records::StoredRecord>,
) -> Result<HashMap<String, Stored>, StoreError> {
    let ids = found.iter().map(|record| record.local_id).collect();
    let rows = rows(connection, scope, data_type, ids).await?;
    let stored = |record: records::StoredRecord| {
        let row = rows.get(&record.local_id).cloned().ok_or_else(|| {
            StoreError::Damaged(format!("{data_type} {} of uid {} is gone", record.local_id, record.uid))
        })?;
        Ok((record.uid, Stored { hash: record.hash, state: record.state, shared: record.shared, row }))
    };
    found.into_iter().map(stored).collect()
}

/// What is stored of these records, in their order.
pub(crate) async fn found<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    data_type: DataType,
    match_key: Option<MatchKey>,
    batch: &[&Record],
) -> Result<Vec<Found>, StoreError> {
    let uids = batch.iter().map(|record| record.uid.as_str());
    let mut stored = stored(connection, scope, data_type, uids).await?;
    let mut found: Vec<Found> = batch
        .iter()
        .map(|record| Found { stored: stored.remove(&record.uid), candidates: Vec::new() })
        .collect();
    if let (Some(key), DataType::User) = (match_key, data_type) {
        let unlinked = |(index, found): (usize, &Found)| {
            let value = fold::key_of(key, fields::text(&batch[index].fields, key.as_str()))?;
            found.stored.is_none().then_some((value, index))
        };
        let wanted: Vec<(String, usize)> = found.iter().enumerate().filter_map(unlinked).collect();
        let mut candidates = candidates(connection, scope, key, &wanted).await?;
        // Two records of one batch that match the same user: the first in order has it, the next
        // finds it taken.
        let mut taken: HashMap<LocalId, &str> = HashMap::new();
        for (value, index) in &wanted {
            let mut mine = candidates.remove(value).unwrap_or_default();
            for candidate in &mut mine {
                let uid = batch[*index].uid.as_str();
                match taken.get(&candidate.row.id) {
                    Some(first) => candidate.linked_to = Some((*first).to_owned()),
                    None => {
                        taken.insert(candidate.row.id, uid);
                    }
                }
            }
            candidates.insert(value.clone(), mine.clone());
            found[*index].candidates = mine;
        }
    }
    Ok(found)
}

/// The users that have one of these values, by value.
async fn candidates<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    key: MatchKey,
    wanted: &[(String, usize)],
) -> Result<HashMap<String, Vec<Candidate>>, StoreError> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let values = wanted.iter().map(|(value, _)| value.as_str());
    let holders = user_store::holders(connection, scope.dialect, key, values).await?;
    let ids: Vec<LocalId> = holders.iter().map(|(_, id)| *id).collect();
    let links = records::links(connection, scope.dialect, DataType::User, ids.iter().copied()).await?;
    let linked: HashMap<i64, String> = links
        .into_iter()
        .filter(|link| link.source_id == scope.source.0)
        .map(|link| (link.local_id, link.uid))
        .collect();
    let rows = rows(connection, scope, DataType::User, ids).await?;
    let mut candidates: HashMap<String, Vec<Candidate>> = HashMap::new();
    for (value, id) in holders {
        let Some(row) = rows.get(&id) else { continue };
        let linked_to = linked.get(&id.0).cloned();
        let of_value = candidates.entry(value).or_default();
        if of_value.iter().all(|known| known.row.id != id) {
            of_value.push(Candidate { row: row.clone(), linked_to });
        }
    }
    Ok(candidates)
}

/// The rows with these ids.
pub(super) async fn rows<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    data_type: DataType,
    ids: Vec<LocalId>,
) -> Result<HashMap<LocalId, Row>, StoreError> {
    match data_type {
        DataType::User => users::load(connection, scope, ids).await,
        DataType::Department => departments::load(connection, scope, ids).await,
    }
}

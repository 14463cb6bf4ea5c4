//! Loads, in sets, what is stored of a batch of records: their links, the rows behind them, and the
//! users that a match key finds for those without a link.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::fields;
use crate::domain::fold;
use crate::domain::ids::{LocalId, TaskId};
use crate::domain::link::{Kept, State};
use crate::domain::policy::MatchKey;
use crate::domain::record::Record;
use crate::store::{StoreError, changes, records, users as user_store};

use super::plan::{Candidate, Leaving, Linked, Row, Stored};
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

/// What is stored of these records, in their order. With a `plan`, the users that match keys find are those
/// that have the values once that is applied.
pub(crate) async fn found<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    data_type: DataType,
    (match_key, plan): (Option<MatchKey>, Option<TaskId>),
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
            let arrives = found.stored.is_none() && !batch[index].deleted;
            arrives.then_some((value, index))
        };
        let wanted: Vec<(String, usize)> = found.iter().enumerate().filter_map(unlinked).collect();
        let mut candidates = candidates(connection, scope, key, plan, &wanted).await?;
        // Two records of one batch that match the same user: the first in order has it, the next
        // finds it taken.
        let mut taken: HashMap<LocalId, &str> = HashMap::new();
        for (value, index) in &wanted {
            let mut mine = candidates.remove(value).unwrap_or_default();
            for candidate in &mut mine {
                let uid = batch[*index].uid.as_str();
                match taken.get(&candidate.row.id) {
                    Some(first) => candidate.taken_by = Some((*first).to_owned()),
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
    plan: Option<TaskId>,
    wanted: &[(String, usize)],
) -> Result<HashMap<String, Vec<Candidate>>, StoreError> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let values = wanted.iter().map(|(value, _)| value.as_str());
    let holders = user_store::holders(connection, scope.dialect, key, values).await?;
    let ids: Vec<LocalId> = holders.iter().map(|(_, id)| *id).collect();
    let links = records::links(connection, scope.dialect, DataType::User, ids.iter().copied()).await?;
    let links: HashMap<i64, records::Link> = links
        .into_iter()
        .filter(|link| link.source_id == scope.source.0)
        .map(|link| (link.local_id, link))
        .collect();
    let planned: HashMap<String, Change> = match plan {
        Some(task) if !links.is_empty() => {
            let uids = links.values().map(|link| link.uid.as_str());
            let planned = changes::by_uids(connection, scope.dialect, task, DataType::User, uids).await?;
            planned.into_iter().map(|change| (change.uid.clone(), change)).collect()
        }
        _ => HashMap::new(),
    };
    let rows = rows(connection, scope, DataType::User, ids).await?;
    let mut candidates: HashMap<String, Vec<Candidate>> = HashMap::new();
    for (value, id) in holders {
        let Some(row) = rows.get(&id) else { continue };
        let linked = match links.get(&id.0) {
            None => None,
            Some(link) => {
                let (kept, change) = (link.kept()?, planned.get(&link.uid));
                if change.is_some_and(|change| gives_away(change, kept, key, &value)) {
                    continue;
                }
                Some(Linked { uid: link.uid.clone(), kept, leaving: leaving(kept, change) })
            }
        };
        let of_value = candidates.entry(value).or_default();
        if of_value.iter().all(|known| known.row.id != id) {
            of_value.push(Candidate { row: row.clone(), linked, taken_by: None });
        }
    }
    Ok(candidates)
}

/// Whether a record goes, given what its task's plan does to it. A change that was given up because
/// another record takes the place of this one still says that it goes.
fn leaving(kept: Kept, planned: Option<&Change>) -> Leaving {
    let by_now = if kept.state == State::Present { Leaving::No } else { Leaving::Gone };
    let Some(change) = planned.filter(|change| change.base.is_some_and(|base| base.hash == kept.hash)) else {
        return by_now;
    };
    let stands = matches!(change.outcome, None | Some(Outcome::Skipped));
    match (change.op, change.cause, by_now) {
        (Op::Update, _, _) if change.outcome.is_none() => Leaving::No,
        (_, _, Leaving::Gone) => Leaving::Gone,
        (Op::Delete | Op::Disable | Op::Unlink, Cause::Missing, _) if stands => Leaving::Absent,
        (Op::Delete | Op::Unlink, Cause::Given, _) if stands => Leaving::Given,
        _ => Leaving::No,
    }
}

/// Whether the plan gives a linked user another value of a match key than this one.
fn gives_away(change: &Change, kept: Kept, key: MatchKey, value: &str) -> bool {
    let is_next = change.outcome.is_none() && change.base.is_some_and(|base| base.hash == kept.hash);
    let changes_it = change.op == Op::Update
        && change.before.as_ref().is_some_and(|before| before.contains_key(key.as_str()));
    if !is_next || !changes_it {
        return false;
    }
    let record = change.record.as_deref().and_then(|text| Record::from_stored(&change.uid, text));
    record.is_some_and(|record| {
        record.fields.contains_key(key.as_str())
            && fold::key_of(key, fields::text(&record.fields, key.as_str())).as_deref() != Some(value)
    })
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

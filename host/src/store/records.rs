//! Records: what each source has given, by (source, data type, uid): the content hash, whether it is
//! still given, and the link to the row of the built-in target.

use roaring::RoaringTreemap;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, SourceId, TaskId};

use crate::domain::link::Kept;
pub(crate) use crate::domain::link::State;

use super::bulk::Bulk;
use super::dialect::Dialect;
use super::{Doing, StoreError, rows};

const TABLE: Bulk = Bulk {
    table: "records",
    columns: &["source_id", "data_type", "uid", "hash", "state", "local_id", "gone_at", "due"],
    key: &["source_id", "data_type", "uid"],
    keep: &[],
    doing: "write the records",
};

/// A record as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredRecord {
    /// Its uid.
    pub(crate) uid: String,
    /// The hash of what the source gave last.
    pub(crate) hash: i64,
    /// Whether the source still gives it.
    pub(crate) state: State,
    /// The user or department.
    pub(crate) local_id: LocalId,
    /// Whether another source gives the same user as well.
    pub(crate) shared: bool,
}

/// What [`sift`] found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Sifted {
    /// The rows of the unchanged records.
    pub(crate) unchanged: RoaringTreemap,
    /// The uids of all others.
    pub(crate) other: Vec<String>,
}

/// Tells unchanged records from all others. Unchanged is one that is present, has this hash, and is
/// neither due nor in the task's plan. The uids must be distinct.
pub(crate) async fn sift<'a, C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    (source, task, data_type): (SourceId, TaskId, DataType),
    hashes: impl Iterator<Item = (&'a str, i64)>,
) -> Result<Sifted, StoreError> {
    const DOING: &str = "compare the records with the stored ones";
    let mut json = String::from("{");
    for (uid, hash) in hashes {
        json.push_str(if json.len() == 1 { "" } else { "," });
        json.push_str(&serde_json::to_string(uid).expect("a string serialises"));
        json.push(':');
        json.push_str(&hash.to_string());
    }
    json.push('}');
    let values = [json.into(), source.0.into(), data_type.code().into(), task.0.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), dialect.sift(), values);
    let Some(row) = connection.query_one_raw(statement).await.doing(DOING)? else {
        return Ok(Sifted::default());
    };
    let same: Option<String> = row.try_get("", "same").doing(DOING)?;
    let other: String = row.try_get("", "other").doing(DOING)?;
    let ids = same.as_deref().unwrap_or_default().split(',').filter(|id| !id.is_empty());
    let unchanged = ids.map(|id| id.parse::<u64>()).collect::<Result<RoaringTreemap, _>>();
    Ok(Sifted {
        unchanged: unchanged.map_err(|reason| StoreError::Damaged(format!("records.local_id: {reason}")))?,
        other: rows::json("records.uid", &other)?,
    })
}

/// The stored records with these uids.
pub(crate) async fn by_uids<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    source: SourceId,
    data_type: DataType,
    uids: impl IntoIterator<Item = &str>,
) -> Result<Vec<StoredRecord>, StoreError> {
    let sql = format!(
        "SELECT r.uid, r.hash, r.state, r.local_id, {SHARED} FROM {} keys \
         CROSS JOIN records r WHERE r.source_id = $2 AND r.data_type = $3 AND r.uid = keys.k",
        dialect.text_keys("$1")
    );
    let values = [rows::json_array(uids).into(), source.0.into(), data_type.code().into()];
    find(connection, Statement::from_sql_and_values(dialect.backend(), sql, values)).await
}

/// A page of the records that a source has present, by uid, and of those that it no longer gives if
/// `missing` asks for them.
pub(crate) async fn standing<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    source: SourceId,
    data_type: DataType,
    missing: bool,
    (after, limit): (Option<&str>, u64),
) -> Result<Vec<StoredRecord>, StoreError> {
    let states = if missing { "r.state IN (1, 2)" } else { "r.state = 1" };
    let sql = format!(
        "SELECT r.uid, r.hash, r.state, r.local_id, {SHARED} FROM records r \
         WHERE r.source_id = $1 AND r.data_type = $2 AND {states} AND r.uid > $3 ORDER BY r.uid LIMIT $4"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [source.0.into(), data_type.code().into(), after.unwrap_or_default().into(), limit.into()];
    find(connection, Statement::from_sql_and_values(dialect.backend(), sql, values)).await
}

/// How many records of a data type a source has present.
pub(crate) async fn count_present<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    source: SourceId,
    data_type: DataType,
) -> Result<u64, StoreError> {
    const DOING: &str = "count the source's records";
    let sql = "SELECT count(*) AS n FROM records WHERE source_id = $1 AND data_type = $2 AND state = 1";
    let values = [source.0.into(), data_type.code().into()];
    let row = connection.query_one_raw(Statement::from_sql_and_values(dialect.backend(), sql, values));
    let Some(row) = row.await.doing(DOING)? else { return Ok(0) };
    let count: i64 = row.try_get("", "n").doing(DOING)?;
    Ok(count.unsigned_abs())
}

/// The same, but not further than `most`.
pub(crate) async fn count_some<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    source: SourceId,
    data_type: DataType,
    most: u64,
) -> Result<u64, StoreError> {
    const DOING: &str = "count the source's records";
    let sql = "SELECT count(*) AS n FROM (SELECT 1 FROM records WHERE source_id = $1 AND data_type = $2 \
               AND state = 1 LIMIT $3) AS some";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = [source.0.into(), data_type.code().into(), most.into()];
    let row = connection.query_one_raw(Statement::from_sql_and_values(dialect.backend(), sql, values));
    let Some(row) = row.await.doing(DOING)? else { return Ok(0) };
    let count: i64 = row.try_get("", "n").doing(DOING)?;
    Ok(count.unsigned_abs())
}

/// Which records lead to these rows: (row, source, uid, state), in the order of row, source and uid.
pub(crate) async fn links<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    data_type: DataType,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<Vec<Link>, StoreError> {
    let sql = format!(
        "SELECT r.local_id, r.source_id, r.uid, r.state, r.hash, r.gone_at FROM {} keys \
         CROSS JOIN records r WHERE r.data_type = $2 AND r.local_id = keys.k ORDER BY r.local_id, r.source_id, r.uid",
        dialect.number_keys("$1")
    );
    let values = [rows::json_array(ids.into_iter().map(|id| id.0)).into(), data_type.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Link::find_by_statement(statement).all(connection).await.doing("read the links")
}

/// A record's way to its row.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Link {
    /// The user's or department's id.
    pub(crate) local_id: i64,
    /// The source.
    pub(crate) source_id: i64,
    /// The uid in that source.
    pub(crate) uid: String,
    /// See [`State`].
    pub(crate) state: i16,
    /// The hash of what the source gave last.
    pub(crate) hash: i64,
    /// Since when the source no longer gives it, in milliseconds since 1970, where that is known.
    pub(crate) gone_at: Option<i64>,
}

impl Link {
    /// What is kept of the record.
    pub(crate) fn kept(&self) -> Result<Kept, StoreError> {
        let state = State::from_code(self.state);
        let state = state.ok_or_else(|| StoreError::Damaged(format!("records.state is {}", self.state)))?;
        Ok(Kept { hash: self.hash, state })
    }

    /// Whether the source still gives the record.
    pub(crate) fn is_present(&self) -> bool {
        self.state == State::Present as i16
    }
}

/// Makes the records due that other sources still give of these rows, because this source lets them go: they are
/// compared with the rows when they come next, changed or not.
pub(crate) async fn make_due<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    source: SourceId,
    data_type: DataType,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE records SET due = $4 WHERE data_type = $2 AND source_id <> $3 AND state = 1 \
         AND local_id IN (SELECT k FROM {} keys)",
        dialect.number_keys("$1")
    );
    let ids = rows::json_array(ids.into_iter().map(|id| id.0));
    let values = [ids.into(), data_type.code().into(), source.0.into(), true.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    tx.execute_raw(statement).await.doing("note which records are due")?;
    Ok(())
}

/// Writes records; one that is there already is replaced. One that the source no longer gives is gone `now`.
pub(crate) async fn write<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    source: SourceId,
    data_type: DataType,
    now: i64,
    records: impl Iterator<Item = (String, i64, State, LocalId)>,
) -> Result<(), StoreError> {
    let mut values = Vec::new();
    for (uid, hash, state, local_id) in records {
        values.push(source.0.into());
        values.push(data_type.code().into());
        values.push(uid.into());
        values.push(hash.into());
        values.push((state as i16).into());
        values.push(local_id.0.into());
        values.push((state != State::Present).then_some(now).into());
        values.push(None::<bool>.into());
    }
    TABLE.write(tx, dialect, values).await
}

/// Forgets records, so that nothing leads from them to a row any more.
pub(crate) async fn remove<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    source: SourceId,
    data_type: DataType,
    uids: impl IntoIterator<Item = &str>,
) -> Result<(), StoreError> {
    let sql = format!(
        "DELETE FROM records WHERE source_id = $2 AND data_type = $3 AND uid IN (SELECT k FROM {} keys)",
        dialect.text_keys("$1")
    );
    let values = [rows::json_array(uids).into(), source.0.into(), data_type.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    tx.execute_raw(statement).await.doing("write the records")?;
    Ok(())
}

const SHARED: &str = "EXISTS (SELECT 1 FROM records o WHERE o.data_type = r.data_type \
    AND o.local_id = r.local_id AND o.source_id <> r.source_id AND o.state = 1 \
    AND o.source_id IN (SELECT id FROM sources WHERE deleted_at IS NULL)) AS shared";

#[derive(FromQueryResult)]
struct Row {
    uid: String,
    hash: i64,
    state: i16,
    local_id: i64,
    shared: bool,
}

async fn find<C: ConnectionTrait>(
    connection: &C,
    statement: Statement,
) -> Result<Vec<StoredRecord>, StoreError> {
    let found = Row::find_by_statement(statement).all(connection).await.doing("read the records")?;
    let record = |row: Row| {
        let state = State::from_code(row.state);
        let state = state.ok_or_else(|| StoreError::Damaged(format!("records.state is {}", row.state)))?;
        let local_id = LocalId(row.local_id);
        Ok(StoredRecord { uid: row.uid, hash: row.hash, state, local_id, shared: row.shared })
    };
    found.into_iter().map(record).collect()
}

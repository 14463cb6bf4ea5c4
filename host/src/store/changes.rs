//! Changes, the plan of a task: write, read in the order of applying, mark outcomes, list.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, TaskId};
use crate::domain::link::{Kept, LinkMove, State};
use crate::domain::one_line::{MESSAGE, told};
use crate::domain::task::{Task, Watermark};

use serde::{Deserialize, Serialize};

use super::bulk::Bulk;
use super::dialect::Dialect;
use super::entity::change::{Column, Entity, Model};
use super::rows::{self, Parts};
use super::sizes::user_bytes;
use super::{Doing, StoreError, sizes};

const TABLE: Bulk = Bulk {
    table: "changes",
    columns: &[
        "task_id",
        "data_type",
        "uid",
        "position",
        "op",
        "cause",
        "record",
        "before_json",
        "local_id",
        "base",
        "base_state",
        "leaves_hash",
        "leaves_state",
        "outcome",
        "error",
        "link_move",
    ],
    key: &["task_id", "data_type", "uid"],
    keep: &[],
    doing: "write the plan",
};

/// How many changes of a plan are removed in one transaction.
const PIECE: i64 = 2_000;

/// How many bytes a change holds, and the row that it is about.
const BYTES: &str = concat!(
    "coalesce(octet_length(changes.record), 0) + coalesce(octet_length(changes.before_json), 0) + ",
    "coalesce(CASE changes.data_type WHEN 1 THEN (SELECT ",
    user_bytes!("u"),
    " FROM users u WHERE u.id = changes.local_id) ",
    "ELSE (SELECT octet_length(d.custom) FROM departments d WHERE d.id = changes.local_id) END, 0)"
);

/// Some changes that can be loaded together with their rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) changes: Vec<Change>,
    /// Whether it ends before its limit because there is no room for the next change.
    pub(crate) is_cut: bool,
}

/// Which changes of a task to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChangeFilter {
    /// Of this kind.
    pub(crate) op: Option<Op>,
    /// With this outcome.
    pub(crate) outcome: Option<Outcome>,
    /// Of this data type.
    pub(crate) data_type: Option<DataType>,
    /// After this one, in the order of applying.
    pub(crate) after: Option<Watermark>,
    /// Up to this one.
    pub(crate) until: Option<Watermark>,
    /// Whether those that failed are left out.
    pub(crate) but_failed: bool,
}

/// Writes changes; one that is there already is replaced.
pub(crate) async fn write<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    task: TaskId,
    changes: Vec<Change>,
) -> Result<(), StoreError> {
    let mut values = Vec::with_capacity(changes.len() * TABLE.columns.len());
    for change in changes {
        values.push(task.0.into());
        values.push(change.data_type.code().into());
        values.push(change.uid.into());
        values.push(change.position.into());
        values.push(change.op.as_str().into());
        values.push(change.cause.as_str().into());
        values.push(change.record.into());
        values.push(change.before.map(|before| rows::to_json(&before)).into());
        values.push(change.local_id.map(|id| id.0).into());
        for kept in [change.base, change.leaves] {
            values.push(kept.map(|kept| kept.hash).into());
            values.push(kept.map(|kept| kept.state.code()).into());
        }
        values.push(change.outcome.map(Outcome::as_str).into());
        values.push(change.error.map(|error| told(&error, MESSAGE).into_owned()).into());
        values.push(change.link_move.as_ref().map(link_move_json).into());
    }
    TABLE.write(tx, dialect, values).await
}

/// The changes with these uids.
pub(crate) async fn by_uids<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: TaskId,
    data_type: DataType,
    uids: impl IntoIterator<Item = &str>,
) -> Result<Vec<Change>, StoreError> {
    let sql = format!(
        "SELECT c.* FROM {} keys CROSS JOIN changes c WHERE c.task_id = $2 AND c.data_type = $3 AND c.uid = keys.k",
        dialect.text_keys("$1")
    );
    let values = [rows::json_array(uids).into(), task.0.into(), data_type.code().into()];
    find(connection, Statement::from_sql_and_values(dialect.backend(), sql, values)).await
}

/// The next changes to be applied, in their order: those after the watermark that have no outcome. At most `limit`,
/// and no more than can be loaded together with their rows.
pub(crate) async fn pending<C: ConnectionTrait>(
    connection: &C,
    task: TaskId,
    after: Option<&Watermark>,
    limit: u64,
) -> Result<Vec<Change>, StoreError> {
    let mut query = Entity::find().filter(Column::TaskId.eq(task.0)).filter(Column::Outcome.is_null());
    if let Some(after) = after {
        query = query.filter(beyond(after));
    }
    Ok(some(connection, in_order(query), limit).await?.changes)
}

/// Changes of one kind and data type, in their order, as [`pending`] limits them.
pub(crate) async fn page_of<C: ConnectionTrait>(
    connection: &C,
    task: TaskId,
    data_type: DataType,
    ops: &[Op],
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Change>, StoreError> {
    let mut query = Entity::find()
        .filter(Column::TaskId.eq(task.0))
        .filter(Column::DataType.eq(data_type.code()))
        .filter(Column::Op.is_in(ops.iter().map(|op| op.as_str())));
    if let Some(after) = after {
        query = query.filter(Column::Uid.gt(after));
    }
    Ok(some(connection, in_order(query), limit).await?.changes)
}

/// Changes with an outcome that is always written, in their order: those that failed or were skipped. There is an index
/// of them, and they may be few among a million. Limited as [`pending`].
pub(crate) async fn with_outcome<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: TaskId,
    filter: &ChangeFilter,
    limit: u64,
) -> Result<Vec<Change>, StoreError> {
    Ok(some_with_outcome(connection, dialect, task, filter, limit).await?.changes)
}

async fn some_with_outcome<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: TaskId,
    filter: &ChangeFilter,
    limit: u64,
) -> Result<Part, StoreError> {
    let mut parts = Parts::default();
    let mut sql = format!(
        "FROM changes{} WHERE task_id = {} AND outcome IS NOT NULL",
        dialect.by_index("changes_by_outcome"),
        parts.value(task.0)
    );
    if let Some(outcome) = filter.outcome {
        sql.push_str(&format!(" AND outcome = {}", parts.value(outcome.as_str())));
    }
    if let Some(op) = filter.op {
        sql.push_str(&format!(" AND op = {}", parts.value(op.as_str())));
    }
    if let Some(data_type) = filter.data_type {
        sql.push_str(&format!(" AND data_type = {}", parts.value(data_type.code())));
    }
    for (compared, mark) in [(">", &filter.after), ("<=", &filter.until)] {
        if let Some(Watermark { data_type, uid }) = mark {
            let (data_type, uid) = (parts.value(data_type.code()), parts.value(uid.as_str()));
            sql.push_str(&format!(" AND (data_type, uid) {compared} ({data_type}, {uid})"));
        }
    }
    sql.push_str(" ORDER BY data_type, uid");
    some_of(connection, dialect, sql, parts, limit).await
}

/// Changes with one of these outcomes that have switched their rows off all the same, in their order. Limited
/// as [`pending`].
pub(crate) async fn locks<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: TaskId,
    outcomes: &[Outcome],
    after: Option<&Watermark>,
    limit: u64,
) -> Result<Vec<Change>, StoreError> {
    let mut parts = Parts::default();
    let mut sql = format!(
        "FROM changes{} WHERE task_id = {}",
        dialect.by_index("changes_by_outcome"),
        parts.value(task.0)
    );
    let outcomes: Vec<String> = outcomes.iter().map(|outcome| parts.value(outcome.as_str())).collect();
    let (op, cause) = (parts.value(Op::Update.as_str()), parts.value(Cause::Given.as_str()));
    sql.push_str(&format!(
        " AND outcome IS NOT NULL AND outcome IN ({}) AND op = {op} AND cause = {cause} AND leaves_hash IS NOT NULL",
        outcomes.join(", ")
    ));
    if let Some(Watermark { data_type, uid }) = after {
        let (data_type, uid) = (parts.value(data_type.code()), parts.value(uid.as_str()));
        sql.push_str(&format!(" AND (data_type, uid) > ({data_type}, {uid})"));
    }
    sql.push_str(" ORDER BY data_type, uid");
    Ok(some_of(connection, dialect, sql, parts, limit).await?.changes)
}

/// A page of a task's changes for its readers. The outcome is spelled out, whether it is written in
/// the change or follows from the task's watermark. Limited as [`pending`].
pub(crate) async fn list<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: &Task,
    filter: &ChangeFilter,
    limit: u64,
) -> Result<Vec<Change>, StoreError> {
    Ok(page(connection, dialect, task, filter, limit).await?.changes)
}

/// The same, and whether it ends before its limit because what is loaded together ends there.
pub(crate) async fn page<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: &Task,
    filter: &ChangeFilter,
    limit: u64,
) -> Result<Part, StoreError> {
    if let Some(Outcome::Failed | Outcome::Skipped) = filter.outcome {
        return some_with_outcome(connection, dialect, task.id, filter, limit).await;
    }
    let mut query = Entity::find().filter(Column::TaskId.eq(task.id.0));
    if let Some(op) = filter.op {
        query = query.filter(Column::Op.eq(op.as_str()));
    }
    if let Some(data_type) = filter.data_type {
        query = query.filter(Column::DataType.eq(data_type.code()));
    }
    if let Some(outcome) = filter.outcome {
        query = query.filter(has_outcome(outcome, task));
    }
    if let Some(after) = &filter.after {
        query = query.filter(beyond(after));
    }
    if let Some(until) = &filter.until {
        query = query.filter(up_to(until));
    }
    if filter.but_failed {
        let others = Column::Outcome.is_null().or(Column::Outcome.ne(Outcome::Failed.as_str()));
        query = query.filter(others);
    }
    let mut part = some(connection, in_order(query), limit).await?;
    part.changes.iter_mut().for_each(|change| spell_out(change, task));
    Ok(part)
}

/// Says what became of a change where that follows from the task's watermark.
fn spell_out(change: &mut Change, task: &Task) {
    let mark = Watermark { data_type: change.data_type, uid: change.uid.clone() };
    let applied = task.watermark.as_ref().is_some_and(|watermark| mark <= *watermark);
    change.outcome.get_or_insert(if applied { Outcome::Applied } else { Outcome::Pending });
}

/// The change that comes so many after another one, in the order of applying; none if there are not so many.
pub(crate) async fn ahead<C: ConnectionTrait>(
    connection: &C,
    task: TaskId,
    filter: &ChangeFilter,
    count: u64,
) -> Result<Option<Watermark>, StoreError> {
    let mut query = Entity::find()
        .select_only()
        .columns([Column::DataType, Column::Uid])
        .filter(Column::TaskId.eq(task.0));
    if let Some(data_type) = filter.data_type {
        query = query.filter(Column::DataType.eq(data_type.code()));
    }
    if let Some(after) = &filter.after {
        query = query.filter(beyond(after));
    }
    let query = in_order(query).offset(count.saturating_sub(1)).limit(1);
    let found: Option<(i16, String)> = query.into_tuple().one(connection).await.doing("list the changes")?;
    let mark = |(code, uid)| Ok(Watermark { data_type: rows::data_type("changes.data_type", code)?, uid });
    found.map(mark).transpose()
}

/// What these tasks changed of a record, by task, the latest first.
pub(crate) async fn of_record<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    tasks: &[Task],
    data_type: DataType,
    uid: &str,
) -> Result<Vec<(TaskId, Change)>, StoreError> {
    let sql = format!(
        "SELECT c.* FROM {} keys CROSS JOIN changes c WHERE c.task_id = keys.k AND c.data_type = $2 AND c.uid = $3",
        dialect.number_keys("$1")
    );
    let values =
        [rows::json_array(tasks.iter().map(|task| task.id.0)).into(), data_type.code().into(), uid.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = Entity::find().from_raw_sql(statement).all(connection).await;
    let mut changes = Vec::new();
    for model in found.doing("look for changes of a record")? {
        let id = TaskId(model.task_id);
        let mut change = change(model)?;
        if let Some(task) = tasks.iter().find(|task| task.id == id) {
            spell_out(&mut change, task);
        }
        changes.push((id, change));
    }
    Ok(changes)
}

/// The last task after this one, of the same source, that changed each of these records. How many of the
/// latest tasks are looked at is limited: it is for a message.
pub(crate) async fn changed_later<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: &Task,
    data_type: DataType,
    uids: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, TaskId>, StoreError> {
    const DOING: &str = "look for later changes";
    let sql = format!(
        "SELECT keys.k AS uid, max(c.task_id) AS task FROM {} keys \
         CROSS JOIN (SELECT id FROM tasks WHERE source_id = $2 AND id > $3 AND dry_run = $4 \
         AND watermark_uid IS NOT NULL ORDER BY id DESC LIMIT 100) t CROSS JOIN changes c \
         WHERE c.task_id = t.id AND c.data_type = $5 AND c.uid = keys.k \
         AND (c.outcome IS NULL OR c.outcome = 'applied') GROUP BY keys.k",
        dialect.text_keys("$1")
    );
    let values = [
        rows::json_array(uids).into(),
        task.source_id.0.into(),
        task.id.0.into(),
        false.into(),
        data_type.code().into(),
    ];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = connection.query_all_raw(statement).await.doing(DOING)?;
    let pair = |row: sea_orm::QueryResult| {
        Ok((row.try_get("", "uid").doing(DOING)?, TaskId(row.try_get("", "task").doing(DOING)?)))
    };
    found.into_iter().map(pair).collect()
}

/// Why changes of a data type failed, as their errors say: so many of them at most.
pub(crate) async fn errors<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: TaskId,
    data_type: DataType,
    limit: u64,
) -> Result<Vec<String>, StoreError> {
    const DOING: &str = "look for why records failed";
    let sql = format!(
        "SELECT error FROM changes{} WHERE task_id = $1 AND outcome IS NOT NULL AND outcome = $2 \
         AND data_type = $3 AND error IS NOT NULL LIMIT $4",
        dialect.by_index("changes_by_outcome")
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [task.0.into(), Outcome::Failed.as_str().into(), data_type.code().into(), limit.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = connection.query_all_raw(statement).await.doing(DOING)?;
    found.into_iter().map(|row| row.try_get("", "error").doing(DOING)).collect()
}

/// How many changes of each kind and cause a task applied, or would apply.
pub(crate) async fn tally<C: ConnectionTrait>(
    connection: &C,
    task: TaskId,
) -> Result<Vec<(DataType, Op, Cause, u64)>, StoreError> {
    let query = Entity::find()
        .select_only()
        .columns([Column::DataType, Column::Op, Column::Cause])
        .column_as(Column::Position.count(), "n")
        .filter(Column::TaskId.eq(task.0))
        .filter(has_no_failure())
        .group_by(Column::DataType)
        .group_by(Column::Op)
        .group_by(Column::Cause);
    let found: Vec<(i16, String, String, i64)> =
        query.into_tuple().all(connection).await.doing("count the changes")?;
    let row = |(code, op, cause, count): (i16, String, String, i64)| {
        let data_type = rows::data_type("changes.data_type", code)?;
        let (op, cause) = (rows::word("changes.op", &op)?, rows::word("changes.cause", &cause)?);
        Ok((data_type, op, cause, count.unsigned_abs()))
    };
    found.into_iter().map(row).collect()
}

/// A page of the changes without an outcome that write or delete one of these rows, by uid. There is no
/// index of them: the plan is walked from `after` on.
pub(crate) async fn of_rows<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: TaskId,
    data_type: DataType,
    ids: impl IntoIterator<Item = LocalId>,
    (after, limit): (&str, u64),
) -> Result<Vec<Change>, StoreError> {
    let sql = format!(
        "FROM changes WHERE task_id = $2 AND data_type = $3 AND uid > $4 AND outcome IS NULL \
         AND op IN ('update', 'delete') AND local_id IN (SELECT k FROM {} keys) ORDER BY uid",
        dialect.number_keys("$1")
    );
    let values = vec![
        rows::json_array(ids.into_iter().map(|id| id.0)).into(),
        task.0.into(),
        data_type.code().into(),
        after.into(),
    ];
    Ok(some_of(connection, dialect, sql, Parts { values }, limit).await?.changes)
}

/// Writes the outcome of single changes, with the reason.
pub(crate) async fn mark<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    task: TaskId,
    marks: &[(DataType, String, Outcome, Option<String>)],
) -> Result<(), StoreError> {
    let sql =
        "UPDATE changes SET outcome = $1, error = $2 WHERE task_id = $3 AND data_type = $4 AND uid = $5";
    for (data_type, uid, outcome, error) in marks {
        let values = [
            outcome.as_str().into(),
            error.as_deref().map(|error| told(error, MESSAGE).into_owned()).into(),
            task.0.into(),
            data_type.code().into(),
            uid.clone().into(),
        ];
        let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
        tx.execute_raw(statement).await.doing("mark the outcome")?;
    }
    Ok(())
}

/// Spells out that every change up to the watermark without an outcome of its own has been applied,
/// so that the watermark can go back to the start for another attempt.
pub(crate) async fn settle<C: ConnectionTrait>(
    tx: &C,
    task: TaskId,
    watermark: Option<&Watermark>,
) -> Result<(), StoreError> {
    let Some(watermark) = watermark else { return Ok(()) };
    let update = Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(Outcome::Applied.as_str()))
        .filter(Column::TaskId.eq(task.0))
        .filter(Column::Outcome.is_null())
        .filter(up_to(watermark));
    update.exec(tx).await.doing("settle the plan")?;
    Ok(())
}

/// Removes a piece of the plan of a task. Returns how many changes that were; none when nothing is left of it.
pub(crate) async fn clear_some<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    task: TaskId,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM changes WHERE task_id = $1 AND (data_type, uid) IN \
               (SELECT data_type, uid FROM changes WHERE task_id = $1 ORDER BY data_type, uid LIMIT $2)";
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, [task.0.into(), PIECE.into()]);
    Ok(tx.execute_raw(statement).await.doing("clear the plan")?.rows_affected())
}

/// Removes single changes from a plan.
pub(crate) async fn remove<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    task: TaskId,
    data_type: DataType,
    uids: impl IntoIterator<Item = &str>,
) -> Result<(), StoreError> {
    let sql = format!(
        "DELETE FROM changes WHERE task_id = $2 AND data_type = $3 AND uid IN (SELECT k FROM {} keys)",
        dialect.text_keys("$1")
    );
    let values = [rows::json_array(uids).into(), task.0.into(), data_type.code().into()];
    tx.execute_raw(Statement::from_sql_and_values(dialect.backend(), sql, values))
        .await
        .doing("write the plan")?;
    Ok(())
}

fn in_order(query: sea_orm::Select<Entity>) -> sea_orm::Select<Entity> {
    query.order_by_asc(Column::TaskId).order_by_asc(Column::DataType).order_by_asc(Column::Uid)
}

/// Row values, because the database walks them along the primary key; the same spelled with OR is a scan.
fn beyond(mark: &Watermark) -> Condition {
    Condition::all().add(position().gt(position_of(mark)))
}

fn up_to(mark: &Watermark) -> Condition {
    Condition::all().add(position().lte(position_of(mark)))
}

fn position() -> Expr {
    Expr::tuple([Expr::col(Column::DataType), Expr::col(Column::Uid)])
}

fn position_of(mark: &Watermark) -> Expr {
    Expr::tuple([Expr::value(mark.data_type.code()), Expr::value(mark.uid.as_str())])
}

fn has_no_failure() -> Condition {
    Condition::any().add(Column::Outcome.is_null()).add(Column::Outcome.eq(Outcome::Applied.as_str()))
}

fn has_outcome(outcome: Outcome, task: &Task) -> Condition {
    let written = Condition::any().add(Column::Outcome.eq(outcome.as_str()));
    let unwritten = Condition::all().add(Column::Outcome.is_null());
    match (outcome, &task.watermark) {
        (Outcome::Failed | Outcome::Skipped, _) | (Outcome::Applied, None) => written,
        (Outcome::Applied, Some(mark)) => written.add(unwritten.add(up_to(mark))),
        (Outcome::Pending, Some(mark)) => written.add(unwritten.add(beyond(mark))),
        (Outcome::Pending, None) => written.add(unwritten),
    }
}

/// The first of the changes that a query finds.
async fn some<C: ConnectionTrait>(
    connection: &C,
    query: sea_orm::Select<Entity>,
    limit: u64,
) -> Result<Part, StoreError> {
    let sizes = query.clone().select_only().column_as(Expr::cust(BYTES), "bytes").limit(limit);
    let sizes: Vec<i64> = sizes.into_tuple().all(connection).await.doing("read the plan")?;
    let count = sizes::fitting(sizes.iter().map(|bytes| bytes.unsigned_abs()));
    let is_cut = count < sizes.len();
    let found = match count {
        0 => Vec::new(),
        _ => query.limit(count as u64).all(connection).await.doing("read the plan")?,
    };
    let changes = found.into_iter().map(change).collect::<Result<_, _>>()?;
    Ok(Part { changes, is_cut })
}

/// The same for a statement from its FROM on.
async fn some_of<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    from: String,
    mut parts: Parts,
    limit: u64,
) -> Result<Part, StoreError> {
    #[derive(FromQueryResult)]
    struct Size {
        bytes: i64,
    }
    let (plain, most) = (parts.values.clone(), parts.value(i64::try_from(limit).unwrap_or(i64::MAX)));
    let sql = format!("SELECT {BYTES} AS bytes {from} LIMIT {most}");
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, parts.values);
    let sizes = Size::find_by_statement(statement).all(connection).await.doing("read the plan")?;
    let count = sizes::fitting(sizes.iter().map(|size| size.bytes.unsigned_abs()));
    let is_cut = count < sizes.len();
    if count == 0 {
        return Ok(Part { changes: Vec::new(), is_cut });
    }
    let mut parts = Parts { values: plain };
    let most = parts.value(i64::try_from(count).unwrap_or(i64::MAX));
    let sql = format!("SELECT * {from} LIMIT {most}");
    let found =
        find(connection, Statement::from_sql_and_values(dialect.backend(), sql, parts.values)).await?;
    Ok(Part { changes: found, is_cut })
}

async fn find<C: ConnectionTrait>(connection: &C, statement: Statement) -> Result<Vec<Change>, StoreError> {
    let found = Entity::find().from_raw_sql(statement).all(connection).await.doing("read the plan")?;
    found.into_iter().map(change).collect()
}

fn kept(column: &str, hash: Option<i64>, state: Option<i16>) -> Result<Option<Kept>, StoreError> {
    let Some((hash, code)) = hash.zip(state) else { return Ok(None) };
    let state = State::from_code(code);
    let state = state.ok_or_else(|| StoreError::Damaged(format!("column {column}: {code} is no state")))?;
    Ok(Some(Kept { hash, state }))
}

/// A [`LinkMove`] as it is kept.
#[derive(Serialize, Deserialize)]
struct LinkMoveRow {
    uid: String,
    hash: i64,
    state: i16,
    restores: bool,
}

fn link_move_json(link_move: &LinkMove) -> String {
    let LinkMove { uid, kept: Kept { hash, state }, restores } = link_move.clone();
    rows::to_json(&LinkMoveRow { uid, hash, state: state.code(), restores })
}

fn link_move(text: &str) -> Result<LinkMove, StoreError> {
    const COLUMN: &str = "changes.link_move";
    let LinkMoveRow { uid, hash, state, restores } = rows::json(COLUMN, text)?;
    let kept = kept(COLUMN, Some(hash), Some(state))?;
    let kept = kept.ok_or_else(|| StoreError::Damaged(format!("column {COLUMN}: {text}")))?;
    Ok(LinkMove { uid, kept, restores })
}

fn change(model: Model) -> Result<Change, StoreError> {
    Ok(Change {
        data_type: rows::data_type("changes.data_type", model.data_type)?,
        uid: model.uid,
        position: model.position,
        op: rows::word("changes.op", &model.op)?,
        cause: rows::word("changes.cause", &model.cause)?,
        record: model.record,
        before: model.before_json.map(|before| rows::json("changes.before_json", &before)).transpose()?,
        local_id: model.local_id.map(LocalId),
        base: kept("changes.base_state", model.base, model.base_state)?,
        leaves: kept("changes.leaves_state", model.leaves_hash, model.leaves_state)?,
        outcome: model.outcome.map(|outcome| rows::word("changes.outcome", &outcome)).transpose()?,
        error: model.error,
        link_move: model.link_move.as_deref().map(link_move).transpose()?,
    })
}

//! Deliveries: noting what has changed for the targets, what is due, what was confirmed. A row says what one
//! target has of one user or department; changes are not queued one by one, but make that row pending, so
//! that a target which was away for long gets the latest state, once.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Statement, Value,
};

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, TargetId, TaskId};
use crate::domain::one_line::{MESSAGE, told};
use crate::domain::target::DeliveryState;

use super::bulk::Bulk;
use super::dialect::Dialect;
use super::entity::delivery::{Column, Entity};
use super::sizes::user_bytes;
use super::{Doing, StoreError, rows, sizes};

pub(crate) use super::entity::delivery::Model as DeliveryRow;

const TABLE: Bulk = Bulk {
    table: "deliveries",
    columns: &[
        "target_id",
        "data_type",
        "local_id",
        "state",
        "task_id",
        "generation",
        "attempts",
        "due_at",
        "remote_id",
        "confirmed",
        "in_doubt",
        "error",
    ],
    key: &["target_id", "data_type", "local_id"],
    keep: &[],
    doing: WRITING,
};
/// What stands in `in_doubt` where the target may have anything at all. Otherwise it is what was sent and may
/// have been taken: a record, or `null` for a delete.
pub(crate) const ANYTHING: &str = "\"anything\"";

/// How many bytes a row `d` holds, and the user or department that it is about.
const DUE_BYTES: &str = concat!(
    "coalesce(octet_length(d.confirmed), 0) + coalesce(octet_length(d.in_doubt), 0) + ",
    "coalesce(CASE d.data_type WHEN 1 THEN (SELECT ",
    user_bytes!("u"),
    " FROM users u WHERE u.id = d.local_id) ",
    "ELSE (SELECT octet_length(x.custom) FROM departments x WHERE x.id = d.local_id) END, 0)"
);
/// How many bytes a row holds.
const BYTES: &str =
    "coalesce(octet_length(deliveries.confirmed), 0) + coalesce(octet_length(deliveries.in_doubt), 0)";
const WRITING: &str = "write the deliveries";
const READING: &str = "read the deliveries";
/// How many rows are removed, or tried again, in one transaction.
const PURGE: i64 = 5_000;

impl DeliveryRow {
    /// Where it stands.
    pub(crate) fn state(&self) -> Result<DeliveryState, StoreError> {
        rows::word("deliveries.state", &self.state)
    }
}

/// Notes in the transaction that changes these rows that every enabled target is to have them.
pub(crate) async fn note<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    data_type: DataType,
    ids: impl IntoIterator<Item = LocalId>,
    (task, now): (TaskId, i64),
) -> Result<(), StoreError> {
    let keys = dialect.number_keys("$1");
    let values = [rows::json_array(ids.into_iter().map(|id| id.0)).into()];
    insert(tx, dialect, data_type, (format!("SELECT k AS id FROM {keys} keys"), values), (task, now)).await
}

/// Notes what other rows show of these departments: that they come or go is seen in their members and in
/// the departments below them.
pub(crate) async fn note_around<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    departments: &[LocalId],
    at: (TaskId, i64),
) -> Result<(), StoreError> {
    let ids: Value = rows::json_array(departments.iter().map(|id| id.0)).into();
    for data_type in DataType::ALL {
        insert(tx, dialect, data_type, (showing(dialect, data_type), [ids.clone()]), at).await?;
    }
    Ok(())
}

/// Notes the members of these departments.
pub(crate) async fn note_members<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    departments: &[LocalId],
    at: (TaskId, i64),
) -> Result<(), StoreError> {
    let ids: Value = rows::json_array(departments.iter().map(|id| id.0)).into();
    insert(tx, dialect, DataType::User, (showing(dialect, DataType::User), [ids]), at).await
}

/// Notes all departments below these: what these are called, and where they are, is seen in their paths.
pub(crate) async fn note_below<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    departments: &[LocalId],
    at: (TaskId, i64),
) -> Result<(), StoreError> {
    let mut seen: HashSet<i64> = departments.iter().map(|id| id.0).collect();
    let mut above: Vec<i64> = seen.iter().copied().collect();
    while !above.is_empty() {
        let sql = showing(dialect, DataType::Department);
        let values = [rows::json_array(above.drain(..)).into()];
        let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
        let found = tx.query_all_raw(statement).await.doing("read the tree")?;
        for row in found {
            let id: i64 = row.try_get("", "id").doing("read the tree")?;
            if seen.insert(id) {
                above.push(id);
            }
        }
        note(tx, dialect, DataType::Department, above.iter().copied().map(LocalId), at).await?;
    }
    Ok(())
}

/// `found` selects a column `id`, with `$1` and on for its values.
async fn insert<C: ConnectionTrait, const N: usize>(
    tx: &C,
    dialect: Dialect,
    data_type: DataType,
    (found, values): (String, [Value; N]),
    (of_task, at): (TaskId, i64),
) -> Result<(), StoreError> {
    // As values, so that the statement is the same for each task and is prepared once.
    let (task, now) = (N + 1, N + 2);
    let takes = match data_type {
        DataType::User => "takes_users",
        DataType::Department => "takes_departments",
    };
    let sql = format!(
        "INSERT INTO deliveries \
         (target_id, data_type, local_id, state, task_id, generation, attempts, due_at) \
         SELECT t.id, {code}, found.id, '{pending}', ${task}, 1, 0, ${now} \
         FROM ({found}) found CROSS JOIN targets t \
         WHERE t.enabled AND t.name_key IS NOT NULL AND t.{takes} {again}",
        code = data_type.code(),
        pending = DeliveryState::Pending,
        again = AGAIN,
    );
    let values = values.into_iter().chain([of_task.0.into(), at.into()]);
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    tx.execute_raw(statement).await.doing("note changes for the targets")?;
    Ok(())
}

/// Has those of a target's deliveries sent again that show these departments, because its ids of them are known
/// only now: of their members, and of the departments below them. What is pending is sent anyway. Where the
/// target `replaced` the departments by others, nobody knows what else went with them.
pub(crate) async fn show_again<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    target: TargetId,
    departments: &[LocalId],
    (replaced, now): (bool, i64),
) -> Result<(), StoreError> {
    let (doubt, states) = match replaced {
        true => (format!(", in_doubt = '{ANYTHING}'"), "state <> 'failed'"),
        false => (String::new(), "state = 'delivered'"),
    };
    for data_type in DataType::ALL {
        let sql = format!(
            "UPDATE deliveries SET state = '{pending}', generation = generation + 1, attempts = 0, \
             due_at = {now}{doubt} WHERE target_id = $2 AND data_type = {code} AND {states} \
             AND local_id IN ({showing})",
            pending = DeliveryState::Pending,
            code = data_type.code(),
            showing = showing(dialect, data_type),
        );
        let ids: Value = rows::json_array(departments.iter().map(|id| id.0)).into();
        let statement = Statement::from_sql_and_values(dialect.backend(), sql, [ids, target.0.into()]);
        tx.execute_raw(statement).await.doing(WRITING)?;
    }
    Ok(())
}

/// Selects the users, or departments, that show the departments in `$1`: their members, or those right below.
fn showing(dialect: Dialect, data_type: DataType) -> String {
    let (id, table, named) = match data_type {
        DataType::User => ("user_id", "memberships", "department_uid"),
        DataType::Department => ("id", "departments", "parent_uid"),
    };
    format!(
        "SELECT DISTINCT x.{id} AS id FROM {} keys CROSS JOIN records r CROSS JOIN {table} x \
         WHERE r.data_type = {} AND r.local_id = keys.k AND x.source_id = r.source_id AND x.{named} = r.uid",
        dialect.number_keys("$1"),
        DataType::Department.code()
    )
}

/// What becomes of a row that is there already when it is noted again.
const AGAIN: &str = "ON CONFLICT (target_id, data_type, local_id) DO UPDATE SET state = excluded.state, \
    task_id = excluded.task_id, generation = deliveries.generation + 1, attempts = 0, \
    due_at = excluded.due_at, error = NULL";

/// How a target is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// With what it has not confirmed.
    Missing,
    /// With everything: what it confirmed once may be gone from it, or be different there.
    Everything,
}

/// Notes the next users or departments of the directory for one target: those after `after`, and what the
/// target still has of them. What is pending already stays its task's. Returns the last one and how many there
/// were; none at the end.
pub(crate) async fn note_next<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    (target, data_type): (TargetId, DataType),
    after: LocalId,
    limit: i64,
    fill: Fill,
    (task, now): (TaskId, i64),
) -> Result<Option<(LocalId, u64)>, StoreError> {
    const DOING: &str = "note the directory for the target";
    let table = data_type.target();
    let code = data_type.code();
    let page = format!(
        "SELECT x.id FROM {table} x WHERE x.id > $1 AND (x.deleted_at IS NULL OR EXISTS \
         (SELECT 1 FROM deliveries d WHERE d.target_id = $2 AND d.data_type = {code} AND d.local_id = x.id)) \
         ORDER BY x.id LIMIT $3"
    );
    let values = || [Value::from(after.0), target.0.into(), limit.into()];
    let again = match fill {
        Fill::Missing => format!("{AGAIN} WHERE deliveries.state <> excluded.state"),
        Fill::Everything => format!(
            "ON CONFLICT (target_id, data_type, local_id) DO UPDATE SET state = excluded.state, \
             task_id = CASE WHEN deliveries.state = excluded.state THEN deliveries.task_id \
             ELSE excluded.task_id END, \
             in_doubt = CASE WHEN deliveries.confirmed IS NULL AND deliveries.remote_id IS NULL \
             THEN deliveries.in_doubt ELSE '{ANYTHING}' END, \
             generation = deliveries.generation + 1, attempts = 0, due_at = excluded.due_at, error = NULL"
        ),
    };
    let sql = format!("SELECT max(id) AS last, count(*) AS n FROM ({page}) page");
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values());
    let Some(row) = tx.query_one_raw(statement).await.doing(DOING)? else { return Ok(None) };
    let last: Option<i64> = row.try_get("", "last").doing(DOING)?;
    let count: i64 = row.try_get("", "n").doing(DOING)?;
    let Some(last) = last else { return Ok(None) };
    let sql = format!(
        "INSERT INTO deliveries \
         (target_id, data_type, local_id, state, task_id, generation, attempts, due_at) \
         SELECT $2, {code}, page.id, '{pending}', {task}, 1, 0, {now} FROM ({page}) page WHERE 1 = 1 {again}",
        pending = DeliveryState::Pending,
    );
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values());
    tx.execute_raw(statement).await.doing(DOING)?;
    Ok(Some((LocalId(last), count.unsigned_abs())))
}

/// What of a target is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The target.
    pub(crate) target: TargetId,
    /// Users or departments.
    pub(crate) data_type: DataType,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
    /// The targets that must have what they are to have before this one.
    pub(crate) behind: &'a [TargetId],
}

impl Wanted<'_> {
    /// The condition on a row `d`.
    fn condition(&self) -> String {
        let (target, data_type, now) = (self.target, self.data_type.code(), self.now);
        let mut sql = format!(
            "d.target_id = {target} AND d.state = 'pending' AND d.data_type = {data_type} AND d.due_at <= {now}"
        );
        if !self.behind.is_empty() {
            let behind: Vec<String> = self.behind.iter().map(ToString::to_string).collect();
            sql.push_str(&format!(
                " AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.target_id IN ({}) \
                 AND o.data_type = d.data_type AND o.local_id = d.local_id AND o.state = 'pending')",
                behind.join(", ")
            ));
        }
        sql
    }
}

/// What is due now, in the order of its turn: at most `limit`, and no more than can be loaded together with the users
/// or departments.
pub(crate) async fn due<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    wanted: Wanted<'_>,
    limit: i64,
) -> Result<Vec<DeliveryRow>, StoreError> {
    let from =
        format!("FROM deliveries d WHERE {} ORDER BY d.due_at, d.local_id LIMIT $1", wanted.condition());
    let sql = format!("SELECT d.local_id AS id, {DUE_BYTES} AS bytes {from}");
    let sized =
        Loaded::find_by_statement(Statement::from_sql_and_values(dialect.backend(), sql, [limit.into()]));
    let sized = sized.all(connection).await.doing(READING)?;
    let count = sizes::fitting(sized.iter().map(|row| row.bytes.unsigned_abs()));
    if count == 0 {
        return Ok(Vec::new());
    }
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    select(connection, dialect, format!("SELECT d.* {from}"), vec![count.into()]).await
}

/// How many of these users or departments, from the first on, can be loaded together with what the target has of them.
pub(crate) async fn fitting<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    (target, data_type): (TargetId, DataType),
    ids: &[LocalId],
) -> Result<usize, StoreError> {
    let sql = format!(
        "SELECT d.local_id AS id, {DUE_BYTES} AS bytes FROM {} keys CROSS JOIN deliveries d \
         WHERE d.target_id = $2 AND d.data_type = $3 AND d.local_id = keys.k",
        dialect.number_keys("$1")
    );
    let values =
        [rows::json_array(ids.iter().map(|id| id.0)).into(), target.0.into(), data_type.code().into()];
    let sized = Loaded::find_by_statement(Statement::from_sql_and_values(dialect.backend(), sql, values));
    let sized = sized.all(connection).await.doing(READING)?;
    let bytes: HashMap<i64, u64> = sized.into_iter().map(|row| (row.id, row.bytes.unsigned_abs())).collect();
    Ok(sizes::fitting(ids.iter().map(|id| bytes.get(&id.0).copied().unwrap_or_default())))
}

/// How many bytes are loaded for a delivery.
#[derive(FromQueryResult)]
struct Loaded {
    id: i64,
    bytes: i64,
}

/// The same of these.
pub(crate) async fn due_of<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    wanted: Wanted<'_>,
    ids: &[LocalId],
) -> Result<Vec<DeliveryRow>, StoreError> {
    let sql = format!(
        "SELECT d.* FROM {} keys CROSS JOIN deliveries d WHERE {} AND d.local_id = keys.k",
        dialect.number_keys("$1"),
        wanted.condition()
    );
    select(connection, dialect, sql, vec![rows::json_array(ids.iter().map(|id| id.0)).into()]).await
}

async fn select<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    sql: String,
    values: Vec<Value>,
) -> Result<Vec<DeliveryRow>, StoreError> {
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Entity::find().from_raw_sql(statement).all(connection).await.doing(READING)
}

/// Whether departments are there or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    There,
    Deleted,
}

/// The departments that are due now, by id.
pub(crate) async fn due_departments<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    wanted: Wanted<'_>,
    presence: Presence,
) -> Result<Vec<LocalId>, StoreError> {
    let deleted = match presence {
        Presence::There => "IS NULL",
        Presence::Deleted => "IS NOT NULL",
    };
    let sql = format!(
        "SELECT d.local_id AS id FROM deliveries d CROSS JOIN departments x \
         WHERE {} AND x.id = d.local_id AND x.deleted_at {deleted}",
        wanted.condition()
    );
    #[derive(FromQueryResult)]
    struct Found {
        id: i64,
    }
    let statement = Statement::from_string(dialect.backend(), sql);
    let found = Found::find_by_statement(statement).all(connection).await.doing(READING)?;
    Ok(found.into_iter().map(|found| LocalId(found.id)).collect())
}

/// When something of a target is due next; none if nothing is pending.
pub(crate) async fn next_due<C: ConnectionTrait>(
    connection: &C,
    target: TargetId,
) -> Result<Option<i64>, StoreError> {
    let mut next: Option<i64> = None;
    // One descent into the index each.
    for data_type in DataType::ALL {
        let query = Entity::find()
            .select_only()
            .column_as(Column::DueAt.min(), "due")
            .filter(Column::TargetId.eq(target.0))
            .filter(Column::State.eq(DeliveryState::Pending.as_str()))
            .filter(Column::DataType.eq(data_type.code()));
        let due: Option<Option<i64>> = query.into_tuple().one(connection).await.doing(READING)?;
        next = next.into_iter().chain(due.flatten()).min();
    }
    Ok(next)
}

/// These rows as they are now, by their users' or departments' ids.
pub(crate) async fn by_ids<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    (target, data_type): (TargetId, DataType),
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<LocalId, DeliveryRow>, StoreError> {
    let sql = format!(
        "SELECT d.* FROM {} keys CROSS JOIN deliveries d \
         WHERE d.target_id = $2 AND d.data_type = $3 AND d.local_id = keys.k",
        dialect.number_keys("$1")
    );
    let ids = rows::json_array(ids.into_iter().map(|id| id.0));
    let values = vec![ids.into(), target.0.into(), data_type.code().into()];
    let found = select(connection, dialect, sql, values).await?;
    Ok(found.into_iter().map(|row| (LocalId(row.local_id), row)).collect())
}

/// The target's own ids of these users or departments, where it has them.
pub(crate) async fn remote_ids<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    (target, data_type): (TargetId, DataType),
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<i64, String>, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        local_id: i64,
        remote_id: String,
    }
    let sql = format!(
        "SELECT d.local_id, d.remote_id FROM {} keys CROSS JOIN deliveries d \
         WHERE d.target_id = $2 AND d.data_type = $3 AND d.local_id = keys.k AND d.remote_id IS NOT NULL",
        dialect.number_keys("$1")
    );
    let ids = rows::json_array(ids.into_iter().map(|id| id.0));
    let values = [ids.into(), target.0.into(), data_type.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = Found::find_by_statement(statement).all(connection).await.doing(READING)?;
    Ok(found.into_iter().map(|found| (found.local_id, found.remote_id)).collect())
}

/// Whose these ids of the target's are by now: the users or departments, by id.
pub(crate) async fn owners<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    (target, data_type): (TargetId, DataType),
    remote_ids: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, LocalId>, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        local_id: i64,
        remote_id: String,
    }
    let sql = format!(
        "SELECT d.local_id, d.remote_id FROM {} keys CROSS JOIN deliveries d \
         WHERE d.target_id = $2 AND d.data_type = $3 AND d.remote_id = keys.k",
        dialect.text_keys("$1")
    );
    let values = [rows::json_array(remote_ids).into(), target.0.into(), data_type.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = Found::find_by_statement(statement).all(connection).await.doing(READING)?;
    Ok(found.into_iter().map(|found| (found.remote_id, LocalId(found.local_id))).collect())
}

/// Writes rows; one that is there already is replaced.
pub(crate) async fn write<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    rows: impl IntoIterator<Item = DeliveryRow>,
) -> Result<(), StoreError> {
    let mut values = Vec::new();
    for row in rows {
        values.push(row.target_id.into());
        values.push(row.data_type.into());
        values.push(row.local_id.into());
        values.push(row.state.into());
        values.push(row.task_id.into());
        values.push(row.generation.into());
        values.push(row.attempts.into());
        values.push(row.due_at.into());
        values.push(row.remote_id.into());
        values.push(row.confirmed.into());
        values.push(row.in_doubt.into());
        values.push(row.error.map(|error| told(&error, MESSAGE).into_owned()).into());
    }
    TABLE.write(tx, dialect, values).await
}

/// Makes everything of a target due that is put off. Returns how much that is.
pub(crate) async fn bring_forward<C: ConnectionTrait>(
    tx: &C,
    target: TargetId,
    now: i64,
) -> Result<u64, StoreError> {
    use sea_orm::sea_query::Expr;
    let update = Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(now))
        .filter(Column::TargetId.eq(target.0))
        .filter(Column::State.eq(DeliveryState::Pending.as_str()))
        .filter(Column::DueAt.gt(now));
    Ok(update.exec(tx).await.doing(WRITING)?.rows_affected)
}

/// Has those tried again at once that this task caused and that a target has not taken. Returns how many.
pub(crate) async fn retry_task<C: ConnectionTrait>(
    tx: &C,
    task: TaskId,
    now: i64,
) -> Result<u64, StoreError> {
    use sea_orm::sea_query::Expr;
    let open = [DeliveryState::Failed, DeliveryState::Pending].map(DeliveryState::as_str);
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Pending.as_str()))
        .col_expr(Column::DueAt, Expr::value(now))
        .col_expr(Column::Attempts, Expr::value(0))
        .filter(Column::TaskId.eq(task.0))
        .filter(Column::State.is_in(open));
    Ok(update.exec(tx).await.doing(WRITING)?.rows_affected)
}

/// Has some of those tried again at once that this target refused or that wait after a failure. Returns how many;
/// none when there are no more.
pub(crate) async fn retry_some<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    target: TargetId,
    now: i64,
) -> Result<u64, StoreError> {
    let mut count = 0;
    for condition in ["d.state = 'failed'", "d.state = 'pending' AND d.attempts > 0"] {
        let sql = format!(
            "UPDATE deliveries SET state = '{pending}', due_at = {now}, attempts = 0 \
             WHERE (target_id, data_type, local_id) IN (SELECT d.target_id, d.data_type, d.local_id \
             FROM deliveries d WHERE d.target_id = $1 AND {condition} LIMIT $2)",
            pending = DeliveryState::Pending,
        );
        let statement =
            Statement::from_sql_and_values(dialect.backend(), sql, [target.0.into(), PURGE.into()]);
        count += tx.execute_raw(statement).await.doing(WRITING)?.rows_affected();
    }
    Ok(count)
}

/// How many deliveries stand where.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct Tally {
    pub(crate) task_id: i64,
    pub(crate) target_id: i64,
    pub(crate) state: String,
    pub(crate) n: i64,
}

/// How the deliveries that these tasks caused stand. One that a later task caused anew is that one's.
pub(crate) async fn of_tasks<C: ConnectionTrait>(
    connection: &C,
    tasks: impl IntoIterator<Item = TaskId>,
) -> Result<Vec<Tally>, StoreError> {
    let query = Entity::find()
        .select_only()
        .columns([Column::TaskId, Column::TargetId, Column::State])
        .column_as(Column::LocalId.count(), "n")
        .filter(Column::TaskId.is_in(tasks.into_iter().map(|task| task.0)))
        .group_by(Column::TaskId)
        .group_by(Column::TargetId)
        .group_by(Column::State);
    query.into_model().all(connection).await.doing("count the deliveries")
}

/// How the deliveries to these targets stand; their `task_id` is 0.
pub(crate) async fn of_targets<C: ConnectionTrait>(
    connection: &C,
    targets: impl IntoIterator<Item = TargetId>,
) -> Result<Vec<Tally>, StoreError> {
    use sea_orm::sea_query::Expr;
    let query = Entity::find()
        .select_only()
        .column_as(Expr::value(0_i64), "task_id")
        .columns([Column::TargetId, Column::State])
        .column_as(Column::LocalId.count(), "n")
        .filter(Column::TargetId.is_in(targets.into_iter().map(|target| target.0)))
        .group_by(Column::TargetId)
        .group_by(Column::State);
    query.into_model().all(connection).await.doing("count the deliveries")
}

/// Which deliveries to list.
#[derive(Debug)]
pub(crate) struct DeliveryFilter {
    /// Of this target.
    pub(crate) target: TargetId,
    /// That stand here.
    pub(crate) state: Option<DeliveryState>,
    /// Of this data type.
    pub(crate) data_type: Option<DataType>,
    /// After this one, by data type and id.
    pub(crate) after: Option<(DataType, LocalId)>,
}

/// Deliveries by data type and id; at most `limit`, and no more than can be loaded together. With it, whether it ends
/// before its limit for that.
pub(crate) async fn list<C: ConnectionTrait>(
    connection: &C,
    filter: &DeliveryFilter,
    limit: u64,
) -> Result<(Vec<DeliveryRow>, bool), StoreError> {
    use sea_orm::ExprTrait;
    use sea_orm::sea_query::Expr;
    let mut query = Entity::find()
        .filter(Column::TargetId.eq(filter.target.0))
        .order_by_asc(Column::DataType)
        .order_by_asc(Column::LocalId);
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    if let Some(data_type) = filter.data_type {
        query = query.filter(Column::DataType.eq(data_type.code()));
    }
    if let Some((data_type, id)) = filter.after {
        let same = Column::DataType.eq(data_type.code()).and(Column::LocalId.gt(id.0));
        query = query.filter(Column::DataType.gt(data_type.code()).or(same));
    }
    let sizes = query.clone().select_only().column_as(Expr::cust(BYTES), "bytes").limit(limit);
    let sizes: Vec<i64> = sizes.into_tuple().all(connection).await.doing(READING)?;
    let count = sizes::fitting(sizes.iter().map(|bytes| bytes.unsigned_abs()));
    let found = query.limit(count as u64).all(connection).await.doing(READING)?;
    Ok((found, count < sizes.len()))
}

/// Removes some of what is left of deleted targets. Returns how many rows that were.
pub(crate) async fn purge<C: ConnectionTrait>(tx: &C, dialect: Dialect) -> Result<u64, StoreError> {
    let sql = "DELETE FROM deliveries WHERE (target_id, data_type, local_id) IN \
               (SELECT d.target_id, d.data_type, d.local_id FROM targets t CROSS JOIN deliveries d \
                WHERE t.name_key IS NULL AND d.target_id = t.id LIMIT $1)";
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, [PURGE.into()]);
    Ok(tx.execute_raw(statement).await.doing(WRITING)?.rows_affected())
}

/// Whether anything is left of deleted targets.
pub(crate) async fn has_leftovers<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS found FROM targets t CROSS JOIN deliveries d \
               WHERE t.name_key IS NULL AND d.target_id = t.id LIMIT 1";
    let found = connection.query_one_raw(Statement::from_string(dialect.backend(), sql)).await;
    Ok(found.doing(READING)?.is_some())
}

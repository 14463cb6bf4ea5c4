//! Users, in the order of their ids. Each list walks the index that has its rows in that order: all users, the deleted
//! ones, the members of a department, or what a source gave.

use std::collections::BTreeSet;
use std::time::Instant;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, SourceId};
use crate::store::dialect::Dialect;
use crate::store::rows::Parts;
use crate::store::users::{self, UserFilter, UserRow};
use crate::store::{Doing, StoreError, departments, sizes};

use super::{Looked, Pace};

const DOING: &str = "list the users";
/// Up to so many records a source has few: they are read all, and sorted.
const FEW: i64 = 50_000;

/// Users by id; at most `limit`, and no more than can be loaded together.
pub(crate) async fn users<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    filter: &UserFilter,
    limit: u64,
    mut pace: Pace,
) -> Result<Looked<UserRow, LocalId>, StoreError> {
    let begun = Instant::now();
    let walk = Walk::choose(connection, dialect, filter).await?;
    let last = last_id(connection, dialect).await?;
    let mut after = filter.after.map_or(0, |id| id.0);
    let (mut ids, mut stopped) = (Vec::new(), None);
    while after < last {
        let until = if walk.is_short() { last } else { after.saturating_add(pace.window).min(last) };
        let left = usize::try_from(limit).unwrap_or(usize::MAX) - ids.len();
        let step = Instant::now();
        ids.extend(walk.between(connection, dialect, filter, (after, until), left).await?);
        if ids.len() as u64 >= limit {
            break;
        }
        after = until;
        if after < last && begun.elapsed() >= pace.patience {
            stopped = Some(LocalId(after));
            break;
        }
        pace.adapt(step.elapsed());
    }
    let fitting = sizes::fitting_rows(connection, dialect, DataType::User, &local(&ids)).await?;
    if fitting < ids.len() {
        ids.truncate(fitting);
        stopped = ids.last().copied().map(LocalId);
    }
    let mut rows = users::by_ids(connection, dialect, ids.iter().map(|id| LocalId(*id))).await?;
    let found = ids.into_iter().filter_map(|id| rows.remove(&LocalId(id))).collect();
    Ok(Looked { found, until: stopped })
}

fn local(ids: &[i64]) -> Vec<LocalId> {
    ids.iter().copied().map(LocalId).collect()
}

/// Which rows are walked along, in the order of users' ids.
#[derive(Debug, PartialEq, Eq)]
enum Walk {
    /// Users and their texts.
    All,
    /// The deleted ones.
    Deleted,
    /// The memberships of a department, which has one name for each source that knows it.
    Members(Vec<(i64, String)>),
    /// What a source gave, where that is much.
    Given(SourceId),
    /// The same, where it is not.
    FewGiven(SourceId),
}

impl Walk {
    async fn choose<C: ConnectionTrait>(
        connection: &C,
        dialect: Dialect,
        filter: &UserFilter,
    ) -> Result<Self, StoreError> {
        if let Some(source) = filter.source
            && gave_few(connection, dialect, source).await?
        {
            return Ok(Self::FewGiven(source));
        }
        if let Some(department) = filter.department {
            let names = departments::names(connection, dialect, [department]).await?;
            return Ok(Self::Members(names.into_iter().map(|name| (name.source_id, name.uid)).collect()));
        }
        Ok(match (filter.deleted, filter.source, &filter.search) {
            (true, _, _) => Self::Deleted,
            // Reading its texts is most of what a search costs, whoever is given by whom.
            (false, _, Some(_)) | (false, None, None) => Self::All,
            (false, Some(source), None) => Self::Given(source),
        })
    }

    /// Whether all of it can be looked at in one step.
    fn is_short(&self) -> bool {
        matches!(self, Self::FewGiven(_))
    }

    /// The ids of those who pass the filter, after one id and up to another; at most `limit`.
    async fn between<C: ConnectionTrait>(
        &self,
        connection: &C,
        dialect: Dialect,
        filter: &UserFilter,
        range: (i64, i64),
        limit: usize,
    ) -> Result<Vec<i64>, StoreError> {
        let Self::Members(names) = self else {
            return self.ids(connection, dialect, filter, range, None, limit).await;
        };
        let mut ids = BTreeSet::new();
        for name in names {
            ids.extend(self.ids(connection, dialect, filter, range, Some(name), limit).await?);
        }
        Ok(ids.into_iter().take(limit).collect())
    }

    async fn ids<C: ConnectionTrait>(
        &self,
        connection: &C,
        dialect: Dialect,
        filter: &UserFilter,
        (after, until): (i64, i64),
        department: Option<&(i64, String)>,
        limit: usize,
    ) -> Result<Vec<i64>, StoreError> {
        #[derive(FromQueryResult)]
        struct Id {
            id: i64,
        }
        let by = |index| dialect.by_index(index);
        let mut with = String::new();
        let mut parts = Parts::default();
        let (after, until) = (parts.value(after), parts.value(until));
        let range = |column: &str| format!("{column} > {after} AND {column} <= {until}");
        let (id, from) = match self {
            Self::All => ("u.id", format!("users u{} WHERE {}", by("users_by_search"), range("u.id"))),
            Self::Deleted => ("u.id", format!("users u{} WHERE {}", by("users_deleted"), range("u.id"))),
            Self::Members(_) => {
                let (source, uid) = department.expect("members are walked by a name of their department");
                let (source, uid) = (parts.value(*source), parts.value(uid.as_str()));
                let from = format!(
                    "memberships m{} CROSS JOIN users u WHERE m.source_id = {source} AND m.department_uid = {uid} \
                     AND {} AND u.id = m.user_id",
                    by("memberships_by_department"),
                    range("m.user_id")
                );
                ("m.user_id", from)
            }
            Self::Given(source) => {
                let source = parts.value(source.0);
                // All records are walked along by what the index has of them, and only those of the source looked at.
                let from = format!(
                    "records i{} CROSS JOIN records r CROSS JOIN users u WHERE i.data_type = 1 AND {} \
                     AND i.source_id = {source} AND r.source_id = i.source_id AND r.data_type = i.data_type \
                     AND r.uid = i.uid AND r.state <> 3 AND u.id = i.local_id",
                    by("records_by_row"),
                    range("i.local_id")
                );
                ("i.local_id", from)
            }
            Self::FewGiven(source) => {
                let source = parts.value(source.0);
                // Materialised, so that they are taken by their key, whatever their order is to be.
                with = format!(
                    "WITH given AS MATERIALIZED (SELECT local_id FROM records \
                     WHERE source_id = {source} AND data_type = 1 AND state <> 3) "
                );
                let range = range("g.local_id");
                let from = format!("given g CROSS JOIN users u WHERE {range} AND u.id = g.local_id");
                ("g.local_id", from)
            }
        };
        let alive = if filter.deleted { "u.deleted_at IS NOT NULL" } else { "u.deleted_at IS NULL" };
        let mut conditions = vec![alive.to_owned()];
        if let Some(search) = &filter.search {
            let patterns = [Some(users::contains(search)), users::contains_number(search)];
            let like = |pattern| format!("u.search LIKE {} ESCAPE '\\'", parts.value(pattern));
            let either: Vec<String> = patterns.into_iter().flatten().map(like).collect();
            conditions.push(format!("({})", either.join(" OR ")));
        }
        if let (Self::All | Self::Deleted | Self::Members(_), Some(source)) = (self, filter.source) {
            conditions.push(format!(
                "EXISTS (SELECT 1 FROM records r WHERE r.data_type = 1 AND r.local_id = u.id \
                 AND r.source_id = {} AND r.state <> 3)",
                parts.value(source.0)
            ));
        }
        if let (Self::FewGiven(_), Some(department)) = (self, filter.department) {
            conditions.push(format!(
                "EXISTS (SELECT 1 FROM memberships m CROSS JOIN records d WHERE m.user_id = u.id \
                 AND d.source_id = m.source_id AND d.data_type = 0 AND d.uid = m.department_uid \
                 AND d.state <> 3 AND d.local_id = {})",
                parts.value(department.0)
            ));
        }
        let sql = format!(
            "{with}SELECT DISTINCT {id} AS id FROM {from} AND {} ORDER BY {id} LIMIT {}",
            conditions.join(" AND "),
            parts.value(i64::try_from(limit).unwrap_or(i64::MAX))
        );
        let statement = Statement::from_sql_and_values(dialect.backend(), sql, parts.values);
        let found = Id::find_by_statement(statement).all(connection).await.doing(DOING)?;
        Ok(found.into_iter().map(|found| found.id).collect())
    }
}

async fn last_id<C: ConnectionTrait>(connection: &C, dialect: Dialect) -> Result<i64, StoreError> {
    let statement = Statement::from_string(dialect.backend(), "SELECT max(id) AS id FROM users");
    let row = connection.query_one_raw(statement).await.doing(DOING)?;
    let last: Option<i64> = row.map(|row| row.try_get("", "id").doing(DOING)).transpose()?.flatten();
    Ok(last.unwrap_or_default())
}

async fn gave_few<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    source: SourceId,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM records WHERE source_id = $1 AND data_type = $2 LIMIT 1 OFFSET $3";
    let values = [source.0.into(), DataType::User.code().into(), FEW.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Ok(connection.query_one_raw(statement).await.doing(DOING)?.is_none())
}

#[cfg(test)]
#[path = "users_tests.rs"]
mod tests;

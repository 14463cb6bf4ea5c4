//! Writing many rows with few statements: `INSERT … VALUES (…), (…)`, optionally replacing rows that
//! exist, in statements of few different sizes, so that they stay prepared.

use sea_orm::{ConnectionTrait, Statement, Value};

use crate::domain::ids::LocalId;

use super::dialect::Dialect;
use super::{Doing, StoreError, rows};

/// How many rows the largest statement writes. Fewer are split into powers of two.
const ROWS: usize = 256;

/// A table to be written in bulk.
pub(crate) struct Bulk {
    /// Its name.
    pub(crate) table: &'static str,
    /// The columns of a row, in the order of its values.
    pub(crate) columns: &'static [&'static str],
    /// The columns by which an existing row is found and replaced; none: an existing row is an error.
    pub(crate) key: &'static [&'static str],
    /// The columns that an existing row keeps.
    pub(crate) keep: &'static [&'static str],
    /// What the rows are, in errors: "write the users".
    pub(crate) doing: &'static str,
}

impl Bulk {
    /// Writes rows whose values stand one after the other, a row's in the order of `columns`.
    pub(crate) async fn write<C: ConnectionTrait>(
        &self,
        connection: &C,
        dialect: Dialect,
        values: Vec<Value>,
    ) -> Result<(), StoreError> {
        debug_assert_eq!(values.len() % self.columns.len(), 0, "whole rows");
        let most = ROWS.min(dialect.max_parameters() / self.columns.len());
        let mut values = values.into_iter();
        loop {
            let left = values.len() / self.columns.len();
            if left == 0 {
                return Ok(());
            }
            let rows = if left >= most { most } else { 1 << left.ilog2() };
            let mut chunk: Vec<Value> = values.by_ref().take(rows * self.columns.len()).collect();
            let columns = self.leave_out_nulls(&mut chunk);
            let sql = self.sql(dialect, &columns, rows);
            let statement = Statement::from_sql_and_values(dialect.backend(), sql, chunk);
            connection.execute_raw(statement).await.doing(self.doing)?;
        }
    }

    /// Takes the columns out of the values in which every row has NULL, and returns the others. NULL is their
    /// default, and binding a value costs more than most columns of a new row are worth.
    fn leave_out_nulls(&self, values: &mut Vec<Value>) -> Vec<&'static str> {
        let mut is_given = vec![false; self.columns.len()];
        for row in values.chunks_exact(self.columns.len()) {
            for (given, value) in is_given.iter_mut().zip(row) {
                *given = *given || *value != value.as_null();
            }
        }
        let mut place = (0..self.columns.len()).cycle();
        values.retain(|_| place.next().is_some_and(|place| is_given[place]));
        self.columns.iter().zip(is_given).filter(|(_, given)| *given).map(|(column, _)| *column).collect()
    }

    /// The statement that writes so many rows of these columns. Those that it leaves out are NULL afterwards,
    /// also in rows that it replaces.
    fn sql(&self, dialect: Dialect, columns: &[&str], rows: usize) -> String {
        let mut sql = format!("INSERT INTO {} ({}) VALUES ", self.table, columns.join(", "));
        let mut parameter = 0;
        for row in 0..rows {
            sql.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..columns.len() {
                parameter += 1;
                sql.push_str(if column == 0 { "" } else { ", " });
                dialect.push_parameter(&mut sql, parameter);
            }
            sql.push(')');
        }
        if !self.key.is_empty() {
            let replaced: Vec<String> = self
                .columns
                .iter()
                .filter(|column| !self.key.contains(column) && !self.keep.contains(column))
                .map(|column| format!("{column} = excluded.{column}"))
                .collect();
            sql.push_str(&format!(
                " ON CONFLICT ({}) DO UPDATE SET {}",
                self.key.join(", "),
                replaced.join(", ")
            ));
        }
        sql
    }
}

/// Sets columns of all rows with these ids: `set` is what stands between SET and WHERE, with `$2` and on
/// for `values`.
pub(crate) async fn set_by_ids<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    (table, set): (&'static str, &'static str),
    ids: impl IntoIterator<Item = LocalId>,
    values: impl IntoIterator<Item = Value>,
    doing: &'static str,
) -> Result<(), StoreError> {
    let keys = dialect.number_keys("$1");
    let sql = format!("UPDATE {table} SET {set} WHERE id IN (SELECT k FROM {keys} keys)");
    let ids = rows::json_array(ids.into_iter().map(|id| id.0));
    let values = std::iter::once(ids.into()).chain(values);
    tx.execute_raw(Statement::from_sql_and_values(dialect.backend(), sql, values)).await.doing(doing)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_statement_writes_many_rows_and_replaces_those_that_exist() {
        let mut bulk =
            Bulk { table: "t", columns: &["a", "b", "c"], key: &["a"], keep: &["c"], doing: "write t" };
        assert_eq!(
            bulk.sql(Dialect::Sqlite, bulk.columns, 2),
            "INSERT INTO t (a, b, c) VALUES (?, ?, ?), (?, ?, ?) \
             ON CONFLICT (a) DO UPDATE SET b = excluded.b"
        );
        bulk.key = &[];
        assert_eq!(bulk.sql(Dialect::Sqlite, bulk.columns, 1), "INSERT INTO t (a, b, c) VALUES (?, ?, ?)");
    }

    #[test]
    fn columns_that_are_null_in_every_row_are_left_out() {
        let bulk = Bulk { table: "t", columns: &["a", "b", "c"], key: &["a"], keep: &[], doing: "write t" };
        let null = || Value::from(None::<String>);
        let check = |values: [Value; 6], columns: &[&str], left: usize| {
            let mut values = values.to_vec();
            assert_eq!(bulk.leave_out_nulls(&mut values), columns);
            assert_eq!(values.len(), left);
            assert!(values.iter().any(|value| *value == Value::from(2)), "{values:?}");
        };
        check([1.into(), null(), null(), 2.into(), null(), "x".into()], &["a", "c"], 4);
        check([1.into(), null(), null(), 2.into(), null(), null()], &["a"], 2);
        check([1.into(), "x".into(), 3.into(), 2.into(), null(), 4.into()], &["a", "b", "c"], 6);
        assert_eq!(
            bulk.sql(Dialect::Sqlite, &["a", "c"], 1),
            "INSERT INTO t (a, c) VALUES (?, ?) ON CONFLICT (a) DO UPDATE SET b = excluded.b, c = excluded.c"
        );
    }
}

//! The name of the database, made once: what the daemons that share it have in common, and others have not.

use sea_orm::{ConnectionTrait, Statement};

use super::{Doing, Store, StoreError, commit};

const DOING: &str = "read the name of the database";
/// The one row.
const DATABASE: &str = "database";

impl Store {
    /// What tells this database from all others, copies of it in other files among them.
    pub async fn identity(&self) -> Result<String, StoreError> {
        let name = match name(self).await? {
            Some(name) => name,
            None => self.give_name().await?,
        };
        Ok(match &self.file {
            Some(file) => format!("{name} {}", file.display()),
            None => name,
        })
    }

    async fn give_name(&self) -> Result<String, StoreError> {
        let new = crate::domain::token::hex(&rand::random::<[u8; 16]>());
        let tx = self.begin().await?;
        let sql = "INSERT INTO identity (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        let values = [DATABASE.into(), new.into()];
        let insert = Statement::from_sql_and_values(self.dialect().backend(), sql, values);
        tx.execute_raw(insert).await.doing("name the database")?;
        commit(tx, "name the database").await?;
        // Another daemon may have been first.
        name(self).await?.ok_or_else(|| StoreError::Damaged("the database has no name".into()))
    }
}

async fn name(store: &Store) -> Result<Option<String>, StoreError> {
    let sql = "SELECT value FROM identity WHERE name = $1";
    let select = Statement::from_sql_and_values(store.dialect().backend(), sql, [DATABASE.into()]);
    let row = store.reader().query_one_raw(select).await.doing(DOING)?;
    row.map(|row| row.try_get("", "value").doing(DOING)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn daemons_that_share_a_database_see_one_name_and_a_copy_has_another() {
        let directory = tempfile::tempdir().unwrap();
        let url = |file: &str| format!("sqlite://{}", directory.path().join(file).display());
        let store = Store::open(&url("a.db")).await.unwrap();
        let first = store.identity().await.unwrap();
        assert_eq!(store.identity().await.unwrap(), first);
        std::os::unix::fs::symlink(directory.path(), directory.path().join("link")).unwrap();
        let other = Store::open_as_it_is(&url("link/a.db")).await.unwrap();
        assert_eq!(other.identity().await.unwrap(), first, "the file is the same by another path");
        other.close().await.unwrap();
        store.close().await.unwrap();
        std::fs::copy(directory.path().join("a.db"), directory.path().join("b.db")).unwrap();
        let copy = Store::open(&url("b.db")).await.unwrap();
        assert_ne!(copy.identity().await.unwrap(), first);
        let new = Store::open(&url("c.db")).await.unwrap();
        assert_ne!(new.identity().await.unwrap(), first);
    }
}

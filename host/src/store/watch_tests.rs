//! Files of a database that are deleted, replaced or damaged while it is open, and what is left of them at the next
//! start.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use sea_orm::ConnectionTrait;

use super::*;
use crate::store::{Store, commit};

struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    async fn open(&self) -> Result<Store, StoreError> {
        Store::open(&format!("sqlite://{}", self.path("test.db").display())).await
    }
}

async fn write(store: &Store) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    commit(tx, "test").await
}

async fn refused(store: &Store) -> Option<Trouble> {
    write(store).await.err().map(|error| error.trouble().expect("nothing else is wrong"))
}

#[tokio::test]
async fn a_file_that_is_moved_or_replaced_takes_nothing_until_it_is_back() {
    let place = Place::new();
    let store = place.open().await.unwrap();
    write(&store).await.unwrap();
    let (own, away) = (place.path("test.db"), place.path("away.db"));
    fs::rename(&own, &away).unwrap();
    assert_eq!(refused(&store).await, Some(Trouble::Gone));
    assert_eq!(store.trouble().await, Some(Trouble::Gone));
    fs::copy(&away, &own).unwrap();
    assert_eq!(refused(&store).await, Some(Trouble::Replaced));
    fs::rename(&away, &own).unwrap();
    assert_eq!(refused(&store).await, None);
    assert_eq!(store.trouble().await, None);
}

#[tokio::test]
async fn a_deleted_log_is_noticed_and_a_stop_saves_what_is_in_it() {
    for ending in ["-wal", "-shm"] {
        let place = Place::new();
        let store = place.open().await.unwrap();
        write(&store).await.unwrap();
        let identity = store.identity().await.unwrap();
        fs::remove_file(place.path(&format!("test.db{ending}"))).unwrap();
        let found = refused(&store).await;
        assert_eq!(found, Some(Trouble::LogGone), "{ending}");
        assert_eq!(refused(&store).await, Some(Trouble::LogGone), "{ending}");
        store.close().await.unwrap();
        let again = place.open().await.unwrap();
        assert_eq!(again.identity().await.unwrap(), identity, "{ending}");
        assert_eq!(refused(&again).await, None);
    }
}

/// What becomes of a file that is moved, and copied back or not.
async fn check_moved(ending: &str, is_copied: bool, is_looked_at: bool) {
    let told = format!("{ending}, copied back: {is_copied}, looked at: {is_looked_at}");
    let place = Place::new();
    let store = place.open().await.unwrap();
    write(&store).await.unwrap();
    let (own, away) = (place.path(&format!("test.db{ending}")), place.path("away"));
    fs::rename(&own, &away).unwrap();
    if is_copied {
        fs::copy(&away, &own).unwrap();
    }
    if is_looked_at {
        assert_eq!(store.look_after_files().await, Some(Trouble::LogGone), "{told}");
    }
    assert_eq!(refused(&store).await, Some(Trouble::LogGone), "{told}");
    assert_eq!(store.trouble().await, Some(Trouble::LogGone), "{told}");
}

#[tokio::test]
async fn a_log_or_index_that_was_moved_or_replaced_is_noticed_before_anything_is_taken() {
    for ending in ["-wal", "-shm"] {
        for is_copied in [false, true] {
            check_moved(ending, is_copied, false).await;
            check_moved(ending, is_copied, true).await;
        }
    }
}

#[tokio::test]
async fn a_log_that_sqlite_makes_again_is_fine() {
    let place = Place::new();
    let store = place.open().await.unwrap();
    for _ in 0..3 {
        write(&store).await.unwrap();
        // SQLite deletes both files with the last connection.
        for pool in [&store.writer, &store.reader].map(DatabaseConnection::get_sqlite_connection_pool) {
            while pool.size() > 0 {
                pool.acquire().await.unwrap().close().await.unwrap();
            }
        }
        assert!(!place.path("test.db-wal").exists());
        assert_eq!(refused(&store).await, None);
        assert_eq!(store.look_after_files().await, None);
    }
}

#[tokio::test]
async fn damaged_content_is_found_and_nothing_more_is_taken() {
    let place = Place::new();
    let store = place.open().await.unwrap();
    let tx = store.begin().await.unwrap();
    let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
                INSERT INTO counters SELECT 'a counter that fills a page ' || i, i FROM n";
    tx.execute_unprepared(fill).await.unwrap();
    commit(tx, "test").await.unwrap();
    store.check_content().await.unwrap();
    assert_eq!(refused(&store).await, None);
    store.close().await.unwrap();

    let file = fs::File::options().write(true).open(place.path("test.db")).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    // Not the schema, which has to be read to open it.
    for page in pages * 3 / 4..pages {
        file.write_all_at(&[0; 4096], page * 4096).unwrap();
    }
    let damaged = place.open().await.unwrap();
    damaged.check_content().await.unwrap();
    assert_eq!(refused(&damaged).await, Some(Trouble::Damaged));
    assert_eq!(damaged.trouble().await, Some(Trouble::Damaged));

    for page in 1..pages {
        file.write_all_at(&[0; 4096], page * 4096).unwrap();
    }
    let unreadable = place.open().await.unwrap_err().to_string();
    assert!(
        unreadable.starts_with("the database is damaged: ") && unreadable.contains("backup"),
        "{unreadable}"
    );
}

#[tokio::test]
async fn a_log_beside_nothing_is_told_at_the_start() {
    let place = Place::new();
    fs::write(place.path("test.db-wal"), "what was committed").unwrap();
    let refused = place.open().await.unwrap_err().to_string();
    assert!(refused.contains("test.db-wal") && refused.contains("-shm"), "{refused}");
    assert!(!place.path("test.db").exists(), "nothing is made in its place");
    fs::remove_file(place.path("test.db-wal")).unwrap();
    place.open().await.unwrap();
}

#[tokio::test]
async fn what_is_in_the_place_of_the_database_is_left_alone_at_the_end() {
    let place = Place::new();
    let store = place.open().await.unwrap();
    write(&store).await.unwrap();
    fs::rename(place.path("test.db"), place.path("away.db")).unwrap();
    fs::write(place.path("test.db"), "a backup").unwrap();
    fs::write(place.path("test.db-wal"), "and its log").unwrap();
    store.close().await.unwrap();
    assert_eq!(fs::read_to_string(place.path("test.db-wal")).unwrap(), "and its log");
}

#[tokio::test]
async fn an_index_that_does_not_agree_with_its_table_is_found_once_statements_meet_damage() {
    let place = Place::new();
    let store = place.open().await.unwrap();
    let tx = store.begin().await.unwrap();
    let disagree = "CREATE TABLE t (a, b); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1, 5), (2, 6); \
                    PRAGMA writable_schema = ON; \
                    UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t (b)' WHERE name = 'i'";
    tx.execute_unprepared(disagree).await.unwrap();
    commit(tx, "test").await.unwrap();
    store.close().await.unwrap();
    let damaged = place.open().await.unwrap();
    let reader = damaged.reader();
    assert_eq!(content(reader, damaged.dialect(), Depth::Quick).await.unwrap(), None);
    assert!(content(reader, damaged.dialect(), Depth::Full).await.unwrap().is_some());
    damaged.watch.checks().found_whole(Depth::Quick, trouble::damages(), Instant::now());
    Trouble::Damaged.note();
    damaged.check_content().await.unwrap();
    assert_eq!(refused(&damaged).await, Some(Trouble::Damaged));
}

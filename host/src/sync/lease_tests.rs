//! Two daemons on one database: who runs what, and what becomes of a task whose daemon went away.

use serde_json::json;

use super::testing::{Bench, Opening, Scripted, taken};
use super::*;
use crate::domain::task::Status;
use crate::store::changes;
use crate::store::look::{self, Pace};
use crate::store::users::UserFilter;
use DataType::User;

/// A task that hangs in its plugin, as the first daemon began it.
async fn hanging(bench: &Bench) -> TaskId {
    bench.plugin.opens(Opening::Hangs);
    let task = bench.engine.sync("pulled", Mode::Full, false, Starter::AdminToken).await.unwrap();
    while bench.task(task.id).await.status == Status::Init {
        tokio::task::yield_now().await;
    }
    task.id
}

/// Moves the end of a task's lease.
async fn lease_until(bench: &Bench, until: i64) {
    use sea_orm::ConnectionTrait;
    let tx = bench.engine.store().begin().await.unwrap();
    tx.execute_unprepared(&format!("UPDATE tasks SET lease_until = {until}")).await.unwrap();
    commit(tx, "test").await.unwrap();
}

#[tokio::test]
async fn a_task_is_taken_over_when_its_lease_has_run_out_and_not_before() {
    let bench = Bench::new().await;
    let id = hanging(&bench).await;
    let plugin = Scripted::default();
    plugin.yields(vec![Ok((User, vec![json!({"uid": 1, "username": "ann"})]))]);
    let other = bench.beside("elsewhere", &plugin).await;
    other.keep_leases().await.unwrap();
    assert_eq!(bench.task(id).await.owner, Some(bench.engine.inner.owner.to_string()), "its lease is good");

    lease_until(&bench, 1).await;
    bench.engine.keep_leases().await.unwrap();
    other.keep_leases().await.unwrap();
    assert_eq!(bench.task(id).await.owner, Some(bench.engine.inner.owner.to_string()), "it was renewed");

    lease_until(&bench, 1).await;
    other.keep_leases().await.unwrap();
    let done = bench.settled(id).await;
    assert_eq!((done.status, done.counts.user.created), (Status::Success, 1));
    assert_eq!(done.owner, Some(other.inner.owner.to_string()));

    // The first daemon wakes up and finds that the task is not its own any more.
    bench.engine.cancel(id).await.unwrap_err();
    bench.engine.drain(Duration::from_secs(10)).await;
    assert_eq!(bench.task(id).await, done, "whoever lost a task leaves it alone");
}

#[tokio::test]
async fn a_daemon_that_lost_its_task_does_not_write_its_plan() {
    let bench = Bench::new().await;
    let (sender, pieces) = mpsc::channel(1);
    let push = Push {
        data_type: User,
        mode: Mode::Incremental,
        match_key: None,
        match_keys: MatchKeys::All,
        format: Format::Lines(User),
        pieces,
        wait: true,
        repeatable: None,
        by: Starter::AdminToken,
    };
    let engine = bench.engine.clone();
    let pushing = tokio::spawn(async move { engine.push("api", push).await });
    while bench.unfinished().await.iter().all(|task| task.status == Status::Init) {
        tokio::task::yield_now().await;
    }
    lease_until(&bench, 1).await;
    let other = bench.beside("elsewhere", &Scripted::default()).await;
    other.keep_leases().await.unwrap();
    let id = TaskId(1);
    assert_eq!(bench.task(id).await.status, Status::Failed, "a push can't be gone on with by somebody else");
    sender.send(Piece::Body("{\"uid\":1,\"username\":\"ann\"}\n".into())).await.unwrap();
    sender.send(Piece::End).await.unwrap();
    pushing.await.unwrap().unwrap();
    let (reader, dialect) = (bench.engine.store().reader(), bench.engine.store().dialect());
    let everybody = UserFilter::default();
    let looked = look::users::users(reader, dialect, &everybody, 10, Pace::TO_THE_END);
    let found = looked.await.unwrap().found;
    assert_eq!(found.len(), 0);
    assert_eq!(bench.task(id).await.status, Status::Failed);
    let planned = changes::pending(bench.engine.store().reader(), id, None, 10).await.unwrap();
    assert_eq!(planned, Vec::new());
}

#[tokio::test]
async fn a_source_is_run_by_one_daemon_at_a_time() {
    let bench = Bench::new().await;
    let id = hanging(&bench).await;
    let plugin = Scripted::default();
    let other = bench.beside("elsewhere", &plugin).await;
    let refused = other.sync("pulled", Mode::Full, false, Starter::AdminToken).await.unwrap_err();
    assert!(matches!(refused, SyncError::AlreadyRunning { task, .. } if task == id), "{refused}");
}

/// A push to `api` of this engine, whose body the sender brings.
fn open_push(engine: &Engine) -> (mpsc::Sender<Piece>, tokio::task::JoinHandle<Result<Pushed, SyncError>>) {
    let (sender, pieces) = mpsc::channel(4);
    let push = Push {
        data_type: User,
        mode: Mode::Incremental,
        match_key: None,
        match_keys: MatchKeys::All,
        format: Format::Lines(User),
        pieces,
        wait: true,
        repeatable: None,
        by: Starter::AdminToken,
    };
    let engine = engine.clone();
    (sender, tokio::spawn(async move { engine.push("api", push).await }))
}

#[tokio::test]
async fn pushes_to_one_source_through_two_daemons_are_taken_one_after_the_other() {
    let bench = Bench::new().await;
    let other = bench.beside("elsewhere", &Scripted::default()).await;
    let (first_body, first) = open_push(&bench.engine);
    while bench.unfinished().await.iter().all(|task| task.status == Status::Init) {
        tokio::task::yield_now().await;
    }
    let (second_body, second) = open_push(&other);
    while bench.unfinished().await.len() < 2 {
        tokio::task::yield_now().await;
    }
    second_body.send(Piece::Body("{\"uid\":1,\"username\":\"later\"}\n".into())).await.unwrap();
    second_body.send(Piece::End).await.unwrap();
    tokio::time::timeout(Duration::from_millis(300), async {
        while bench.task(TaskId(2)).await.status == Status::Init {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap_err();
    first_body.send(Piece::Body("{\"uid\":1,\"username\":\"sooner\"}\n".into())).await.unwrap();
    first_body.send(Piece::End).await.unwrap();
    let first = taken(first.await.unwrap().unwrap()).task;
    let second = taken(second.await.unwrap().unwrap()).task;
    assert_eq!((first.counts.user.created, second.counts.user.updated), (1, 1));
}

#[tokio::test]
async fn a_task_of_this_daemon_that_nothing_runs_is_taken_up() {
    let bench = Bench::new().await;
    let id = hanging(&bench).await;
    bench.engine.inner.running.forget(id);
    bench.plugin.opens(Opening::Works);
    bench.plugin.yields(vec![Ok((User, vec![json!({"uid": 1, "username": "ann"})]))]);
    bench.engine.keep_leases().await.unwrap();
    assert!(bench.engine.progress(id).is_some(), "its execution has begun");
}

#[tokio::test]
async fn a_task_that_is_interrupted_three_times_is_not_taken_up_again() {
    let bench = Bench::new().await;
    let id = hanging(&bench).await;
    let plugin = Scripted::default();
    plugin.opens(Opening::Hangs);
    for (begun, installation) in [(2, "second"), (3, "third")] {
        lease_until(&bench, 1).await;
        let other = bench.beside(installation, &plugin).await;
        other.recover().await.unwrap();
        while bench.task(id).await.begun < begun {
            tokio::task::yield_now().await;
        }
    }
    lease_until(&bench, 1).await;
    let last = bench.beside("last", &plugin).await;
    last.recover().await.unwrap();
    let given_up = bench.task(id).await;
    assert_eq!(given_up.status, Status::Failed);
    let message = given_up.message.unwrap();
    assert!(message.starts_with("interrupted 3 times, perhaps for lack of memory: "), "{message}");
    assert!(message.ends_with("then retry the task"), "{message}");

    plugin.opens(Opening::Works);
    plugin.yields(vec![Ok((User, vec![json!({"uid": 1, "username": "ann"})]))]);
    let again = last.retry(id).await.unwrap();
    assert_eq!(again.begun, 0, "whoever retries it begins to count again");
    let done = bench.settled(id).await;
    assert_eq!((done.status, done.counts.user.created), (Status::Success, 1));
}

/// A daemon that takes over what is abandoned, and hangs in it.
async fn hanging_beside(bench: &Bench, installation: &str) -> Engine {
    let plugin = Scripted::default();
    plugin.opens(Opening::Hangs);
    lease_until(bench, 1).await;
    let other = bench.beside(installation, &plugin).await;
    other.recover().await.unwrap();
    other
}

#[tokio::test]
async fn a_task_that_ends_the_daemon_takes_no_other_along() {
    let bench = Bench::new().await;
    bench.add_source("beside", "scripted").await;
    let guilty = hanging(&bench).await;
    let beside = bench.engine.sync("beside", Mode::Full, false, Starter::AdminToken).await.unwrap().id;
    let begun = async |task: TaskId, times: i32| {
        while bench.task(task).await.begun < times {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    begun(beside, 1).await;
    hanging_beside(&bench, "second").await;
    begun(guilty, 2).await;
    begun(beside, 2).await;

    // Both were interrupted twice: the daemon ends a third time while one of them runs.
    let third = hanging_beside(&bench, "third").await;
    begun(guilty, 3).await;
    let both = tokio::time::timeout(Duration::from_millis(300), begun(beside, 3)).await;
    assert!(both.is_err(), "one of them runs at a time");

    let fourth = hanging_beside(&bench, "fourth").await;
    assert_eq!(bench.task(guilty).await.status, Status::Failed);
    begun(beside, 3).await;
    assert_eq!(bench.task(beside).await.status, Status::Processing);

    // Whoever waits can be stopped, and owes nothing for it.
    third.drain(Duration::from_secs(10)).await;
    fourth.drain(Duration::from_secs(10)).await;
    assert_eq!(bench.task(beside).await.begun, 2);
}

#[tokio::test]
async fn the_next_suspect_runs_when_the_one_before_has_ended() {
    let bench = Bench::new().await;
    bench.add_source("beside", "scripted").await;
    let first = hanging(&bench).await;
    let second = bench.engine.sync("beside", Mode::Full, false, Starter::AdminToken).await.unwrap().id;
    while bench.task(second).await.begun < 1 {
        tokio::task::yield_now().await;
    }
    hanging_beside(&bench, "second").await;
    while bench.task(first).await.begun < 2 || bench.task(second).await.begun < 2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let plugin = Scripted::default();
    plugin.yields(vec![Ok((DataType::Department, vec![json!({"uid": 1, "title": "R&D"})]))]);
    lease_until(&bench, 1).await;
    bench.beside("third", &plugin).await.recover().await.unwrap();
    for task in [first, second] {
        assert_eq!(bench.settled(task).await.status, Status::Success);
    }
}

#[tokio::test]
async fn an_orderly_stop_is_no_interruption() {
    let bench = Bench::new().await;
    let id = hanging(&bench).await;
    assert_eq!(bench.task(id).await.begun, 1);
    bench.engine.drain(Duration::from_secs(10)).await;
    let stopped = bench.task(id).await;
    assert_eq!((stopped.status, stopped.begun), (Status::Processing, 0));
}

#[tokio::test]
async fn what_a_stop_does_not_wait_for_is_no_interruption_either() {
    let bench = Bench::new().await;
    let id = hanging(&bench).await;
    bench.engine.excuse_running().await.unwrap();
    assert_eq!(bench.task(id).await.begun, 0);
    bench.engine.excuse_running().await.unwrap();
    assert_eq!(bench.task(id).await.begun, 0, "no task owes less than nothing");
}

#[tokio::test]
async fn a_stop_takes_an_execution_back_once() {
    let bench = Bench::new().await;
    let id = hanging(&bench).await;
    lease_until(&bench, 1).await;
    let plugin = Scripted::default();
    plugin.opens(Opening::Hangs);
    let other = bench.beside("second", &plugin).await;
    other.recover().await.unwrap();
    while bench.task(id).await.begun < 2 {
        tokio::task::yield_now().await;
    }
    other.excuse_running().await.unwrap();
    other.excuse_running().await.unwrap();
    assert_eq!(bench.task(id).await.begun, 1, "the first execution was interrupted");
}

#[tokio::test]
async fn a_stop_lets_a_push_come_to_its_end() {
    let bench = Bench::new().await;
    let (body, push) = open_push(&bench.engine);
    while bench.unfinished().await.iter().all(|task| task.status == Status::Init) {
        tokio::task::yield_now().await;
    }
    let engine = bench.engine.clone();
    let stopping = tokio::spawn(async move { engine.drain(Duration::from_secs(60)).await });
    while !bench.engine.is_stopping() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(
        bench.engine.sync("pulled", Mode::Full, false, Starter::AdminToken).await,
        Err(SyncError::Stopping)
    ));
    body.send(Piece::Body("{\"uid\":1,\"username\":\"ann\"}\n".into())).await.unwrap();
    body.send(Piece::End).await.unwrap();
    let task = taken(push.await.unwrap().unwrap()).task;
    assert_eq!((task.status, task.counts.user.created), (Status::Success, 1));
    stopping.await.unwrap();
}

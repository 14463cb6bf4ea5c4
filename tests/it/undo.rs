//! Undoing a finished sync, as an operator does it; and kill -9 in the middle of that.
//! `ORGSYNC_TEST_SEED` repeats a run.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::daemon::{Client, Daemon, Place, wait_until};

const USERS: usize = 20_000;
/// How many times the daemon is killed in the middle of an undo.
const ROUNDS: u64 = 4;

/// Starts the undo of a task and returns its task's number.
fn start_undo(client: &Client, task: i64) -> i64 {
    let started = client.post(&format!("/api/v1/tasks/{task}/undo"), &json!({})).expect(202);
    started["taskId"].as_i64().unwrap()
}

/// Users and departments as everybody sees them, without times.
fn directory(client: &Client) -> [Vec<Value>; 2] {
    ["users", "departments"].map(|noun| {
        let mut rows = client.all(&format!("/api/v1/{noun}?"));
        for row in &mut rows {
            row.as_object_mut()
                .unwrap()
                .retain(|name, _| !["createdAt", "updatedAt"].contains(&name.as_str()));
            // When a record went is a time of its own, as well.
            for link in row["links"].as_array_mut().into_iter().flatten() {
                link["since"] = Value::Null;
            }
        }
        rows
    })
}

#[test]
fn a_bad_sync_is_looked_at_undone_and_comes_again_with_the_file() {
    let place = Place::new(&["files"]);
    let users = |lines: &str| format!("uid,username,email,phone,departments\n{lines}");
    let departments = |lines: &str| format!("uid,title,parentUid\n{lines}");
    let good = users("1,ann,ann@x.org,11,dev\n2,bob,bob@x.org,22,dev;ops\n3,cy,cy@x.org,33,ops\n");
    let tree = departments("top,Top,\ndev,Dev,top\nops,Ops,top\n");
    let bad = users("1,ann,bob@x.org,11,top\n2,bob,ann@x.org,,ops\n4,dan,dan@x.org,44,new\n");
    let bad_tree = departments("top,Head,\ndev,Dev,\nnew,New,dev\n");
    let paths = [place.write("users.csv", &good), place.write("departments.csv", &tree)];
    let daemon = place.serve();
    let options = json!({"users": {"path": paths[0]}, "departments": {"path": paths[1]}});
    let source =
        json!({"name": "hr", "type": "files", "options": options, "policy": {"onMissing": "delete"}});
    daemon.post("/api/v1/sources", &source).expect(201);
    assert_eq!(daemon.sync("hr")["status"], "success");
    let before = directory(&daemon);

    daemon.place.write("users.csv", &bad);
    daemon.place.write("departments.csv", &bad_tree);
    let task = daemon.start_sync("hr");
    let synced = daemon.settled(task);
    assert_eq!((&synced["status"], &synced["undoneBy"]), (&json!("success"), &Value::Null), "{synced}");
    let after = directory(&daemon);
    assert_ne!(before, after);

    // The operator stops the source, looks at what an undo would do, and undoes.
    daemon.send_json(Method::PATCH, "/api/v1/sources/hr", &json!({"enabled": false})).expect(200);
    let look = daemon.post(&format!("/api/v1/tasks/{task}/undo"), &json!({"dryRun": true})).expect(202);
    let look = daemon.settled(look["taskId"].as_i64().unwrap());
    let expected = "1 user removed again, 1 user brought back, 2 users set back, 1 department removed again, \
                    1 department brought back, 2 departments set back";
    assert_eq!(look["message"], format!("dry run, nothing written: would undo task {task}: {expected}"));
    let changes = daemon.all(&format!("/api/v1/tasks/{}/changes?type=user", look["id"]));
    let change = |uid: &str| changes.iter().find(|change| change["uid"] == uid).unwrap();
    assert_eq!(change("4")["op"], "delete");
    assert_eq!(
        (&change("1")["before"]["email"], &change("1")["after"]["email"]),
        (&json!("bob@x.org"), &json!("ann@x.org"))
    );
    assert_eq!(directory(&daemon), after);
    let undo = daemon.settled(start_undo(&daemon, task));
    assert_eq!(
        (&undo["status"], &undo["kind"], &undo["undoes"]),
        (&json!("success"), &json!("undo"), &json!(task))
    );
    assert_eq!(undo["message"], format!("undid task {task}: {expected}"));
    assert_eq!(daemon.task(task)["undoneBy"], undo["id"]);
    assert_eq!(directory(&daemon), before);
    let twice = daemon.post(&format!("/api/v1/tasks/{task}/undo"), &json!({})).expect(409);
    assert_eq!(twice["type"], "urn:orgsync:problem:not-undoable");

    // An undo is no pin: the file still says the same, and the next sync does it again, to the same people.
    daemon.send_json(Method::PATCH, "/api/v1/sources/hr", &json!({"enabled": true})).expect(200);
    assert_eq!(daemon.sync("hr")["status"], "success");
    assert_eq!(directory(&daemon), after);
    let latest = daemon.all("/api/v1/tasks?source=hr")[0]["id"].as_i64().unwrap();
    daemon.settled(start_undo(&daemon, latest));
    daemon.place.write("users.csv", &good);
    daemon.place.write("departments.csv", &tree);
    let same = daemon.sync("hr");
    assert_eq!(same["message"], "users: 3 unchanged; departments: 3 unchanged");

    daemon.send(Method::DELETE, "/api/v1/sources/hr", &[], b"").expect(204);
    let gone = daemon.post(&format!("/api/v1/tasks/{latest}/undo"), &json!({})).expect(409);
    assert!(gone["detail"].as_str().is_some(), "{gone}");
    // What a deleted source did can still be taken back.
    let first = daemon.post("/api/v1/tasks/1/undo", &json!({})).expect(202);
    let undone = daemon.settled(first["taskId"].as_i64().unwrap());
    assert!(undone["message"].as_str().unwrap().starts_with("undid task 1: "), "{undone}");
}

#[test]
fn an_undo_survives_kill_9() {
    let seed =
        std::env::var("ORGSYNC_TEST_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("ORGSYNC_TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut daemon = Daemon::with(&[]);
    let policy = json!({"policy": {"removals": {"percent": 100}}});
    daemon.send_json(Method::PATCH, "/api/v1/sources/api", &policy).expect(200);
    let line = |n: usize, email: usize| {
        let email = format!("e{email}@x.org");
        json!({"uid": n.to_string(), "username": format!("user{n}"), "email": email})
    };
    let third = USERS / 3;
    let first: Value = (0..2 * third).map(|n| line(n, n)).collect();
    daemon.push("type=user&mode=full", &first);
    let before = directory(&daemon);
    // A third goes, a third swaps its e-mails around, a third is new.
    let second: Value =
        (third..3 * third).map(|n| line(n, if n < 2 * third { 3 * third - 1 - n } else { n })).collect();
    let mut task = daemon.push("type=user&mode=full", &second)["taskId"].as_i64().unwrap();
    let after = directory(&daemon);
    let part = 2 * USERS as u64 / ROUNDS;
    for round in 0..ROUNDS {
        let place = round * part + random.random_range(0..part);
        let undo = start_undo(&daemon, task);
        wait_until(&format!("the undo has come to {place}"), || {
            let task = daemon.task(undo);
            let of = |phase: &str| task["progress"][phase].as_u64().unwrap_or_default();
            of("read") + of("applied") >= place
                || !matches!(task["status"].as_str(), Some("init" | "processing"))
        });
        daemon.kill();
        daemon.restart();
        let ended = daemon.settled(undo);
        println!("killed at {place}: {ended}");
        assert_eq!(ended["status"], "success", "{ended}");
        let expected = if round % 2 == 0 { &before } else { &after };
        assert!(directory(&daemon) == *expected, "round {round}");
        // The next round undoes the undo.
        task = undo;
    }
}

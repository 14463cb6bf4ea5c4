//! Many clients that push at once, over and over, beside a pull: nobody gets an error but "come back
//! later" with the time to wait, and what was acknowledged is there. How fast all this is, the benchmark
//! `load` measures.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::daemon::{Answer, Client, Daemon, Place};

const CLIENTS: usize = 8;
const SOURCES: usize = 2;
const RECORDS: usize = 40;
/// For how long they push.
const TIME: Duration = Duration::from_secs(3);
const PULLED: usize = 3_000;

/// One client, and which version of each of its users was acknowledged last.
struct Pusher {
    client: Client,
    number: usize,
    acknowledged: HashMap<String, usize>,
}

fn source(number: usize) -> String {
    format!("source-{}", number % SOURCES)
}

/// How long to wait before the same is asked again, if the daemon has too much to do.
fn come_back(answer: &Answer) -> Option<Duration> {
    matches!(answer.status, 429 | 503).then(|| {
        let seconds = answer.headers.get("retry-after").expect("it says when to come back");
        Duration::from_secs(seconds.to_str().unwrap().parse().unwrap())
    })
}

impl Pusher {
    fn new(daemon: &Daemon, number: usize) -> Self {
        let token = json!({"name": format!("client {number}"), "scope": "push"});
        let token = daemon.post("/api/v1/tokens", &token).expect(201);
        let client = daemon.client().with_token(token["token"].as_str().unwrap());
        Self { client, number, acknowledged: HashMap::new() }
    }

    /// Half of each push is new, and half was pushed before and has changed.
    fn push_until(&mut self, stop: &AtomicBool) {
        for version in 1.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let first = (version - 1) * RECORDS / 2;
            let uids: Vec<String> =
                (first..first + RECORDS).map(|n| format!("c{}-{n}", self.number)).collect();
            let record = |uid: &String| json!({"uid": uid, "username": uid, "version": version});
            let records: Vec<Value> = uids.iter().map(record).collect();
            let name = source(self.number);
            let (path, body) = match self.number / SOURCES % 2 {
                0 => (format!("/api/v1/sources/{name}/records?type=user"), json!(records)),
                _ => {
                    let body = json!({"dataType": "user", "sourceName": name, "records": records});
                    ("/api/userData:push".to_owned(), body)
                }
            };
            let answer = loop {
                let answer = self.client.post(&path, &body);
                match come_back(&answer) {
                    Some(wait) => thread::sleep(wait),
                    None => break answer.expect(200),
                }
            };
            let counted = &answer["data"]["result"][0]["detail"]["count"]["success"];
            assert!(answer["status"] == "success" || *counted == json!(RECORDS), "{answer}");
            self.acknowledged.extend(uids.into_iter().map(|uid| (uid, version)));
        }
    }
}

#[test]
fn many_clients_at_once_lose_nothing() {
    let place = Place::new(&["files"]);
    let line = |n: usize| format!("p{n},pulled{n}\n");
    let users: String = (0..PULLED).map(line).collect();
    let users = place.write("users.csv", &format!("uid,username\n{users}"));
    let daemon = place.serve();
    daemon.add_source("pulled", "files", json!({"users": {"path": users}}));
    for number in 0..SOURCES {
        daemon.add_source(&source(number), "api", json!({}));
    }
    let mut pushers: Vec<Pusher> = (0..CLIENTS).map(|number| Pusher::new(&daemon, number)).collect();
    let stop = AtomicBool::new(false);
    let pull = daemon.start_sync("pulled");
    thread::scope(|scope| {
        for pusher in &mut pushers {
            scope.spawn(|| pusher.push_until(&stop));
        }
        let start = Instant::now();
        while start.elapsed() < TIME {
            let page = daemon.body("/api/v1/users?limit=100&search=C1-");
            let users = page["data"].as_array().unwrap();
            assert!(users.iter().all(|user| user["username"].as_str().unwrap().starts_with("c1-")));
        }
        stop.store(true, Ordering::Relaxed);
    });
    let pull = daemon.settled(pull);
    assert_eq!((&pull["status"], &pull["counts"]["user"]["created"]), (&json!("success"), &json!(PULLED)));

    let found: HashMap<String, Value> = daemon
        .all("/api/v1/users?")
        .into_iter()
        .map(|user| (user["username"].as_str().unwrap().to_owned(), user))
        .collect();
    for pusher in &pushers {
        assert!(!pusher.acknowledged.is_empty());
        for (uid, version) in &pusher.acknowledged {
            let user = &found[uid];
            let link = json!([{
                "source": source(pusher.number), "uid": uid, "present": true, "state": "present", "since": null,
            }]);
            assert_eq!((&user["custom"]["version"], &user["links"]), (&json!(version), &link), "{uid}");
        }
    }
    let pushed: usize = pushers.iter().map(|pusher| pusher.acknowledged.len()).sum();
    assert_eq!(found.len(), pushed + PULLED, "and nobody else");
    let unfinished = daemon.all("/api/v1/tasks?").into_iter().find(|task| task["status"] != "success");
    assert_eq!(unfinished, None);
}

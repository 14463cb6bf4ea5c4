//! kill -9 at random places in everything that the daemon does: reading, planning, waiting for approval, applying,
//! delivering, backfills, undo, retry, cancel, removal of old logs. After each kill the daemon starts again and comes to rest by itself:
//! no task is stuck, nothing is there twice, nothing that was acknowledged is lost, and the database is sound.
//! `ORGSYNC_KILLS` says how often it is killed, `ORGSYNC_TEST_SEED` repeats a run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use nix::unistd::Pid;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::daemon::{Client, Daemon, Place, is_running, wait_until};
use crate::support::receiver::{Receiver, Reply};

/// How often where nobody says.
const KILLS: u32 = 14;
/// After so many everything is compared.
const COMPARED: u32 = 10;
const PEOPLE: u32 = 800;
/// The users of one push.
const PUSHED: u32 = 150;
/// The longest time between the beginning of something and the kill, in milliseconds.
const LONGEST: u64 = 900;

/// What is going on when the daemon is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Sync,
    Push,
    Undo,
    Approve,
    Reject,
    Cancel,
    Retry,
    Backfill,
    Delivery,
    Rotation,
}

const ALL: [Work; 10] = [
    Work::Sync,
    Work::Push,
    Work::Undo,
    Work::Approve,
    Work::Reject,
    Work::Cancel,
    Work::Retry,
    Work::Backfill,
    Work::Delivery,
    Work::Rotation,
];

/// How large the logs of all days may be, of each kind.
const LOGS: u64 = 64 << 20;
/// The directories of the logs, with what the names of their files begin with.
const LOG_FILES: [(&str, &str); 2] = [("logs", "orgsync."), ("logs/user-data-sync", "")];

/// What the receiver has, by data type and uid.
type Received = BTreeMap<(String, String), Value>;

struct World {
    daemon: Daemon,
    random: StdRng,
    round: u32,
    /// The nicknames of those in the file, by number.
    people: BTreeMap<u32, String>,
    /// The rounds whose pushes were acknowledged, and those whose answer never came.
    pushed: BTreeSet<u32>,
    unclear: BTreeSet<u32>,
    received: Arc<Mutex<Received>>,
    _receiver: Receiver,
}

impl World {
    fn new(seed: u64) -> Self {
        let place = Place::new(&["files", "webhook"]);
        let users = place.path("users.csv");
        let received = Arc::<Mutex<Received>>::default();
        let keeps = Arc::clone(&received);
        let receiver = Receiver::start(move |request| {
            let mut received = keeps.lock().unwrap();
            for change in request.json()["changes"].as_array().unwrap() {
                let text = |key: &str| change[key].as_str().unwrap().to_owned();
                let place = (text("dataType"), text("uid"));
                match change["op"].as_str().unwrap() {
                    "delete" => drop(received.remove(&place)),
                    _ => drop(received.insert(place, change["record"].clone())),
                }
            }
            Reply::status(204)
        });
        place.write("orgsync.toml", &format!(
            "[storage]\nmax_log_bytes = {LOGS}\nmax_raw_records_day_bytes = {LOGS}\nmax_raw_records_bytes = {LOGS}\n"
        ));
        let daemon = place.serve();
        let people = (0..PEOPLE).map(|n| (n, "first".to_owned())).collect();
        let (random, pushed, unclear) = (StdRng::seed_from_u64(seed), BTreeSet::new(), BTreeSet::new());
        let world = Self { daemon, random, round: 0, people, pushed, unclear, received, _receiver: receiver };
        world.write("");
        let policy = json!({"removals": {"percent": 20, "count": 1}});
        let options = json!({"users": {"path": users}});
        let source = json!({"name": "people", "type": "files", "options": options, "policy": policy});
        world.daemon.post("/api/v1/sources", &source).expect(201);
        let options = json!({"url": world._receiver.url(), "secret": "0123456789abcdef"});
        let target = json!({"name": "crm", "type": "webhook", "options": options});
        world.daemon.post("/api/v1/targets", &target).expect(201);
        assert_eq!(world.daemon.sync("people")["status"], "success");
        world
    }

    fn below(&mut self, end: u32) -> u32 {
        self.random.random_range(0..end)
    }

    /// Writes the file, with more lines at its end.
    fn write(&self, more: &str) {
        let line = |(n, nickname): (&u32, &String)| format!("u{n},user{n},{nickname}\n");
        let lines: String = self.people.iter().map(line).collect();
        self.daemon.place.write("users.csv", &format!("uid,username,nickname\n{lines}{more}"));
    }

    /// Some leave, some come back, and some are called something else.
    fn change_people(&mut self) {
        for n in 0..PEOPLE {
            match self.below(100) {
                0..3 => drop(self.people.remove(&n)),
                3..40 => drop(self.people.insert(n, format!("of round {}", self.round))),
                _ => {}
            }
        }
        self.write("");
    }

    /// A file without half of them, whose task is held.
    fn held(&mut self) -> Option<i64> {
        let all = self.people.clone();
        self.people.retain(|n, _| n % 2 == 0);
        self.write("");
        self.people = all;
        let task = self.daemon.start_sync("people");
        let is_held = self.daemon.settled(task)["status"] == "held";
        is_held.then_some(task)
    }

    /// The newest task of the file's source that ended so.
    fn newest(&self, status: &str) -> Option<i64> {
        let tasks = self.daemon.body(&format!("/api/v1/tasks?source=people&status={status}&limit=1"));
        tasks["data"][0]["id"].as_i64()
    }

    fn wait_a_little(&mut self) {
        thread::sleep(Duration::from_millis(self.random.random_range(0..LONGEST)));
    }

    /// Begins some work and kills the daemon in the middle of it.
    fn kill_in(&mut self, work: Work) {
        let client = self.daemon.client();
        let begin = |path: String| drop(client.post(&path, &json!({})));
        match work {
            Work::Sync => {
                self.change_people();
                self.daemon.start_sync("people");
            }
            Work::Push => return self.kill_in_push(),
            Work::Undo => {
                if let Some(task) = self.newest("success") {
                    begin(format!("/api/v1/tasks/{task}/undo"));
                }
            }
            Work::Approve | Work::Reject => {
                let what = if work == Work::Approve { "approve" } else { "reject" };
                if let Some(task) = self.held() {
                    begin(format!("/api/v1/tasks/{task}/{what}"));
                }
            }
            Work::Cancel => {
                self.change_people();
                let task = self.daemon.start_sync("people");
                self.wait_a_little();
                begin(format!("/api/v1/tasks/{task}/cancel"));
            }
            Work::Retry => {
                self.change_people();
                self.write(&format!("bad,{},\n", "x".repeat(300)));
                let task = self.daemon.start_sync("people");
                self.daemon.settled(task);
                begin(format!("/api/v1/tasks/{task}/retry"));
            }
            Work::Backfill => begin("/api/v1/targets/crm/backfill".to_owned()),
            Work::Delivery => {
                self.change_people();
                self.daemon.sync("people");
            }
            Work::Rotation => {
                self.fill_logs();
                self.change_people();
                self.daemon.start_sync("people");
            }
        }
        self.wait_a_little();
        self.kill();
    }

    /// Logs of days long past, more than may be kept; the day's own are begun anew, so that the daemon looks.
    fn fill_logs(&self) {
        for (directory, prefix) in LOG_FILES {
            for day in 1..=20 {
                let path = self.daemon.place.path(&format!("{directory}/{prefix}2026-01-{day:02}.log"));
                File::create(path).unwrap().set_len(LOGS / 8).unwrap();
            }
            for path in self.logs(directory, prefix) {
                let is_old = path.file_name().unwrap().to_str().unwrap().contains("2026-01-");
                if !is_old && directory == "logs" {
                    std::fs::remove_file(path).unwrap();
                }
            }
        }
    }

    /// The files of a log.
    fn logs(&self, directory: &str, prefix: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.daemon.place.path(directory)).unwrap();
        let is_day = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let name = name.strip_prefix(prefix).unwrap_or_default();
            name.starts_with("20") && name.ends_with(".log")
        };
        entries.map(|entry| entry.unwrap().path()).filter(is_day).collect()
    }

    /// The logs are within their bounds, and no kill has damaged more than the line that it cut off.
    fn check_logs(&self, kills: u32) {
        for (directory, prefix) in LOG_FILES {
            let files = self.logs(directory, prefix);
            let bytes: u64 = files.iter().map(|path| path.metadata().unwrap().len()).sum();
            assert!(bytes <= LOGS, "{directory} has {bytes} bytes: {files:?}");
        }
        let mut broken = 0;
        for path in self.logs("logs/user-data-sync", "") {
            let text = std::fs::read(path).unwrap();
            let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && line[0] != 0);
            broken += lines.filter(|line| serde_json::from_slice::<Value>(line).is_err()).count();
        }
        assert!(broken <= kills as usize, "{broken} raw records can't be read after {kills} kills");
    }

    fn kill_in_push(&mut self) {
        let (client, round) = (self.daemon.client(), self.round);
        let user = |n| json!({"uid": format!("p{round}-{n}"), "username": format!("pushed{round}-{n}")});
        let users: Vec<Value> = (0..PUSHED).map(user).collect();
        let body = json!(users).to_string();
        let pushing = thread::spawn(move || {
            let json = [("content-type", "application/json")];
            let path = "/api/v1/sources/api/records?type=user";
            client.try_send(ureq::http::Method::POST, path, &json, body.as_bytes())
        });
        self.wait_a_little();
        self.kill();
        match pushing.join().unwrap() {
            Ok(answer) if answer.status < 300 => drop(self.pushed.insert(round)),
            _ => drop(self.unclear.insert(round)),
        }
    }

    fn kill(&mut self) {
        let workers: Vec<Pid> = self.daemon.children();
        self.daemon.kill();
        wait_until("no worker is left", || !workers.iter().any(|worker| is_running(*worker)));
        self.daemon.restart();
    }

    /// Everything that was interrupted comes to an end by itself.
    fn rest(&self) {
        for status in ["init", "processing"] {
            let path = format!("/api/v1/tasks?status={status}");
            wait_until(&format!("no task is {status}"), || {
                self.daemon.body(&path)["data"].as_array().unwrap().is_empty()
            });
        }
        for task in self.daemon.all("/api/v1/tasks?status=held") {
            let id = task["id"].as_i64().unwrap();
            self.daemon.post(&format!("/api/v1/tasks/{id}/reject"), &json!({})).expect(202);
            self.daemon.settled(id);
        }
    }

    fn check(&mut self) {
        let database = Connection::open(self.daemon.place.path("data/orgsync.db")).unwrap();
        let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        let users = self.daemon.all("/api/v1/users?source=api");
        let mut of_push: BTreeMap<u32, u32> = BTreeMap::new();
        for user in &users {
            let name = user["username"].as_str().unwrap().strip_prefix("pushed").unwrap();
            *of_push.entry(name.split_once('-').unwrap().0.parse().unwrap()).or_default() += 1;
        }
        for round in &self.pushed {
            assert_eq!(of_push.remove(round), Some(PUSHED), "the push of round {round} was acknowledged");
        }
        for (round, count) in of_push {
            assert!(self.unclear.contains(&round), "there was no push in round {round}");
            assert_eq!(count, PUSHED, "half of the push of round {round} is there");
        }
    }

    /// After a sync that nobody interrupts the directory is as the file, and the receiver as the directory.
    fn compare(&self) {
        self.write("");
        let task = self.daemon.sync("people");
        assert_eq!(task["status"], "success", "{task}");
        let users = self.daemon.all("/api/v1/users?source=people");
        let mut found = BTreeMap::new();
        for user in users.iter().filter(|user| user["enabled"] == true) {
            let links = user["links"].as_array().unwrap();
            assert_eq!(links.len(), 1, "{user}");
            let n: u32 = links[0]["uid"].as_str().unwrap()[1..].parse().unwrap();
            assert_eq!(user["username"], json!(format!("user{n}")));
            let twice = found.insert(n, user["nickname"].as_str().unwrap().to_owned());
            assert_eq!(twice, None, "{user} is there twice");
        }
        assert_eq!(found, self.people);
        wait_until("everything is delivered", || {
            let target = self.daemon.body("/api/v1/targets/crm");
            assert_eq!(target["deliveries"]["failed"], 0, "{target}");
            target["deliveries"]["pending"] == 0
        });
        let told = |record: &Value| json!([record["username"], record["nickname"], record["enabled"]]);
        let expected: BTreeMap<String, Value> =
            self.everybody().iter().map(|user| (user["id"].to_string(), told(user))).collect();
        let received = self.received.lock().unwrap();
        let received = received.iter().filter(|((data_type, _), _)| data_type == "user");
        let received: BTreeMap<String, Value> =
            received.map(|((_, uid), record)| (uid.clone(), told(record))).collect();
        assert_eq!(received, expected);
    }

    fn everybody(&self) -> Vec<Value> {
        let client: &Client = &self.daemon;
        client.all("/api/v1/users?")
    }
}

#[test]
fn nothing_is_stuck_doubled_or_lost_however_often_it_is_killed() {
    let said = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = said("ORGSYNC_TEST_SEED").unwrap_or_else(rand::random);
    let kills = said("ORGSYNC_KILLS").map_or(KILLS, |kills| kills.try_into().unwrap());
    println!("ORGSYNC_TEST_SEED={seed}");
    let mut world = World::new(seed);
    let mut killed: BTreeMap<Work, u32> = BTreeMap::new();
    for round in 1..=kills {
        world.round = round;
        // Each once in turn, so that a short run has them all.
        let work = ALL[(round as usize - 1) % ALL.len()];
        world.kill_in(work);
        *killed.entry(work).or_default() += 1;
        world.rest();
        world.check();
        if round % COMPARED == 0 || round == kills {
            world.compare();
            world.check_logs(round);
            println!("{round} kills: {killed:?}");
        }
    }
    assert!(kills < 10 || killed.len() == ALL.len(), "{killed:?}");
}

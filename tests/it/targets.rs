//! Targets of a real daemon: what it stores reaches a webhook, whole and in its last state, whatever
//! happens in between.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::daemon::{Client, Place, wait_until};
use crate::support::receiver::{Receiver, Reply, Request};

const USERS: usize = 50_000;
/// After how many of them the daemon is killed, time after time.
const KILLS: [usize; 3] = [5_000, 20_000, 40_000];

/// What a receiver knows, by data type and uid, and how often each came.
#[derive(Default)]
struct Known {
    records: HashMap<(String, String), Value>,
    arrived: HashMap<(String, String), usize>,
}

impl Known {
    fn take(&mut self, request: &Request) {
        for change in request.json()["changes"].as_array().unwrap() {
            let text = |key: &str| change[key].as_str().unwrap().to_owned();
            let place = (text("dataType"), text("uid"));
            *self.arrived.entry(place.clone()).or_default() += 1;
            match change["op"].as_str().unwrap() {
                "delete" => drop(self.records.remove(&place)),
                _ => drop(self.records.insert(place, change["record"].clone())),
            }
        }
    }
}

/// A receiver that keeps what comes, and what it answers: a status that a test may change.
struct Crm {
    receiver: Receiver,
    known: Arc<Mutex<Known>>,
    status: Arc<AtomicU16>,
}

impl Crm {
    fn start() -> Self {
        let (known, status) = (Arc::<Mutex<Known>>::default(), Arc::new(AtomicU16::new(204)));
        let (keeps, answers) = (Arc::clone(&known), Arc::clone(&status));
        let receiver = Receiver::start(move |request| {
            let status = answers.load(Ordering::Relaxed);
            if status < 300 {
                keeps.lock().unwrap().take(request);
            }
            Reply::status(status)
        });
        Self { receiver, known, status }
    }

    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// How many users it has.
    fn users(&self) -> usize {
        self.known.lock().unwrap().records.keys().filter(|(data_type, _)| data_type == "user").count()
    }

    fn add_to(&self, client: &Client, name: &str) -> Value {
        let options = json!({"url": self.receiver.url(), "secret": "0123456789abcdef", "batchSize": 500});
        let target = json!({"name": name, "type": "webhook", "options": options});
        let added = client.send_json(Method::POST, "/api/v1/targets", &target);
        assert_eq!(added.status, 201, "{}", added.body);
        added.body
    }
}

fn deliveries(client: &Client, name: &str) -> [i64; 3] {
    let target = client.body(&format!("/api/v1/targets/{name}"));
    ["pending", "delivered", "failed"].map(|state| target["deliveries"][state].as_i64().unwrap())
}

/// What the webhook is to have of a user, by what the API says of it.
fn as_record(user: &Value) -> Value {
    let departments = user["departments"].as_array().unwrap().iter().map(|department| {
        let id = department["id"].to_string();
        let mut entry = department.clone();
        entry.as_object_mut().unwrap().remove("title");
        entry["uid"] = json!(id);
        entry["id"] = json!(id);
        entry
    });
    json!({
        "username": user["username"], "nickname": user["nickname"], "email": user["email"],
        "phone": user["phone"], "enabled": user["enabled"], "custom": user["custom"],
        "departments": departments.collect::<Vec<_>>(), "links": links(user),
    })
}

/// What the webhook is to have of a department: one of those right below the department 0, or that one.
fn as_department(department: &Value) -> Value {
    let above = department["parentId"].as_i64().map(|_| json!("Department 0"));
    let path: Vec<Value> = above.into_iter().chain([department["title"].clone()]).collect();
    json!({
        "title": department["title"], "path": path, "sort": department["sort"], "enabled": department["enabled"],
        "custom": department["custom"], "links": links(department),
        "parentUid": department["parentId"].as_i64().map(|parent| parent.to_string()),
    })
}

fn links(shown: &Value) -> Vec<Value> {
    let links = shown["links"].as_array().unwrap().iter();
    links.map(|link| json!({"source": link["source"], "uid": link["uid"]})).collect()
}

fn push(client: &Client, data_type: &str, lines: &str) {
    let path = format!("/api/v1/sources/api/records?type={data_type}");
    let json = [("content-type", "application/x-ndjson")];
    let answer = client.try_send(Method::POST, &path, &json, lines.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[test]
fn a_webhook_has_everything_although_the_daemon_is_killed_again_and_again() {
    let crm = Crm::start();
    let mut daemon = Place::new(&["webhook"]).serve();
    let client = daemon.client();
    crm.add_to(&client, "crm");
    // All but the first are below it, and have what else a department may have.
    let department = |n: u32| {
        let mut record = json!({"uid": format!("d{n}"), "title": format!("Department {n}")});
        if n > 0 {
            record["parentUid"] = json!("d0");
            record["sort"] = json!(n);
            record["building"] = json!(format!("B{n}"));
        }
        format!("{record}\n")
    };
    let departments: String = (0..10).map(department).collect();
    push(&client, "department", &departments);
    let user = |n: usize, email: &str| {
        format!(
            "{{\"uid\":\"u{n}\",\"username\":\"user{n}\",\"email\":\"user{n}@{email}\",\"departments\":[\"d{}\"]}}\n",
            n % 10
        )
    };
    push(&client, "user", &(0..USERS).map(|n| user(n, "example.org")).collect::<String>());
    for place in KILLS {
        wait_until(&format!("{place} users have arrived"), || crm.users() >= place);
        daemon.kill();
        daemon.restart();
    }
    let client = daemon.client();
    // Changes and deletes come while the rest is still on its way.
    push(&client, "user", &(0..1_000).map(|n| user(n, "example.net")).collect::<String>());
    push(
        &client,
        "user",
        &(1_000..1_100).map(|n| format!("{{\"uid\":\"u{n}\",\"isDeleted\":true}}\n")).collect::<String>(),
    );
    wait_until("nothing is pending", || deliveries(&client, "crm") == [0, USERS as i64 + 10, 0]);

    let known = crm.known.lock().unwrap();
    let arrived = known.arrived.keys().filter(|(data_type, _)| data_type == "user").count();
    assert!(arrived >= USERS - 100, "only {arrived} have ever arrived");
    let users = daemon.all("/api/v1/users?");
    assert_eq!(users.len(), USERS - 100);
    for user in &users {
        let place = ("user".to_owned(), user["id"].to_string());
        assert_eq!(known.records.get(&place), Some(&as_record(user)), "{user}");
    }
    let departments = daemon.all("/api/v1/departments?");
    assert_eq!(departments.len(), 10);
    for department in &departments {
        let place = ("department".to_owned(), department["id"].to_string());
        let mut record = known.records[&place].clone();
        // The webhook answers no ids of its own, so this is the uid again; it is not known yet of a parent that came
        // in the same batch.
        if let Some(parent) = record.as_object_mut().unwrap().remove("parentId") {
            assert_eq!(parent, record["parentUid"], "{department}");
        }
        assert_eq!(record, as_department(department), "{department}");
    }
    assert_eq!(known.records.len(), users.len() + departments.len(), "nobody is there who should not be");
}

#[test]
fn a_webhook_that_is_down_holds_nobody_up_and_catches_up() {
    let (down, up) = (Crm::start(), Crm::start());
    let daemon = Place::new(&["webhook"]).serve();
    let client = daemon.client();
    down.answer(503);
    down.add_to(&client, "down");
    up.add_to(&client, "up");
    for task in daemon.all("/api/v1/tasks?") {
        daemon.settled(task["id"].as_i64().unwrap());
    }
    push(&client, "user", "{\"uid\":\"u1\",\"username\":\"ann\"}\n");
    wait_until("the other one has it", || up.users() == 1);
    let tasks = daemon.all("/api/v1/tasks?");
    let task = tasks.iter().find(|task| task["kind"] == "push").unwrap();
    assert_eq!(task["status"], "success", "the built-in targets have it");
    wait_until("what is wrong is told", || {
        !client.body("/api/v1/targets/down")["state"]["message"].is_null()
    });
    let target = client.body("/api/v1/targets/down");
    let message = target["state"]["message"].as_str().unwrap();
    assert!(message.contains("503"), "{message}");
    assert_eq!(deliveries(&client, "down"), [1, 0, 0]);
    let waiting = client.body("/api/v1/targets/down/deliveries?state=pending");
    assert_eq!((&waiting["data"][0]["task"], &waiting["data"][0]["error"]), (&task["id"], &json!(message)));

    down.answer(204);
    let retried =
        client.send_json(Method::POST, &format!("/api/v1/tasks/{}/retry", task["id"]), &json!(null));
    assert_eq!(retried.status, 202, "{}", retried.body);
    let retried = client.send_json(Method::POST, "/api/v1/targets/down/retry", &json!(null));
    assert_eq!(retried.status, 202, "{}", retried.body);
    wait_until("it has it, too", || deliveries(&client, "down") == [0, 1, 0]);
    assert_eq!(down.users(), 1);
    let counts = client.body(&format!("/api/v1/tasks/{}", task["id"]))["counts"]["targets"].clone();
    let delivered = json!({"pending": 0, "delivered": 1, "failed": 0});
    assert_eq!(counts.as_array().unwrap().len(), 2);
    assert!(counts.as_array().unwrap().iter().all(|target| target["deliveries"] == delivered), "{counts}");
}

#[test]
fn an_address_that_is_none_is_refused_with_the_name_of_the_option() {
    let daemon = Place::new(&["webhook", "scim"]).serve();
    let client = daemon.client();
    let options = |target_type: &str, url: &str| match target_type {
        "webhook" => json!({"url": url, "secret": "0123456789abcdef"}),
        _ => json!({"url": url, "token": "t0ken"}),
    };
    for target_type in ["webhook", "scim"] {
        for url in [
            "crm.example.org",
            "crm.example.org:8443/x",
            "ftp://crm.example.org",
            "https://",
            "https:///x",
            " ",
        ] {
            let target = json!({"name": "crm", "type": target_type, "options": options(target_type, url)});
            let answer = client.send_json(Method::POST, "/api/v1/targets", &target);
            let said = answer.body["errors"][0]["message"].as_str().unwrap_or_default();
            assert_eq!(answer.status, 422, "{target_type} {url:?}: {}", answer.body);
            assert!(said.contains("`url`"), "{target_type} {url:?}: {}", answer.body);
        }
        let good = json!({
            "name": target_type, "type": target_type, "enabled": false,
            "options": options(target_type, " HTTPS://crm.example.org/x "),
        });
        let answer = client.send_json(Method::POST, "/api/v1/targets", &good);
        assert_eq!(answer.status, 201, "{}", answer.body);
        let path = format!("/api/v1/targets/{target_type}");
        let worse = json!({"options": options(target_type, "crm.example.org")});
        assert_eq!(client.send_json(Method::PATCH, &path, &worse).status, 422);
        let other = json!({"displayName": "CRM", "enabled": true});
        assert_eq!(client.send_json(Method::PATCH, &path, &other).status, 200);
    }
}

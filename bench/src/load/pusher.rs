//! A client that pushes: a hundred records each time, half of them new and half of them changed since
//! they were pushed before. It comes back when it is told to, with the same push, and knows what it was
//! acknowledged.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::{Value, json};

use crate::daemon::{Answer, Client};

use super::Seen;
use super::directory::Found;

/// How many records a push has; half of them are new.
const RECORDS: usize = 100;
/// The departments of each source.
const DEPARTMENTS: usize = 50;

pub(crate) struct Pusher {
    client: Client,
    number: usize,
    source: String,
    /// The version of each of its users that was acknowledged last.
    acknowledged: Vec<u32>,
    /// Which user is changed next.
    next: usize,
    pushes: u32,
}

fn source_name(number: usize) -> String {
    format!("pushed-{number}")
}

/// Adds a source that is pushed to, with departments.
pub(crate) fn add_source(admin: &Client, number: usize) -> anyhow::Result<()> {
    let name = source_name(number);
    admin.post("/api/v1/sources", &json!({"name": name, "type": "api"}))?.expect(201)?;
    let departments: Vec<Value> = (0..DEPARTMENTS)
        .map(|n| json!({"uid": format!("d{n}"), "title": format!("Department {n}")}))
        .collect();
    let path = format!("/api/v1/sources/{name}/records?type=department");
    admin.post(&path, &json!(departments))?.expect(200)?;
    Ok(())
}

impl Pusher {
    pub(crate) fn new(client: Client, number: usize, source: usize) -> Self {
        Self { client, number, source: source_name(source), acknowledged: Vec::new(), next: 0, pushes: 0 }
    }

    /// Pushes until told to stop, and what is under way then to its end.
    pub(crate) fn push_until(&mut self, stop: &AtomicBool) -> Seen {
        let mut seen = Seen::default();
        while !stop.load(Ordering::Relaxed) && seen.errors.is_empty() {
            self.pushes += 1;
            let users = self.choose();
            let records: Vec<Value> = users.iter().map(|user| self.record(*user)).collect();
            let (path, body) = self.request(&records);
            loop {
                let start = Instant::now();
                let answer = match self.client.post_text(&path, &body) {
                    Ok(answer) => answer,
                    Err(error) => break seen.errors.push(format!("{path}: {error:#}")),
                };
                seen.pushes.note(start.elapsed());
                *seen.statuses.entry(answer.status).or_default() += 1;
                if let Some(wait) = answer.come_back() {
                    std::thread::sleep(wait);
                    continue;
                }
                if !is_done(&answer) {
                    seen.errors.push(format!("{path}: {} {}", answer.status, answer.body));
                    break;
                }
                seen.records += RECORDS as u64;
                for user in users {
                    match self.acknowledged.get_mut(user) {
                        Some(version) => *version = self.pushes,
                        None => self.acknowledged.push(self.pushes),
                    }
                }
                break;
            }
        }
        seen
    }

    /// Half of a push are changed users, as far as there are any, one after the other; the others are new.
    fn choose(&mut self) -> Vec<usize> {
        let known = self.acknowledged.len();
        let changed = known.min(RECORDS / 2);
        let mut users: Vec<usize> = (0..changed).map(|n| (self.next + n) % known).collect();
        self.next = (self.next + changed) % known.max(1);
        users.extend(known..known + RECORDS - changed);
        users
    }

    fn uid(&self, user: usize) -> String {
        format!("c{:03}-{user:06}", self.number)
    }

    fn record(&self, user: usize) -> Value {
        let uid = self.uid(user);
        json!({
            "uid": uid, "username": format!("user.{uid}"), "nickname": format!("Pushed Person {user}"),
            "email": format!("user.{uid}@example.com"), "phone": format!("+4930{user:08}"),
            "departments": [format!("d{}", user % DEPARTMENTS), format!("d{}", (user + 1) % DEPARTMENTS)],
            "title": "Specialist", "location": "Hamburg", "version": self.pushes,
        })
    }

    /// Every other client uses the compatible push.
    fn request(&self, records: &[Value]) -> (String, String) {
        if self.number.is_multiple_of(2) {
            (format!("/api/v1/sources/{}/records?type=user", self.source), json!(records).to_string())
        } else {
            let body = json!({"dataType": "user", "sourceName": self.source, "records": records});
            ("/api/userData:push".to_owned(), body.to_string())
        }
    }

    /// What was acknowledged, and is not there as it was.
    pub(crate) fn missing(&self, found: &Found) -> Vec<String> {
        let wrong = |(user, version): (usize, &u32)| {
            let uid = self.uid(user);
            let there = found.get(&(self.source.clone(), uid.clone()));
            let right = there.is_some_and(|user| user["custom"]["version"] == json!(version));
            (!right).then(|| {
                format!("{uid} of {}: version {version} was acknowledged, there is {there:?}", self.source)
            })
        };
        self.acknowledged.iter().enumerate().filter_map(wrong).collect()
    }
}

/// Whether a push went through with all its records.
fn is_done(answer: &Answer) -> bool {
    let body = &answer.body;
    let counted = &body["data"]["result"][0]["detail"]["count"];
    answer.status == 200 && (body["status"] == "success" || counted["success"] == json!(RECORDS))
}

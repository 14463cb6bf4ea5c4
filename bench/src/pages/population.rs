//! What the directory of the benchmark holds, the same every time: a large source with a tree of departments and
//! a department that everybody is in, one that came last, a small one, and the tasks that brought them all. What
//! was loaded is noted beside it, so that it can be used again.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::daemon::{Client, Daemon};

use super::people;

/// The title of the department that everybody is in.
pub(super) const EVERYBODY: &str = "Everybody";
/// The name of the last user.
pub(super) const RARE: &str = "Zebulon Quartermain";
/// How many pushes of a few users there are, every third with one that fails.
const SMALL_PUSHES: usize = 300;
/// Which of the users are deleted afterwards, and which are switched off: one in so many.
const DELETED: usize = 1_000;
const DISABLED: usize = 50;
/// The users of the source that came last: one for so many of the large one.
const BRANCH: usize = 30;

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) users: usize,
    pub(super) departments: usize,
}

/// What is there.
#[derive(Debug)]
pub(super) struct Population {
    pub(super) size: Size,
    /// The task that brought the users.
    pub(super) task: i64,
}

impl Population {
    /// What was loaded into this directory, if it was this much.
    pub(super) fn kept(directory: &Path, size: Size) -> anyhow::Result<Option<Self>> {
        let Ok(noted) = std::fs::read_to_string(note(directory)) else {
            ensure!(!directory.join("data").exists(), "{} holds something else", directory.display());
            return Ok(None);
        };
        let noted: Value = serde_json::from_str(&noted).context("failed to read what was loaded")?;
        let same = noted["users"] == json!(size.users) && noted["departments"] == json!(size.departments);
        ensure!(same, "{} was loaded with another number of users or departments", directory.display());
        let task = noted["task"].as_i64().context("what was loaded names no task")?;
        Ok(Some(Self { size, task }))
    }
}

fn note(directory: &Path) -> PathBuf {
    directory.join("loaded.json")
}

/// Loads a daemon with everything.
pub(super) fn load(daemon: &Daemon, directory: &Path, size: Size) -> anyhow::Result<Population> {
    let admin = daemon.admin();
    for name in ["company", "branch", "tiny"] {
        admin.post("/api/v1/sources", &json!({"name": name, "type": "api"}))?.expect(201)?;
    }
    let file = directory.join("records.ndjson");
    let push = |source: &str, data_type: &str, records: &mut dyn Iterator<Item = Value>| {
        let mut written = BufWriter::new(File::create(&file)?);
        for record in records {
            writeln!(written, "{record}")?;
        }
        written.flush()?;
        let answer = daemon.push_to(source, data_type, &file)?;
        let ended = matches!(answer["status"].as_str(), Some("success" | "partial"));
        ensure!(ended, "the push to {source} ended so: {answer}");
        Ok(answer)
    };
    push("company", "department", &mut departments(size))?;
    let users = (0..size.users).map(|n| user(n, size)).chain((0..3).map(broken));
    let pushed = push("company", "user", &mut users.into_iter())?;
    let created = &pushed["counts"]["user"]["created"];
    ensure!(*created == json!(size.users), "of {} users, {created} were created", size.users);
    let gone = (0..size.users).step_by(DELETED).map(|n| json!({"uid": uid(n), "isDeleted": true}));
    push("company", "user", &mut gone.into_iter())?;
    push("branch", "user", &mut (0..size.users / BRANCH).map(|n| branch_user(n, size)))?;
    for number in 0..SMALL_PUSHES {
        push_few(&admin, number)?;
    }
    std::fs::remove_file(&file)?;
    let task = pushed["taskId"].as_i64().context("the push of users names no task")?;
    let noted = json!({"users": size.users, "departments": size.departments, "task": task});
    std::fs::write(note(directory), noted.to_string())?;
    Ok(Population { size, task })
}

/// A tree that is as deep as the last one's number has digits, and one more: each has ten below it.
fn departments(size: Size) -> impl Iterator<Item = Value> {
    let department = |n: usize| {
        let parent = (n > 0).then(|| format!("d{}", n / 10));
        json!({"uid": format!("d{n}"), "title": format!("Department {n} {}", people::name(n)), "parentUid": parent,
               "sort": n % 10})
    };
    let everybody = json!({"uid": "everybody", "title": EVERYBODY});
    (0..size.departments).map(department).chain([everybody])
}

fn uid(n: usize) -> String {
    format!("E{n:07}")
}

fn user(n: usize, size: Size) -> Value {
    // Spread by a multiplier that has no factor in common with the number of departments.
    let department = |n: usize| format!("d{}", n * 7_919 % size.departments);
    let owner = n < size.departments;
    let mut departments = vec![
        json!({"uid": "everybody", "isOwner": n < 3}),
        json!({"uid": department(n), "isMain": true, "isOwner": owner, "sort": n % 100}),
    ];
    if n % 2 == 1 {
        departments.push(json!({"uid": department(n + 1)}));
    }
    let last = n + 1 == size.users;
    json!({
        "uid": uid(n),
        "username": format!("user{n:07}"),
        "nickname": if last { RARE.to_owned() } else { people::name(n) },
        "email": format!("user{n:07}@example.com"),
        "phone": format!("+4940{n:08}"),
        "enabled": n % DISABLED != 1,
        "departments": departments,
        "title": "Specialist",
        "location": "Hamburg",
    })
}

/// A record that can't be understood, behind all others in the plan.
fn broken(n: usize) -> Value {
    json!({"uid": format!("Z{n}"), "username": n})
}

fn branch_user(n: usize, size: Size) -> Value {
    let name = people::name(n * 31 % size.users);
    json!({"uid": format!("B{n:06}"), "username": format!("branch{n:06}"), "nickname": name,
           "email": format!("branch{n:06}@example.org")})
}

/// Some users of the small source, or some changed ones of the one that came last.
fn push_few(admin: &Client, number: usize) -> anyhow::Result<()> {
    let (source, prefix) = if number.is_multiple_of(2) { ("tiny", 'T') } else { ("branch", 'B') };
    let changed = |n: usize| {
        let uid = format!("{prefix}{:06}", (number + n) % 20);
        json!({"uid": uid, "username": format!("{source}{:06}", (number + n) % 20), "version": number})
    };
    let mut records: Vec<Value> = (0..5).map(changed).collect();
    if number.is_multiple_of(3) {
        records.push(broken(number));
    }
    let path = format!("/api/v1/sources/{source}/records?type=user");
    admin.post(&path, &json!(records))?.expect(200)?;
    Ok(())
}

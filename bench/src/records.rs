//! The records that are pushed: plausible users in one or two of 500 departments, the same every time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

/// How many departments there are.
const DEPARTMENTS: usize = 500;

/// Writes the users as JSON Lines.
pub(crate) fn write_users(directory: &Path, count: usize) -> anyhow::Result<PathBuf> {
    write(directory.join("users.ndjson"), (0..count).map(user))
}

/// Writes the departments as JSON Lines.
pub(crate) fn write_departments(directory: &Path) -> anyhow::Result<PathBuf> {
    let department = |n: usize| {
        let parent = (n > 0).then(|| format!("d{}", n / 5));
        json!({"uid": format!("d{n}"), "title": format!("Department {n}"), "parentUid": parent, "sort": n % 5})
    };
    write(directory.join("departments.ndjson"), (0..DEPARTMENTS).map(department))
}

fn user(n: usize) -> serde_json::Value {
    // Spread by a multiplier that has no factor in common with the number of departments.
    let department = |n: usize| format!("d{}", n * 7_919 % DEPARTMENTS);
    let mut departments = vec![department(n)];
    if n % 2 == 1 {
        departments.push(department(n + 1));
    }
    json!({
        "uid": format!("E{n:07}"),
        "username": format!("user{n:07}"),
        "nickname": format!("Person Number {n}"),
        "email": format!("user{n:07}@example.com"),
        "phone": format!("+4940{n:08}"),
        "departments": departments,
        "title": "Specialist",
        "location": "Hamburg",
        "costCentre": 4_000 + n % 90,
        "employment": "permanent",
    })
}

fn write(path: PathBuf, records: impl Iterator<Item = serde_json::Value>) -> anyhow::Result<PathBuf> {
    let file = File::create(&path).with_context(|| format!("failed to write {}", path.display()))?;
    let mut file = BufWriter::new(file);
    for record in records {
        writeln!(file, "{record}")?;
    }
    file.flush()?;
    Ok(path)
}

//! The pull beside the pushes: the plugin `files` reads users and departments out of CSV files, and again
//! whenever it has ended. Before each time all users change, so that there is as much to write.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::json;

use crate::daemon::Client;

use super::Seen;
use super::directory::Found;

const SOURCE: &str = "pulled";
const DEPARTMENTS: usize = 500;

pub(crate) struct Pull {
    directory: PathBuf,
    users: usize,
    /// How many pulls have begun; the version of every user that the last one reads.
    version: u32,
}

impl Pull {
    /// Writes the files.
    pub(crate) fn prepare(directory: &Path, users: usize) -> anyhow::Result<Self> {
        let pull = Self { directory: directory.to_owned(), users, version: 0 };
        let mut file = BufWriter::new(File::create(directory.join("departments.csv"))?);
        writeln!(file, "uid,title,parentUid,sort")?;
        for n in 0..DEPARTMENTS {
            let parent = if n > 0 { format!("d{}", n / 5) } else { String::new() };
            writeln!(file, "d{n},Department {n},{parent},{}", n % 5)?;
        }
        file.flush()?;
        pull.write_users()?;
        Ok(pull)
    }

    fn write_users(&self) -> anyhow::Result<()> {
        let written = self.directory.join("users.csv.new");
        let mut file = BufWriter::new(File::create(&written)?);
        writeln!(file, "uid,username,nickname,email,phone,departments,title,location,version")?;
        for n in 0..self.users {
            let (first, second) = (n * 7_919 % DEPARTMENTS, n * 7_919 / 3 % DEPARTMENTS);
            writeln!(
                file,
                "E{n:07},user{n:07},Person Number {n},user{n:07}@example.com,+4940{n:08},d{first};d{second},\
                 Specialist,Hamburg,{}",
                self.version + 1
            )?;
        }
        file.flush()?;
        std::fs::rename(written, self.directory.join("users.csv")).context("failed to put users.csv in place")
    }

    pub(crate) fn add_source(&self, admin: &Client) -> anyhow::Result<()> {
        let path = |name: &str| json!({"path": self.directory.join(name)});
        let options = json!({"users": path("users.csv"), "departments": path("departments.csv")});
        let source = json!({"name": SOURCE, "type": "files", "options": options});
        admin.post("/api/v1/sources", &source)?.expect(201)?;
        Ok(())
    }

    /// Pulls until told to stop, and the last time to its end.
    pub(crate) fn pull_until(&mut self, stop: &AtomicBool, admin: &Client) -> Seen {
        let mut seen = Seen::default();
        while !stop.load(Ordering::Relaxed) && seen.errors.is_empty() {
            match self.pull(admin) {
                Ok(took) => seen.pulls.note(took),
                Err(error) => seen.errors.push(format!("the pull: {error:#}")),
            }
        }
        seen
    }

    fn pull(&mut self, admin: &Client) -> anyhow::Result<Duration> {
        self.write_users()?;
        let start = Instant::now();
        self.version += 1;
        let task = admin.sync(SOURCE, Duration::from_millis(200))?;
        ensure!(task["status"] == "success", "it ended so: {task}");
        Ok(start.elapsed())
    }

    /// Who was pulled, and is not there as read last.
    pub(crate) fn missing(&self, found: &Found) -> Vec<String> {
        let wrong = |n: usize| {
            let there = found.get(&(SOURCE.to_owned(), format!("E{n:07}")));
            let version = self.version.to_string();
            let right = there.is_some_and(|user| user["custom"]["version"] == json!(version));
            (!right).then(|| format!("E{n:07} of {SOURCE}: version {version} was pulled, there is {there:?}"))
        };
        (0..self.users).filter_map(wrong).collect()
    }
}

//! What is on the disk: `plugins.toml`, the libraries it lists and those it doesn't, and what each says of
//! itself. What changed is judged once it has been quiet for a while, so that nothing is judged half-copied;
//! until then it counts as what it was. Everything here blocks.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use orgsync_plugin_api::manifest::Manifest;

use super::inspect::{self, Fault, inspect_file};
use super::plugins_toml::{self, Listed, PluginsTomlError};
use super::schema;
use super::trust::{Signature, Trust, Verified, signature_of, signature_path};

/// What is known of the disk, from one look to the next.
#[derive(Debug)]
pub(super) struct Disk {
    plugins_toml: PathBuf,
    trust: Arc<Trust>,
    quiet: Duration,
    /// The content of `plugins.toml` when it could last be understood, and how the file looked then.
    list: Option<(Seen, Option<Vec<Listed>>)>,
    files: HashMap<PathBuf, Facts>,
    /// What has changed and is not quiet yet: how it looked last, and since when it looks like that.
    restless: HashMap<PathBuf, (Seen, Instant)>,
}

/// What a look found.
pub(super) struct Found {
    /// The plugins listed; `None` if there is no `plugins.toml`.
    pub(super) listed: Result<Option<Vec<Listed>>, PluginsTomlError>,
    pub(super) unlisted: Vec<PathBuf>,
    pub(super) files: HashMap<PathBuf, Facts>,
    /// Files that were never judged yet because they are not quiet; `plugins.toml` may be one.
    pub(super) arriving: BTreeSet<PathBuf>,
    /// When another look finds more, if it is known.
    pub(super) settles_in: Option<Duration>,
}

/// What reading a file told, for as long as it looks the same.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) size: u64,
    pub(super) sha256: Option<String>,
    pub(super) manifest: Result<Manifest, String>,
    pub(super) signature: Signature,
    /// The text that the signature was read from.
    pub(super) minisig: Option<String>,
    /// Why others than its owner could change the file, if they could.
    pub(super) exposed: Option<String>,
    seen: Seen,
}

/// How a file and its signature look from outside; whatever changes them changes this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    file: Option<Stamp>,
    signature: Option<Stamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    mode: u32,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Disk {
    pub(super) fn new(plugins_toml: PathBuf, trust: Arc<Trust>, quiet: Duration) -> Self {
        let (files, restless) = (HashMap::new(), HashMap::new());
        Self { plugins_toml, trust, quiet, list: None, files, restless }
    }

    /// Reads `plugins.toml`, and of the files those that changed and are quiet.
    pub(super) fn look(&mut self, now: Instant, clock: SystemTime) -> Found {
        let mut settles_in = None;
        let listed = self.read_list(now, clock, &mut settles_in);
        let present = self.list.as_ref().and_then(|(_, list)| list.clone()).unwrap_or_default();
        let paths: Vec<PathBuf> = present.into_iter().map(|listed| listed.path).collect();
        let mut unlisted = unlisted(&self.plugins_toml, &paths);
        let (mut files, mut arriving) = (HashMap::new(), BTreeSet::new());
        if self.list.is_none() && settles_in.is_some() {
            arriving.insert(self.plugins_toml.clone());
        }
        for path in paths.iter().chain(&unlisted) {
            if files.contains_key(path) {
                continue;
            }
            let seen = Seen::of(path);
            let known = self.files.remove(path);
            let waits = self.waits(path, seen, known.as_ref().map(|facts| facts.seen), now, clock);
            settles_in = sooner(settles_in, waits);
            let facts = match known {
                Some(facts) if waits.is_some() || facts.seen == seen => facts,
                None if waits.is_some() => {
                    arriving.insert(path.clone());
                    continue;
                }
                _ => match learn(path, signature_of(path), &self.trust) {
                    Some(facts) => facts,
                    None => continue,
                },
            };
            files.insert(path.clone(), facts);
        }
        self.restless.retain(|path, _| {
            files.contains_key(path) || arriving.contains(path) || *path == self.plugins_toml
        });
        self.files = files.clone();
        unlisted.retain(|path| !arriving.contains(path));
        Found { listed, unlisted, files, arriving, settles_in }
    }

    fn read_list(
        &mut self,
        now: Instant,
        clock: SystemTime,
        settles_in: &mut Option<Duration>,
    ) -> Result<Option<Vec<Listed>>, PluginsTomlError> {
        let path = self.plugins_toml.clone();
        let seen = Seen::of(&path);
        *settles_in = self.waits(&path, seen, self.list.as_ref().map(|(seen, _)| *seen), now, clock);
        if settles_in.is_some() {
            return Ok(self.list.as_ref().and_then(|(_, list)| list.clone()));
        }
        let list = plugins_toml::read(&path)?;
        self.list = Some((seen, list.clone()));
        Ok(list)
    }

    /// How long to wait until a path can be judged, if it is not quiet yet. `judged` is how it looked when it
    /// was judged last. What was never there need not be waited for.
    fn waits(
        &mut self,
        path: &Path,
        seen: Seen,
        judged: Option<Seen>,
        now: Instant,
        clock: SystemTime,
    ) -> Option<Duration> {
        if judged == Some(seen) || (judged.is_none() && seen.file.is_none()) {
            self.restless.remove(path);
            return None;
        }
        let since = match self.restless.get(path) {
            Some((last, since)) if *last == seen => *since,
            _ => now,
        };
        self.restless.insert(path.to_owned(), (seen, since));
        // A file that last changed long ago was moved here whole. Clocks differ: one in the future says nothing.
        let age = now.duration_since(since).max(seen.age(clock).unwrap_or_default());
        self.quiet.checked_sub(age).filter(|rest| !rest.is_zero())
    }
}

/// Reads a file; `None` if it is gone.
pub(super) fn learn(path: &Path, minisig: Option<String>, trust: &Trust) -> Option<Facts> {
    let seen = Seen::of(path);
    let stamp = seen.file?;
    let read = || -> Result<(Verified, File), Fault> {
        let file = inspect::open(path)?;
        Ok((trust.verify(file.try_clone()?, minisig.as_deref())?, file))
    };
    let (sha256, manifest, signature) = match read() {
        Ok((Verified { sha256, signature }, file)) => {
            let inspected = inspect_file(file, sha256.clone());
            let manifest = inspected.map(|inspection| inspection.manifest).map_err(|fault| fault.to_string());
            let manifest = manifest.and_then(|manifest| schema::check_all(&manifest).map(|()| manifest));
            (Some(sha256), manifest, signature)
        }
        Err(fault) => (None, Err(fault.to_string()), Signature::None),
    };
    Some(Facts { size: stamp.size, sha256, manifest, signature, minisig, exposed: exposed(path), seen })
}

/// Why others than its owner could put something else into a file's or directory's place, if they could.
pub(super) fn exposed(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.mode();
    let who = match (mode & 0o020, mode & 0o002) {
        (0, 0) => return None,
        (_, 0) => "its group",
        _ => "everybody",
    };
    let path = path.display();
    Some(format!(
        "{path} can be changed by {who}: whoever can write it decides what runs here; chmod go-w {path}"
    ))
}

/// The directory whose libraries are shown if they are not listed.
pub(super) fn plugins_directory(plugins_toml: &Path) -> PathBuf {
    plugins_toml.parent().unwrap_or(Path::new("")).join("plugins")
}

/// The libraries in `plugins/` beside `plugins.toml` that it doesn't list, by name.
fn unlisted(plugins_toml: &Path, listed: &[PathBuf]) -> Vec<PathBuf> {
    let listed: BTreeSet<PathBuf> = listed.iter().filter_map(|path| path.canonicalize().ok()).collect();
    // There need not be such a directory.
    let mut paths: Vec<PathBuf> = fs::read_dir(plugins_directory(plugins_toml))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "so") && path.is_file())
        .filter(|path| path.canonicalize().is_ok_and(|real| !listed.contains(&real)))
        .collect();
    paths.sort();
    paths
}

fn sooner(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    one.into_iter().chain(other).min()
}

impl Seen {
    fn of(path: &Path) -> Self {
        Self { file: Stamp::of(path), signature: Stamp::of(&signature_path(path)) }
    }

    /// How long ago it last changed, if the clocks agree so far.
    fn age(&self, clock: SystemTime) -> Option<Duration> {
        let changed =
            [self.file?.changed].into_iter().chain(self.signature.map(|stamp| stamp.changed)).max()?;
        let (seconds, nanoseconds) = changed;
        let changed = Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanoseconds).ok()?);
        clock.duration_since(UNIX_EPOCH.checked_add(changed)?).ok()
    }
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|metadata: Metadata| Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            mode: metadata.mode(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;

//! Looks at the plugins anew whenever something changes on the disk: in the directories of `plugins.toml` and of
//! the libraries it lists, and in `plugins/`. Where the kernel can't tell, it looks every few seconds.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{Event, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::entry::{Snapshot, State};
use super::files::plugins_directory;
use super::rescan::{Registry, Scanned};

/// How long events are gathered before they are looked into.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// How often to look where the kernel doesn't tell of changes.
const POLL: Duration = Duration::from_secs(3);
/// How often to look even so: networks and other machines change files without a word.
const ROUTINE: Duration = Duration::from_secs(60);

impl Registry {
    /// Rescans whenever something changes, until it is told to stop.
    pub async fn watch(&self, stop: CancellationToken) {
        let (wake, mut events) = mpsc::channel(1);
        let mut watched = Watched::new(wake, self.plugins_toml.file_name().unwrap_or_default().to_owned());
        let until_stopped = async {
            loop {
                // What goes wrong is logged where it does, once.
                let scanned = self.scan().await.ok();
                let wanted = places(&self.plugins_toml, &self.snapshot());
                let followed = spawn_blocking(move || {
                    let followed = watched.follow(&wanted);
                    (watched, followed)
                });
                let Ok((same, Followed { fresh, blind })) = followed.await else { return };
                watched = same;
                self.warn_of_watch(blind.iter().filter_map(|(_, reason)| reason.clone()).collect());
                if fresh {
                    // Something may have changed there before it was watched.
                    continue;
                }
                let routine = if blind.is_empty() { ROUTINE } else { POLL };
                let wait = match scanned {
                    Some(Scanned { settles_in, retry }) => {
                        settles_in.into_iter().chain(retry).chain([routine]).min().unwrap_or(routine)
                    }
                    None => POLL,
                };
                if let Ok(Some(())) = tokio::time::timeout(wait, events.recv()).await {
                    tokio::time::sleep(DEBOUNCE).await;
                    let _ = events.try_recv();
                }
            }
        };
        stop.run_until_cancelled(until_stopped).await;
    }
}

/// The directories in which something can change that matters.
fn places(plugins_toml: &Path, snapshot: &Snapshot) -> BTreeSet<PathBuf> {
    let listed = snapshot.entries.iter().filter(|entry| entry.state != State::Unlisted);
    let files = listed.map(|entry| entry.path.clone()).chain([plugins_toml.to_owned()]);
    let directories = files.flat_map(|file| {
        // What a link leads to changes elsewhere.
        let real = file.canonicalize().ok();
        [Some(parent(&file)), real.map(|real| parent(&real))].into_iter().flatten()
    });
    let mut places: BTreeSet<PathBuf> = directories.collect();
    // If it is not there, the directory above it, which is watched, tells when it comes.
    let dropped = plugins_directory(plugins_toml);
    if dropped.is_dir() {
        places.insert(dropped);
    }
    places
}

fn parent(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The kernel's watches, one for each directory.
struct Watched {
    wake: mpsc::Sender<()>,
    plugins_toml: OsString,
    watcher: Option<RecommendedWatcher>,
    /// Which directory is watched at each path: by device and inode, since another may take its place.
    places: BTreeMap<PathBuf, (u64, u64)>,
}

/// What became of the watches.
struct Followed {
    /// Whether there is one that was not there before.
    fresh: bool,
    /// Where nothing can be watched; with why, unless it is only that nothing is there.
    blind: Vec<(PathBuf, Option<String>)>,
}

impl Watched {
    fn new(wake: mpsc::Sender<()>, plugins_toml: OsString) -> Self {
        Self { wake, plugins_toml, watcher: None, places: BTreeMap::new() }
    }

    /// Watches these directories and no others.
    fn follow(&mut self, wanted: &BTreeSet<PathBuf>) -> Followed {
        let mut followed = Followed { fresh: false, blind: Vec::new() };
        let gone: Vec<PathBuf> =
            self.places.keys().filter(|place| !wanted.contains(*place)).cloned().collect();
        gone.iter().for_each(|place| self.unwatch(place));
        for place in wanted {
            let there = fs::metadata(place).map(|metadata| (metadata.dev(), metadata.ino()));
            if there.as_ref().is_ok_and(|there| self.places.get(place) == Some(there)) {
                continue;
            }
            self.unwatch(place);
            match there.map_err(notify::Error::io).and_then(|there| self.watch(place).map(|()| there)) {
                Ok(there) => {
                    self.places.insert(place.clone(), there);
                    followed.fresh = true;
                }
                Err(error) => followed.blind.push((place.clone(), why_blind(place, &error))),
            }
        }
        followed
    }

    fn watch(&mut self, place: &Path) -> notify::Result<()> {
        let watcher = match &mut self.watcher {
            Some(watcher) => watcher,
            None => {
                let (wake, plugins_toml) = (self.wake.clone(), self.plugins_toml.clone());
                let tell = move |event: notify::Result<Event>| {
                    if event.map_or(true, |event| matters(&event, &plugins_toml)) {
                        // One that is there already says the same.
                        let _ = wake.try_send(());
                    }
                };
                self.watcher.insert(notify::recommended_watcher(tell)?)
            }
        };
        watcher.watch(place, RecursiveMode::NonRecursive)
    }

    fn unwatch(&mut self, place: &Path) {
        if self.places.remove(place).is_some()
            && let Some(watcher) = &mut self.watcher
        {
            // The kernel may have dropped it already, with the directory.
            let _ = watcher.unwatch(place);
        }
    }
}

/// Why a directory can't be watched; `None` if it is not there, which its plugins' states say already.
fn why_blind(place: &Path, error: &notify::Error) -> Option<String> {
    match &error.kind {
        notify::ErrorKind::PathNotFound => None,
        notify::ErrorKind::Io(error) if error.kind() == io::ErrorKind::NotFound => None,
        _ => Some(format!(
            "{} can't be watched, so it is looked at every {} seconds: {error}",
            place.display(),
            POLL.as_secs()
        )),
    }
}

/// Whether an event can mean that a plugin or the list of them has changed.
fn matters(event: &Event, plugins_toml: &OsStr) -> bool {
    let ours = |path: &PathBuf| {
        path.file_name() == Some(plugins_toml)
            || path.extension().is_some_and(|extension| extension == "so" || extension == "minisig")
    };
    match event.kind {
        // The registry's own reading.
        EventKind::Access(_) => false,
        // A log that grows beside plugins.toml, say.
        EventKind::Modify(ModifyKind::Data(_)) => event.paths.is_empty() || event.paths.iter().any(ours),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, DataChange};

    use super::*;

    fn watched() -> (Watched, mpsc::Receiver<()>) {
        let (wake, events) = mpsc::channel(1);
        (Watched::new(wake, "plugins.toml".into()), events)
    }

    async fn told(events: &mut mpsc::Receiver<()>) {
        tokio::time::timeout(Duration::from_secs(20), events.recv()).await.expect("told of it").unwrap();
    }

    #[tokio::test]
    async fn a_directory_is_followed_when_it_goes_and_comes() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("plugins");
        let wanted = BTreeSet::from([directory.path().to_owned(), place.clone()]);
        let (mut watched, mut events) = watched();
        let Followed { fresh, blind } = watched.follow(&wanted);
        assert!(fresh && blind == [(place.clone(), None)]);
        fs::create_dir(&place).unwrap();
        told(&mut events).await;
        assert!(watched.follow(&wanted).blind.is_empty());
        fs::write(place.join("a.so"), "x").unwrap();
        told(&mut events).await;
        // Another directory in the same place.
        fs::rename(&place, directory.path().join("old")).unwrap();
        fs::create_dir(&place).unwrap();
        assert!(watched.follow(&wanted).fresh && !watched.follow(&wanted).fresh);
        while events.try_recv().is_ok() {}
        fs::write(place.join("b.so"), "x").unwrap();
        told(&mut events).await;
        watched.follow(&BTreeSet::new());
        assert!(watched.places.is_empty());
    }

    #[test]
    fn only_changes_that_can_matter_wake() {
        let check = |kind: EventKind, path: &str, expected: bool| {
            let event = Event::new(kind).add_path(path.into());
            assert_eq!(matters(&event, OsStr::new("plugins.toml")), expected, "{event:?}");
        };
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        check(written, "/x/plugins.toml", true);
        check(written, "/x/a.so", true);
        check(written, "/x/a.so.minisig", true);
        check(written, "/x/orgsync.log", false);
        check(EventKind::Create(CreateKind::Any), "/x/..data", true);
        check(EventKind::Access(AccessKind::Any), "/x/a.so", false);
    }

    #[test]
    fn links_are_watched_at_both_ends() {
        let directory = tempfile::tempdir().unwrap();
        let real = directory.path().canonicalize().unwrap().join("elsewhere");
        fs::create_dir(&real).unwrap();
        fs::write(real.join("plugins.toml"), "").unwrap();
        let link = directory.path().join("plugins.toml");
        std::os::unix::fs::symlink(real.join("plugins.toml"), &link).unwrap();
        let expected = BTreeSet::from([directory.path().to_owned(), real]);
        assert_eq!(places(&link, &Snapshot::default()), expected);
    }
}

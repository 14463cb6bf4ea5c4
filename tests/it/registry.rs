//! The registry with real libraries: every state of a plugin, and what a rescan does when files change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use orgsync::registry::{Entry, Registry, Snapshot, Standing, State, Trust, inspect};
use orgsync_plugin_api::ReadRequest;
use serde_json::json;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::support::artifacts;
use crate::support::worker::source;

/// A directory with `plugins.toml`, `plugins/` and the registry's store.
struct Place {
    directory: TempDir,
    registry: Registry,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("plugins")).unwrap();
        let registry = open(directory.path());
        Self { directory, registry }
    }

    /// Puts a plugin's library into `plugins/`.
    fn drop_in(&self, plugin: &str) -> PathBuf {
        self.put(&format!("{plugin}.so"), &fs::read(artifacts::plugin(plugin)).unwrap())
    }

    /// Replaces a file as an installer does: never in place.
    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(&format!("plugins/{name}"));
        fs::write(path.with_extension("new"), bytes).unwrap();
        fs::rename(path.with_extension("new"), &path).unwrap();
        path
    }

    fn list(&self, text: &str) {
        fs::write(self.path("plugins.toml"), text).unwrap();
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.directory.path().join(relative)
    }

    async fn rescan(&self) -> Arc<Snapshot> {
        self.registry.rescan().await.unwrap()
    }

    /// The state of one listed plugin after a rescan.
    async fn state(&self, toml: &str) -> State {
        self.list(toml);
        self.rescan().await.entries[0].state.clone()
    }
}

fn open(directory: &Path) -> Registry {
    open_with(directory, Trust::default())
}

fn open_with(directory: &Path, trust: Trust) -> Registry {
    let registry = Registry::open(directory.join("plugins.toml"), directory.join("store"), trust).unwrap();
    registry.for_tests(artifacts::orgsync())
}

fn listed(name: &str, file: &str) -> String {
    format!("[[plugin]]\nname = \"{name}\"\npath = \"plugins/{file}.so\"\n")
}

fn invalid(reason: &str) -> State {
    State::Invalid(reason.to_owned())
}

#[tokio::test]
async fn a_good_plugin_is_ready_and_found_by_its_source_type() {
    let place = Place::new();
    let path = place.drop_in("files");
    place.list(&listed("our-files", "files"));
    let snapshot = place.rescan().await;
    let (entry, source) = snapshot.source_type("files").unwrap();
    assert_eq!((entry.name.as_str(), source.title.as_str()), ("our-files", "CSV or JSON Lines files"));
    assert_eq!(source.options["properties"]["users"]["type"], json!(["object", "null"]));
    assert_eq!(snapshot.plugin("our-files"), Some(entry));
    assert_eq!(snapshot.source_types().count(), 1);
    assert!(snapshot.source_type("misbehaves").is_none() && snapshot.plugin("files").is_none());

    let inspection = inspect(&path).unwrap();
    assert_eq!(entry.manifest.as_ref(), Some(&inspection.manifest));
    assert_eq!(entry.sha256.as_ref(), Some(&inspection.sha256));
    let copy = entry.copy.as_ref().unwrap();
    let store = place.path("store").canonicalize().unwrap();
    assert_eq!(**copy, *store.join(format!("{}.so", inspection.sha256)));
    assert_eq!(&entry.worker_spec("task 1").unwrap().library, copy);
}

#[tokio::test]
async fn what_cannot_be_used_says_why() {
    let place = Place::new();
    for plugin in ["no-manifest", "wrong-abi", "no-module", "dies-on-load"] {
        place.drop_in(plugin);
    }
    let library = fs::read(artifacts::plugin("files")).unwrap();
    place.put("cut-off.so", &library[..library.len() / 2]);
    place.put("text.so", b"hello");

    let check = async |plugin: &str, expected: State| {
        assert_eq!(place.state(&listed(plugin, plugin)).await, expected);
    };
    check("missing", State::Missing).await;
    check("no-manifest", invalid("no orgsync plugin: it has no section .orgsync.manifest")).await;
    check("wrong-abi", invalid("built for plugin ABI 99, which isn't supported (this host: 1)")).await;
    check("text", invalid("not an ELF file")).await;
    check(
        "no-module",
        invalid(
            "its probe failed: plugin no-module: the library does not export ORGSYNC_PLUGIN_V1: \
             it was built without export_plugin!",
        ),
    )
    .await;
    check("dies-on-load", invalid("its probe failed: plugin dies-on-load: killed by SIGABRT (aborted)"))
        .await;
    let cut_off = place.state(&listed("cut-off", "cut-off")).await;
    assert!(cut_off.reason().unwrap().starts_with("a damaged ELF file: "), "{cut_off:?}");
}

#[tokio::test]
async fn a_file_that_lies_there_is_listed_if_it_is_the_one_that_was_seen() {
    let place = Place::new();
    place.list("# ours\n");
    let sha256 = inspect(&place.drop_in("files")).unwrap().sha256;
    assert_eq!(place.rescan().await.entries[0].state, State::Unlisted);
    let refused =
        async |file: &str, sha256: &str| place.registry.add(file, sha256).await.unwrap_err().to_string();
    let changed = refused("files.so", &"0".repeat(64)).await;
    assert!(
        changed.ends_with(&format!("it has changed since you saw it: its sha256 is {sha256} now")),
        "{changed}"
    );
    let nowhere = "there is no file ../files.so in plugins/ that plugins.toml doesn't list";
    assert_eq!(refused("../files.so", &sha256).await, nowhere);
    assert_eq!(fs::read_to_string(place.path("plugins.toml")).unwrap(), "# ours\n");

    let added = place.registry.add("files.so", &sha256).await.unwrap();
    assert_eq!((added.name.as_str(), added.place), ("files", orgsync::registry::Place::Appended));
    assert_eq!(place.rescan().await.plugin("files").unwrap().state, State::Ready);
    let again = refused("files.so", &sha256).await;
    assert!(again.starts_with("there is no file files.so"), "{again}");
}

#[tokio::test]
async fn pins_and_switches() {
    let place = Place::new();
    let path = place.drop_in("files");
    let sha256 = inspect(&path).unwrap().sha256;
    let item = listed("files", "files");
    assert_eq!(place.state(&format!("{item}sha256 = \"{}\"\n", sha256.to_uppercase())).await, State::Ready);
    let differs = format!("its sha256 differs from the pinned one: it is {sha256}");
    assert_eq!(place.state(&format!("{item}sha256 = \"{}\"\n", "0".repeat(64))).await, invalid(&differs));
    assert_eq!(place.state(&format!("{item}enabled = false\n")).await, State::Disabled);
    let snapshot = place.registry.snapshot();
    assert!(snapshot.entries[0].manifest.is_some(), "a disabled plugin still says what it is");
    assert!(snapshot.source_type("files").is_none());
}

#[tokio::test]
async fn a_source_type_has_one_plugin() {
    let place = Place::new();
    place.drop_in("files");
    place.list(&format!("{}{}", listed("one", "files"), listed("two", "files")));
    let states: Vec<State> = place.rescan().await.entries.iter().map(|entry| entry.state.clone()).collect();
    let expected = "it offers the source `files`, as does the plugin one before it";
    assert_eq!(states, [State::Ready, invalid(expected)]);
}

#[tokio::test]
async fn dropped_files_are_seen_and_not_run() {
    let place = Place::new();
    place.drop_in("dies-on-load");
    place.drop_in("files");
    place.put("notes.txt", b"not a library");
    let names = |snapshot: &Snapshot| {
        snapshot
            .entries
            .iter()
            .map(|Entry { name, state, .. }| (name.clone(), state.as_str()))
            .collect::<Vec<_>>()
    };
    // There is no plugins.toml at all yet.
    let snapshot = place.rescan().await;
    assert_eq!(
        names(&snapshot),
        [("dies-on-load.so".to_owned(), "unlisted"), ("files.so".to_owned(), "unlisted")]
    );
    assert!(
        snapshot.entries.iter().all(|entry| entry.manifest.is_some() && entry.worker_spec("x").is_none())
    );
    place.list(&listed("files", "files"));
    let expected = [("files".to_owned(), "ready"), ("dies-on-load.so".to_owned(), "unlisted")];
    assert_eq!(names(&*place.rescan().await), expected);
}

#[tokio::test]
async fn a_broken_plugins_toml_changes_nothing() {
    let place = Place::new();
    place.drop_in("files");
    place.list(&listed("files", "files"));
    let before = place.rescan().await;
    place.list("[[plugin]]\nnaem = \"files\"\n");
    let error = place.registry.rescan().await.unwrap_err().to_string();
    let expected = "plugins.toml: line 2: unknown key `naem`, expected one of `name`, `path`, `sha256`, `enabled`, `limits`, \
                    `sandbox`";
    assert!(error.ends_with(expected), "{error}");
    assert_eq!(place.registry.snapshot(), before);
    assert_eq!(place.registry.standing(), Standing::Stale(error));
    place.list(&listed("files", "files"));
    place.rescan().await;
    assert_eq!(place.registry.standing(), Standing::Current);
    // Without anything that was good before, there are no plugins.
    place.list("[[plugin");
    let fresh = open(place.directory.path());
    assert!(fresh.rescan().await.is_err() && matches!(fresh.standing(), Standing::Failed(_)));
}

#[tokio::test]
async fn a_rescan_without_changes_tells_nobody() {
    let place = Place::new();
    place.drop_in("files");
    place.drop_in("dies-on-load");
    place.list(&format!("{}{}", listed("files", "files"), listed("dies-on-load", "dies-on-load")));
    let mut changes = place.registry.subscribe();
    place.rescan().await;
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    assert_eq!(*place.rescan().await, *changes.borrow().clone());
    assert!(!changes.has_changed().unwrap());
}

#[tokio::test]
async fn a_new_version_is_picked_up_and_the_old_one_still_works() {
    let place = Place::new();
    let library = fs::read(artifacts::plugin("misbehaves")).unwrap();
    place.put("m.so", &library);
    place.list(&listed("m", "m"));
    let old = place.rescan().await.entries[0].clone();
    // Bytes after the end of an ELF file mean nothing, so this is another version of the same plugin.
    place.put("m.so", &[library.as_slice(), b"v2"].concat());
    let new = place.rescan().await.entries[0].clone();
    assert_eq!((&old.state, &new.state), (&State::Ready, &State::Ready));
    assert_ne!(old.copy, new.copy);
    for entry in [&old, &new] {
        let mut spec = entry.worker_spec("task 1").unwrap();
        spec.program = artifacts::orgsync();
        let offer = source("records", json!({"count": 3}));
        let worker = orgsync::worker::Worker::spawn(&spec, &offer, CancellationToken::new()).await.unwrap();
        let mut reading = worker.read(&ReadRequest::full()).await.unwrap();
        assert_eq!(reading.next().await.unwrap().unwrap().count, 3);
    }
    // A restart keeps the copies that are needed, and no others.
    open(place.directory.path()).rescan().await.unwrap();
    assert!(!old.copy.unwrap().exists() && new.copy.unwrap().exists());
}

#[tokio::test]
async fn only_what_is_pinned_or_was_good_under_the_same_pin_goes_on() {
    let place = Place::new();
    let library = fs::read(artifacts::plugin("files")).unwrap();
    let path = place.put("f.so", &library);
    let sha256 = inspect(&path).unwrap().sha256;
    let pinned = format!("{}sha256 = \"{sha256}\"\n", listed("f", "f"));
    assert_eq!(place.state(&pinned).await, State::Ready);
    // The file is no longer what is pinned, and what was good before is.
    place.put("f.so", &[library.as_slice(), b"v2"].concat());
    let entry = place.rescan().await.entries[0].clone();
    let fallback = entry.fallback.clone().unwrap();
    assert_eq!((&entry.state, entry.sha256.as_ref()), (&State::Ready, Some(&sha256)));
    assert!(fallback.reason.starts_with("its sha256 differs from the pinned one"), "{fallback:?}");
    assert!(place.registry.snapshot().source_type("files").is_some());
    // Another registry on the same store knows what was good, too; without its copy it has nothing.
    let after = open(place.directory.path()).rescan().await.unwrap();
    assert_eq!(after.entries[0].fallback, Some(fallback));
    fs::remove_file(entry.copy.as_deref().unwrap()).unwrap();
    let after = open(place.directory.path()).rescan().await.unwrap();
    assert_eq!(after.entries[0].state.as_str(), "invalid");
    // A file that is gone, or switched off, is an order.
    place.list(&listed("f", "f"));
    assert_eq!(place.rescan().await.entries[0].state, State::Ready);
    fs::remove_file(&path).unwrap();
    let missing = place.rescan().await.entries[0].clone();
    assert_eq!((&missing.state, missing.fallback.is_none()), (&State::Missing, true));
    assert_eq!(missing.formerly.unwrap().name, "files");
}

#[tokio::test]
async fn limits_come_from_plugins_toml() {
    let place = Place::new();
    place.drop_in("files");
    let state = place.state(&format!("{}limits.memory = \"64MiB\"\n", listed("files", "files"))).await;
    assert_eq!(state, State::Ready);
    let spec = place.registry.snapshot().entries[0].worker_spec("task 1").unwrap();
    assert_eq!(spec.limits.memory, 64 << 20);
}

//! When a change on the disk is judged.

use super::*;

const QUIET: Duration = Duration::from_millis(500);

struct Bench {
    directory: tempfile::TempDir,
    disk: Disk,
    start: Instant,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("plugins")).unwrap();
        let disk = Disk::new(directory.path().join("plugins.toml"), Arc::default(), QUIET);
        Self { directory, disk, start: Instant::now() }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Looks so many milliseconds after the start, with a clock that says nothing of files' ages.
    fn look(&mut self, after: u64) -> Found {
        self.disk.look(self.start + Duration::from_millis(after), UNIX_EPOCH)
    }
}

fn names(found: &Found) -> Vec<String> {
    let listed = found.listed.as_ref().unwrap().iter().flatten();
    listed.map(|listed| listed.name.clone()).collect()
}

const ONE: &str = "[[plugin]]\nname = \"one\"\npath = \"plugins/one.so\"\n";

#[test]
fn a_change_is_judged_when_it_has_been_quiet() {
    let mut bench = Bench::new();
    bench.write("plugins.toml", ONE);
    let library = bench.write("plugins/one.so", "half");
    let found = bench.look(0);
    assert_eq!((names(&found), found.settles_in), (vec![], Some(QUIET)));
    assert!(found.arriving.contains(&bench.disk.plugins_toml) && found.unlisted.is_empty());
    let found = bench.look(500);
    assert_eq!((names(&found), found.settles_in), (vec!["one".to_owned()], None), "it was unlisted before");
    let before = found.files[&library].sha256.clone();
    assert!(before.is_some());

    // Written in pieces: each sets the clock back, and what was judged last counts meanwhile.
    for (at, text) in [(600, "half of"), (900, "half of it"), (1300, "half of it again")] {
        fs::write(&library, text).unwrap();
        let found = bench.look(at);
        assert_eq!((&found.files[&library].sha256, found.settles_in), (&before, Some(QUIET)));
    }
    assert_eq!(bench.look(1700).settles_in, Some(Duration::from_millis(100)));
    let found = bench.look(1800);
    assert_ne!(found.files[&library].sha256, before);
    assert_eq!(found.settles_in, None);
}

#[test]
fn what_is_gone_for_a_moment_is_not_missed() {
    let mut bench = Bench::new();
    let toml = bench.write("plugins.toml", ONE);
    let library = bench.write("plugins/one.so", "library");
    bench.look(0);
    bench.look(500);
    fs::remove_file(&library).unwrap();
    fs::remove_file(&toml).unwrap();
    let found = bench.look(1000);
    assert!(found.files.contains_key(&library) && names(&found) == ["one"]);
    let found = bench.look(1500);
    assert!(found.files.is_empty() && found.listed.unwrap().is_none());
    assert_eq!(found.settles_in, None);
}

#[test]
fn what_changed_long_ago_need_not_be_waited_for() {
    let bench = &mut Bench::new();
    bench.write("plugins.toml", ONE);
    let library = bench.write("plugins/one.so", "library");
    let found = bench.disk.look(bench.start, SystemTime::now() + Duration::from_secs(1));
    assert!(found.files.contains_key(&library) && names(&found) == ["one"]);
    assert_eq!(found.settles_in, None);
}

#[test]
fn a_file_that_never_settled_is_told_apart_from_a_missing_one() {
    let mut bench = Bench::new();
    bench.write("plugins.toml", ONE);
    bench.look(0);
    let found = bench.look(500);
    assert!(found.arriving.is_empty() && found.settles_in.is_none());
    let library = bench.write("plugins/one.so", "h");
    let found = bench.look(600);
    assert!(found.arriving.contains(&library) && found.settles_in == Some(QUIET));
}

#[test]
fn who_else_can_write_is_seen() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    let path = bench.write("plugins.toml", "");
    let check = |mode: u32, expected: Option<&str>| {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let found = exposed(&path);
        assert_eq!(found.is_some(), expected.is_some(), "{found:?}");
        assert!(found.unwrap_or_default().contains(expected.unwrap_or_default()));
    };
    check(0o644, None);
    check(0o664, Some("by its group"));
    check(0o646, Some("by everybody"));
}

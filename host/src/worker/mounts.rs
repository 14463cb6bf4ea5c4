//! Where paths are in their file systems, whatever they are mounted as: the same directory may be mounted in several
//! places (bind mounts), and its path in each of them tells nothing of the others.

use std::ffi::OsString;
use std::fs;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// The mounts that this process sees.
#[derive(Debug, Default)]
pub(super) struct Mounts(Vec<Mount>);

#[derive(Debug)]
struct Mount {
    id: String,
    /// What of a file system is mounted.
    root: Location,
    /// The path that it is mounted at.
    point: PathBuf,
}

/// A place in a file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    /// The file system's device, as `8:1`.
    device: String,
    path: PathBuf,
}

impl Location {
    /// Whether one of the two is, or is in, the other.
    pub(super) fn overlaps(&self, other: &Location) -> bool {
        self.device == other.device
            && (self.path.starts_with(&other.path) || other.path.starts_with(&self.path))
    }
}

impl Mounts {
    /// Those of this process. None where `/proc` is not there: then nothing is known of mounts.
    pub(super) fn of_this_process() -> Self {
        fs::read("/proc/self/mountinfo").map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// Reads what `proc_pid_mountinfo(5)` describes.
    fn parse(text: &[u8]) -> Self {
        let mount = |line: &[u8]| {
            let mut words = line.split(|byte| *byte == b' ');
            let id = String::from_utf8(words.next()?.to_vec()).ok()?;
            let device = String::from_utf8(words.nth(1)?.to_vec()).ok()?;
            let root = Location { device, path: unescaped(words.next()?) };
            Some(Mount { id, root, point: unescaped(words.next()?) })
        };
        Self(text.split(|byte| *byte == b'\n').filter_map(mount).collect())
    }

    /// Where something open is, with `path` as its path without links; `None` if that can't be told.
    pub(super) fn locate(&self, open: BorrowedFd<'_>, path: &Path) -> Option<Location> {
        let about = fs::read_to_string(format!("/proc/self/fdinfo/{}", open.as_raw_fd())).ok()?;
        let id = about.lines().find_map(|line| line.strip_prefix("mnt_id:"))?.trim();
        self.location(id, path)
    }

    fn location(&self, id: &str, path: &Path) -> Option<Location> {
        let Mount { root: Location { device, path: root }, point, .. } =
            self.0.iter().find(|mount| mount.id == id)?;
        let within = path.strip_prefix(point).ok()?;
        // Joining nothing would add a slash to a file's name.
        let path = if within.as_os_str().is_empty() { root.clone() } else { root.join(within) };
        Some(Location { device: device.clone(), path })
    }

    /// What is mounted in a directory and the directories in it.
    pub(super) fn within<'a>(&'a self, directory: &'a Path) -> impl Iterator<Item = &'a Location> {
        self.0.iter().filter(move |mount| mount.point.starts_with(directory)).map(|mount| &mount.root)
    }
}

/// A path of which blanks, tabs, line ends and backslashes are written as `\040`.
fn unescaped(word: &[u8]) -> PathBuf {
    let mut path = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) if *first == b'\\' => {
                path.push(byte);
                rest = &after[3..];
            }
            _ => {
                path.push(*first);
                rest = after;
            }
        }
    }
    OsString::from_vec(path).into()
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    const MOUNTS: &str = "\
21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n\
30 21 8:2 /volumes/data /srv/orgsync/data rw - ext4 /dev/sdb rw\n\
31 21 8:2 /volumes /mnt/a\\040b rw - ext4 /dev/sdb rw\n\
32 21 8:2 /volumes/data/plugins /exports/new/plugins rw shared:1 - ext4 /dev/sdb rw\n\
33 21 8:2 /volumes/data/admin-token /exports/file.csv rw - ext4 /dev/sdb rw\n\
34 21 0:40 / /tmp rw - tmpfs tmpfs rw\n";

    #[test]
    fn one_place_has_one_location_wherever_it_is_mounted() {
        let mounts = Mounts::parse(MOUNTS.as_bytes());
        let at = |id: &str, path: &str| mounts.location(id, Path::new(path)).unwrap();
        let data = at("30", "/srv/orgsync/data");
        assert_eq!(at("31", "/mnt/a b/data"), data);
        for (id, path) in [
            ("30", "/srv/orgsync/data/admin-token"),
            ("31", "/mnt/a b/data/admin-token"),
            ("31", "/mnt/a b"),
            ("32", "/exports/new/plugins/x"),
            ("33", "/exports/file.csv"),
        ] {
            assert!(at(id, path).overlaps(&data), "{path}");
        }
        for (id, path) in
            [("21", "/volumes/data"), ("31", "/mnt/a b/other"), ("31", "/mnt/a b/data2"), ("34", "/tmp")]
        {
            assert!(!at(id, path).overlaps(&data), "{path}");
        }
        assert_eq!(at("33", "/exports/file.csv"), at("30", "/srv/orgsync/data/admin-token"));
        assert_eq!(mounts.location("99", Path::new("/x")), None);
        let holds = |path: &str| mounts.within(Path::new(path)).any(|mount| mount.overlaps(&data));
        assert!(holds("/exports") && holds("/exports/new") && holds("/mnt"));
        assert!(!holds("/exports/old") && !holds("/tmp"));
    }

    #[test]
    fn what_is_open_is_located() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap();
        let mounts = Mounts::of_this_process();
        let open = fs::File::open(&path).unwrap();
        let location = mounts.locate(open.as_fd(), &path).unwrap();
        let file = path.join("file");
        let open = fs::File::create(&file).unwrap();
        assert!(mounts.locate(open.as_fd(), &file).unwrap().overlaps(&location));
    }
}

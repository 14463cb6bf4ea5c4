//! The paths in options and in `[plugin.sandbox]` as they are granted: opened once, looked at, and given to Landlock by that descriptor, so that
//! nothing can take their place in between. Files and directories pass that are none of the daemon's own, whatever
//! links or second names lead there.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::mounts::{Location, Mounts};

/// Why a path is not granted.
#[derive(Debug, thiserror::Error)]
pub(super) enum GrantError {
    /// It is, or leads to, something of the daemon's own.
    #[error(
        "{} leads to {}, which belongs to the daemon itself, so no plugin may have it: put the files elsewhere, and \
         name that place", path.display(), own.display()
    )]
    Own {
        /// The path as it is in the options or in `[plugin.sandbox]`.
        path: PathBuf,
        /// What it leads to.
        own: PathBuf,
    },
    /// Something of the daemon's own is in it.
    #[error(
        "{} holds {}, which belongs to the daemon itself, so no plugin may have it: put the files into a directory \
         that holds nothing else, and name that one", path.display(), own.display()
    )]
    Holds {
        /// The path as it is in the options or in `[plugin.sandbox]`.
        path: PathBuf,
        /// What is in it.
        own: PathBuf,
    },
    /// It is neither a file nor a directory.
    #[error("{} is {kind}: a plugin can be given files and directories, and nothing else", path.display())]
    Kind {
        /// The path as it is in the options or in `[plugin.sandbox]`.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// It has so many entries that looking at all of them takes too long.
    #[error(
        "{} has more than {most} files, too many to look at whenever a plugin begins, and one of them may be a second \
         name of {}, which belongs to the daemon itself: remove the other name (`find / -samefile {}` tells it), \
         or name a directory with fewer files", path.display(), own.display(), own.display()
    )]
    TooMany {
        /// The path as it is in the options or in `[plugin.sandbox]`.
        path: PathBuf,
        /// A file of the daemon's own that has several names.
        own: PathBuf,
        /// How many are looked at.
        most: usize,
    },
    /// What it is can't be told.
    #[error("failed to look at {}: {source}", path.display())]
    Look {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A path that is granted, open as a mere place.
#[derive(Debug)]
pub(super) struct Granted {
    place: File,
    /// Whether all that is in it is granted, too.
    pub(super) is_directory: bool,
}

impl AsFd for Granted {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.place.as_fd()
    }
}

/// How many files and directories in a granted directory are looked at, to find second names of the daemon's own files.
const MOST_ENTRIES: usize = 100_000;

/// What may be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinds {
    /// Files and directories.
    Plain,
    /// Devices, FIFOs and sockets as well.
    All,
}

/// Opens paths that are to be granted. Those that are not there, or that the daemon's user can't reach, are passed over:
/// the plugin says so when it opens them. `own` is what belongs to the daemon.
///
/// # Errors
/// If one of them is not to be granted, or can't be looked at.
pub(super) fn open(paths: &[PathBuf], own: &[PathBuf], kinds: Kinds) -> Result<Vec<Granted>, GrantError> {
    let mounts = Mounts::of_this_process();
    let own = own.iter().filter_map(|path| Place::of_own(path, &mounts)).collect();
    let check = Check { own, mounts, kinds, most_entries: MOST_ENTRIES };
    check.open(paths)
}

/// What paths are checked against.
#[derive(Debug)]
struct Check {
    own: Vec<Place>,
    mounts: Mounts,
    kinds: Kinds,
    most_entries: usize,
}

impl Check {
    fn open(&self, paths: &[PathBuf]) -> Result<Vec<Granted>, GrantError> {
        let mut granted = Vec::new();
        for path in paths {
            let Ok(place) = open_as_place(path) else { continue };
            let look = |source: io::Error| GrantError::Look { path: path.clone(), source };
            let found = Place::of(&place, &self.mounts).map_err(look)?;
            found.is_grantable(path, self)?;
            granted.push(Granted { place, is_directory: found.is_directory });
        }
        Ok(granted)
    }
}

/// Opens what a path leads to, and does nothing with it: no FIFO waits, and no device is touched.
fn open_as_place(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(path)
}

/// Where a path leads: without links, and with what tells it from others, whatever it is called.
#[derive(Debug)]
struct Place {
    path: PathBuf,
    /// Device and inode; of what is not there yet, nothing.
    id: Option<(u64, u64)>,
    /// Where it is in its file system, as far as that is known.
    location: Option<Location>,
    is_directory: bool,
    /// What it is, if it is neither a file nor a directory.
    other: Option<&'static str>,
    /// How many names it has.
    names: u64,
}

impl Place {
    fn of(place: &File, mounts: &Mounts) -> io::Result<Self> {
        let metadata = place.metadata()?;
        let path = fs::read_link(format!("/proc/self/fd/{}", place.as_raw_fd()))?;
        Ok(Self {
            location: mounts.locate(place.as_fd(), &path),
            path,
            id: Some((metadata.dev(), metadata.ino())),
            is_directory: metadata.is_dir(),
            other: other_kind(metadata.file_type()),
            names: metadata.nlink(),
        })
    }

    /// Something of the daemon's own, which need not be there yet. `None` if its directory isn't, either: then nothing
    /// can be granted that holds it.
    fn of_own(path: &Path, mounts: &Mounts) -> Option<Self> {
        if let Ok(place) = open_as_place(path) {
            return Self::of(&place, mounts).ok();
        }
        let directory = fs::canonicalize(path.parent()?).ok()?;
        let path = directory.join(path.file_name()?);
        let directory = open_as_place(&directory).ok()?;
        let location = mounts.locate(directory.as_fd(), &path);
        Some(Self { path, id: None, location, is_directory: false, other: None, names: 1 })
    }

    /// Whether a path in an option that leads here is granted.
    fn is_grantable(&self, typed: &Path, check: &Check) -> Result<(), GrantError> {
        let Check { own, mounts, kinds, most_entries } = check;
        if let Some(kind) = self.other
            && *kinds == Kinds::Plain
        {
            return Err(GrantError::Kind { path: typed.to_owned(), kind });
        }
        let is_own = |own: &&Place| self.path.starts_with(&own.path) || own.id.is_some() && self.id == own.id;
        if let Some(own) = own.iter().find(is_own) {
            return Err(GrantError::Own { path: typed.to_owned(), own: own.path.clone() });
        }
        let holds = |path: &Path| GrantError::Holds { path: typed.to_owned(), own: path.to_owned() };
        if let Some(own) = own.iter().find(|own| self.is_directory && own.path.starts_with(&self.path)) {
            return Err(holds(&own.path));
        }
        // The same through other mounts.
        let overlaps = |location: &Location| {
            own.iter().find(|own| own.location.as_ref().is_some_and(|own| own.overlaps(location)))
        };
        if let Some(own) = self.location.as_ref().and_then(overlaps) {
            return Err(GrantError::Own { path: typed.to_owned(), own: own.path.clone() });
        }
        if let Some(own) = mounts.within(&self.path).find_map(overlaps) {
            return Err(holds(&own.path));
        }
        if !self.is_directory && self.names == 1 {
            return Ok(());
        }
        // A file may have a second name in a directory of the daemon's own, and a directory may hold such a file.
        let second = files_with_several_names(own);
        let Some((_, first)) = second.first() else { return Ok(()) };
        let is_second = |id: (u64, u64)| second.iter().find(|(other, _)| *other == id);
        if !self.is_directory {
            let found = self.id.and_then(is_second);
            return found.map_or(Ok(()), |(_, own)| {
                Err(GrantError::Own { path: typed.to_owned(), own: own.clone() })
            });
        }
        let mut found = None;
        let all = walk(&self.path, *most_entries, &mut |metadata, _| {
            if let Some((_, own)) = is_second((metadata.dev(), metadata.ino())) {
                found = Some(own.clone());
            }
        });
        if !all && found.is_none() {
            let (path, own) = (typed.to_owned(), first.clone());
            return Err(GrantError::TooMany { path, own, most: *most_entries });
        }
        found.map_or(Ok(()), |own| Err(holds(&own)))
    }
}

/// The daemon's own files that have more than one name: normally none.
fn files_with_several_names(own: &[Place]) -> Vec<((u64, u64), PathBuf)> {
    let mut found = Vec::new();
    for place in own {
        match place.id {
            Some(id) if !place.is_directory && place.names > 1 => found.push((id, place.path.clone())),
            Some(_) if place.is_directory => {
                walk(&place.path, usize::MAX, &mut |metadata, path| {
                    if metadata.nlink() > 1 {
                        found.push(((metadata.dev(), metadata.ino()), path.to_owned()));
                    }
                });
            }
            _ => {}
        }
    }
    found
}

/// Shows every file in a directory and those within it, and returns whether these are all: it ends after `most` entries.
/// Links are not followed. What can't be looked at is passed over, as nobody reads it either.
fn walk(directory: &Path, most: usize, show: &mut dyn FnMut(&Metadata, &Path)) -> bool {
    let mut waiting = vec![directory.to_owned()];
    let mut left = most;
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            if left == 0 {
                return false;
            }
            left -= 1;
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => waiting.push(entry.path()),
                Ok(metadata) if metadata.is_file() => show(&metadata, &entry.path()),
                _ => {}
            }
        }
    }
    true
}

/// What something is that is neither a file nor a directory.
fn other_kind(kind: FileType) -> Option<&'static str> {
    if kind.is_file() || kind.is_dir() {
        None
    } else if kind.is_fifo() {
        Some("a FIFO")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;
    use tempfile::TempDir;

    use super::*;

    /// A daemon's working directory, and beside it one of exports.
    struct Files(TempDir);

    impl Files {
        fn new() -> Self {
            let files = Self(tempfile::tempdir().unwrap());
            for directory in ["daemon/data/plugins", "daemon/logs", "exports/old"] {
                fs::create_dir_all(files.path(directory)).unwrap();
            }
            for file in ["daemon/data/admin-token", "daemon/plugins.toml", "exports/users.csv"] {
                fs::write(files.path(file), file).unwrap();
            }
            files
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().canonicalize().unwrap().join(name)
        }

        /// Whether a path is granted; if not, why.
        fn grant(&self, name: &str) -> Result<usize, String> {
            let own = ["daemon/data", "daemon/logs", "daemon/plugins.toml", "daemon/orgsync.toml"];
            let own = own.map(|name| self.path(name));
            let granted = open(&[self.path(name)], &own, Kinds::Plain).map_err(|error| error.to_string());
            granted
                .map(|granted| granted.len())
                .map_err(|error| error.replace(self.path("").to_str().unwrap(), "DIR/"))
        }

        #[track_caller]
        fn refuses(&self, name: &str, begin: &str) {
            let error = self.grant(name).unwrap_err();
            assert!(error.starts_with(begin), "{name}: {error}");
        }
    }

    #[test]
    fn files_and_directories_that_are_not_the_daemon_s_are_granted() {
        let files = Files::new();
        symlink(files.path("exports/users.csv"), files.path("exports/link.csv")).unwrap();
        fs::hard_link(files.path("exports/users.csv"), files.path("exports/second.csv")).unwrap();
        for name in ["exports", "exports/old", "exports/users.csv", "exports/link.csv", "exports/second.csv"]
        {
            assert_eq!(files.grant(name), Ok(1), "{name}");
        }
        assert_eq!(files.grant("exports/gone.csv"), Ok(0));
    }

    #[test]
    fn what_is_the_daemon_s_is_not_granted_whatever_leads_there() {
        let files = Files::new();
        for (link, to) in [
            ("token.csv", "daemon/data/admin-token"),
            ("data", "daemon/data"),
            ("all", "daemon"),
            ("dots.csv", "daemon/logs/../data/admin-token"),
            ("list.csv", "daemon/plugins.toml"),
        ] {
            symlink(files.path(to), files.path("exports").join(link)).unwrap();
        }
        symlink("token.csv", files.path("exports/chain.csv")).unwrap();
        let leads =
            |name: &str, own: &str| files.refuses(name, &format!("DIR/{name} leads to DIR/{own}, which"));
        leads("daemon/data", "daemon/data");
        leads("daemon/data/plugins", "daemon/data");
        leads("daemon/data/admin-token", "daemon/data");
        leads("daemon/plugins.toml", "daemon/plugins.toml");
        leads("exports/token.csv", "daemon/data");
        leads("exports/chain.csv", "daemon/data");
        leads("exports/dots.csv", "daemon/data");
        leads("exports/list.csv", "daemon/plugins.toml");
        leads("exports/data", "daemon/data");
        files.refuses("daemon", "DIR/daemon holds DIR/daemon/data, which");
        files.refuses("exports/all", "DIR/exports/all holds DIR/daemon/data, which");
    }

    #[test]
    fn a_second_name_of_a_file_of_the_daemon_s_is_not_granted() {
        let files = Files::new();
        fs::hard_link(files.path("daemon/data/admin-token"), files.path("exports/old/users.csv")).unwrap();
        files.refuses(
            "exports/old/users.csv",
            "DIR/exports/old/users.csv leads to DIR/daemon/data/admin-token",
        );
        files.refuses("exports/old", "DIR/exports/old holds DIR/daemon/data/admin-token");
        files.refuses("exports", "DIR/exports holds DIR/daemon/data/admin-token");
        fs::hard_link(files.path("daemon/plugins.toml"), files.path("exports/old/list.csv")).unwrap();
        files.refuses("exports/old/list.csv", "DIR/exports/old/list.csv leads to DIR/daemon/plugins.toml");
        assert_eq!(files.grant("exports/users.csv"), Ok(1));
    }

    #[test]
    fn a_directory_with_too_many_files_for_finding_second_names_is_not_granted() {
        let files = Files::new();
        for number in 0..8 {
            fs::write(files.path(&format!("exports/old/{number}.csv")), "").unwrap();
        }
        let mounts = Mounts::of_this_process();
        let own = || vec![Place::of_own(&files.path("daemon/data"), &mounts).unwrap()];
        let check = |most_entries| {
            let mounts = Mounts::of_this_process();
            let check = Check { own: own(), mounts, kinds: Kinds::Plain, most_entries };
            check
                .open(&[files.path("exports")])
                .map(|granted| granted.len())
                .map_err(|error| error.to_string())
        };
        assert_eq!(check(3), Ok(1), "nothing is looked for where no file of the daemon's has a second name");
        fs::hard_link(files.path("daemon/data/admin-token"), files.path("token")).unwrap();
        assert_eq!(check(10), Ok(1));
        let error = check(9).unwrap_err();
        assert!(error.contains("exports has more than 9 files, too many to look at"), "{error}");
        assert!(
            error.contains(&format!("-samefile {}`", files.path("daemon/data/admin-token").display())),
            "{error}"
        );
    }

    #[test]
    fn an_operator_may_grant_devices_and_none_of_the_daemon_s_files() {
        let files = Files::new();
        let own = [files.path("daemon/data")];
        let granted = |path: PathBuf| open(&[path], &own, Kinds::All).map(|granted| granted.len());
        assert_eq!(granted("/dev/null".into()).unwrap(), 1);
        symlink("../daemon/data/admin-token", files.path("exports/token.csv")).unwrap();
        assert!(matches!(granted(files.path("exports/token.csv")), Err(GrantError::Own { .. })));
        assert!(matches!(granted(files.path("daemon")), Err(GrantError::Holds { .. })));
    }

    #[test]
    fn what_will_be_the_daemon_s_is_not_granted_with_its_directory() {
        let files = Files::new();
        fs::create_dir(files.path("settings")).unwrap();
        let own = [files.path("settings/orgsync.toml")];
        let error = open(&[files.path("settings")], &own, Kinds::All).unwrap_err().to_string();
        assert!(error.contains("holds"), "{error}");
    }

    #[test]
    fn neither_fifos_nor_devices_are_granted() {
        let files = Files::new();
        mkfifo(&files.path("exports/fifo.csv"), Mode::S_IRWXU).unwrap();
        symlink("/dev/zero", files.path("exports/zero.csv")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(files.path("exports/socket.csv")).unwrap();
        for (name, kind) in [("fifo", "a FIFO"), ("zero", "a device"), ("socket", "a socket")] {
            let expected = format!(
                "DIR/exports/{name}.csv is {kind}: a plugin can be given files and directories, and nothing else"
            );
            assert_eq!(files.grant(&format!("exports/{name}.csv")), Err(expected));
        }
    }
}

//! What a read saw of the files, which is the cursor of the next one: when each file was changed, the hash of its
//! content, and whom it names, as hashes and as far as there is room. From that it is told whether reading the
//! changed files alone comes to the same as reading all; if it may not, everything is read.

use std::collections::{BTreeMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use orgsync_plugin_api::{DataType, MAX_CURSOR, PluginError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How many records there is room for: eleven characters each.
const ROOM: usize = 80_000;

/// When a file was changed, as far as the file system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) size: u64,
    pub(crate) inode: u64,
    /// When the content was changed, in seconds and nanoseconds since 1970.
    pub(crate) modified: (i64, i64),
    /// When anything was changed, which nobody can set.
    pub(crate) changed: (i64, i64),
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeenFile {
    /// `None` if it was changed just then, so that another change may show the same.
    pub(crate) stamp: Option<Stamp>,
    /// Of its content.
    pub(crate) hash: String,
    /// Whom it names; `None` if there was no room.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "pack",
        deserialize_with = "unpack"
    )]
    uids: Option<Vec<u64>>,
}

/// Files by data type and path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen(BTreeMap<(DataType, String), SeenFile>);

/// Collects whom a file names.
#[derive(Debug)]
pub(crate) struct Names {
    uids: Option<Vec<u64>>,
    room: usize,
}

impl SeenFile {
    pub(crate) fn new(stamp: Option<Stamp>, hash: String) -> Self {
        Self { stamp, hash, uids: None }
    }

    /// The same content with another stamp.
    pub(crate) fn with(&self, stamp: Option<Stamp>) -> Self {
        Self { stamp, ..self.clone() }
    }
}

impl Seen {
    /// Reads a cursor.
    ///
    /// # Errors
    /// Of class `cursorExpired`, if it is of another version of this plugin.
    pub(crate) fn parse(cursor: &str) -> Result<Self, PluginError> {
        let files: Vec<(DataType, String, SeenFile)> = serde_json::from_str(cursor)
            .map_err(|error| PluginError::cursor_expired(format!("its cursor can't be read: {error}")))?;
        Ok(Self(files.into_iter().map(|(data_type, path, file)| ((data_type, path), file)).collect()))
    }

    /// As a cursor, unless it would be too long.
    pub(crate) fn cursor(&self) -> Option<String> {
        let files: Vec<_> = self.0.iter().map(|((data_type, path), file)| (data_type, path, file)).collect();
        serde_json::to_string(&files).ok().filter(|cursor| cursor.len() <= MAX_CURSOR)
    }

    pub(crate) fn file(&self, data_type: DataType, path: &str) -> Option<&SeenFile> {
        self.0.get(&(data_type, path.to_owned()))
    }

    /// Adds a file as it was.
    pub(crate) fn keep(&mut self, data_type: DataType, path: &str, file: SeenFile) {
        self.0.insert((data_type, path.to_owned()), file);
    }

    /// Adds a file that has been read.
    pub(crate) fn add(&mut self, data_type: DataType, path: &str, file: SeenFile, names: Names) {
        self.keep(data_type, path, SeenFile { uids: names.uids, ..file });
    }

    /// Collects whom the next file names, as far as those before it leave room.
    pub(crate) fn names(&self) -> Names {
        let taken: usize = self.0.values().filter_map(|file| file.uids.as_ref()).map(Vec::len).sum();
        Names { uids: Some(Vec::new()), room: ROOM.saturating_sub(taken) }
    }

    /// Whether it can still turn out that reading the changed files alone is enough; `same` are the files that are
    /// as they were, `changed` the others.
    ///
    /// # Errors
    /// Of class `cursorExpired`, if it can't.
    pub(crate) fn may_suffice(&self, same: &Seen, changed: &[(DataType, String)]) -> Result<(), PluginError> {
        let is_there = |key: &&(DataType, String)| same.0.contains_key(*key) || changed.contains(key);
        if let Some((data_type, path)) = self.0.keys().find(|key| !is_there(key)) {
            return Err(PluginError::cursor_expired(format!("{path}, which had {data_type}s, is gone")));
        }
        for (data_type, path) in changed {
            let unknown = self.0.iter().find(|((of, _), file)| of == data_type && file.uids.is_none());
            if let Some(((_, other), _)) = unknown {
                let message = format!(
                    "{path} has changed, and {other} had too many {data_type}s for them to be remembered"
                );
                return Err(PluginError::cursor_expired(message));
            }
        }
        Ok(())
    }

    /// Whether reading the changed files was enough. It was not if somebody is in none of the files any more, and
    /// thus missing; nor if somebody is in a changed and in an unchanged file, of which the later one counts.
    ///
    /// # Errors
    /// Of class `cursorExpired`, if it was not.
    pub(crate) fn sufficed(&self, now: &Seen, changed: &[(DataType, String)]) -> Result<(), PluginError> {
        let mut unchanged: HashSet<(DataType, u64)> = HashSet::new();
        for (key, file) in now.0.iter().filter(|(key, _)| !changed.contains(key)) {
            unchanged.extend(file.uids.iter().flatten().map(|uid| (key.0, *uid)));
        }
        let mut given: HashSet<(DataType, u64)> = HashSet::new();
        for key in changed {
            let (data_type, path) = key;
            let Some(uids) = now.0.get(key).and_then(|file| file.uids.as_ref()) else {
                return Err(too_many(*data_type, path));
            };
            given.extend(uids.iter().map(|uid| (*data_type, *uid)));
            if uids.iter().any(|uid| unchanged.contains(&(*data_type, *uid))) {
                let message =
                    format!("{path} has changed, and names a {data_type} that another file names as well");
                return Err(PluginError::cursor_expired(message));
            }
        }
        for key in changed {
            let (data_type, path) = key;
            let before = self.0.get(key).and_then(|file| file.uids.as_ref());
            let is_lost = |uid: &&u64| {
                let named = (*data_type, **uid);
                !given.contains(&named) && !unchanged.contains(&named)
            };
            let lost = before.map_or(0, |uids| uids.iter().filter(is_lost).count());
            if lost > 0 {
                let message = format!("{lost} {data_type}s are no longer in {path}");
                return Err(PluginError::cursor_expired(message));
            }
        }
        Ok(())
    }
}

impl Names {
    /// Whether there was room for all so far.
    pub(crate) fn are_complete(&self) -> bool {
        self.uids.is_some()
    }

    /// Takes in whom a record is of.
    pub(crate) fn take(&mut self, uid: Option<&Value>) {
        let text = match uid {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return,
        };
        match &mut self.uids {
            Some(uids) if uids.len() < self.room => uids.push(short_hash(&text)),
            _ => self.uids = None,
        }
    }
}

/// Of a changed file, whom it names can't be remembered.
pub(crate) fn too_many(data_type: DataType, path: &str) -> PluginError {
    PluginError::cursor_expired(format!("{path} has too many {data_type}s for them to be remembered"))
}

/// A hash that files are told apart by.
pub(crate) fn hash(of: Sha256) -> String {
    BASE64.encode(of.finalize())
}

fn short_hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest[..8].iter().fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

fn pack<S: Serializer>(uids: &Option<Vec<u64>>, serializer: S) -> Result<S::Ok, S::Error> {
    let bytes: Vec<u8> = uids.iter().flatten().flat_map(|uid| uid.to_be_bytes()).collect();
    serializer.serialize_str(&BASE64.encode(bytes))
}

fn unpack<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u64>>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = BASE64.decode(text).map_err(serde::de::Error::custom)?;
    let (uids, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(serde::de::Error::custom("a hash is cut off"));
    }
    Ok(Some(uids.iter().map(|bytes| u64::from_be_bytes(*bytes)).collect()))
}

#[cfg(test)]
mod tests {
    use orgsync_plugin_api::ErrorClass;

    use super::*;

    const USER: DataType = DataType::User;

    /// Files of users with these uids.
    fn seen(files: &[(&str, &[&str])]) -> Seen {
        let mut seen = Seen::default();
        for (path, uids) in files {
            let mut names = seen.names();
            uids.iter().for_each(|uid| names.take(Some(&Value::from(*uid))));
            seen.add(USER, path, SeenFile::new(None, hash(Sha256::new_with_prefix(uids.concat()))), names);
        }
        seen
    }

    fn check(before: &Seen, now: &Seen, expected: Option<&str>) {
        let (mut same, mut changed) = (Seen::default(), Vec::new());
        for (key, file) in &now.0 {
            match before.0.get(key) {
                Some(was) if was == file => same.keep(key.0, &key.1, file.clone()),
                _ => changed.push(key.clone()),
            }
        }
        let told = before.may_suffice(&same, &changed).and_then(|()| before.sufficed(now, &changed));
        let told = told.map_err(|error| {
            assert_eq!(error.class, ErrorClass::CursorExpired);
            error.message
        });
        assert_eq!(told.err().as_deref(), expected);
    }

    #[test]
    fn changed_files_are_enough_while_nobody_goes_and_nobody_is_in_two() {
        let before = seen(&[("a", &["1", "2"]), ("b", &["3"])]);
        check(&before, &before, None);
        check(&before, &seen(&[("a", &["1", "2", "4"]), ("b", &["3"]), ("c", &["5"])]), None);
        check(&before, &seen(&[("a", &["1"]), ("b", &["3", "2"])]), None);
        check(&before, &seen(&[("a", &["1"]), ("b", &["3"])]), Some("1 users are no longer in a"));
        check(&before, &seen(&[("a", &["1", "2"])]), Some("b, which had users, is gone"));
        check(
            &before,
            &seen(&[("a", &["1", "2", "3"]), ("b", &["3"])]),
            Some("a has changed, and names a user that another file names as well"),
        );
    }

    #[test]
    fn a_cursor_tells_what_was_seen() {
        let seen = seen(&[("a", &["1", "2"]), ("b", &[])]);
        let cursor = seen.cursor().unwrap();
        assert_eq!(Seen::parse(&cursor).unwrap(), seen);
        assert_eq!(Seen::parse("{}").unwrap_err().class, ErrorClass::CursorExpired);
        let mut names = seen.names();
        names.take(Some(&Value::from(7)));
        names.take(Some(&Value::from(" 7 ")));
        assert_eq!(names.uids.map(|uids| uids[0] == uids[1]), Some(true), "as the host reads them");
    }

    #[test]
    fn what_has_no_room_is_not_remembered_and_what_comes_after_may_be() {
        let many: Vec<String> = (0..ROOM).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let full = seen(&[("a", &["x"]), ("b", &many), ("c", &["y"])]);
        let known: Vec<bool> = full.0.values().map(|file| file.uids.is_some()).collect();
        assert_eq!(known, [true, false, true]);
        let more = seen(&[("a", &["x", "z"]), ("b", &many), ("c", &["y"])]);
        let expected = "a has changed, and b had too many users for them to be remembered";
        check(&full, &more, Some(expected));
        check(&full, &full, None);
        let most = seen(&[("b", &many)]);
        assert!(most.cursor().is_some_and(|cursor| cursor.len() > MAX_CURSOR / 2), "as much as fits");
    }
}

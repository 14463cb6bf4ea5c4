//! `orgsync plugin add`, and the same on the page for a file that lies in `plugins/` already: puts a library into
//! `plugins/` and into `plugins.toml`, whose comments and order stay as they are. Both appear whole or not at all, and a
//! daemon that watches takes them up by itself.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::entry::State;
use super::files::plugins_directory;
use super::inspect::{InspectError, Inspection, inspect};
use super::plugins_toml::{self, PluginsTomlError};
use super::rescan::Registry;
use super::trust::{Trust, signature_of, signature_path};

/// What was added.
#[derive(Debug)]
pub struct Added {
    /// Its name in `plugins.toml`.
    pub name: String,
    /// Where the library is now.
    pub path: PathBuf,
    /// Its SHA-256, which is pinned.
    pub sha256: String,
    /// Whether there was a plugin of this name already.
    pub place: Place,
}

/// Where a plugin stands in `plugins.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the end: it is new.
    Appended,
    /// Where it stood before.
    Updated,
}

/// Why a library can't be added. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// It is no plugin.
    #[error(transparent)]
    NoPlugin(#[from] InspectError),
    /// No such file waits to be listed.
    #[error("there is no file {} in plugins/ that plugins.toml doesn't list", name)]
    NotThere {
        /// Its name.
        name: String,
    },
    /// It would be refused.
    #[error("{}: {reason}", path.display())]
    Refused {
        /// The library.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The list is not in order as it is.
    #[error(transparent)]
    PluginsToml(#[from] PluginsTomlError),
    /// The list can't be edited.
    #[error("{}: {reason}", path.display())]
    Unusual {
        /// `plugins.toml`.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another plugin's file is in the way.
    #[error("{} is the file of the plugin `{name}` in {}: add it as that one with --name {name}, or rename the file", path.display(), list.display())]
    Taken {
        /// Where the library would have to go.
        path: PathBuf,
        /// Whose file that is.
        name: String,
        /// `plugins.toml`.
        list: PathBuf,
    },
    /// The daemon ends.
    #[error("it was interrupted, since the daemon ends")]
    Interrupted,
    /// A file can't be written.
    #[error("failed to write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Registry {
    /// Lists a file that lies in `plugins/` unlisted, under the name that its manifest gives it, if it is still the one
    /// with this SHA-256. What is known changes with the next rescan.
    ///
    /// # Errors
    /// [`AddError`]; nothing has changed then.
    pub async fn add(&self, file: &str, sha256: &str) -> Result<Added, AddError> {
        // One at a time, and not while the list is being judged.
        let _judging = self.judge.lock().await;
        let snapshot = self.snapshot();
        let found =
            snapshot.entries.iter().find(|entry| entry.state == State::Unlisted && entry.name == file);
        let library = found.ok_or_else(|| AddError::NotThere { name: file.to_owned() })?.path.clone();
        let (plugins_toml, trust, seen) =
            (self.plugins_toml.clone(), Arc::clone(&self.trust), sha256.to_owned());
        let added = spawn_blocking(move || add(&plugins_toml, &library, None, Some(&seen), &trust));
        added.await.unwrap_or(Err(AddError::Interrupted))
    }
}

/// Copies a library into `plugins/` beside `plugins.toml`, with its signature if it has one, and lists it with its
/// SHA-256 as `name`, or as its manifest calls it. With `seen`, only if that is its SHA-256.
///
/// # Errors
/// [`AddError`]; nothing has changed then.
pub fn add(
    plugins_toml: &Path,
    library: &Path,
    name: Option<&str>,
    seen: Option<&str>,
    trust: &Trust,
) -> Result<Added, AddError> {
    let Inspection { manifest, sha256, .. } = inspect(library)?;
    let name = name.unwrap_or(&manifest.name).to_owned();
    let minisig = signature_of(library);
    let refuse = |reason: String| AddError::Refused { path: library.to_owned(), reason };
    if seen.is_some_and(|seen| seen != sha256) {
        return Err(refuse(format!("it has changed since you saw it: its sha256 is {sha256} now")));
    }
    let verified = File::open(library).and_then(|file| trust.verify(file, minisig.as_deref()));
    let verified = verified.map_err(|error| refuse(format!("can't be read: {error}")))?;
    if verified.sha256 != sha256 {
        return Err(refuse("it changed while it was being read".into()));
    }
    if let Some(reason) = trust.refusal(Some(&sha256), &sha256, &verified.signature) {
        return Err(refuse(reason));
    }

    let directory = plugins_directory(plugins_toml);
    let file_name = library.file_name().ok_or_else(|| refuse("it has no file name".into()))?;
    let path = directory.join(file_name);
    let listed = plugins_toml::read(plugins_toml)?.unwrap_or_default();
    if let Some(other) = listed.iter().find(|listed| listed.name != name && same(&listed.path, &path)) {
        return Err(AddError::Taken { path, name: other.name.clone(), list: plugins_toml.to_owned() });
    }
    let (text, place) = edited(plugins_toml, &name, &Path::new("plugins").join(file_name), &sha256)?;

    // All that can fail is done before anything appears.
    fs::create_dir_all(&directory).map_err(failed(&directory))?;
    let list = draft(plugins_toml, &mut text.as_bytes(), mode_of(plugins_toml))?;
    if !same(library, &path) {
        let mut from = File::open(library).map_err(failed(library))?;
        let copy = draft(&path, &mut from, 0o644)?;
        let signature = signature_path(&path);
        let signed = minisig.map(|text| draft(&signature, &mut text.as_bytes(), 0o644)).transpose()?;
        persist(copy, &path)?;
        match signed {
            Some(signed) => persist(signed, &signature)?,
            // That of the file that was there before.
            None => match fs::remove_file(&signature) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed(&signature)(error));
                }
                _ => {}
            },
        }
    }
    persist(list, plugins_toml)?;
    Ok(Added { name, path, sha256, place })
}

/// The list with the plugin in it.
fn edited(plugins_toml: &Path, name: &str, path: &Path, sha256: &str) -> Result<(String, Place), AddError> {
    let unusual = |reason: String| AddError::Unusual { path: plugins_toml.to_owned(), reason };
    let text = match fs::read_to_string(plugins_toml) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unusual(format!("can't be read: {error}"))),
    };
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| unusual(error.message().to_owned()))?;
    // Comments at the end stay before what is added.
    let end = document.trailing().as_str().unwrap_or_default().to_owned();
    let first = document.is_empty() && end.is_empty();
    let plugins = document.entry("plugin").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let plugins = plugins.as_array_of_tables_mut().ok_or_else(|| {
        unusual("`plugin`: write each plugin as a [[plugin]] of its own, so that one can be added".into())
    })?;
    let file = path.to_string_lossy().into_owned();
    let present = plugins.iter_mut().find(|table| table.get("name").and_then(Item::as_str) == Some(name));
    let place = match present {
        Some(table) => {
            replace(table, "path", &file);
            replace(table, "sha256", sha256);
            Place::Updated
        }
        None => {
            let mut table = entry(name, &file, sha256);
            table.decor_mut().set_prefix(if first { end } else { format!("{end}\n") });
            plugins.push(table);
            document.set_trailing("");
            Place::Appended
        }
    };
    let text = document.to_string();
    plugins_toml::parse(&text, plugins_toml)?;
    Ok((text, place))
}

/// What lists a file of `plugins/`, to be put at the end of `plugins.toml` by hand.
pub fn lines(name: &str, file: &str, sha256: &str) -> String {
    let mut plugins = ArrayOfTables::new();
    plugins.push(entry(name, &Path::new("plugins").join(file).to_string_lossy(), sha256));
    let mut document = DocumentMut::new();
    document.insert("plugin", Item::ArrayOfTables(plugins));
    document.to_string()
}

fn entry(name: &str, path: &str, sha256: &str) -> Table {
    let mut table = Table::new();
    for (key, text) in [("name", name), ("path", path), ("sha256", sha256)] {
        table.insert(key, value(text));
    }
    table
}

/// Sets a key, and leaves the comment beside it.
fn replace(table: &mut Table, key: &str, text: &str) {
    let mut new = value(text);
    if let (Some(new), Some(old)) = (new.as_value_mut(), table.get(key).and_then(Item::as_value)) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(key, new);
}

/// Writes a file beside its place.
fn draft(place: &Path, from: &mut dyn io::Read, mode: u32) -> Result<NamedTempFile, AddError> {
    let directory = place.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let mut written = || {
        let mut draft =
            tempfile::Builder::new().prefix(".orgsync-").suffix(".draft").tempfile_in(directory)?;
        io::copy(from, &mut draft)?;
        draft.flush()?;
        draft.as_file().set_permissions(Permissions::from_mode(mode))?;
        draft.as_file().sync_all()?;
        Ok(draft)
    };
    written().map_err(failed(place))
}

fn persist(draft: NamedTempFile, place: &Path) -> Result<(), AddError> {
    draft.persist(place).map(drop).map_err(|error| failed(place)(error.error))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> AddError {
    move |source| AddError::Write { path: path.to_owned(), source }
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).map_or(0o644, |metadata| metadata.mode() & 0o777)
}

/// Whether two paths lead to one file.
fn same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str, name: &str) -> Result<String, String> {
        let directory = tempfile::tempdir().unwrap();
        let list = directory.path().join("plugins.toml");
        fs::write(&list, text).unwrap();
        let edited = edited(&list, name, Path::new("plugins/x.so"), &"ab".repeat(32));
        edited
            .map(|(text, _)| text)
            .map_err(|error| error.to_string().replace(list.to_str().unwrap(), "FILE"))
    }

    fn check(text: &str, name: &str, expected: &str) {
        assert_eq!(edit(text, name).unwrap(), expected.replace("PIN", &"ab".repeat(32)));
    }

    #[test]
    fn comments_and_order_stay() {
        let one = "# ours\n[[plugin]]\nname = \"one\" # the first\npath = \"1.so\" # here\n\n[plugin.limits]\nmemory = \"64MiB\"\n";
        let added = "\n[[plugin]]\nname = \"two\"\npath = \"plugins/x.so\"\nsha256 = \"PIN\"\n";
        check(one, "two", &format!("{one}{added}"));
        check("", "two", added.trim_start());
        check("# ours\n", "two", &format!("# ours\n{added}"));
        check(&format!("{one}# the end\n"), "two", &format!("{one}# the end\n{added}"));
        let expected = one.replace("1.so", "plugins/x.so").replace("# here\n", "# here\nsha256 = \"PIN\"\n");
        check(one, "one", &expected);
        let pinned = expected.replace("PIN", &"cd".repeat(32));
        check(&pinned, "one", &expected);
    }

    #[test]
    fn lines_to_copy_are_those_that_would_be_added() {
        let pin = "ab".repeat(32);
        assert_eq!(lines("two", "x.so", &pin), edit("", "two").unwrap());
        let odd = lines("a\"b", "x\\y.so", &pin);
        assert_eq!(
            odd.parse::<DocumentMut>().unwrap()["plugin"][0]["path"].as_str(),
            Some("plugins/x\\y.so")
        );
    }

    #[test]
    fn a_list_of_another_form_is_left_alone() {
        let inline = "plugin = [{ name = \"one\", path = \"1.so\" }]\n";
        let refused = edit(inline, "two").unwrap_err();
        assert!(refused.starts_with("FILE: `plugin`: write each plugin as a [[plugin]]"), "{refused}");
        let name = edit("", "a b").unwrap_err();
        assert!(name.contains("`name`: \"a b\" is empty or has a space"), "{name}");
    }
}

//! A set of files: its options, checked once, and the files that there are now.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use orgsync_plugin_api::{DataType, PluginError};

use crate::client::Input;
use crate::mapping::Mapping;
use crate::options::{FileSet, Format};

/// The files of one data type.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) data_type: DataType,
    pub(crate) path: String,
    format: Option<Format>,
    delimiter: u8,
    pub(crate) mapping: Mapping,
}

impl Set {
    /// Takes the options.
    ///
    /// # Errors
    /// If they make no sense, whatever the files are.
    pub(crate) fn new(data_type: DataType, options: &FileSet) -> Result<Self, PluginError> {
        Ok(Self {
            data_type,
            path: options.path.clone(),
            format: options.format,
            delimiter: delimiter(options.delimiter.as_deref())?,
            mapping: Mapping::new(data_type, options)?,
        })
    }

    /// The files, in the order in which they are read; there is at least one.
    ///
    /// # Errors
    /// If there is none, or one of which nothing says how it is written.
    pub(crate) fn inputs(&self) -> Result<Vec<Input>, PluginError> {
        let path = Path::new(&self.path);
        let inaccessible = |error: io::Error| PluginError::config(format!("{}: {error}", path.display()));
        let paths = if fs::metadata(path).map_err(inaccessible)?.is_dir() {
            files_in(path).map_err(inaccessible)?
        } else {
            vec![path.to_owned()]
        };
        if paths.is_empty() {
            let message =
                format!("{}: there is no *.csv, *.jsonl or *.ndjson file in this directory", path.display());
            return Err(PluginError::config(message));
        }
        let inputs = paths.into_iter().map(|path| match self.format.or_else(|| format_of(&path)) {
            Some(format) => Ok(Input::new(path, format, self.delimiter)),
            None => Err(PluginError::config(format!(
                "{}: its extension is none of csv, jsonl and ndjson: set `format`",
                path.display()
            ))),
        });
        inputs.collect()
    }
}

fn delimiter(given: Option<&str>) -> Result<u8, PluginError> {
    match given.unwrap_or(",") {
        // In a form, a tab can't be typed.
        "\\t" => Ok(b'\t'),
        given => match given.as_bytes() {
            [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\n\r\0\x1a".contains(byte) => {
                Ok(*byte)
            }
            [byte] if byte.is_ascii_alphanumeric() => {
                Err(PluginError::config("`delimiter` has to be one ASCII character, and no letter or digit"))
            }
            _ => Err(PluginError::config("`delimiter` has to be one ASCII character, and no quote")),
        },
    }
}

/// The files in a directory that are to be read, in the order of their names.
fn files_in(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        // Whatever else it is, it must not be left out without a word: who is in it would be missing.
        if format_of(&path).is_some() && !hidden && !path.is_dir() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn format_of(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => Some(Format::Csv),
        "jsonl" | "ndjson" => Some(Format::Jsonl),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters() {
        assert_eq!(delimiter(None), Ok(b','));
        for (given, byte) in [(";", b';'), ("\t", b'\t'), ("\\t", b'\t'), ("|", b'|'), (" ", b' ')] {
            assert_eq!(delimiter(Some(given)), Ok(byte));
        }
        for given in ["", "--", "\"", "\n", "\r", "\0", "\u{1a}", "§", "e", "7"] {
            assert!(delimiter(Some(given)).is_err(), "{given:?}");
        }
    }
}

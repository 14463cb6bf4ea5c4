//! Finds, opens and reads the files. Every error names the file, and the line where there is one. A row that
//! can't be parsed fails the whole read: the file may be cut off, and whoever is missing from a read counts
//! as gone.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use orgsync_plugin_api::PluginError;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::mapping::{Header, Mapping};
use crate::options::{FileSet, Format};
use crate::seen::{self, SeenFile, Stamp};

/// What takes the records.
pub(crate) type Sink<'a> = dyn FnMut(&Map<String, Value>) -> Result<(), PluginError> + 'a;

/// For so many seconds after a change the same stamp does not mean the same content.
const FRESH: i64 = 2;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A file to be read.
#[derive(Debug)]
pub(crate) struct Input {
    path: PathBuf,
    format: Format,
    delimiter: u8,
}

/// How a file is, beside how it was seen.
#[derive(Debug)]
pub(crate) enum Look {
    /// The same.
    Same(SeenFile),
    /// Another, or not seen yet, with the stamp that it shows.
    Changed(Stamp, SeenFile),
}

/// The files of a set, in the order in which they are read; there is at least one.
pub(crate) fn inputs(set: &FileSet) -> Result<Vec<Input>, PluginError> {
    let delimiter = match set.delimiter.as_deref().unwrap_or(",").as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => *byte,
        _ => return Err(PluginError::config("`delimiter` has to be one ASCII character, and no quote")),
    };
    let path = Path::new(&set.path);
    let inaccessible = |error: io::Error| PluginError::config(format!("{}: {error}", path.display()));
    let paths = if fs::metadata(path).map_err(inaccessible)?.is_dir() {
        let mut paths = Vec::new();
        for entry in fs::read_dir(path).map_err(inaccessible)? {
            let path = entry.map_err(inaccessible)?.path();
            let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if format_of(&path).is_some() && !hidden && path.is_file() {
                paths.push(path);
            }
        }
        paths.sort();
        paths
    } else {
        vec![path.to_owned()]
    };
    if paths.is_empty() {
        let message =
            format!("{}: there is no *.csv, *.jsonl or *.ndjson file in this directory", path.display());
        return Err(PluginError::config(message));
    }
    paths
        .into_iter()
        .map(|path| match set.format.or_else(|| format_of(&path)) {
            Some(format) => Ok(Input { path, format, delimiter }),
            None => Err(PluginError::config(format!(
                "{}: its extension is none of csv, jsonl and ndjson: set `format`",
                path.display()
            ))),
        })
        .collect()
}

impl Input {
    /// Tries whether the file can be opened and begins as it should.
    pub(crate) fn check(&self, mapping: &Mapping) -> Result<(), PluginError> {
        let mut text = self.open()?;
        match self.format {
            Format::Csv => self.csv_header(&mut self.csv_reader(text), mapping).map(drop),
            Format::Jsonl => self.json_line(&mut text, 1, &mut Vec::new()).map(drop),
        }
    }

    /// Its path, as far as that is text.
    pub(crate) fn path(&self) -> std::borrow::Cow<'_, str> {
        self.path.to_string_lossy()
    }

    /// Looks whether the file is as it was when it was `seen`: by its stamp or, if that is another one, by its
    /// content.
    pub(crate) fn look(&self, seen: Option<&SeenFile>) -> Result<Look, PluginError> {
        let stamp = self.stamp()?;
        if let Some(same) = seen.filter(|seen| seen.stamp == Some(stamp)) {
            return Ok(Look::Same(same.clone()));
        }
        let now =
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(i64::MAX, |now| now.as_secs().cast_signed());
        // What is changed within the same moment again would show the same stamp.
        let kept = Some(stamp).filter(|stamp| stamp.changed.0 < now - FRESH);
        let hash = self.hash()?;
        match seen.filter(|seen| seen.hash == hash) {
            Some(same) => Ok(Look::Same(same.with(kept))),
            None => Ok(Look::Changed(stamp, SeenFile::new(kept, hash))),
        }
    }

    /// Reads the file to its end. Since it showed this stamp it must not have changed.
    pub(crate) fn read(
        &self,
        mapping: &Mapping,
        since: Stamp,
        sink: &mut Sink<'_>,
    ) -> Result<(), PluginError> {
        self.records(self.open()?, mapping, sink)?;
        if self.stamp()? != since {
            return Err(PluginError::transient(self.at(None, "it changed while it was being read")));
        }
        Ok(())
    }

    fn hash(&self) -> Result<String, PluginError> {
        let mut file = File::open(&self.path).map_err(|error| PluginError::config(self.at(None, error)))?;
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; 64 << 10]);
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(seen::hash(hash)),
                Ok(read) => hash.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.unreadable(&error)),
            }
        }
    }

    fn records(&self, text: Text, mapping: &Mapping, sink: &mut Sink<'_>) -> Result<(), PluginError> {
        match self.format {
            Format::Csv => self.read_csv(text, mapping, sink),
            Format::Jsonl => self.read_json(text, mapping, sink),
        }
    }

    fn open(&self) -> Result<Text, PluginError> {
        let file = File::open(&self.path).map_err(|error| PluginError::config(self.at(None, error)))?;
        self.begin(Box::new(file))
    }

    /// The text of a file, after its byte order mark if it has one, or several as files do that were glued
    /// together; the parser of CSV would skip a second one or not, depending on how much one read gives.
    fn begin(&self, mut file: Box<dyn Read>) -> Result<Text, PluginError> {
        let mut begin = Vec::with_capacity(MARK.len());
        loop {
            let mut first = file.by_ref().take(MARK.len() as u64);
            first.read_to_end(&mut begin).map_err(|error| self.unreadable(&error))?;
            if begin != MARK {
                break;
            }
            begin.clear();
        }
        if begin.is_empty() {
            return Err(PluginError::invalid(self.at(None, "the file is empty")));
        }
        let text = io::Cursor::new(begin).chain(file);
        Ok(BufReader::with_capacity(64 << 10, Box::new(text)))
    }

    fn read_csv(&self, text: Text, mapping: &Mapping, sink: &mut Sink<'_>) -> Result<(), PluginError> {
        let mut reader = self.csv_reader(text);
        let header = self.csv_header(&mut reader, mapping)?;
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row).map_err(|error| self.csv_error(&error))? {
            sink(&header.record(&row))?;
        }
        // The parser takes the end of the file for the end of a quoted cell.
        if reader.get_ref().quotes % 2 == 1 {
            let line = row.position().map(csv::Position::line);
            let message = "the file ends inside a quoted cell: it may be cut off";
            return Err(PluginError::invalid(self.at(line, message)));
        }
        Ok(())
    }

    fn csv_reader(&self, text: Text) -> csv::Reader<Quotes> {
        csv::ReaderBuilder::new().delimiter(self.delimiter).from_reader(Quotes { text, quotes: 0 })
    }

    fn csv_header<'m>(
        &self,
        reader: &mut csv::Reader<Quotes>,
        mapping: &'m Mapping,
    ) -> Result<Header<'m>, PluginError> {
        let columns = reader.headers().map_err(|error| self.csv_error(&error))?;
        let columns: Vec<&str> = columns.iter().map(str::trim).collect();
        mapping.header(&columns).map_err(|error| PluginError::config(self.at(Some(1), error)))
    }

    fn read_json(&self, mut text: Text, mapping: &Mapping, sink: &mut Sink<'_>) -> Result<(), PluginError> {
        let mut buffer = Vec::new();
        for line in 1.. {
            match self.json_line(&mut text, line, &mut buffer)? {
                Line::Object(object) => sink(&mapping.object(object))?,
                Line::Blank => {}
                Line::End => break,
            }
        }
        Ok(())
    }

    fn json_line(&self, text: &mut Text, line: u64, buffer: &mut Vec<u8>) -> Result<Line, PluginError> {
        buffer.clear();
        if text.read_until(b'\n', buffer).map_err(|error| self.unreadable(&error))? == 0 {
            return Ok(Line::End);
        }
        let trimmed = buffer.trim_ascii();
        if trimmed.is_empty() {
            return Ok(Line::Blank);
        }
        let invalid = |message: String| PluginError::invalid(self.at(Some(line), message));
        let text = std::str::from_utf8(trimmed).map_err(|_| invalid("it is not utf-8".into()))?;
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) => Ok(Line::Object(object)),
            Ok(_) => Err(invalid("not a json object".into())),
            Err(error) => Err(invalid(format!("not json (column {}): {}", error.column(), reason(&error)))),
        }
    }

    fn csv_error(&self, error: &csv::Error) -> PluginError {
        let line = error.position().map(csv::Position::line);
        match error.kind() {
            csv::ErrorKind::Io(error) => self.unreadable(error),
            csv::ErrorKind::Utf8 { .. } => PluginError::invalid(self.at(line, "it is not utf-8")),
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                let message = format!("the row has {len} cells and the header {expected_len}");
                PluginError::invalid(self.at(line, message))
            }
            _ => PluginError::invalid(self.at(line, error)),
        }
    }

    fn unreadable(&self, error: &io::Error) -> PluginError {
        PluginError::transient(self.at(None, format_args!("failed to read it: {error}")))
    }

    fn stamp(&self) -> Result<Stamp, PluginError> {
        let metadata = fs::metadata(&self.path);
        let of = metadata.map_err(|error| PluginError::config(self.at(None, error)))?;
        Ok(Stamp {
            size: of.len(),
            inode: of.ino(),
            modified: (of.mtime(), of.mtime_nsec()),
            changed: (of.ctime(), of.ctime_nsec()),
        })
    }

    fn at(&self, line: Option<u64>, message: impl std::fmt::Display) -> String {
        match line {
            Some(line) => format!("{}: line {line}: {message}", self.path.display()),
            None => format!("{}: {message}", self.path.display()),
        }
    }
}

type Text = BufReader<Box<dyn Read>>;

enum Line {
    Object(Map<String, Value>),
    Blank,
    End,
}

/// Counts the quotes that pass.
struct Quotes {
    text: Text,
    quotes: usize,
}

impl Read for Quotes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(buffer)?;
        self.quotes += buffer[..read].iter().filter(|byte| **byte == b'"').count();
        Ok(read)
    }
}

fn format_of(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => Some(Format::Csv),
        "jsonl" | "ndjson" => Some(Format::Jsonl),
        _ => None,
    }
}

/// A JSON error without its position, whose line is always 1 here.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_lowercase()
}

#[cfg(any(test, fuzzing))]
#[path = "client_fuzz.rs"]
pub(crate) mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_byte_order_marks_alone_is_empty() {
        let input = Input { path: "/x.jsonl".into(), format: Format::Jsonl, delimiter: b',' };
        let begin =
            |text: &'static [u8]| input.begin(Box::new(text)).map(drop).map_err(|error| error.message);
        for text in [&b""[..], MARK, b"\xef\xbb\xbf\xef\xbb\xbf"] {
            assert_eq!(begin(text), Err("/x.jsonl: the file is empty".to_owned()), "{text:?}");
        }
        assert_eq!(begin(b"\xef\xbb\xbf{}"), Ok(()));
    }
}

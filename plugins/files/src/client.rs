//! Opens and reads the files. Every error names the file, and the line where there is one. A row that can't be
//! read fails the whole read: the file may be cut off, and whoever is missing from a read counts as gone.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use orgsync_plugin_api::{PluginError, tracing};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::csv::{CsvError, Reader};
use crate::header::Header;
use crate::lines::{self, Line, LineError};
use crate::mapping::Mapping;
use crate::options::Format;
use crate::seen::{self, SeenFile, Stamp};
use crate::text::{self, BeginError, Text};

/// What takes the records.
pub(crate) type Sink<'a> = dyn FnMut(&Map<String, Value>) -> Result<(), PluginError> + 'a;

/// For so many seconds after a change the same stamp does not mean the same content.
const FRESH: i64 = 2;

/// How many cells that can't be understood are logged with their lines, of each file.
const LOGGED: usize = 10;

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

impl Input {
    pub(crate) fn new(path: PathBuf, format: Format, delimiter: u8) -> Self {
        Self { path, format, delimiter }
    }

    /// Tries whether the file can be opened and begins as it should; says what its columns become.
    pub(crate) fn check(&self, mapping: &Mapping) -> Result<Vec<String>, PluginError> {
        let mut text = self.open()?;
        let notes = match self.format {
            Format::Csv => {
                let header = self.header(&mut Reader::new(text, self.delimiter), mapping)?;
                [vec![header.summary()], header.warnings()].concat()
            }
            Format::Jsonl => {
                self.json_line(&mut text, 1, &mut Vec::new())?;
                Vec::new()
            }
        };
        Ok(notes.into_iter().map(|note| self.at(None, note)).collect())
    }

    /// Its path, as far as that is text.
    pub(crate) fn path(&self) -> Cow<'_, str> {
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
        let mut file = self.file()?;
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
        self.begin(Box::new(self.file()?))
    }

    /// Opens it, if it is a file: a FIFO or a device may never end, or never begin.
    fn file(&self) -> Result<File, PluginError> {
        let config = |error: io::Error| PluginError::config(self.at(None, error));
        // Opening a FIFO waits for somebody who writes to it, unless it is told not to.
        let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(&self.path);
        let file = file.map_err(config)?;
        if !file.metadata().map_err(config)?.is_file() {
            let message = "it is no file, but a FIFO, a device or a directory: put a file there";
            return Err(PluginError::config(self.at(None, message)));
        }
        Ok(file)
    }

    fn begin(&self, file: Box<dyn Read>) -> Result<Text, PluginError> {
        text::begin(file).map_err(|error| match error {
            BeginError::Io(error) => self.unreadable(&error),
            BeginError::Empty | BeginError::Utf16 => PluginError::invalid(self.at(None, error)),
        })
    }

    fn read_csv(&self, text: Text, mapping: &Mapping, sink: &mut Sink<'_>) -> Result<(), PluginError> {
        let mut reader = Reader::new(text, self.delimiter);
        let header = self.header(&mut reader, mapping)?;
        tracing::info!("{}", self.at(None, header.summary()));
        header.warnings().iter().for_each(|warning| tracing::warn!("{}", self.at(None, warning)));
        let mut unlogged = LOGGED;
        while let Some(row) = reader.next().map_err(|error| self.csv_error(&error, &header.names))? {
            header.fits(row.cells()).map_err(|message| {
                let end = if row.is_unterminated { ": the file may be cut off" } else { "" };
                PluginError::invalid(self.at(Some(row.line), format_args!("{message}{end}")))
            })?;
            let record = header.record(row.cells());
            for field in header.not_understood(&record).take(unlogged) {
                let message = format_args!("the cell of `{field}` can't be understood, so its record fails");
                tracing::warn!("{}", self.at(Some(row.line), message));
                unlogged -= 1;
            }
            sink(&record)?;
        }
        Ok(())
    }

    /// Reads the header of a CSV file.
    fn header<'m>(&self, reader: &mut Reader<Text>, mapping: &'m Mapping) -> Result<Header<'m>, PluginError> {
        let Some(row) = reader.next().map_err(|error| self.csv_error(&error, &[]))? else {
            return Err(PluginError::invalid(self.at(None, "the file is empty, without a header line")));
        };
        Header::new(mapping, row.cells()).map_err(|error| PluginError::config(self.at(Some(row.line), error)))
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
        lines::next(text, buffer).map_err(|error| match error {
            LineError::Io(error) => self.unreadable(&error),
            LineError::Invalid(message) => PluginError::invalid(self.at(Some(line), message)),
        })
    }

    fn csv_error(&self, error: &CsvError, names: &[String]) -> PluginError {
        match error {
            CsvError::Io(error) => self.unreadable(error),
            _ => PluginError::invalid(self.at(error.line(), error.explain(names))),
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

#[cfg(any(test, fuzzing))]
#[path = "client_fuzz.rs"]
pub(crate) mod fuzz;

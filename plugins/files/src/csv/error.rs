//! Why a table can't be read: where, and what to do about it.

use std::io;

use crate::names::readable;

/// The most bytes that a row may have.
pub(crate) const MAX_ROW: usize = 4 << 20;

/// Why a text can't be read. Columns count from 0.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CsvError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is not utf-8")]
    NotUtf8 { line: u64 },
    #[error("it has a NUL character: it is UTF-16 and has to be saved as UTF-8, or it is damaged")]
    Nul { line: u64 },
    #[error("the file ends inside a quoted cell: it may be cut off")]
    CutOff { line: u64 },
    #[error("text follows a closing quote")]
    TextAfterQuote { line: u64, column: usize, opened: u64 },
    #[error("a quoted cell goes on over lines that are rows")]
    RowsInCell { line: u64, column: usize },
    #[error("the row has more than {MAX_ROW} bytes")]
    TooLong { line: u64, opened: Option<u64> },
    #[error("there is a row after the end mark Ctrl-Z (U+001A) in line {ended}: write one whole file")]
    AfterEnd { line: u64, ended: u64 },
}

impl CsvError {
    /// The physical line at fault.
    pub(crate) fn line(&self) -> Option<u64> {
        match *self {
            CsvError::Io(_) => None,
            CsvError::NotUtf8 { line }
            | CsvError::Nul { line }
            | CsvError::CutOff { line }
            | CsvError::TextAfterQuote { line, .. }
            | CsvError::RowsInCell { line, .. }
            | CsvError::TooLong { line, .. }
            | CsvError::AfterEnd { line, .. } => Some(line),
        }
    }

    /// What is wrong and what to do about it; `names` are the header's.
    pub(crate) fn explain(&self, names: &[String]) -> String {
        let name = |column: usize| match names.get(column).and_then(|name| readable(name)) {
            Some(name) => format!("`{name}`"),
            None => format!("{}", column + 1),
        };
        match *self {
            CsvError::TextAfterQuote { line, column, opened } => {
                let begin =
                    if opened == line { String::new() } else { format!(" that opens in line {opened}") };
                format!(
                    "text follows the closing quote of the cell{begin} in column {}: a quote is missing or \
                     too many there, and quotes inside a quoted cell are doubled",
                    name(column)
                )
            }
            CsvError::RowsInCell { column, .. } => format!(
                "the quoted cell that opens here in column {} goes on over lines that look like rows of their \
                 own: close its quote, or remove it",
                name(column)
            ),
            CsvError::TooLong { opened: Some(opened), .. } => {
                format!("{self}: the quote that opens in line {opened} may not be closed")
            }
            _ => self.to_string(),
        }
    }
}

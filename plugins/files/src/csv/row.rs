//! A row of a table, and whether several may have become one.

use super::CsvError;

/// A row: its cells, and where it is in the file.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The cells without their quotes, each followed by a delimiter.
    pub(super) text: String,
    pub(super) cells: Vec<Cell>,
    /// The physical line in which it begins.
    pub(crate) line: u64,
    /// Whether the file ends with it, without a line break.
    pub(crate) is_unterminated: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) start: usize,
    pub(super) end: usize,
    /// For a quoted cell with a line break in it, the line in which it begins.
    pub(super) spans_from: Option<u64>,
}

impl Row {
    /// Its cells, without white space around them.
    pub(crate) fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        self.cells.iter().map(|cell| self.text[cell.start..cell.end].trim())
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells().all(str::is_empty)
    }

    /// Looks for rows in the cells that go on over several lines: a quote too many in one row and another in
    /// a later one make one row of both, and who is in the later one would be missing.
    pub(super) fn check_spans(&self, delimiter: char) -> Result<(), CsvError> {
        for (column, cell) in self.cells.iter().enumerate() {
            let Some(line) = cell.spans_from else { continue };
            let text = &self.text[cell.start..cell.end];
            if looks_like_rows(text, delimiter, column, self.cells.len()) {
                return Err(CsvError::RowsInCell { line, column });
            }
        }
        Ok(())
    }
}

/// Whether the lines of a cell look like rows: the first and the last have, with the cells before and after it,
/// as many cells as a row; or one between them has, by itself. The quote that ends the last line may also be the
/// first one of a later cell. In rows no blank follows a delimiter, as it does in sentences.
fn looks_like_rows(text: &str, delimiter: char, column: usize, columns: usize) -> bool {
    let delimiters = |line: &str| {
        let blank = |(at, _)| line[at + delimiter.len_utf8()..].starts_with(' ');
        let is_prose = delimiter != ' ' && line.match_indices(delimiter).any(blank);
        (!is_prose).then(|| line.matches(delimiter).count())
    };
    let mut lines = text.split(['\n', '\r']);
    let (first, last) = (lines.next().unwrap_or_default(), lines.next_back().unwrap_or_default());
    let is_end = match delimiters(last) {
        Some(count) => count == column || count > column && last.trim_end().ends_with(delimiter),
        None => false,
    };
    delimiters(first) == Some(columns - 1 - column) && is_end
        || columns > 2 && lines.any(|line| delimiters(line) == Some(columns - 1))
}

//! Reads CSV strictly: a quote stands where the grammar of docs/decisions/0033 gives it a meaning, or the read
//! fails and names the line. Memory is bounded by the longest row, however long the file is.

use std::io::{self, BufRead};

pub(crate) use error::{CsvError, MAX_ROW};
use row::{Cell, Row};

mod error;
mod row;

/// What ends a file in old programs: Ctrl-Z.
const END_MARK: u8 = 0x1a;

/// Gives the rows of a text, without those that have nothing in them.
#[derive(Debug)]
pub(crate) struct Reader<R> {
    text: R,
    delimiter: u8,
    /// The bytes that are looked at one by one; between them, a cell is copied as a whole.
    special: [bool; 256],
    /// The physical line of the next byte.
    line: u64,
    /// Whether the last byte was a carriage return, so that a line feed belongs to the same line break.
    after_return: bool,
    /// The line in which an end mark stands.
    ended: Option<u64>,
    row: Row,
}

/// Where in a cell the reader is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// In a cell that has no quotes, or none yet.
    Plain,
    /// Between the quotes of a cell.
    Quoted { opened: u64 },
    /// After a quote that closed a cell, if no other follows at once; `end` is where the cell's text ends.
    Closed { opened: u64, end: usize },
}

impl<R: BufRead> Reader<R> {
    /// Reads a text whose first line is line 1.
    pub(crate) fn new(text: R, delimiter: u8) -> Self {
        let mut special = [false; 256];
        for byte in [delimiter, b'"', b'\n', b'\r', 0] {
            special[usize::from(byte)] = true;
        }
        Self { text, delimiter, special, line: 1, after_return: false, ended: None, row: Row::default() }
    }

    /// The next row in which a cell is not empty.
    ///
    /// # Errors
    /// As soon as a row can't be read; what comes after it can't be told then.
    pub(crate) fn next(&mut self) -> Result<Option<&Row>, CsvError> {
        let ended = loop {
            let ended = self.ended;
            if !self.read_row()? {
                return Ok(None);
            }
            if !self.row.is_blank() {
                break ended;
            }
        };
        if let Some(ended) = ended {
            return Err(CsvError::AfterEnd { line: self.row.line, ended });
        }
        self.row.check_spans(char::from(self.delimiter))?;
        Ok(Some(&self.row))
    }

    /// Reads one row, which may be blank; false if there is none any more.
    fn read_row(&mut self) -> Result<bool, CsvError> {
        if self.after_return && fill(&mut self.text)?.first() == Some(&b'\n') {
            self.text.consume(1);
        }
        self.after_return = false;
        let mut draft = Draft::new(std::mem::take(&mut self.row), self.delimiter, self.line);
        let is_there = self.fill(&mut draft)?;
        self.ended = self.ended.or(draft.ended);
        self.row = draft.finish()?;
        Ok(is_there)
    }

    fn fill(&mut self, draft: &mut Draft) -> Result<bool, CsvError> {
        let (mut size, mut after_return) = (0, false);
        loop {
            let buffer = fill(&mut self.text)?;
            if buffer.is_empty() {
                draft.is_unterminated = true;
                draft.end_row(self.line)?;
                return Ok(size > 0);
            }
            let (mut at, mut is_whole) = (0, false);
            while let (false, rest @ [_, ..]) = (is_whole, &buffer[at..]) {
                let special = rest.iter().position(|byte| self.special[usize::from(*byte)]);
                let length = special.unwrap_or(rest.len());
                draft.text.extend_from_slice(&rest[..length]);
                let is_line_feed_of_return = after_return && length == 0;
                after_return = false;
                at += length;
                let Some(byte) = special.map(|at| rest[at]) else { break };
                at += 1;
                match byte {
                    0 => return Err(CsvError::Nul { line: self.line }),
                    b'\n' | b'\r' => {
                        is_whole = !draft.line_break(byte, self.line)?;
                        if !(byte == b'\n' && is_line_feed_of_return) {
                            self.line += 1;
                        }
                        after_return = byte == b'\r';
                    }
                    b'"' => draft.quote(self.line),
                    _ => draft.delimiter(self.line)?,
                }
            }
            self.text.consume(at);
            size += at;
            if is_whole {
                self.after_return = after_return;
                return Ok(true);
            }
            if size > MAX_ROW {
                return Err(CsvError::TooLong { line: draft.line, opened: draft.opened() });
            }
        }
    }
}

/// What has been read and not been used; nothing at the end of the text.
fn fill(text: &mut impl BufRead) -> Result<&[u8], CsvError> {
    // A loop can't return what it borrowed, so the buffer that is there now is asked for again.
    while let Err(error) = text.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error.into());
        }
    }
    Ok(text.fill_buf()?)
}

/// A row that is being read.
#[derive(Debug)]
struct Draft {
    text: Vec<u8>,
    cells: Vec<Cell>,
    delimiter: u8,
    line: u64,
    is_unterminated: bool,
    /// Where the cell that is being read starts in the text.
    start: usize,
    state: State,
    spans_from: Option<u64>,
    ended: Option<u64>,
}

impl Draft {
    /// An empty row, in the memory of another one.
    fn new(row: Row, delimiter: u8, line: u64) -> Self {
        let (mut text, mut cells) = (row.text.into_bytes(), row.cells);
        text.clear();
        cells.clear();
        Self {
            text,
            cells,
            delimiter,
            line,
            is_unterminated: false,
            start: 0,
            state: State::Plain,
            spans_from: None,
            ended: None,
        }
    }

    fn quote(&mut self, line: u64) {
        match self.state {
            State::Plain if is_white_space(&self.text[self.start..]) => {
                self.text.truncate(self.start);
                self.state = State::Quoted { opened: line };
            }
            State::Quoted { opened } => self.state = State::Closed { opened, end: self.text.len() },
            State::Closed { opened, end } if end == self.text.len() => {
                self.text.push(b'"');
                self.state = State::Quoted { opened };
            }
            State::Plain | State::Closed { .. } => self.text.push(b'"'),
        }
    }

    fn delimiter(&mut self, line: u64) -> Result<(), CsvError> {
        if let State::Quoted { .. } = self.state {
            self.text.push(self.delimiter);
            return Ok(());
        }
        self.end_cell(line)
    }

    /// Takes a line break; false if it ends the row.
    fn line_break(&mut self, byte: u8, line: u64) -> Result<bool, CsvError> {
        if let State::Quoted { opened } = self.state {
            self.text.push(byte);
            self.spans_from = Some(opened);
            return Ok(true);
        }
        self.end_row(line)?;
        Ok(false)
    }

    fn end_row(&mut self, line: u64) -> Result<(), CsvError> {
        if let State::Quoted { opened } = self.state {
            return Err(CsvError::CutOff { line: opened });
        }
        let from = match self.state {
            State::Closed { end, .. } => end,
            _ => self.start,
        };
        let kept = self.text[from..].trim_ascii_end();
        if kept.last() == Some(&END_MARK) {
            let is_over = |byte: &u8| *byte == END_MARK || byte.is_ascii_whitespace();
            let over = kept.iter().rev().take_while(|byte| is_over(byte)).count();
            self.text.truncate(from + kept.len() - over);
            self.ended = Some(line);
        }
        self.end_cell(line)
    }

    fn end_cell(&mut self, line: u64) -> Result<(), CsvError> {
        let mut end = self.text.len();
        if let State::Closed { opened, end: closed } = self.state {
            if !is_white_space(&self.text[closed..]) {
                return Err(CsvError::TextAfterQuote { line, column: self.cells.len(), opened });
            }
            self.text.truncate(closed);
            end = closed;
        }
        self.cells.push(Cell { start: self.start, end, spans_from: self.spans_from.take() });
        // Half a character at the end of a cell must not become a whole one by what follows.
        self.text.push(self.delimiter);
        self.start = self.text.len();
        self.state = State::Plain;
        Ok(())
    }

    fn opened(&self) -> Option<u64> {
        match self.state {
            State::Quoted { opened } => Some(opened),
            State::Plain | State::Closed { .. } => None,
        }
    }

    fn finish(self) -> Result<Row, CsvError> {
        let Self { text, cells, line, is_unterminated, .. } = self;
        match String::from_utf8(text) {
            Ok(text) => Ok(Row { text, cells, line, is_unterminated }),
            Err(error) => {
                let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                Err(CsvError::NotUtf8 { line: line + line_breaks(before) })
            }
        }
    }
}

fn is_white_space(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.trim().is_empty())
}

/// How many lines end in a text; a carriage return and a line feed after it end one.
fn line_breaks(text: &[u8]) -> u64 {
    let pairs = text.windows(2).filter(|pair| pair == b"\r\n").count();
    let all = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    (all - pairs) as u64
}

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;

#[cfg(test)]
mod tests;

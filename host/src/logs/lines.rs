//! The lines of a file, from either end, by chunks. Whatever the file has, no more than the longest line and a
//! chunk are in memory, and reading can stop at any time and go on from where it was.

use std::fs::File;
use std::io;

use super::budget::Budget;
use super::daily::read_at;

/// A line without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it begins.
    pub(super) start: u64,
    pub(super) bytes: Vec<u8>,
    /// Whether there is more of it.
    pub(super) cut: bool,
}

/// What reading on has led to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Line(Line),
    /// Enough for one call.
    Spent,
    /// There are no more.
    End,
}

/// Reads a part of a file from its end to its beginning.
#[derive(Debug)]
pub(super) struct Backward<'a> {
    file: &'a File,
    floor: u64,
    /// Where the next line to be given ends.
    end: u64,
    /// The bytes before `end`, as far as they have been read.
    buffer: Vec<u8>,
    /// Whether this call has given anything. It has to, or it would be asked the same again for ever.
    moved: bool,
}

impl<'a> Backward<'a> {
    /// The lines between two offsets. `floor` is the beginning of a line, `end` one's end, or where reading stopped.
    pub(super) fn new(file: &'a File, floor: u64, end: u64) -> Self {
        Self { file, floor, end: end.max(floor), buffer: Vec::new(), moved: false }
    }

    /// Where reading goes on.
    pub(super) fn place(&self) -> u64 {
        self.end
    }

    /// The line before those that have been given.
    pub(super) fn next(&mut self, budget: &mut Budget) -> io::Result<Step> {
        if self.end == self.floor {
            return Ok(Step::End);
        }
        // How many of the last bytes have been looked at and have no line's beginning in them.
        let mut looked = 0;
        loop {
            let body = self.buffer.len() - usize::from(self.buffer.ends_with(b"\n"));
            let unseen = body.min(self.buffer.len() - looked);
            if let Some(newline) = self.buffer[..unseen].iter().rposition(|byte| *byte == b'\n') {
                return Ok(Step::Line(self.give(newline + 1, budget)));
            }
            looked = self.buffer.len();
            let at = self.end - self.buffer.len() as u64;
            if at == self.floor {
                return Ok(Step::Line(self.give(0, budget)));
            }
            if self.moved && budget.is_spent() {
                return Ok(Step::Spent);
            }
            // With its end, a line is a byte longer.
            if looked > budget.longest + 1 {
                return self.overlong(budget);
            }
            self.load(budget, at)?;
        }
    }

    /// Reads the chunk before `at`, which is where the buffer begins.
    fn load(&mut self, budget: &mut Budget, at: u64) -> io::Result<()> {
        let mut chunk = self.chunk_before(budget, at)?;
        chunk.append(&mut self.buffer);
        self.buffer = chunk;
        Ok(())
    }

    fn chunk_before(&self, budget: &mut Budget, at: u64) -> io::Result<Vec<u8>> {
        let mut chunk = vec![0; budget.chunk(at - self.floor)];
        let from = at - chunk.len() as u64;
        fill(self.file, &mut chunk, from)?;
        Ok(chunk)
    }

    /// Gives the line that begins so far into the buffer.
    fn give(&mut self, from: usize, budget: &Budget) -> Line {
        let mut bytes = self.buffer.split_off(from);
        self.end -= bytes.len() as u64;
        self.moved = true;
        let whole = bytes.pop_if(|byte| *byte == b'\n').is_some();
        let cut = !whole || bytes.len() > budget.longest;
        bytes.truncate(budget.longest);
        Line { start: self.end, bytes, cut }
    }

    /// Looks for the beginning of a line that is too long to be kept.
    fn overlong(&mut self, budget: &mut Budget) -> io::Result<Step> {
        let mut at = self.end - self.buffer.len() as u64;
        self.buffer.clear();
        let start = loop {
            if at == self.floor {
                break at;
            }
            if budget.is_spent() {
                // The byte at `at` is of this line, the one before it perhaps not.
                (self.end, self.moved) = (at + 1, true);
                return Ok(Step::Spent);
            }
            let chunk = self.chunk_before(budget, at)?;
            if let Some(newline) = chunk.iter().rposition(|byte| *byte == b'\n') {
                break at - (chunk.len() - newline - 1) as u64;
            }
            at -= chunk.len() as u64;
        };
        let longest = budget.longest;
        let mut bytes = vec![0; usize::try_from(self.end - start).unwrap_or(longest).min(longest)];
        fill(self.file, &mut bytes, start)?;
        (self.end, self.moved) = (start, true);
        Ok(Step::Line(Line { start, bytes, cut: true }))
    }
}

/// Reads a part of a file from its beginning to its end.
#[derive(Debug)]
pub(super) struct Forward<'a> {
    file: &'a File,
    /// Where the next line to be given begins.
    start: u64,
    ceiling: u64,
    rest: Rest,
    /// The bytes from `start` on, as far as they have been read.
    buffer: Vec<u8>,
    /// How many bytes of the buffer have been given.
    given: usize,
    /// Whether reading stands in the midst of a line that has been given.
    skipping: bool,
    moved: bool,
}

/// What becomes of a last line that has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// It is given: nobody writes to the file any more.
    Given,
    /// It is left until it has its end.
    Left,
}

impl<'a> Forward<'a> {
    /// The lines between two offsets. `start` is the beginning of a line, or where reading stopped.
    pub(super) fn new(file: &'a File, start: u64, ceiling: u64, rest: Rest) -> io::Result<Self> {
        let mut before = *b"\n";
        if let Some(at) = start.checked_sub(1) {
            read_at(file, &mut before, at)?;
        }
        let skipping = before != *b"\n";
        let ceiling = ceiling.max(start);
        Ok(Self { file, start, ceiling, rest, buffer: Vec::new(), given: 0, skipping, moved: false })
    }

    /// Where reading goes on.
    pub(super) fn place(&self) -> u64 {
        self.start
    }

    /// The line after those that have been given.
    pub(super) fn next(&mut self, budget: &mut Budget) -> io::Result<Step> {
        // How many bytes have been looked at and have no end of a line among them.
        let mut looked = 0;
        loop {
            let unseen = &self.buffer[self.given + looked..];
            if let Some(newline) = unseen.iter().position(|byte| *byte == b'\n') {
                let line = self.give(looked + newline, false, budget);
                self.pass(1);
                if std::mem::take(&mut self.skipping) {
                    looked = 0;
                    continue;
                }
                return Ok(Step::Line(line));
            }
            looked += unseen.len();
            if self.skipping {
                self.pass(looked);
                looked = 0;
            } else if looked > budget.longest {
                self.skipping = true;
                return Ok(Step::Line(self.give(looked, true, budget)));
            }
            if self.start + looked as u64 == self.ceiling {
                if looked == 0 || self.rest == Rest::Left {
                    return Ok(Step::End);
                }
                return Ok(Step::Line(self.give(looked, true, budget)));
            }
            if self.moved && budget.is_spent() {
                return Ok(Step::Spent);
            }
            self.load(budget)?;
        }
    }

    fn load(&mut self, budget: &mut Budget) -> io::Result<()> {
        self.buffer.drain(..self.given);
        self.given = 0;
        let filled = self.buffer.len();
        let at = self.start + filled as u64;
        let size = budget.chunk(self.ceiling - at);
        self.buffer.resize(filled + size, 0);
        fill(self.file, &mut self.buffer[filled..], at)
    }

    fn give(&mut self, length: usize, cut: bool, budget: &Budget) -> Line {
        let bytes = &self.buffer[self.given..self.given + length.min(budget.longest)];
        let line = Line { start: self.start, bytes: bytes.to_vec(), cut: cut || length > budget.longest };
        self.pass(length);
        line
    }

    fn pass(&mut self, length: usize) {
        (self.start, self.given) = (self.start + length as u64, self.given + length);
        self.moved = true;
    }
}

/// Where the last line that has its end ends, in a file of this length.
pub(super) fn whole_end(file: &File, length: u64, budget: &mut Budget) -> io::Result<u64> {
    let mut lines = Backward::new(file, 0, length);
    match lines.next(budget)? {
        // Without an end, or so long that nobody will miss it.
        Step::Line(line) if line.cut => Ok(line.start),
        _ => Ok(length),
    }
}

/// Fills the buffer from this offset on.
fn fill(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    match read_at(file, buffer, offset)? {
        read if read < buffer.len() => Err(io::Error::other("the file became shorter while it was read")),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;

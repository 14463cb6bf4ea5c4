//! What holds for any text: the strict reader and a second, slow one that is written as the grammar reads give
//! the same rows, and a part of a text never gives rows that the whole does not have.

use super::*;

/// A row as the grammar has it.
#[derive(Debug)]
struct Parsed {
    cells: Vec<String>,
    /// Where the next row begins.
    end: usize,
    /// Whether a cell has a line break in it.
    spans: bool,
    ends_file: bool,
}

/// Tries a text, as a whole and cut after so many bytes.
pub(crate) fn agrees(text: &[u8], delimiter: u8, cut: usize) {
    let whole = read(text, delimiter);
    let expected = std::str::from_utf8(text).ok().filter(|text| !text.contains('\0'));
    let expected = expected.and_then(|text| parse(text, char::from(delimiter)));
    let Some(expected) = expected else {
        assert!(whole.is_err(), "it is read against the grammar: {whole:?}");
        return;
    };
    let is_blank = |row: &&Parsed| row.cells.iter().all(String::is_empty);
    let full: Vec<&Parsed> = expected.iter().filter(|row| !is_blank(row)).collect();
    let Ok(rows) = whole else {
        let after_end = expected.iter().skip_while(|row| !row.ends_file).skip(1).any(|row| !is_blank(&row));
        assert!(
            after_end || full.iter().any(|row| row.spans),
            "it is refused against the grammar: {whole:?}"
        );
        return;
    };
    let cells: Vec<&[String]> = full.iter().map(|row| row.cells.as_slice()).collect();
    assert_eq!(rows, cells);

    let end = expected.iter().take_while(|row| row.end <= cut).last().map_or(0, |row| row.end);
    for cut in [cut, end].into_iter().filter(|cut| *cut <= text.len()) {
        let before = full.iter().take_while(|row| row.end <= cut).count();
        match read(&text[..cut], delimiter) {
            Ok(part) => {
                assert!(part.len() <= before + 1, "a part has more rows than the whole");
                assert_eq!(part[..before], rows[..before], "a part has other rows than the whole");
                let is_at_end = cut == end;
                assert!(!is_at_end || part.len() == before, "rows come from nowhere");
            }
            Err(error) => assert!(cut != end, "cut after whole rows, it is refused: {error}"),
        }
    }
    let within = expected.iter().find(|row| row.end > cut);
    if let Some(row) = within.filter(|_| cut < text.len()) {
        let start = expected.iter().take_while(|row| row.end <= cut).last().map_or(0, |row| row.end);
        let is_within_quotes =
            parse(&String::from_utf8_lossy(&text[start..cut]), char::from(delimiter)).is_none();
        let part = read(&text[..cut], delimiter);
        assert!(!is_within_quotes || part.is_err(), "cut within {row:?}, it is read: {part:?}");
    }
}

fn read(text: &[u8], delimiter: u8) -> Result<Vec<Vec<String>>, CsvError> {
    let mut reader = Reader::new(text, delimiter);
    let mut rows = Vec::new();
    while let Some(row) = reader.next()? {
        rows.push(row.cells().map(str::to_owned).collect());
    }
    Ok(rows)
}

/// All rows, blank ones too; `None` if the text is not as the grammar has it.
fn parse(text: &str, delimiter: char) -> Option<Vec<Parsed>> {
    let (mut rows, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let mut row = Parsed { cells: Vec::new(), end: at, spans: false, ends_file: false };
        loop {
            let rest = &text[row.end..];
            let ends_cell = |c: char| c == delimiter || c == '\n' || c == '\r';
            let blank = rest.find(|c: char| ends_cell(c) || !c.is_whitespace()).unwrap_or(rest.len());
            let (mut cell, mut after) = (None, row.end);
            if rest[blank..].starts_with('"') {
                let (content, length) = unquote(&rest[blank + 1..])?;
                row.spans |= content.contains(['\n', '\r']);
                after += blank + 1 + length;
                cell = Some(content);
            }
            let length = text[after..].find(ends_cell).unwrap_or(text.len() - after);
            let mut outside = &text[after..after + length];
            row.end = after + length;
            let is_last = !text[row.end..].starts_with(delimiter);
            if is_last && outside.trim_ascii_end().ends_with('\u{1a}') {
                let is_over = |c: char| c == '\u{1a}' || c.is_ascii_whitespace();
                (outside, row.ends_file) = (outside.trim_end_matches(is_over), true);
            }
            if cell.is_some() && !outside.trim().is_empty() {
                return None;
            }
            row.cells.push(cell.as_deref().unwrap_or(outside).trim().to_owned());
            if is_last {
                break;
            }
            row.end += delimiter.len_utf8();
        }
        let rest = &text[row.end..];
        row.end += if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
        at = row.end;
        rows.push(row);
    }
    Some(rows)
}

/// What stands between quotes, and how long that is with the closing one.
fn unquote(text: &str) -> Option<(String, usize)> {
    let (mut content, mut at) = (String::new(), 0);
    loop {
        let quote = at + text[at..].find('"')?;
        content += &text[at..quote];
        at = quote + 1;
        if !text[at..].starts_with('"') {
            return Some((content, at));
        }
        content.push('"');
        at += 1;
    }
}

#[cfg(test)]
#[test]
fn every_short_text_and_every_part_of_it() {
    const BYTES: &[u8] = b"a,\"\n\r ";
    let mut texts: Vec<Vec<u8>> = vec![Vec::new()];
    for _ in 0..6 {
        texts =
            texts.iter().flat_map(|text| BYTES.iter().map(|byte| [text, &[*byte][..]].concat())).collect();
        for text in &texts {
            (0..=text.len()).for_each(|cut| agrees(text, b',', cut));
        }
    }
}

//! Texts in, rows or the reason against them out.

use super::*;

/// The rows of a text, with the lines in which they begin; or what `explain` says, with its line.
fn read(text: &[u8], delimiter: u8) -> Result<Vec<(u64, Vec<String>)>, String> {
    let mut reader = Reader::new(text, delimiter);
    let (mut rows, mut names) = (Vec::new(), Vec::new());
    loop {
        match reader.next() {
            Ok(Some(row)) => {
                let cells: Vec<String> = row.cells().map(str::to_owned).collect();
                if names.is_empty() {
                    names.clone_from(&cells);
                }
                rows.push((row.line, cells));
            }
            Ok(None) => return Ok(rows),
            Err(error) => {
                let line = error.line().map(|line| line.to_string()).unwrap_or_default();
                return Err(format!("{line}: {}", error.explain(&names)));
            }
        }
    }
}

#[track_caller]
fn gives(text: &str, expected: &[(u64, &[&str])]) {
    let rows = read(text.as_bytes(), b',').unwrap();
    let rows: Vec<(u64, Vec<&str>)> =
        rows.iter().map(|(line, cells)| (*line, cells.iter().map(String::as_str).collect())).collect();
    let expected: Vec<(u64, Vec<&str>)> =
        expected.iter().map(|(line, cells)| (*line, cells.to_vec())).collect();
    assert_eq!(rows, expected, "{text:?}");
}

#[track_caller]
fn refuses(text: &[u8], expected: &str) {
    let message = read(text, b',').unwrap_err();
    assert!(message.starts_with(expected), "{:?} gives {message:?}", String::from_utf8_lossy(text));
}

const H: &str = "uid,username,nickname\n";

#[test]
fn cells_with_and_without_quotes() {
    gives("a,b\n", &[(1, &["a", "b"])]);
    gives("a,b", &[(1, &["a", "b"])]);
    gives("\"a\",\"\"\"b\"\",\"\n", &[(1, &["a", "\"b\","])]);
    gives("a,\n,b\n", &[(1, &["a", ""]), (2, &["", "b"])]);
    gives("\"\",x", &[(1, &["", "x"])]);
    gives("x,\"\"", &[(1, &["x", ""])]);
}

#[test]
fn white_space_around_cells_and_their_quotes_is_dropped() {
    gives("uid, \"a\" ,\t\"b \"\t, c \n", &[(1, &["uid", "a", "b", "c"])]);
    gives("\u{a0}\"a\"\u{3000},b\n", &[(1, &["a", "b"])]);
    gives("x, \"a, \"\"b\"\"\" \r\n", &[(1, &["x", "a, \"b\""])]);
    assert_eq!(read(b"a\t \"b\t\"\t\"c\"\n", b'\t').unwrap()[0].1, ["a", "b", "c"]);
}

#[test]
fn a_quote_within_a_cell_that_has_none_at_its_start_is_text() {
    gives("1,24\" screen\n2,\"Bob\"\n", &[(1, &["1", "24\" screen"]), (2, &["2", "Bob"])]);
    gives("1,a\"\n2,b\"\"c\"\n", &[(1, &["1", "a\""]), (2, &["2", "b\"\"c\""])]);
}

#[test]
fn all_line_breaks_end_a_row_and_count_once() {
    gives("a\r\nb\rc\n\nd\r\re", &[(1, &["a"]), (2, &["b"]), (3, &["c"]), (5, &["d"]), (7, &["e"])]);
    gives("x,\"a\r\nb\rc\nd\"\ny,e\n", &[(1, &["x", "a\r\nb\rc\nd"]), (5, &["y", "e"])]);
    gives("x,\"a\r\"\r\n\ny,e\n", &[(1, &["x", "a"]), (4, &["y", "e"])]);
}

#[test]
fn rows_of_nothing_are_none() {
    for nothing in
        [",,", ",", "", "  ", " , \t,", "\"\",\"\",\"\"", " \"\" ,\" \"", ",,,,,", "\u{a0},\u{3000}"]
    {
        gives(
            &format!("a,b,c\n{nothing}\n1,2,3\n{nothing}"),
            &[(1, &["a", "b", "c"]), (3, &["1", "2", "3"])],
        );
    }
    gives("", &[]);
    gives("\n\r\n \n", &[]);
}

#[test]
fn an_end_mark_ends_the_file() {
    let rows: &[(u64, &[&str])] = &[(1, &["a", "b"]), (2, &["1", "x"])];
    for end in ["\u{1a}", "\n\u{1a}", "\r\n\u{1a}\r\n", "\n \u{1a}\u{1a} \n\n", "\n\u{1a}\n,\n"] {
        gives(&format!("a,b\n1,x{end}"), rows);
        gives(&format!("a,b\n1,\"x\"{end}"), rows);
    }
    let after = "4: there is a row after the end mark Ctrl-Z (U+001A) in line 3";
    refuses(b"a,b\n1,x\n\x1a\n2,y\n", after);
    gives("a\u{1a}b,c\n", &[(1, &["a\u{1a}b", "c"])]);
}

#[test]
fn text_after_a_closing_quote_is_refused_with_its_line() {
    let here = "text follows the closing quote of the cell in column `nickname`:";
    refuses(format!("{H}1,a,\"Ann\"x\n").as_bytes(), &format!("2: {here}"));
    refuses(format!("{H}1,a,\"say \\\"hi\\\"\"\n").as_bytes(), &format!("2: {here}"));
    refuses(format!("{H}1,a,\"Bob \"the man\" Smith\"\n").as_bytes(), &format!("2: {here}"));
    let there = "text follows the closing quote of the cell that opens in line 2 in column `nickname`:";
    refuses(format!("{H}2,b,\"Bob\n3,c,\"Cy\n4,d,Dora\n").as_bytes(), &format!("3: {there}"));
    refuses(format!("{H}2,b,\"Bob\n3,c,\"Cy\"\n4,d,Dora\n").as_bytes(), &format!("3: {there}"));
    refuses(format!("{H}2,b,\"Bob\r\n3,c,\"\"\r\n4,d,\"D\"\r\n").as_bytes(), &format!("4: {there}"));
    refuses(b"a,\"b\"c\n", "1: text follows the closing quote of the cell in column 2:");
}

#[test]
fn two_stray_quotes_do_not_make_one_row_of_several() {
    let rows = "the quoted cell that opens here in column";
    for text in [
        "2,b,\"Bob\n3,c,24\"\n4,d,D\n",
        "2,b,\"Bob\n3,c,\"\n4,d,D\n",
        "2,b,\"Bob\r3,c,Cy\"\r",
        "2,b,\"Bob\r\n3,c,Cy\r\n4,d,\"\r\n",
        "2,\"b,Bob\n3,c,\",x\"\n",
        "2,\"b,Bob\n3,c\",Cy\n",
        "\"2,b,Bob\n3\",c,Cy\n",
        "2,b,\"Bob\n3,c,Cy\n\"\n",
    ] {
        refuses(format!("{H}{text}").as_bytes(), &format!("2: {rows}"));
    }
    refuses(b"uid,nickname\n2,\"Bob\n3,Cy\"\n", &format!("2: {rows} `nickname`"));
    refuses(b"uid,\"nickname\n2,Cy\"\n", &format!("1: {rows} 2"));
}

#[test]
fn text_of_several_lines_is_no_row() {
    for text in ["Ann\nLee", "Main St 1,\nBerlin", "Main St 1\n10115 Berlin, BE, Germany", "\n", "x\n"] {
        let cell = text.trim();
        gives(
            &format!("{H}1,a,\"{text}\"\n"),
            &[(1, &["uid", "username", "nickname"]), (2, &["1", "a", cell])],
        );
    }
    gives(
        "uid,address\n1,\"Main St 1\nBerlin, Germany\"",
        &[(1, &["uid", "address"]), (2, &["1", "Main St 1\nBerlin, Germany"])],
    );
}

#[test]
fn files_that_end_within_quotes_are_cut_off() {
    let cut = "the file ends inside a quoted cell: it may be cut off";
    refuses(format!("{H}1,a,\"Ann").as_bytes(), &format!("2: {cut}"));
    refuses(format!("{H}1,a,\"Ann\n").as_bytes(), &format!("2: {cut}"));
    refuses(format!("{H}1,a,\"").as_bytes(), &format!("2: {cut}"));
    refuses(
        format!("{H}1,e,24\" screen\n2,f,\"Bob\"\n3,g,\"Cy\"\n4,h,\"Do").as_bytes(),
        &format!("5: {cut}"),
    );
    refuses(b"uid,\"user", &format!("1: {cut}"));
    // The last quote may be half of two.
    refuses(b"a,\"b\n\nc\"\"", &format!("1: {cut}"));
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    refuses(b"a,b\n1,Andr\xe9\n2,x\n", "2: it is not utf-8");
    refuses(b"a,b\n1,\"x\r\ny\nAndr\xe9\"\n", "4: it is not utf-8");
    refuses(b"a,b\n1\xc3,\xa9\n", "2: it is not utf-8");
    refuses(b"a,b\n1\xc3", "2: it is not utf-8");
    refuses(b"a,b\n1,\0\0\0", "2: it has a NUL character");
    refuses(b"a,b\n1,2\n\0\0\0", "3: it has a NUL character");
    refuses(b"a\0,\0b\0\n\0", "1: it has a NUL character");
}

#[test]
fn memory_is_bounded_by_one_row() {
    let long = "x".repeat(MAX_ROW);
    refuses(
        format!("a,b\n1,\"y\n2,{long}").as_bytes(),
        "2: the row has more than 4194304 bytes: the quote that opens in line 2",
    );
    refuses(format!("a,b\n{long},1").as_bytes(), "2: the row has more than 4194304 bytes");
    refuses(&b",".repeat(MAX_ROW * 2), "1: the row has more than 4194304 bytes");
}

/// A reader that gives a byte at a time gives the same as one that has all at once.
#[test]
fn it_makes_no_difference_how_much_a_read_gives() {
    let text = "a,b\r\n\"1\"\"x\r\n\", \"y\" \r2,\"\"\n\r\n,\r\n3,z\u{e9}\r\n\u{1a}";
    let mut bytewise = Reader::new(io::BufReader::with_capacity(1, text.as_bytes()), b',');
    let mut rows = Vec::new();
    while let Some(row) = bytewise.next().unwrap() {
        rows.push((row.line, row.cells().map(str::to_owned).collect::<Vec<_>>()));
    }
    assert_eq!(Ok(rows), read(text.as_bytes(), b','));
}

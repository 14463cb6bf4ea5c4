//! Bodies in pieces of every size, whole, malformed and cut off; batches or reasons out.

use super::*;

fn read(format: Format, pieces: Vec<Piece>) -> Result<Vec<String>, String> {
    let (sender, receiver) = mpsc::channel(pieces.len() + 1);
    for piece in pieces {
        sender.try_send(piece).unwrap();
    }
    drop(sender);
    let (out, mut batches) = mpsc::channel(64);
    run(format, receiver, None, out, &CancellationToken::new()).map_err(|error| error.to_string())?;
    let batches = std::iter::from_fn(|| batches.try_recv().ok());
    let describe = |batch: ReceivedBatch| {
        let records = batch.records.into_iter().map(|received| match received.record {
            Ok(record) => record.uid,
            Err(invalid) => format!("!{}", invalid.field),
        });
        format!("{}:{}", batch.data_type, records.collect::<Vec<_>>().join(","))
    };
    Ok(batches.map(describe).collect())
}

/// The body in one piece, and in pieces of every small size.
fn check(format: Format, body: &str, expected: Result<&[&str], &str>) {
    check_bytes(format, body.as_bytes(), expected);
}

fn check_bytes(format: Format, body: &[u8], expected: Result<&[&str], &str>) {
    for size in [1, 2, 3, 7, body.len().max(1)] {
        let chunks = body.chunks(size).map(|chunk| Piece::Body(Bytes::copy_from_slice(chunk)));
        let pieces: Vec<Piece> = chunks.chain([Piece::End]).collect();
        let expected = expected.map(|batches| batches.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(read(format, pieces), expected.map_err(str::to_owned), "{body:?} in pieces of {size}");
    }
}

#[test]
fn json_lines_in_pieces_of_any_size() {
    let format = Format::Lines(DataType::User);
    check(format, "", Ok(&[]));
    check(format, "{\"uid\":1}\n\n{\"uid\":\"zwei ü\"}\r\n{\"uid\":3}", Ok(&["user:1,zwei ü,3"]));
    check(format, "{\"uid\":1}\nnonsense\n[]\n{}\n", Ok(&["user:1,!record,!record,!uid"]));
}

#[test]
fn a_json_array_in_pieces_of_any_size() {
    let format = Format::Array(DataType::Department);
    check(format, "[]", Ok(&[]));
    check(
        format,
        " [ {\"uid\":1, \"title\": \"a]\"} , {\"uid\":2} , 5 ] \n",
        Ok(&["department:1,2,!record"]),
    );
    let at = "the body is not a JSON array of records: ";
    check(format, "[{\"uid\":1}", Err(&format!("{at}EOF while parsing a list at line 1 column 10")));
    let object = read(format, vec![Piece::Body(Bytes::from_static(b"{}")), Piece::End]).unwrap_err();
    assert!(
        object.starts_with(&format!("{at}invalid type: map, expected a JSON array of records")),
        "{object}"
    );
    check(format, "[1] 2", Err(&format!("{at}trailing characters at line 1 column 5")));
}

#[test]
fn a_body_that_ends_without_saying_so_is_cut_off() {
    let body = || Piece::Body(Bytes::from_static(b"[{\"uid\":1}]"));
    let cut_off = Err("the records were cut off before their end".to_owned());
    assert_eq!(read(Format::Array(DataType::User), vec![body()]), cut_off);
    assert_eq!(read(Format::Lines(DataType::User), vec![body()]), cut_off);
    assert_eq!(read(Format::Plugin, vec![]), cut_off);
}

#[test]
fn a_plugins_batches_keep_their_data_types() {
    let lines = |data_type, text: &'static str| Piece::Lines(data_type, Bytes::from_static(text.as_bytes()));
    let pieces = vec![
        lines(DataType::Department, "{\"uid\":1}\n{\"uid\":2}\n"),
        lines(DataType::User, "{\"uid\":1}\n"),
        Piece::End,
    ];
    assert_eq!(read(Format::Plugin, pieces), Ok(vec!["department:1,2".into(), "user:1".into()]));
    let failed = vec![lines(DataType::User, "{\"uid\":1}"), Piece::Failed("plugin x: broke".into())];
    assert_eq!(read(Format::Plugin, failed), Err("plugin x: broke".into()));
}

#[test]
fn a_record_without_end_is_refused_before_it_fills_the_memory() {
    let endless = || Piece::Body(Bytes::from(vec![b'x'; MAX_RECORD / 2]));
    let refused = Err(format!("record 1 is longer than {MAX_RECORD} bytes"));
    assert_eq!(read(Format::Lines(DataType::User), (0..4).map(|_| endless()).collect()), refused);
    let opening = Piece::Body(Bytes::from_static(b"[\""));
    let array = std::iter::once(opening).chain((0..4).map(|_| endless())).collect();
    let refused = Err(format!("a record is longer than {MAX_RECORD} bytes"));
    assert_eq!(read(Format::Array(DataType::User), array), refused);
}

#[test]
fn byte_order_marks_change_nothing() {
    let lines = Format::Lines(DataType::User);
    check(lines, "\u{feff}{\"uid\":1}\n{\"uid\":2}", Ok(&["user:1,2"]));
    check(lines, "\u{feff}\u{feff} {\"uid\":1}\r\n\u{feff}{\"uid\":2}\n\u{feff}", Ok(&["user:1,2"]));
    check(lines, "\u{feff}", Ok(&[]));
    check(lines, "\u{feff}\n", Ok(&[]));
    let array = Format::Array(DataType::User);
    check(array, "\u{feff}[{\"uid\":1},{\"uid\":2}]", Ok(&["user:1,2"]));
    check(array, "\u{feff}\u{feff}[]", Ok(&[]));
    let plugin = vec![Piece::Lines(DataType::User, Bytes::from("\u{feff}{\"uid\":1}\n")), Piece::End];
    assert_eq!(read(Format::Plugin, plugin), Ok(vec!["user:1".into()]));
}

#[test]
fn other_encodings_are_refused_by_name() {
    let utf16: Vec<u8> = "\u{feff}[{\"uid\":1}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for format in [Format::Lines(DataType::User), Format::Array(DataType::User)] {
        let refused = Err("the body is UTF-16 text; only UTF-8 is taken, so convert it first");
        check_bytes(format, &utf16, refused);
        check_bytes(format, &utf16[2..], refused);
    }
}

#[test]
fn a_damaged_record_fails_alone() {
    let array = Format::Array(DataType::User);
    let lines = Format::Lines(DataType::User);
    let half = r#"{"uid":1},{"uid":2,"nickname":"\ud83d"},{"uid":"\ud83d"},{"uid":3}"#;
    check(array, &format!("[{half}]"), Ok(&["user:1,!nickname,!uid,3"]));
    check(lines, &half.replace("},", "}\n"), Ok(&["user:1,!nickname,!uid,3"]));
    let latin = b"[{\"uid\":1},{\"uid\":2,\"x\":\"M\xfcller\"},{\"uid\":3,\"\xe9\":1},{\"uid\":\"\xfc\"},{\"uid\":\"\xc3\xbc\"}]";
    check_bytes(array, latin, Ok(&["user:1,!x,!record,!uid,ü"]));
    let one = latin[1..latin.len() - 1].split(|byte| *byte == b'}').collect::<Vec<_>>().join(&b"}\n"[..]);
    let one: Vec<u8> = one
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_prefix(b",").unwrap_or(line))
        .collect::<Vec<_>>()
        .join(&b'\n');
    check_bytes(lines, &one, Ok(&["user:1,!x,!record,!uid,ü"]));
    // A byte outside of strings is no record's alone.
    let reason =
        read(array, vec![Piece::Body(Bytes::from_static(b"[{\"uid\":1},\xfc]")), Piece::End]).unwrap_err();
    assert!(reason.starts_with("the body is not a JSON array of records: "), "{reason}");
}

#[test]
fn a_damaged_record_is_shown_as_far_as_it_can_be_read() {
    let (sender, receiver) = mpsc::channel(2);
    sender.try_send(Piece::Body(Bytes::from_static(b"[{\"uid\":2,\"x\":\"M\xfcller\\ud83d\"}]"))).unwrap();
    sender.try_send(Piece::End).unwrap();
    let (out, mut batches) = mpsc::channel(1);
    run(Format::Array(DataType::User), receiver, None, out, &CancellationToken::new()).unwrap();
    let received = batches.try_recv().unwrap().records.remove(0);
    assert_eq!(received.text, "{\"uid\":2,\"x\":\"M\u{fffd}ller\u{fffd}\"}");
    assert_eq!(received.record.unwrap_err().uid.as_deref(), Some("2"));
}

#[test]
fn emails_that_are_no_addresses_are_counted() {
    let (sender, receiver) = mpsc::channel(2);
    let body = "{\"uid\":7,\"email\":\"n/a\"}\n{\"uid\":8,\"email\":\"-\"}\n{\"uid\":9,\"email\":\"a@b\"}";
    sender.try_send(Piece::Body(Bytes::from_static(body.as_bytes()))).unwrap();
    sender.try_send(Piece::End).unwrap();
    let (out, _batches) = mpsc::channel(1);
    let left_out =
        run(Format::Lines(DataType::User), receiver, None, out, &CancellationToken::new()).unwrap();
    let note = "2 e-mails are not addresses and were left out, for example uid 7: n/a";
    assert_eq!(left_out.note().as_deref(), Some(note));
}

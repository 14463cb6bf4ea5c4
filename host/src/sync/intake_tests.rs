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
    for size in [1, 2, 3, 7, body.len().max(1)] {
        let chunks = body.as_bytes().chunks(size).map(|chunk| Piece::Body(Bytes::copy_from_slice(chunk)));
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

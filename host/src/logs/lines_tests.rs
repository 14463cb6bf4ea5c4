//! Lines come exactly once from either end, whatever the chunks and budgets.

use std::io::Write as _;

use proptest::prelude::*;

use super::*;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// The lines as they should be.
fn expected(bytes: &[u8], longest: usize) -> Vec<Line> {
    let mut start = 0;
    let line = |whole: &[u8]| {
        let text = whole.strip_suffix(b"\n").unwrap_or(whole);
        let cut = text.len() > longest || text.len() == whole.len();
        let line = Line { start, bytes: text[..text.len().min(longest)].to_vec(), cut };
        start += whole.len() as u64;
        line
    };
    bytes.split_inclusive(|byte| *byte == b'\n').map(line).collect()
}

/// All lines from the end, newest first, with a new reader whenever a budget is spent.
fn from_end(bytes: &[u8], budget: Budget) -> Vec<Line> {
    let (file, mut end, mut lines) = (file(bytes), bytes.len() as u64, Vec::new());
    loop {
        let (mut reader, mut left) = (Backward::new(&file, 0, end), budget);
        loop {
            match reader.next(&mut left).unwrap() {
                Step::Line(line) => lines.push(line),
                Step::Spent => break,
                Step::End => return lines,
            }
        }
        assert!(reader.place() < end, "each call gets on");
        end = reader.place();
    }
}

fn from_start(bytes: &[u8], budget: Budget) -> Vec<Line> {
    let (file, mut start, mut lines) = (file(bytes), 0, Vec::new());
    loop {
        let mut reader = Forward::new(&file, start, bytes.len() as u64, Rest::Given).unwrap();
        let mut left = budget;
        loop {
            match reader.next(&mut left).unwrap() {
                Step::Line(line) => lines.push(line),
                Step::Spent => break,
                Step::End => return lines,
            }
        }
        assert!(reader.place() > start, "each call gets on");
        start = reader.place();
    }
}

/// A line that was too long to be found the beginning of in one call has lost its end.
fn same(given: &Line, expected: &Line) -> bool {
    given.start == expected.start
        && given.cut == expected.cut
        && (given.bytes == expected.bytes || given.cut && expected.bytes.starts_with(&given.bytes))
}

proptest! {
    #[test]
    fn every_line_comes_exactly_once_from_either_end(
        lengths in prop::collection::vec(0_usize..40, 0..30),
        ended in any::<bool>(),
        (chunk, longest, bytes) in (1_usize..20, 1_usize..25, 1_u64..60),
    ) {
        let mut text: Vec<u8> = Vec::new();
        for (at, length) in lengths.iter().enumerate() {
            text.extend(std::iter::repeat_n(b'a' + (at % 26) as u8, *length));
            text.push(b'\n');
        }
        if !ended {
            text.pop();
        }
        let expected = expected(&text, longest);
        let budget = Budget::of(bytes, chunk, longest);
        let forward = from_start(&text, budget);
        prop_assert_eq!(&forward, &expected);
        let mut backward = from_end(&text, budget);
        backward.reverse();
        prop_assert_eq!(backward.len(), expected.len());
        for (given, expected) in backward.iter().zip(&expected) {
            prop_assert!(same(given, expected), "{:?} {:?}", given, expected);
        }
    }
}

#[test]
fn a_line_without_an_end_is_left_until_it_has_one() {
    let file = file(b"one\ntwo\nthr");
    let mut budget = Budget::of(1_000, 4, 100);
    let mut reader = Forward::new(&file, 4, 11, Rest::Left).unwrap();
    let two = Line { start: 4, bytes: b"two".to_vec(), cut: false };
    assert_eq!(reader.next(&mut budget).unwrap(), Step::Line(two));
    assert_eq!(reader.next(&mut budget).unwrap(), Step::End);
    assert_eq!(reader.place(), 8);
    assert_eq!(whole_end(&file, 11, &mut budget).unwrap(), 8);
    assert_eq!(whole_end(&file, 8, &mut budget).unwrap(), 8);
}

#[test]
fn a_file_that_became_shorter_is_said_to_be() {
    let file = file(b"one\n");
    let mut budget = Budget::of(1_000, 4, 100);
    let error = Backward::new(&file, 0, 40).next(&mut budget).unwrap_err();
    assert!(error.to_string().contains("became shorter"));
}

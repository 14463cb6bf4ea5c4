//! Lines of the logs as a person reads them: JSON with a line for each value, what a record is called, and which field
//! names a task. Nothing is left out or written in another way: keys keep their order, numbers their digits.

use serde::Deserialize;

use crate::logs::raw::{Form, RawRecord};

/// Whether the field of an event names a task that has a page.
pub(in crate::web) fn is_task(name: &str, value: &str) -> bool {
    name == "task"
        && value.len() <= 18
        && !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_digit())
}

impl RawRecord {
    /// The record with a line for each value, if it is JSON; else as it is.
    pub(in crate::web) fn readable(&self) -> String {
        match &self.head {
            Some(head) if head.form == Form::Json => indented(&self.text),
            _ => self.text.clone(),
        }
    }

    /// So much of the record as fits into a line or two.
    pub(in crate::web) fn beginning(&self) -> String {
        const LENGTH: usize = 240;
        let kept = &self.text[..self.text.floor_char_boundary(LENGTH)];
        if kept.len() < self.text.len() || self.cut { format!("{kept}…") } else { kept.to_owned() }
    }

    /// The record's uid, if it is all there and has one.
    pub(in crate::web) fn uid(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Named {
            uid: String,
        }
        if self.cut || self.head.is_none() {
            return None;
        }
        serde_json::from_str(&self.text).ok().map(|Named { uid }| uid)
    }
}

/// JSON with a line for each value. It may break off anywhere.
fn indented(json: &str) -> String {
    let mut written = String::with_capacity(json.len() * 2);
    let mut letters = json.chars().peekable();
    let mut depth = 0_usize;
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                written.push('"');
                while let Some(letter) = letters.next() {
                    written.push(letter);
                    match letter {
                        '"' => break,
                        '\\' => written.extend(letters.next()),
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                written.push(letter);
                while letters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                match letters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => written.push(end),
                    None => {
                        depth += 1;
                        new_line(&mut written, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut written, depth);
                written.push(letter);
            }
            ',' => {
                written.push(',');
                new_line(&mut written, depth);
            }
            ':' => written.push_str(": "),
            letter if letter.is_ascii_whitespace() => {}
            letter => written.push(letter),
        }
    }
    written
}

fn new_line(written: &mut String, depth: usize) {
    /// Deeper than this, text only moves out of sight, and a line of brackets would become a page of spaces.
    const DEEPEST: usize = 32;
    written.push('\n');
    for _ in 0..depth.min(DEEPEST) {
        written.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Place;

    #[test]
    fn json_has_a_line_for_each_value_and_is_otherwise_untouched() {
        let check = |json: &str, expected: &str| assert_eq!(indented(json), expected);
        check(
            r#"{"uid":"a","n":12345678901234567890.10, "b":[1,{"c":null}],"a":{ },"e":[]}"#,
            "{\n  \"uid\": \"a\",\n  \"n\": 12345678901234567890.10,\n  \"b\": [\n    1,\n    {\n      \"c\": null\n    \
             }\n  ],\n  \"a\": {},\n  \"e\": []\n}",
        );
        check(r#"["a, \" {b}: \\",true]"#, "[\n  \"a, \\\" {b}: \\\\\",\n  true\n]");
        check("17", "17");
        check("", "");
    }

    #[test]
    fn json_may_break_off_anywhere() {
        let json = r#"{"a":["\"é",{"b":-1}],"c":"\u00e9"}"#;
        for (end, _) in json.char_indices() {
            let written = indented(&json[..end]);
            let kept: String = written.split_whitespace().collect();
            assert_eq!(kept, json[..end], "{end}");
        }
    }

    #[test]
    fn deep_json_is_no_page_of_spaces() {
        let json = "[".repeat(10_000);
        assert!(indented(&json).len() < 100 * json.len());
    }

    #[test]
    fn a_uid_is_told_of_whole_records_only() {
        let place = Place::BEGINNING;
        let head = crate::logs::raw::RawHead {
            time: jiff::Timestamp::UNIX_EPOCH,
            task: crate::domain::ids::TaskId(7),
            batch: crate::domain::ids::Batch(1),
            source: "hr".to_owned(),
            data_type: crate::domain::data_type::DataType::User,
            form: Form::Json,
        };
        let check = |text: &str, cut: bool, expected: Option<&str>| {
            let record = RawRecord { place, head: Some(head.clone()), text: text.to_owned(), cut };
            assert_eq!(record.uid().as_deref(), expected, "{text}");
        };
        check(r#"{"uid":"é1","name":{"uid":"b"}}"#, false, Some("é1"));
        check(r#"{"uid":"é1"}"#, true, None);
        check(r#"{"uid":1}"#, false, None);
        check("no json", false, None);
    }

    #[test]
    fn only_numbers_name_tasks() {
        let check = |name: &str, value: &str, expected: bool| assert_eq!(is_task(name, value), expected);
        check("task", "7", true);
        check("task", "7/../users", false);
        check("task", "", false);
        check("batch", "7", false);
    }
}

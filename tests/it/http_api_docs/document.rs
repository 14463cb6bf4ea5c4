//! A document taken apart: headings that name an operation, commands (blocks of `sh`), and below each
//! command what it answers: a line `→ 200`, and the body or what is of interest of it.

use std::path::Path;

use serde_json::Value;

/// An operation as it is written in headings: `GET /api/v1/users`.
pub(crate) type Operation = String;

/// What stands for whatever has been left out.
const LEFT_OUT: char = '…';

/// A block of commands, and what the document says comes of it.
#[derive(Debug)]
pub(crate) struct Example {
    /// Where it begins in the document, counted from 1.
    pub(crate) line: usize,
    /// The operation that the heading above it names.
    pub(crate) under: Option<Operation>,
    pub(crate) commands: String,
    /// The status of the last answer; none for commands that ask nothing.
    pub(crate) status: Option<u16>,
    pub(crate) shown: Option<Shown>,
}

/// An answer's body as the document shows it.
#[derive(Debug)]
pub(crate) enum Shown {
    Json(Value),
    Text(String),
}

#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) operations: Vec<Operation>,
    pub(crate) examples: Vec<Example>,
}

impl Document {
    pub(crate) fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
        Self::parse(std::fs::read_to_string(path).unwrap())
    }

    pub(crate) fn parse(text: String) -> Self {
        let (mut operations, mut examples) = (Vec::new(), Vec::<Example>::new());
        let mut under = None;
        // Whether what comes next may still belong to the last example.
        let mut open = false;
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            if let Some(language) = line.strip_prefix("```") {
                let body: Vec<&str> =
                    lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
                let body = body.join("\n");
                let last = examples.last_mut().filter(|_| open);
                match (language, last) {
                    ("sh", _) => {
                        let example = Example {
                            line: number + 1,
                            under: under.clone(),
                            commands: body,
                            status: None,
                            shown: None,
                        };
                        examples.push(example);
                        open = true;
                        continue;
                    }
                    ("json", Some(example)) if example.status.is_some() => {
                        example.shown = Some(Shown::Json(json(&body)));
                    }
                    // Commands that ask nothing have no status, and print something nevertheless.
                    ("text", Some(example)) => {
                        example.shown = Some(Shown::Text(body));
                    }
                    _ => {}
                }
                open = false;
            } else if let Some(heading) = line.strip_prefix('#') {
                let named = heading.trim_start_matches('#').trim().strip_prefix('`');
                under = named.and_then(|named| Some(named.split_once('`')?.0.to_owned()));
                operations.extend(under.clone());
                open = false;
            } else if let Some(answer) = line.strip_prefix("→ ") {
                let example = examples.last_mut().filter(|_| open);
                let status = answer.get(..3).and_then(|status| status.parse().ok());
                let (Some(example), Some(status)) = (example, status) else {
                    panic!("line {}: `{line}` is no status below a command", number + 1);
                };
                example.status = Some(status);
            } else if !line.is_empty() && examples.last().is_some_and(|example| example.status.is_none()) {
                open = false;
            }
        }
        Self { text, operations, examples }
    }
}

/// JSON in which things have been left out.
fn json(text: &str) -> Value {
    let (mut whole, mut in_string, mut escaped) = (String::new(), false, false);
    let mut left_out = false;
    for character in text.chars() {
        match character {
            LEFT_OUT if !in_string => {
                whole.truncate(whole.trim_end().trim_end_matches(',').len());
                left_out = true;
                continue;
            }
            ',' if left_out && whole.ends_with(['{', '[']) => continue,
            '"' if !escaped => in_string = !in_string,
            _ => {}
        }
        left_out = false;
        escaped = in_string && character == '\\' && !escaped;
        whole.push(character);
    }
    serde_json::from_str(&whole).unwrap_or_else(|error| panic!("{error}: {text}"))
}

impl Shown {
    /// Why an answer is not what is shown, if it is not.
    pub(crate) fn check(&self, answer: &str) -> Result<(), String> {
        match self {
            Self::Json(shown) => {
                let came: Value = serde_json::from_str(answer).map_err(|error| error.to_string())?;
                same(shown, &came, "")
            }
            Self::Text(shown) => {
                let mut lines = answer.lines().map(str::trim);
                let mut expected =
                    shown.lines().map(str::trim).filter(|line| !line.chars().all(|c| c == LEFT_OUT));
                expected.try_for_each(|wanted| match lines.any(|line| fits(wanted, line)) {
                    true => Ok(()),
                    false => Err(format!("there is no line `{wanted}`, or not in this place")),
                })
            }
        }
    }
}

/// Values that are others every time: times, what something took, names made at random, what was built.
fn varies(key: &str) -> bool {
    key.ends_with("At") || ["costMs", "requestId", "sha256", "size", "path", "version"].contains(&key)
}

/// Everything that is shown has to be there; more may be.
fn same(shown: &Value, came: &Value, place: &str) -> Result<(), String> {
    match (shown, came) {
        (Value::Object(shown), Value::Object(came)) => shown.iter().try_for_each(|(key, value)| {
            let place = format!("{place}/{key}");
            match came.get(key) {
                None => Err(format!("{place} is not there")),
                Some(came) if varies(key) && came.is_null() == value.is_null() => Ok(()),
                Some(came) => same(value, came, &place),
            }
        }),
        (Value::Array(shown), Value::Array(came)) if shown.len() <= came.len() => {
            shown.iter().zip(came).try_for_each(|(shown, came)| same(shown, came, &format!("{place}/-")))
        }
        (Value::String(shown), Value::String(came)) if fits(shown, came) => Ok(()),
        (shown, came) if shown == came => Ok(()),
        _ => Err(format!("{place} is {came}, not {shown}")),
    }
}

/// Whether a text is what is shown, in which parts may have been left out.
fn fits(shown: &str, came: &str) -> bool {
    let mut parts = shown.split(LEFT_OUT);
    let Some(mut rest) = parts.next().and_then(|first| came.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_as_people_read_it() {
        let text = "# T\n\n```sh\nA=1\n```\n\nText.\n\n### `GET /x`\n\n```sh\ncurl /x\n```\n\n→ 200, when\nmore\n\n\
                    ```json\n{\"a\": 1, …}\n```\n\n```json\n{}\n```\n\n## Y\n\n```sh\ncurl /y\n```\n\n→ 204\n";
        let Document { operations, examples, .. } = Document::parse(text.into());
        assert_eq!(operations, ["GET /x"]);
        let told: Vec<_> = examples
            .iter()
            .map(|example| (example.line, example.under.as_deref(), example.status, example.shown.is_some()))
            .collect();
        assert_eq!(
            told,
            [(3, None, None, false), (11, Some("GET /x"), Some(200), true), (28, None, Some(204), false)]
        );
    }

    #[test]
    fn an_answer_has_all_that_is_shown_of_it() {
        let check = |shown: &str, came: &str, fine: bool| {
            assert_eq!(Shown::Json(json(shown)).check(came).is_ok(), fine, "{shown} {came}");
        };
        check(r#"{"a": 1, …}"#, r#"{"a": 1, "b": 2}"#, true);
        check(r#"{…, "a": 1}"#, r#"{"a": 1, "b": 2}"#, true);
        check(r#"{"a": {…}, …, "b": 2}"#, r#"{"a": {}, "b": 2, "c": 3}"#, true);
        check(r#"{"a": 1}"#, r#"{"b": 1}"#, false);
        check(r#"{"a": 1}"#, r#"{"a": 2}"#, false);
        check(r#"[{"a": "x…z"}, …]"#, r#"[{"a": "xyz"}, {}]"#, true);
        check(r#"[{"a": "x…z"}, …]"#, r#"[{"a": "xy"}]"#, false);
        check("[1, 2]", "[1]", false);
        check(r#"{"createdAt": "2026"}"#, r#"{"createdAt": "2027"}"#, true);
        check(r#"{"createdAt": "2026"}"#, r#"{"createdAt": null}"#, false);
        check(r#"{"a": "…, \"b"}"#, r#"{"a": "x, \"b"}"#, true);
        let check = |shown: &str, came: &str, fine: bool| {
            assert_eq!(Shown::Text(shown.into()).check(came).is_ok(), fine, "{shown} {came}");
        };
        check("a\n…\nc…e", "a\nb\ncde\n", true);
        check("c\na", "a\nb\nc", false);
        check("ab", "abc", false);
        check("a…a", "a", false);
    }
}

//! All failures of a task as CSV (RFC 4180), written page by page while it is downloaded. Spreadsheets take a cell
//! that begins with `=` and the like for a formula, so those begin with an apostrophe; the mark at the beginning tells
//! them that the text is UTF-8.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::Value;

use crate::domain::redact;
use crate::domain::task::{Task, Watermark};
use crate::http::path::ById;
use crate::http::problem::Problem;
use crate::http::router::App;
use crate::http::{task_page, tasks, view};
use crate::store::StoreError;

/// How many are read at once.
const PAGE: u64 = 1_000;
const HEAD: &str = "\u{feff}dataType,uid,op,error,record\r\n";

/// The file.
pub(in crate::web) async fn failures(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
) -> Result<Response, Problem> {
    let task = tasks::find(&app, &id).await?;
    let name = format!("attachment; filename=\"task-{}-failures.csv\"", task.id);
    let name = HeaderValue::from_str(&name).map_err(Problem::internal)?;
    // The first page is read before anything is sent, so that a failure to do so can still be told.
    let first = next(&app, &task, None).await?;
    let rest = futures_util::stream::unfold((app, task, Some(first)), async |(app, task, state)| {
        let (text, after) = state?;
        let following = match after {
            None => None,
            Some(after) => match next(&app, &task, Some(after)).await {
                Ok(following) => Some(following),
                // The connection breaks off, which no client takes for the end of the file.
                Err(error) => return Some((Err(error), (app, task, None))),
            },
        };
        Some((Ok::<_, StoreError>(text), (app, task, following)))
    });
    let body = Body::from_stream(rest);
    let media = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    Ok(([(CONTENT_TYPE, media), (CONTENT_DISPOSITION, name)], body).into_response())
}

/// The next lines, and after what those begin that follow.
async fn next(
    app: &App,
    task: &Task,
    after: Option<Watermark>,
) -> Result<(Bytes, Option<Watermark>), StoreError> {
    let mut text = if after.is_none() { HEAD.to_owned() } else { String::new() };
    let (found, next) = task_page::failures(app, task, after, PAGE).await?;
    found.iter().for_each(|change| write_line(&mut text, change));
    Ok((text.into(), next))
}

fn write_line(text: &mut String, change: &view::Change) {
    let mut record = change.after.clone();
    redact::redact(&mut record);
    let record = match record {
        Value::Null => String::new(),
        Value::String(text) => text,
        record => record.to_string(),
    };
    let cells = [
        change.data_type.as_str(),
        change.uid.as_deref().unwrap_or_default(),
        change.op.as_str(),
        change.error.as_deref().unwrap_or_default(),
        &record,
    ];
    for (place, cell) in cells.into_iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}{}", cell_of(cell));
    }
    text.push_str("\r\n");
}

/// A cell that is nothing but text. Programs that split at semicolons or tabs, as the reader's may, begin a cell there, too,
/// unless it is quoted; so every cell is, and none of its parts begins like a formula.
fn cell_of(text: &str) -> String {
    let mut cell = String::with_capacity(text.len() + 2);
    let mut begins = true;
    for letter in text.chars() {
        if begins && matches!(letter, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
        {
            cell.push('\'');
        }
        if letter == '"' {
            cell.push('"');
        }
        cell.push(letter);
        // Between the two halves of a line break there is nothing.
        begins = matches!(letter, ';' | '\t' | '\n');
    }
    format!("\"{cell}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        let check = |text: &str, expected: &str| assert_eq!(cell_of(text), expected, "{text}");
        check("a b", r#""a b""#);
        check("", r#""""#);
        check("a,b", r#""a,b""#);
        check("a \"b\"", r#""a ""b""""#);
        check("a\r\nb", "\"a\r\nb\"");
        check(" a", r#"" a""#);
        check("=1+1", r#""'=1+1""#);
        check("+49 1", r#""'+49 1""#);
        check("-1", r#""'-1""#);
        check("@SUM(A1)", r#""'@SUM(A1)""#);
        check("＝1", r#""'＝1""#);
        check("\t=1", "\"'\t'=1\"");
        check("a;=HYPERLINK(1);b", r#""a;'=HYPERLINK(1);b""#);
        check("=HYPERLINK(\"x\",1)", r#""'=HYPERLINK(""x"",1)""#);
    }
}

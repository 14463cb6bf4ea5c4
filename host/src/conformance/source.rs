//! The rules of sources: they are read in full twice, cancelled, and gone on with from their cursors.

use std::time::{Duration, Instant};

use orgsync_plugin_api::{DataType, ReadRequest};
use serde_json::Value;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::worker::{Reading, WorkerError};

use super::catalogue::{
    CHECK_REACHABLE, CHECK_UNREACHABLE, OPTIONS_TYPES, SOURCE_BATCHES, SOURCE_CANCEL, SOURCE_CURSOR,
    SOURCE_MEMORY, SOURCE_READ, SOURCE_RECORDS, SOURCE_REPEATS, SOURCE_TYPES, SOURCE_UIDS,
};
use super::reading::{self, Records, Taken};
use super::report::{Finding, Rule};
use super::subject::{Given, Life, Subject, seconds, with_skipped};

/// A batch may have so many records and bytes.
const MOST_RECORDS: usize = 10_000;
const MOST_BYTES: usize = 4 << 20;
/// How long a cancelled plugin may go on.
const CANCEL_GRACE: Duration = Duration::from_secs(5);

/// The rules of sources that need options.
const WITH_OPTIONS: [&Rule; 11] = [
    &OPTIONS_TYPES,
    &CHECK_REACHABLE,
    &CHECK_UNREACHABLE,
    &SOURCE_READ,
    &SOURCE_RECORDS,
    &SOURCE_UIDS,
    &SOURCE_TYPES,
    &SOURCE_REPEATS,
    &SOURCE_BATCHES,
    &SOURCE_MEMORY,
    &SOURCE_CURSOR,
];

/// Holds a source against the rules.
pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    let (mut findings, options) = subject.judge_options().await;
    let Some(options) = options else {
        let why = subject.no_options();
        findings = with_skipped(findings, &WITH_OPTIONS, &why);
        findings.push(SOURCE_CANCEL.skipped(&why));
        findings.extend(subject.judge_heard(Given::Records));
        return findings;
    };
    findings.push(subject.judge_check(&options).await);
    findings.push(subject.judge_unreachable(&options).await);
    subject.try_wrong_secrets(&options).await;
    let (first, found) = judge_first_read(subject, &options).await;
    findings.extend(found);
    if let Some(first) = &first {
        findings.push(judge_repeats(subject, &options, first).await);
        findings.push(judge_batches(first));
        findings.push(first.memory.judge(first.count));
        findings.push(judge_cursor(subject, &options, first).await);
    }
    findings = with_skipped(findings, &WITH_OPTIONS, "the full read did not end well");
    findings.push(judge_cancel(subject, &options, first.map_or(0, |first| first.batches)).await);
    findings.extend(subject.judge_heard(Given::Records));
    findings
}

/// Reads in full; gives what came if the read ended well.
async fn judge_first_read(subject: &Subject<'_>, options: &Value) -> (Option<Taken>, Vec<Finding>) {
    let start = Instant::now();
    let (taken, ended) = match read(subject, options, &ReadRequest::full()).await {
        Ok(read) => read,
        Err(error) => return (None, vec![SOURCE_READ.failed(error.to_string())]),
    };
    let came = format!("{} records in {} batches, in {}", taken.count, taken.batches, seconds(start));
    let ended = ended.map_err(|error| error.to_string());
    let well = ended.is_ok();
    let mut findings = vec![SOURCE_READ.judge(ended.map(|()| came))];
    if taken.count > 0 || well {
        findings.extend(judge_records(&taken, subject.data_types));
    }
    (well.then_some(taken), findings)
}

async fn judge_repeats(subject: &Subject<'_>, options: &Value, first: &Taken) -> Finding {
    let again = read(subject, options, &ReadRequest::full()).await;
    let again = again.and_then(|(taken, ended)| ended.map(|()| taken)).map_err(|error| error.to_string());
    let compared = again.and_then(|again| first.records.compare(&again.records));
    SOURCE_REPEATS.judge(compared.map(|()| "both gave the same".to_owned()))
}

fn judge_records(taken: &Taken, declared: &[DataType]) -> [Finding; 3] {
    let all = |what: &str| Ok(format!("{} records, {what}", taken.count));
    let invalid = match taken.invalid.is_empty() {
        true => all("all valid"),
        false => Err(taken.invalid.to_string()),
    };
    let duplicates = match taken.duplicates.is_empty() {
        true => all("no uid twice"),
        false => Err(format!("more than once: {}", taken.duplicates)),
    };
    let undeclared: Vec<&str> = taken
        .data_types
        .iter()
        .filter(|found| !declared.contains(found))
        .map(|found| found.as_str())
        .collect();
    let types = match undeclared.as_slice() {
        [] => all("of the declared types"),
        undeclared => Err(format!("records of type {}", undeclared.join(" and "))),
    };
    [SOURCE_RECORDS.judge(invalid), SOURCE_UIDS.judge(duplicates), SOURCE_TYPES.judge(types)]
}

fn judge_batches(taken: &Taken) -> Finding {
    let (records, bytes) = taken.largest;
    let seen = format!("up to {records} records and {bytes} bytes");
    SOURCE_BATCHES.judge(if records <= MOST_RECORDS && bytes <= MOST_BYTES { Ok(seen) } else { Err(seen) })
}

/// Goes on from the cursor at the end of a read, and from one in its midst after which the worker was killed.
async fn judge_cursor(subject: &Subject<'_>, options: &Value, full: &Taken) -> Finding {
    let mut seen = Vec::new();
    match (&full.end.cursor, subject.incremental) {
        (None, true) if full.cursors == 0 => {
            return SOURCE_CURSOR.failed("the manifest says incremental, and the read gave no cursor");
        }
        (None, false) if full.cursors == 0 => return SOURCE_CURSOR.skipped("the source gives no cursor"),
        (None, _) => {}
        (Some(cursor), _) => match gone_on(subject, options, full.records.clone(), cursor, full).await {
            Ok(count) => seen.push(format!("from the end: {count} records")),
            Err(reason) => return SOURCE_CURSOR.failed(format!("from the end: {reason}")),
        },
    }
    if full.cursors > 0 {
        match killed(subject, options, full).await {
            Ok(count) => seen.push(format!("from the middle, killed there: {count} records")),
            Err(reason) => return SOURCE_CURSOR.failed(format!("from the middle, killed there: {reason}")),
        }
    }
    SOURCE_CURSOR.passed(seen.join("; "))
}

async fn killed(subject: &Subject<'_>, options: &Value, full: &Taken) -> Result<u64, String> {
    let reading = start(subject, options, &ReadRequest::full(), CancellationToken::new()).await;
    let reading = reading.map_err(|error| error.to_string())?;
    let (taken, cursor) = reading::to_cursor(reading, full.cursors.div_ceil(2), &subject.witness).await;
    let cursor = cursor.ok_or("the second read gave fewer cursors")?;
    gone_on(subject, options, taken.records, &cursor, full).await
}

/// Reads from a cursor; what came before it and then has to be what there is.
async fn gone_on(
    subject: &Subject<'_>,
    options: &Value,
    before: Records,
    cursor: &str,
    full: &Taken,
) -> Result<u64, String> {
    let request = ReadRequest::incremental(Some(cursor.to_owned()));
    let (rest, ended) = read(subject, options, &request).await.map_err(|error| error.to_string())?;
    ended.map_err(|error| error.to_string())?;
    full.records.compare_uids(&before.and_then(rest.records))?;
    Ok(rest.count)
}

/// Cancels a read at once, and one whose first batch has come.
async fn judge_cancel(subject: &Subject<'_>, options: &Value, batches: u64) -> Finding {
    let mut seen = Vec::new();
    for (when, waits) in [("at once", false), ("after the first batch", true)] {
        if waits && batches < 2 {
            continue;
        }
        let cancel = CancellationToken::new();
        let reading = match start(subject, options, &ReadRequest::full(), cancel.clone()).await {
            Ok(reading) => reading,
            Err(error) => return SOURCE_CANCEL.skipped(format!("no read could be started: {error}")),
        };
        match cancelled(reading, &cancel, waits).await {
            Ok(took) => seen.push(format!("{when}: ended after {took}")),
            Err(reason) => return SOURCE_CANCEL.failed(format!("{when}: {reason}")),
        }
    }
    SOURCE_CANCEL.passed(seen.join("; "))
}

async fn cancelled(mut reading: Reading, cancel: &CancellationToken, waits: bool) -> Result<String, String> {
    if waits {
        reading.next().await.map_err(|error| error.to_string())?;
    }
    let start = Instant::now();
    cancel.cancel();
    let rest = async { while let Ok(Some(_)) = reading.next().await {} };
    // The worker is killed after the same grace, which also ends the read; whoever needs that long did not obey.
    match timeout(CANCEL_GRACE, rest).await {
        Ok(()) if start.elapsed() < CANCEL_GRACE => Ok(seconds(start)),
        Ok(()) | Err(_) => Err(format!("it went on for {}, and was killed", seconds(start))),
    }
}

/// Reads to the end; an error on the way there is beside what came before it.
async fn read(
    subject: &Subject<'_>,
    options: &Value,
    request: &ReadRequest,
) -> Result<(Taken, Result<(), WorkerError>), WorkerError> {
    let reading = start(subject, options, request, CancellationToken::new()).await?;
    let (taken, ended) = reading::to_end(reading, &subject.witness).await;
    Ok((taken, subject.noted(ended, &subject.witness)))
}

async fn start(
    subject: &Subject<'_>,
    options: &Value,
    request: &ReadRequest,
    cancel: CancellationToken,
) -> Result<Reading, WorkerError> {
    let worker = subject.open(options, Life::Busy, &subject.witness, cancel).await?;
    subject.noted(worker.read(request).await, &subject.witness)
}

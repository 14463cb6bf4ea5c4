//! The rules of targets: test records are created, created again as after a crash, updated, mixed with a bad one, and
//! deleted. Only a target whose options the options file has is written to.

use std::collections::BTreeSet;

use orgsync_plugin_api::{ErrorClass, TargetChange, TargetOutcome};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::catalogue::{
    CHECK_REACHABLE, CHECK_UNREACHABLE, OPTIONS_TYPES, TARGET_APPLY, TARGET_DELETE, TARGET_IDEMPOTENT,
    TARGET_ISOLATED, TARGET_UPDATE,
};
use super::example::{self, Example};
use super::report::{Finding, Rule};
use super::subject::{Given, Life, Subject, with_skipped};

/// The rules of targets that need options.
const WITH_OPTIONS: [&Rule; 8] = [
    &OPTIONS_TYPES,
    &CHECK_REACHABLE,
    &CHECK_UNREACHABLE,
    &TARGET_APPLY,
    &TARGET_IDEMPOTENT,
    &TARGET_UPDATE,
    &TARGET_ISOLATED,
    &TARGET_DELETE,
];

/// Holds a target against the rules.
pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    let (mut findings, options) = subject.judge_options().await;
    match options {
        Some(options) => {
            findings.push(subject.judge_check(&options).await);
            findings.push(subject.judge_unreachable(&options).await);
            subject.try_wrong_secrets(&options).await;
            findings.extend(judge_changes(subject, &options).await);
            findings = with_skipped(findings, &WITH_OPTIONS, "no record could be created");
        }
        None => {
            let why = format!("{}, so nothing is written", subject.no_options());
            findings = with_skipped(findings, &WITH_OPTIONS, &why);
        }
    }
    findings.extend(subject.judge_heard(Given::Outcomes));
    findings
}

async fn judge_changes(subject: &Subject<'_>, options: &Value) -> Vec<Finding> {
    let mut examples = example::good(subject.data_types);
    let creates: Vec<TargetChange> = examples.iter().map(Example::create).collect();
    let ids = match all_done(apply(subject, options, &creates).await, &examples) {
        Ok(ids) => ids,
        Err(reason) => {
            // What was created nevertheless is not left behind.
            let deletes: Vec<TargetChange> = examples.iter().rev().map(Example::delete).collect();
            let _ = apply(subject, options, &deletes).await;
            return vec![TARGET_APPLY.failed(reason)];
        }
    };
    let mut findings = vec![TARGET_APPLY.judge(distinct(&ids, examples.len()))];
    let again = all_done(apply(subject, options, &creates).await, &examples);
    findings.push(TARGET_IDEMPOTENT.judge(again.and_then(|again| same(&ids, &again))));
    example::know(&mut examples, &ids);
    findings.push(TARGET_UPDATE.judge(update(subject, options, &examples, &ids).await));
    let mut bad = example::bad(subject.data_types);
    findings.push(judge_isolated(subject, options, &examples, &mut bad).await);
    if bad.id.is_some() {
        examples.push(bad);
    }
    findings.push(TARGET_DELETE.judge(delete(subject, options, &examples).await));
    findings
}

async fn update(
    subject: &Subject<'_>,
    options: &Value,
    examples: &[Example],
    ids: &[String],
) -> Result<String, String> {
    let updates: Vec<TargetChange> =
        examples.iter().map(|example| example.update("Orgsync Test Anew")).collect();
    let answered = all_done(apply(subject, options, &updates).await, examples)?;
    same(ids, &answered)
}

/// A bad record between two good ones; gives it an id if it is taken.
async fn judge_isolated(
    subject: &Subject<'_>,
    options: &Value,
    examples: &[Example],
    bad: &mut Example,
) -> Finding {
    let mut changes: Vec<TargetChange> =
        examples.iter().map(|good| good.update("Orgsync Test Again")).collect();
    changes.insert(1.min(changes.len()), bad.create());
    let outcomes = match apply(subject, options, &changes).await {
        Ok(outcomes) => outcomes,
        Err(reason) => return TARGET_ISOLATED.failed(format!("the whole batch failed: {reason}")),
    };
    let failed = changes.iter().zip(&outcomes).filter_map(|(change, outcome)| match outcome {
        TargetOutcome::Failed(error) if change.uid != bad.uid => Some(format!("{}: {error}", change.uid)),
        _ => None,
    });
    let failed: Vec<String> = failed.collect();
    if !failed.is_empty() {
        return TARGET_ISOLATED
            .failed(format!("good records failed beside a bad one: {}", failed.join("; ")));
    }
    let of_bad = changes.iter().zip(&outcomes).find(|(change, _)| change.uid == bad.uid);
    match of_bad.map(|(_, outcome)| outcome) {
        Some(TargetOutcome::Failed(error)) if !is_class_of_outcome(error.class) => {
            TARGET_ISOLATED.failed(format!("the bad record failed with the class {:?}", error.class))
        }
        Some(TargetOutcome::Failed(error)) => TARGET_ISOLATED.passed(format!("refused alone: {error}")),
        Some(TargetOutcome::Done(id)) => {
            bad.id = Some(id.clone());
            TARGET_ISOLATED.skipped("the target takes any record")
        }
        None => TARGET_ISOLATED.failed("the bad record was not answered"),
    }
}

async fn delete(subject: &Subject<'_>, options: &Value, examples: &[Example]) -> Result<String, String> {
    let reversed: Vec<Example> = examples.iter().rev().cloned().collect();
    let deletes: Vec<TargetChange> = reversed.iter().map(Example::delete).collect();
    all_done(apply(subject, options, &deletes).await, &reversed)?;
    let again = all_done(apply(subject, options, &deletes).await, &reversed);
    again.map_err(|reason| format!("the second time: {reason}"))?;
    Ok(format!("{} records, twice", deletes.len()))
}

/// Has a worker of its own apply the changes, as a daemon does that has just been started.
async fn apply(
    subject: &Subject<'_>,
    options: &Value,
    changes: &[TargetChange],
) -> Result<Vec<TargetOutcome>, String> {
    let witness = &subject.witness;
    let applied = async {
        let mut worker = subject.open(options, Life::Busy, witness, CancellationToken::new()).await?;
        let outcomes = subject.noted(worker.apply(changes).await, witness)?;
        subject.noted(worker.close().await, witness)?;
        Ok(outcomes)
    };
    let outcomes = applied.await.map_err(|error: crate::worker::WorkerError| error.to_string())?;
    for outcome in &outcomes {
        match outcome {
            TargetOutcome::Done(id) => witness.error(id),
            TargetOutcome::Failed(error) => witness.error(&error.message),
        }
    }
    Ok(outcomes)
}

/// The ids, if every change was done.
fn all_done(
    outcomes: Result<Vec<TargetOutcome>, String>,
    examples: &[Example],
) -> Result<Vec<String>, String> {
    let answered = examples.iter().zip(outcomes?).map(|(example, outcome)| match outcome {
        TargetOutcome::Done(id) if id.is_empty() => Err(format!("{example}: its id is empty")),
        TargetOutcome::Done(id) => Ok(id),
        TargetOutcome::Failed(error) => Err(format!("{example}: {error}")),
    });
    answered.collect()
}

fn distinct(ids: &[String], count: usize) -> Result<String, String> {
    match ids.iter().collect::<BTreeSet<_>>().len() {
        found if found == count => Ok(format!("{count} records")),
        found => Err(format!("{count} records were answered with {found} different ids")),
    }
}

fn same(ids: &[String], again: &[String]) -> Result<String, String> {
    match ids.iter().zip(again).find(|(id, again)| id != again) {
        None => Ok(format!("the same {} ids", ids.len())),
        Some((id, again)) => Err(format!("the id `{id}` became `{again}`")),
    }
}

fn is_class_of_outcome(class: ErrorClass) -> bool {
    matches!(class, ErrorClass::Config | ErrorClass::Transient | ErrorClass::Invalid)
}

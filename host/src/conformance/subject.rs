//! One offer under examination: starts workers for it, with bounded patience, and lets the witness hear all that
//! comes of it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use orgsync_plugin_api::message::OfferKind;
use orgsync_plugin_api::{DataType, ErrorClass};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::worker::{Limits, Offer, Worker, WorkerError, WorkerSpec};

use super::address::{self, Refusing, Silent};
use super::catalogue::{
    CHECK_REACHABLE, CHECK_UNREACHABLE, OPTIONS_REQUIRED, OPTIONS_TYPES, OPTIONS_VALID, OUTPUT_QUIET,
    SECRETS_ERRORS, SECRETS_LOGS, SECRETS_RECORDS,
};
use super::options::{self, Wrong};
use super::report::{Finding, Rule};
use super::secrets::{self, Secret, Witness};

/// A worker that may well be busy is given up after so many times the patience without a word.
const BUSY: u32 = 4;

/// An offer, and how it is to be tested.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) spec: &'a WorkerSpec,
    pub(super) kind: OfferKind,
    pub(super) name: &'a str,
    pub(super) schema: &'a Value,
    pub(super) data_types: &'a [DataType],
    /// Whether it says that it can read what changed.
    pub(super) incremental: bool,
    /// The options file's, if it has any.
    pub(super) options: Option<&'a Value>,
    /// How long what is to be quick may take.
    pub(super) patience: Duration,
    /// How long a read may take.
    pub(super) longest: Duration,
    /// Looks for the secrets of the options.
    pub(super) witness: Arc<Witness>,
    /// Look for made-up ones.
    pub(super) others: Mutex<Vec<Arc<Witness>>>,
}

/// How long a worker may live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// No longer than the patience.
    Short,
    /// As long as it does something.
    Busy,
}

impl Subject<'_> {
    /// Starts a worker with the offer opened.
    pub(super) async fn open(
        &self,
        options: &Value,
        life: Life,
        witness: &Arc<Witness>,
        cancel: CancellationToken,
    ) -> Result<Worker, WorkerError> {
        let default = Limits::default();
        let limits = match life {
            Life::Short => Limits { task_timeout: self.patience, ..default },
            Life::Busy => {
                Limits { idle_timeout: self.patience * BUSY, task_timeout: self.longest, ..default }
            }
        };
        let spec = WorkerSpec { limits, listener: Some(witness.clone()), ..self.spec.clone() };
        let offer = Offer { kind: self.kind, name: self.name.to_owned(), options: options.clone() };
        self.noted(Worker::spawn(&spec, &offer, cancel).await, witness)
    }

    /// Lets the witness read the error, if it is one.
    pub(super) fn noted<T>(
        &self,
        result: Result<T, WorkerError>,
        witness: &Witness,
    ) -> Result<T, WorkerError> {
        result.inspect_err(|error| witness.error(&error.to_string()))
    }

    /// The rules of options, and the options to go on with, if there are any that are right.
    pub(super) async fn judge_options(&self) -> (Vec<Finding>, Option<Value>) {
        let (valid, usable) = self.usable_options().await;
        let Some(options) = usable else {
            let empty = Value::Object(Map::new());
            let lacks = options::accepts(self.schema, &empty).is_err();
            let wrong = lacks.then(|| Wrong { what: "without any".into(), options: empty });
            let required = self.all_refused(&OPTIONS_REQUIRED, wrong.into_iter().collect()).await;
            return (vec![valid, required], None);
        };
        let findings = vec![
            valid,
            self.all_refused(&OPTIONS_REQUIRED, options::lacking(self.schema, &options)).await,
            self.all_refused(&OPTIONS_TYPES, options::mistyped(self.schema, &options)).await,
        ];
        (findings, Some(options))
    }

    /// Those of the options file; for a source that is content with none, none.
    async fn usable_options(&self) -> (Finding, Option<Value>) {
        if let Some(options) = self.options {
            return match options::accepts(self.schema, options) {
                Ok(()) => (OPTIONS_VALID.passed("the options file's"), Some(options.clone())),
                Err(faults) => (OPTIONS_VALID.failed(faults), None),
            };
        }
        let empty = Value::Object(Map::new());
        if self.kind == OfferKind::Target || options::accepts(self.schema, &empty).is_err() {
            return (OPTIONS_VALID.skipped(self.no_options()), None);
        }
        match self.open(&empty, Life::Short, &self.witness, CancellationToken::new()).await {
            Err(WorkerError::Plugin { source, .. }) if source.class == ErrorClass::Config => {
                (OPTIONS_VALID.skipped(format!("{}; without any: {source}", self.no_options())), None)
            }
            _ => (OPTIONS_VALID.passed("none are required"), Some(empty)),
        }
    }

    /// Why there are no options to go on with.
    pub(super) fn no_options(&self) -> String {
        format!("the options file has no [{}s.{}]", self.kind.as_str(), self.name)
    }

    async fn all_refused(&self, rule: &'static Rule, wrong: Vec<Wrong>) -> Finding {
        if wrong.is_empty() {
            return rule.skipped("the schema takes whatever was tried");
        }
        let mut taken = Vec::new();
        for Wrong { what, options } in &wrong {
            let opened = self.open(options, Life::Short, &self.witness, CancellationToken::new()).await;
            match opened {
                Ok(_) => taken.push(format!("{what}: it was opened")),
                Err(WorkerError::Plugin { source, .. }) if source.class == ErrorClass::Config => {}
                Err(error) => taken.push(format!("{what}: {error}")),
            }
        }
        let tried: Vec<&str> = wrong.iter().map(|wrong| wrong.what.as_str()).collect();
        rule.judge(if taken.is_empty() {
            Ok(format!("refused {}", tried.join(", ")))
        } else {
            Err(taken.join("; "))
        })
    }

    /// Opens the offer, and has it checked, in a worker of its own.
    pub(super) async fn check(&self, options: &Value, witness: &Arc<Witness>) -> Result<(), WorkerError> {
        let mut worker = self.open(options, Life::Short, witness, CancellationToken::new()).await?;
        let notes = self.noted(worker.check().await, witness)?;
        notes.iter().for_each(|note| witness.error(note));
        self.noted(worker.close().await, witness)
    }

    pub(super) async fn judge_check(&self, options: &Value) -> Finding {
        let start = Instant::now();
        let checked = self.check(options, &self.witness).await;
        CHECK_REACHABLE.judge(match checked {
            Ok(()) => Ok(format!("it took {}", seconds(start))),
            Err(error) => Err(error.to_string()),
        })
    }

    /// Has it checked where nobody is, and where somebody never answers; with made-up secrets.
    pub(super) async fn judge_unreachable(&self, options: &Value) -> Finding {
        let ports = Refusing::open().and_then(|refusing| {
            let silent = Silent::open()?;
            Ok((refusing.port()?, silent.port()?, (refusing, silent)))
        });
        let (refusing, silent, _ports) = match ports {
            Ok(ports) => ports,
            Err(error) => return CHECK_UNREACHABLE.skipped(format!("no port could be had: {error}")),
        };
        if address::redirect(options, refusing).1.is_empty() {
            return CHECK_UNREACHABLE.skipped("no option looks like an address");
        }
        let refused = self.fails_in_time(options, refusing, "refused");
        let unanswered = self.fails_in_time(options, silent, "never answered");
        let (refused, unanswered) = tokio::join!(refused, unanswered);
        CHECK_UNREACHABLE.judge(match (refused, unanswered) {
            (Ok(refused), Ok(unanswered)) => Ok(format!("{refused}; {unanswered}")),
            (Err(one), Err(other)) => Err(format!("{one}; {other}")),
            (Err(one), Ok(_)) | (Ok(_), Err(one)) => Err(one),
        })
    }

    async fn fails_in_time(&self, options: &Value, port: u16, how: &str) -> Result<String, String> {
        let (options, _) = address::redirect(options, port);
        let (options, secrets) = secrets::made_up(self.schema, &options);
        let witness = self.another(&secrets);
        let start = Instant::now();
        match self.check(&options, &witness).await {
            Err(WorkerError::Plugin { source, .. }) if source.class != ErrorClass::Panic => {
                Ok(format!("{how}: `{}` after {}", source.message, seconds(start)))
            }
            Err(error) => Err(format!("{how}: {error}")),
            Ok(()) => Err(format!("{how}: check succeeded")),
        }
    }

    /// Has it checked with made-up secrets where it is, once: what it says then must not hold them.
    pub(super) async fn try_wrong_secrets(&self, options: &Value) {
        let (options, secrets) = secrets::made_up(self.schema, options);
        if !secrets.is_empty() {
            let witness = self.another(&secrets);
            // Whether they are refused is the system's business.
            let _ = self.check(&options, &witness).await;
        }
    }

    fn another(&self, secrets: &[Secret]) -> Arc<Witness> {
        let witness = Arc::new(Witness::of(secrets));
        self.others.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&witness));
        witness
    }

    /// What the witnesses heard of all that was done.
    pub(super) fn judge_heard(&self, given: Given) -> Vec<Finding> {
        let mut witnesses = self.others.lock().unwrap_or_else(PoisonError::into_inner).clone();
        witnesses.push(Arc::clone(&self.witness));
        let heard: Vec<_> = witnesses.iter().map(|witness| witness.heard()).collect();
        let secrets = witnesses.iter().map(|witness| witness.secrets()).max().unwrap_or(0);
        let judge = |rule: &'static Rule, leaks: BTreeSet<&String>| match (leaks.len(), secrets) {
            (0, 0) => rule.skipped("the options hold no secret of five characters or more"),
            (0, count) => rule.passed(format!("{count} secrets were looked for")),
            _ => rule.failed(leaks.iter().map(|leak| leak.as_str()).collect::<Vec<_>>().join(", ")),
        };
        let mut findings = Vec::new();
        if given == Given::Records {
            findings
                .push(judge(&SECRETS_RECORDS, heard.iter().flat_map(|heard| &heard.in_records).collect()));
        }
        findings.push(judge(&SECRETS_ERRORS, heard.iter().flat_map(|heard| &heard.in_errors).collect()));
        findings.push(judge(&SECRETS_LOGS, heard.iter().flat_map(|heard| &heard.in_logs).collect()));
        findings.push(match heard.iter().map(|heard| heard.printed).sum() {
            0 => OUTPUT_QUIET.passed("no line"),
            1 => OUTPUT_QUIET.warning("1 line"),
            lines => OUTPUT_QUIET.warning(format!("{lines} lines")),
        });
        findings
    }
}

/// The findings, and that the other rules were skipped, for one reason.
pub(super) fn with_skipped(mut findings: Vec<Finding>, rules: &[&'static Rule], why: &str) -> Vec<Finding> {
    for rule in rules {
        if !findings.iter().any(|finding| finding.rule == *rule) {
            findings.push(rule.skipped(why));
        }
    }
    findings
}

/// What an offer gives that secrets could be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    Records,
    Outcomes,
}

/// How long ago something was, for people.
pub(super) fn seconds(start: Instant) -> String {
    format!("{:.2} s", start.elapsed().as_secs_f64())
}

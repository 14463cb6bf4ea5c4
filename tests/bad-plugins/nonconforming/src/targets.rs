//! Targets that take nothing for granted but one rule. What they have is nowhere: ids follow from uids.

use std::time::SystemTime;

use orgsync_plugin_api::{ChangeOp, PluginError, Target, TargetChange, TargetOutcome};

use crate::options::Options;
use crate::server;

/// Declares targets: what each makes of a batch.
macro_rules! targets {
    ($($(#[$doc:meta])* $name:ident: $apply:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name(Options);

        impl Target for $name {
            type Options = Options;

            fn open(options: Options) -> Result<Self, PluginError> {
                Ok(Self(options))
            }

            fn check(&mut self) -> Result<(), PluginError> {
                server::ask(self.0.server.as_deref(), Some(std::time::Duration::from_millis(500)))
            }

            fn apply(&mut self, batch: &[TargetChange]) -> Result<Vec<TargetOutcome>, PluginError> {
                let apply: Apply = $apply;
                batch.iter().map(apply).collect()
            }
        }
    )*};
}

type Apply = fn(&TargetChange) -> Result<TargetOutcome, PluginError>;

targets! {
    /// Breaks no rule.
    Good: |change| Ok(outcome(change));
    /// Doesn't look whether there is one already.
    CreatesAnew: |change| Ok(match change.op {
        ChangeOp::Create if !is_bad(change) => TargetOutcome::Done(now()),
        _ => change.id.clone().map_or_else(|| outcome(change), TargetOutcome::Done),
    });
    /// Gives a new id with every update.
    Renumbers: |change| Ok(match change.op {
        ChangeOp::Update => TargetOutcome::Done(now()),
        _ => outcome(change),
    });
    /// Fails all for one.
    AllOrNothing: |change| match outcome(change) {
        TargetOutcome::Failed(error) => Err(error),
        done => Ok(done),
    };
    RefusesAll: |_| Ok(TargetOutcome::Failed(PluginError::transient("it is full")));
    /// Deletes nobody.
    Keeps: |change| Ok(match change.op {
        ChangeOp::Delete => TargetOutcome::Failed(PluginError::unsupported("nobody is deleted here")),
        _ => outcome(change),
    });
}

fn outcome(change: &TargetChange) -> TargetOutcome {
    match is_bad(change) {
        true => TargetOutcome::Failed(PluginError::invalid("the e-mail is none")),
        false => TargetOutcome::Done(change.uid.chars().rev().collect()),
    }
}

fn is_bad(change: &TargetChange) -> bool {
    change.record.as_ref().is_some_and(|record| record.get("email").is_some_and(|email| email == "@@"))
}

fn now() -> String {
    format!("{:?}", SystemTime::now())
}

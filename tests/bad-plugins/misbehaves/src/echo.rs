//! The well-behaved target: its ids are the uids backwards, and it refuses whoever is called `bad`.

use orgsync_plugin_api::{PluginError, Target, TargetChange, TargetOutcome};

use crate::options::Options;

pub(crate) struct Echo;

impl Target for Echo {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn apply(&mut self, batch: &[TargetChange]) -> Result<Vec<TargetOutcome>, PluginError> {
        let outcome = |change: &TargetChange| match change.uid.as_str() {
            "bad" => TargetOutcome::Failed(PluginError::invalid("it is called bad")),
            uid => TargetOutcome::Done(uid.chars().rev().collect()),
        };
        Ok(batch.iter().map(outcome).collect())
    }
}

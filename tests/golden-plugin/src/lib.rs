//! A source that gives as many people as it is told to, and a target that takes whatever it is given.

mod options;

use options::Options;
use orgsync_plugin_api::{
    export_plugin, tracing, Batches, ChangeOp, Department, PluginError, ReadEnd, ReadRequest, Source, Target,
    TargetChange, TargetOutcome, User,
};

export_plugin! {
    sources: { "golden" => Golden },
    targets: { "golden" => Golden },
}

/// Source and target alike.
pub struct Golden(Options);

impl Source for Golden {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        if options.people == 0 {
            return Err(PluginError::config("`people` is 0, and nobody is no organisation"));
        }
        Ok(Golden(options))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, request: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        tracing::info!(people = self.0.people, "reading: {:?}", request.mode);
        out.department(Department::new("d", "Golden"))?;
        for n in 0..self.0.people {
            out.user(User::new(format!("g{n}")).nickname(format!("Person {n}")).department("d"))?;
        }
        assert!(!self.0.panics, "the vendor's bug");
        Ok(ReadEnd::at("the end"))
    }
}

impl Target for Golden {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        Ok(Golden(options))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn apply(&mut self, changes: &[TargetChange]) -> Result<Vec<TargetOutcome>, PluginError> {
        let outcome = |change: &TargetChange| match change.op {
            ChangeOp::Delete => TargetOutcome::Failed(PluginError::invalid("nobody is deleted here")),
            _ => TargetOutcome::Done(format!("golden-{}", change.uid)),
        };
        Ok(changes.iter().map(outcome).collect())
    }
}

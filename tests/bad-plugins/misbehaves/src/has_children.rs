//! Starts a process that outlives it, and says its id.

use std::process::Command;

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, User};

use crate::options::Options;

pub(crate) struct HasChildren;

impl Source for HasChildren {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        let child = Command::new("/bin/sleep").arg("1000").spawn().map_err(PluginError::invalid)?;
        out.user(User::new(child.id().to_string()))?;
        Ok(ReadEnd::new())
    }
}

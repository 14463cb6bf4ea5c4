//! A thousand good records, then the connection is lost.

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, User};

use crate::options::Options;

pub(crate) struct PartialThenError;

impl Source for PartialThenError {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        for n in 0..1_000 {
            out.user(User::new(n.to_string()))?;
        }
        Err(PluginError::transient("the connection was lost"))
    }
}

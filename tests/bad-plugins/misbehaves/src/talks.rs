//! Logs, prints and complains.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what it is for")]

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, tracing};

use crate::options::Options;

pub(crate) struct Talks;

impl Source for Talks {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, _: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        tracing::warn!(tries = 3, "it took long");
        println!("on stdout");
        eprintln!("on stderr");
        Ok(ReadEnd::new())
    }
}

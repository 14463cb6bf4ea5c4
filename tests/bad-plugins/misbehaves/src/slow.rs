//! Takes `delayMs` for each of its `count` records, and stops when it is asked to.

use std::thread;
use std::time::Duration;

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, User};

use crate::mark::marked;
use crate::options::Options;

pub(crate) struct Slow(Options);

impl Source for Slow {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        Ok(Self(options))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        for n in 0..self.0.count {
            if out.is_cancelled() {
                return Err(PluginError::cancelled());
            }
            thread::sleep(Duration::from_millis(self.0.delay_ms));
            out.user(marked(User::new(format!("{}{n}", self.0.prefix)), &self.0))?;
        }
        Ok(ReadEnd::new())
    }
}

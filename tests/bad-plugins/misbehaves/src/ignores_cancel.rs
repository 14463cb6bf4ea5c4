//! Goes on sending and doesn't look at what it is answered.

use std::thread;
use std::time::Duration;

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, User};

use crate::options::Options;

pub(crate) struct IgnoresCancel;

impl Source for IgnoresCancel {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        loop {
            let _ = out.user(User::new("1"));
            thread::sleep(Duration::from_millis(1));
        }
    }
}

//! Never comes back.

use std::thread;
use std::time::Duration;

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source};

use crate::options::Options;

pub(crate) struct LoopsForever;

impl Source for LoopsForever {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, _: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        loop {
            thread::sleep(Duration::from_secs(1));
        }
    }
}

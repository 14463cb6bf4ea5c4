//! Panics when it is told to: `at`.

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source};

use crate::options::{At, Options};

pub(crate) struct Panics(At);

impl Source for Panics {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        panic_if(options.at == At::Open, "open");
        Ok(Self(options.at))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        panic_if(self.0 == At::Check, "check");
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, _: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        panic_if(self.0 == At::Read, "read");
        Ok(ReadEnd::new())
    }
}

impl Drop for Panics {
    fn drop(&mut self) {
        panic_if(self.0 == At::Drop, "drop");
    }
}

#[track_caller]
fn panic_if(now: bool, place: &str) {
    assert!(!now, "a bug in {place}");
}

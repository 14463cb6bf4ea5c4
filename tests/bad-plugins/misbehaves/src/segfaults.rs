//! Writes where there is nothing.
#![expect(unsafe_code, reason = "it has to crash")]

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source};

use crate::options::Options;

pub(crate) struct Segfaults;

impl Source for Segfaults {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, _: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        // SAFETY: there is none; that is the point.
        unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) };
        Ok(ReadEnd::new())
    }
}

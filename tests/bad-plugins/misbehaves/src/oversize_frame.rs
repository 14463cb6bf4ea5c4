//! Writes the header of a frame of 99 MiB past the API.

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source};

use crate::options::Options;

pub(crate) struct OversizeFrame;

impl Source for OversizeFrame {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, _: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        crate::write_to_socket(&[0, 0, 0x30, 0x06, 18]);
        Ok(ReadEnd::new())
    }
}

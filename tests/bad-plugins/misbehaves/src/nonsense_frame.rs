//! Writes a frame of a kind that there is not past the API.

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source};

use crate::options::Options;

pub(crate) struct NonsenseFrame;

impl Source for NonsenseFrame {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, _: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        crate::write_to_socket(&[0, 0, 0, 0, 200]);
        Ok(ReadEnd::new())
    }
}

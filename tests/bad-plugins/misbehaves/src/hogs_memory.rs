//! Takes memory until there is none left.

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source};

use crate::options::Options;

pub(crate) struct HogsMemory;

impl Source for HogsMemory {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, _: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        let mut hoard = Vec::new();
        loop {
            hoard.push(vec![1_u8; 8 << 20]);
            std::hint::black_box(&hoard);
        }
    }
}

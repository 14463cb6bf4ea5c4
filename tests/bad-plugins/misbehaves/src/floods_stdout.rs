//! Prints a hundred thousand lines and one very long one, then does its work.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, User};

use crate::options::Options;

pub(crate) struct FloodsStdout;

impl Source for FloodsStdout {
    type Options = Options;

    fn open(_: Options) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        for n in 0..100_000 {
            println!("line {n}");
        }
        println!("{}", "x".repeat(1 << 20));
        out.user(User::new("1"))?;
        Ok(ReadEnd::new())
    }
}

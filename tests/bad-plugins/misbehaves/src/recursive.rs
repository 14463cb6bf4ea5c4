//! Has options that hold themselves ten times, as a tree of filters does: a form that drew each level would never end.

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source};

use crate::node::Node;

impl Node {
    fn depth(&self) -> usize {
        let branches = [
            &self.p0, &self.p1, &self.p2, &self.p3, &self.p4, &self.p5, &self.p6, &self.p7, &self.p8,
            &self.p9,
        ];
        1 + branches.into_iter().flatten().map(|branch| branch.depth()).max().unwrap_or_default()
    }
}

pub(crate) struct Recursive;

impl Source for Recursive {
    type Options = Node;

    fn open(options: Node) -> Result<Self, PluginError> {
        match options.depth() {
            0..100 => Ok(Self),
            depth => Err(PluginError::config(format!("a tree of depth {depth}"))),
        }
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, _: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        Ok(ReadEnd::new())
    }
}

//! For a vendor's own tests: what a source yields, without a host.

use serde_json::Value;

use crate::batches::{Batches, Sink};
use crate::message::BatchHeader;
use crate::{DataType, PluginError, ReadEnd, ReadRequest, Source};

/// Everything that a source yielded in one read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadAll {
    /// The departments' JSON, in their order.
    pub departments: Vec<Value>,
    /// The users' JSON, in their order.
    pub users: Vec<Value>,
    /// How the read ended.
    pub end: ReadEnd,
}

/// Reads a source to its end.
///
/// # Errors
/// The source's own.
pub fn read_all(source: &mut impl Source, request: &ReadRequest) -> Result<ReadAll, PluginError> {
    let mut all = ReadAll::default();
    let mut out = Batches::new(&mut all);
    let end = source.read(request, &mut out)?;
    out.finish()?;
    Ok(ReadAll { end, ..all })
}

impl Sink for ReadAll {
    fn send(&mut self, header: BatchHeader, lines: &[u8]) -> Result<(), PluginError> {
        let records = match header.data_type {
            DataType::Department => &mut self.departments,
            DataType::User => &mut self.users,
        };
        for record in serde_json::Deserializer::from_slice(lines).into_iter() {
            records.push(record.map_err(PluginError::invalid)?);
        }
        Ok(())
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}

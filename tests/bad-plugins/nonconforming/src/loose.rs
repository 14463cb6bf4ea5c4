//! Sources that don't hold their options against the schema.

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, User};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Takes anything that has the required option.
pub(crate) struct IgnoresTypes;

/// Takes the right types, but needs nothing.
pub(crate) struct NeedsNothing;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "only whether they can be read is of interest")]
pub(crate) struct Lenient {
    organisation: Option<String>,
    server: Option<String>,
    token: Option<String>,
    count: Option<u64>,
}

impl Source for IgnoresTypes {
    type Options = Map<String, Value>;

    fn open(options: Self::Options) -> Result<Self, PluginError> {
        match options.contains_key("organisation") {
            true => Ok(Self),
            false => Err(PluginError::config("there is no organisation")),
        }
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        out.user(User::new("1")).map(|()| ReadEnd::new())
    }
}

impl Source for NeedsNothing {
    type Options = Lenient;

    fn open(_: Lenient) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        out.user(User::new("1")).map(|()| ReadEnd::new())
    }
}

//! A plugin's session in this process, where a test trusts the plugin: without a worker, and so fast.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use orgsync_plugin_api::PluginError;
use orgsync_plugin_api::abi_stable::erased_types::TD_Opaque;
use orgsync_plugin_api::abi_stable::std_types::{RResult, RSlice, RStr, RVec};
use orgsync_plugin_api::message::{self, OfferKind};
use orgsync_plugin_api::module::{
    HostCalls, HostCalls_TO, PluginModuleRef, SessionBox, decode_answer, encode_error,
};
use serde_json::Value;

use super::loader;

/// An open source or target.
pub(crate) struct Session(SessionBox);

impl Session {
    /// Opens a target that a library offers.
    pub(crate) fn target(library: &Path, name: &str, options: &Value) -> Result<Self, PluginError> {
        let module = module(library)?;
        let host = HostCalls_TO::from_value(Silent, TD_Opaque);
        let options = options.to_string();
        let opened =
            module.open()(OfferKind::Target.as_str().into(), name.into(), options.as_str().into(), host);
        decode_answer(opened).map(Self)
    }

    /// Has it do something.
    pub(crate) fn call(&mut self, op: &str, payload: &[u8]) -> Result<Vec<u8>, PluginError> {
        decode_answer(self.0.call(op.into(), payload.into())).map(Into::into)
    }
}

/// A library's module; it is looked at once.
fn module(library: &Path) -> Result<PluginModuleRef, PluginError> {
    static LOADED: Mutex<BTreeMap<PathBuf, PluginModuleRef>> = Mutex::new(BTreeMap::new());
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = loaded.get(library) {
        return Ok(*module);
    }
    let module = loader::load(library).map_err(PluginError::config)?;
    Ok(*loaded.entry(library.to_owned()).or_insert(module))
}

/// A host that wants to hear nothing.
struct Silent;

impl HostCalls for Silent {
    fn call(&self, op: RStr<'_>, _payload: RSlice<'_, u8>) -> RResult<RVec<u8>, RVec<u8>> {
        let answer = match op.as_str() {
            message::LOG => Ok(Vec::new()),
            message::LOG_LEVEL => Ok(b"null".to_vec()),
            message::CANCELLED => Ok(b"false".to_vec()),
            other => Err(message::unsupported(other)),
        };
        match answer {
            Ok(reply) => RResult::ROk(reply.into()),
            Err(error) => RResult::RErr(encode_error(&error)),
        }
    }
}

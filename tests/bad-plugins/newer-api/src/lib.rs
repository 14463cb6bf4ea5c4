//! A plugin as a later release of plugin-api may make one: its manifest and messages have keys that no host of today
//! knows, and it asks the host for operations that there are not. `newer` gets on without; `newest` can't.
#![expect(unsafe_code, reason = "exports by hand what export_plugin! exports")]

use orgsync_plugin_api::abi_stable::erased_types::TD_Opaque;
use orgsync_plugin_api::abi_stable::library::{
    __call_root_module_loader, CheckTypeLayout, LibHeader, RootModuleResult,
};
use orgsync_plugin_api::abi_stable::prefix_type::PrefixTypeTrait;
use orgsync_plugin_api::abi_stable::std_types::{RResult, RSlice, RStr, RVec};
use orgsync_plugin_api::module::{
    HostBox, HostCalls_TO, PluginModule, PluginModuleRef, SessionBox, SessionCalls, SessionCalls_TO,
};
use serde_json::json;

const JSON: &[u8] = br#"{"name":"newer-api","version":"9.0.0","vendor":"tests","abi":1,"api":"9.0.0",
"features":["streams"],"sources":[
{"name":"newer","title":"Newer","icon":"n.svg","options":{"type":"object"},"dataTypes":["user"]},
{"name":"newest","title":"Newest","icon":"n.svg","options":{"type":"object"},"dataTypes":["user"]}],
"views":[{"name":"chart"}]}"#;

#[used]
#[unsafe(link_section = ".orgsync.manifest")]
static MANIFEST: [u8; JSON.len()] = *JSON.first_chunk().unwrap();

#[unsafe(no_mangle)]
static ORGSYNC_PLUGIN_V1: LibHeader =
    // SAFETY: the constructor gives what `__call_root_module_loader` made of a `PluginModuleRef`.
    unsafe { LibHeader::from_constructor::<PluginModuleRef>(constructor, CheckTypeLayout::Yes) };

extern "C" fn constructor() -> RootModuleResult {
    __call_root_module_loader(|| PluginModule { open }.leak_into_prefix())
}

extern "C" fn open(
    _kind: RStr<'_>,
    name: RStr<'_>,
    _options: RStr<'_>,
    host: HostBox,
) -> RResult<SessionBox, RVec<u8>> {
    let newest = name.as_str() == "newest";
    RResult::ROk(SessionCalls_TO::from_value(Newer { host, newest }, TD_Opaque))
}

struct Newer {
    host: HostBox,
    newest: bool,
}

impl SessionCalls for Newer {
    fn call(&mut self, op: RStr<'_>, _: RSlice<'_, u8>) -> RResult<RVec<u8>, RVec<u8>> {
        match op.as_str() {
            "read" => self.read(),
            "close" => RResult::ROk(RVec::new()),
            // Of a class that hosts of today don't know.
            _ => RResult::RErr(bytes(
                &json!({"class": "quantum", "message": "it may be so or otherwise", "shard": 7}),
            )),
        }
    }
}

impl Newer {
    fn read(&self) -> RResult<RVec<u8>, RVec<u8>> {
        if let RResult::RErr(refused) = self.ask("stream", b"{}")
            && self.newest
        {
            return RResult::RErr(refused);
        }
        let header = json!({"dataType": "user", "count": 1, "shard": 7}).to_string();
        let batch = format!("{header}\n{}\n", json!({"uid": "n-1", "nickname": "Newer"}));
        match self.ask("batch", batch.as_bytes()) {
            RResult::ROk(_) => RResult::ROk(bytes(&json!({"cursor": null, "statistics": {"pages": 1}}))),
            refused => refused,
        }
    }

    fn ask(&self, op: &str, payload: &[u8]) -> RResult<RVec<u8>, RVec<u8>> {
        HostCalls_TO::call(&self.host, RStr::from(op), RSlice::from(payload))
    }
}

fn bytes(json: &serde_json::Value) -> RVec<u8> {
    json.to_string().into_bytes().into()
}

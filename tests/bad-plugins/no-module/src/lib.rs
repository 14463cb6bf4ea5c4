//! A manifest with nothing behind it, as if it were built without `export_plugin!`.
#![expect(unsafe_code, reason = "puts a manifest where hosts look for one")]

const JSON: &[u8] = br#"{"name":"no-module","version":"1.0.0","vendor":"tests","abi":1,"sources":[{"name":"no-module","title":"None","options":{},"dataTypes":["user"]}]}"#;

#[used]
#[unsafe(link_section = ".orgsync.manifest")]
static MANIFEST: [u8; JSON.len()] = *JSON.first_chunk().unwrap();

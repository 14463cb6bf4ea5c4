//! A manifest that says nothing to people, and a schema that is none.
#![expect(unsafe_code, reason = "puts a manifest where hosts look for one")]

const JSON: &[u8] = br#"{"name":"shabby","version":"one","vendor":"","abi":1,"sources":[{"name":"shabby","title":"","dataTypes":["user"],"options":{"type":"objekt","properties":{"password":{"type":"string"}}}}]}"#;

#[used]
#[unsafe(link_section = ".orgsync.manifest")]
static MANIFEST: [u8; JSON.len()] = *JSON.first_chunk().unwrap();

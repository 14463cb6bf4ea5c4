//! Aborts in a constructor, before any check of the host's could run.
#![expect(
    unsafe_code,
    reason = "puts a manifest where hosts look for one, and a constructor where the loader does"
)]

const JSON: &[u8] = br#"{"name":"dies-on-load","version":"1.0.0","vendor":"tests","abi":1,"sources":[{"name":"dies-on-load","title":"None","options":{},"dataTypes":["user"]}]}"#;

#[used]
#[unsafe(link_section = ".orgsync.manifest")]
static MANIFEST: [u8; JSON.len()] = *JSON.first_chunk().unwrap();

#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = die;

extern "C" fn die() {
    std::process::abort();
}

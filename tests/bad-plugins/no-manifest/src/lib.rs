//! A shared library like any other: no manifest, no plugin.
#![expect(unsafe_code, reason = "exports a symbol, as shared libraries do")]

/// Something to export.
#[unsafe(no_mangle)]
pub extern "C" fn orgsync_no_manifest() -> u32 {
    42
}

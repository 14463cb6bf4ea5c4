//! Manifests out of any file: what is accepted is what the file says, and makes sense.

use super::*;

/// A library, or else the text of a manifest by itself.
pub fn inspect(data: &[u8]) {
    match inspect_bytes(data) {
        Ok(inspection) => {
            assert!(data.starts_with(b"\x7fELF"), "only ELF files have manifests");
            assert_eq!((inspection.abi, inspection.size), (ABI_VERSION, data.len() as u64));
            assert_eq!(inspection.sha256, sha256(data));
            makes_sense(&inspection.manifest);
        }
        Err(Fault::NotElf(_) | Fault::Empty) => {
            if let Ok(manifest) = read_manifest(data) {
                makes_sense(&manifest);
            }
        }
        Err(fault) => {
            let text = fault.to_string();
            assert!(!text.is_empty() && !text.contains('\n'), "one line: {text:?}");
        }
    }
}

fn makes_sense(manifest: &Manifest) {
    assert_eq!(manifest.validate(), Ok(()));
    let written = serde_json::to_vec(manifest).expect("a manifest is JSON");
    assert_eq!(&read_manifest(&written).expect("it was accepted before"), manifest);
}

//! Names out of any text: a normal form is normal already, and so are the names above it.

use super::*;

/// Any text.
pub fn dn(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(dn) = Dn::parse(text) else { return };
    assert_eq!(Dn::parse(dn.as_str()), Ok(dn.clone()), "the normal form of {text:?}");
    assert_eq!(rdns(text).len(), dn.starts.len(), "the parts of {text:?}");
    let own = first_rdn(text);
    assert_eq!(first_rdn(dn.as_str()).len(), own.len(), "the own part of {text:?}");
    let mut below = dn.as_str().to_owned();
    for (ancestor, place) in dn.ancestors().zip(1..) {
        assert!(below.ends_with(ancestor) && below.len() > ancestor.len(), "{ancestor:?} is above {below:?}");
        assert_eq!(Dn::parse(ancestor).map(|dn| dn.starts.len()), Ok(dn.starts.len() - place), "{text:?}");
        below = ancestor.to_owned();
    }
    if text.is_ascii() {
        assert_eq!(Dn::parse(&text.to_ascii_uppercase()), Ok(dn), "{text:?} in upper case");
    }
}

#[cfg(test)]
#[test]
fn kept_names_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/dn");
    let mut inputs = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        dn(&std::fs::read(path).unwrap());
        inputs += 1;
    }
    assert!(inputs > 0, "there is nothing in {folder}");
}

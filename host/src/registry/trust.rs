//! Which libraries an operator trusts: pins and minisign signatures, and whether one of them is a must. A
//! signature lies beside its library as `<file>.minisig`. One that can't be verified is worse than none.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use minisign_verify::{PublicKey, Signature as Signed, StreamVerifier};

use super::inspect::digest;

/// What `[security]` says of plugins.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    pins: Demand,
    signatures: Demand,
    keys: Vec<PublicKey>,
}

/// Whether something has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Demand {
    /// It is looked at if it is there.
    #[default]
    Optional,
    /// Without it, a plugin is not loaded.
    Required,
}

/// What is wrong with `[security]`.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A key is none.
    #[error(
        "security.trusted_keys: `{0}` is no minisign public key; write the line of the .pub file that begins with RW"
    )]
    Key(String),
    /// No signature could ever be good.
    #[error("security.require_signature: needs at least one key in security.trusted_keys")]
    NoKeys,
}

/// What a library's signature is worth.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Signature {
    /// There is none.
    #[default]
    None,
    /// There is one, and no key to verify it with.
    Unchecked,
    /// It was made with a trusted key over this library and this comment.
    Valid(String),
    /// It is not to be trusted, for this reason.
    Invalid(String),
}

/// What has been read of a library and its signature.
pub(super) struct Verified {
    pub(super) sha256: String,
    pub(super) signature: Signature,
}

impl Trust {
    /// Demands and trusted keys, each the base64 line of a minisign `.pub` file.
    ///
    /// # Errors
    /// [`TrustError`], which names the key of `orgsync.toml`.
    pub fn new(pins: Demand, signatures: Demand, keys: &[String]) -> Result<Self, TrustError> {
        let key =
            |text: &String| PublicKey::from_base64(text.trim()).map_err(|_| TrustError::Key(text.clone()));
        let keys: Vec<PublicKey> = keys.iter().map(key).collect::<Result<_, _>>()?;
        if signatures == Demand::Required && keys.is_empty() {
            return Err(TrustError::NoKeys);
        }
        Ok(Self { pins, signatures, keys })
    }

    /// Why a library with this SHA-256 and signature is not to be loaded, if it is not.
    pub(super) fn refusal(&self, pin: Option<&str>, sha256: &str, signature: &Signature) -> Option<String> {
        match (pin, self.pins) {
            (Some(pin), _) if pin != sha256 => {
                return Some(format!("its sha256 differs from the pinned one: it is {sha256}"));
            }
            (None, Demand::Required) => {
                return Some(format!(
                    "it has no sha256 in plugins.toml, and security.require_sha256 asks for one; it is {sha256}"
                ));
            }
            _ => {}
        }
        match (signature, self.signatures) {
            (Signature::Invalid(reason), _) => Some(format!("its signature is not to be trusted: {reason}")),
            (Signature::None, Demand::Required) => {
                Some("it is not signed, and security.require_signature asks for a .minisig beside it".into())
            }
            (Signature::Unchecked, Demand::Required) => {
                Some("there is no key to verify its signature with".into())
            }
            _ => None,
        }
    }

    /// Reads a library once: its SHA-256, and what `signature`, the text of its `.minisig`, is worth.
    pub(super) fn verify(&self, library: File, signature: Option<&str>) -> io::Result<Verified> {
        let signed;
        let mut verifier = match signature {
            None => Err(Signature::None),
            Some(_) if self.keys.is_empty() => Err(Signature::Unchecked),
            Some(text) => match Signed::decode(text) {
                Ok(decoded) => {
                    signed = decoded;
                    self.verifier(&signed)
                }
                Err(_) => Err(Signature::Invalid("its .minisig is none that minisign writes".into())),
            },
        };
        let sha256 = digest(library, |piece| {
            if let Ok((verifier, _)) = &mut verifier {
                verifier.update(piece);
            }
            Ok(())
        })?;
        let signature = match verifier {
            Err(signature) => signature,
            Ok((mut verifier, comment)) => match verifier.finalize() {
                Ok(()) => Signature::Valid(comment),
                Err(_) => Signature::Invalid("it was made over another file, or has been changed".into()),
            },
        };
        Ok(Verified { sha256, signature })
    }

    fn verifier<'a>(&'a self, signed: &'a Signed) -> Result<(StreamVerifier<'a>, String), Signature> {
        let mut reason = "it was made with a key that is not among security.trusted_keys".to_owned();
        for key in &self.keys {
            match key.verify_stream(signed) {
                Ok(verifier) => return Ok((verifier, signed.trusted_comment().to_owned())),
                Err(minisign_verify::Error::UnexpectedKeyId) => {}
                Err(_) => reason = "it is of minisign's old form; sign again with a current minisign".into(),
            }
        }
        Err(Signature::Invalid(reason))
    }
}

impl Signature {
    /// Its name, as in `GET plugins`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Signature::None => "none",
            Signature::Unchecked => "unchecked",
            Signature::Valid(_) => "valid",
            Signature::Invalid(_) => "invalid",
        }
    }
}

/// Where a library's signature is.
pub fn signature_path(library: &Path) -> PathBuf {
    let mut path = library.as_os_str().to_owned();
    path.push(".minisig");
    path.into()
}

/// The text of a library's signature; whatever can't be read as text is an empty one, which nothing accepts.
pub(super) fn signature_of(library: &Path) -> Option<String> {
    /// Far more than any signature has.
    const MOST: u64 = 64 << 10;
    let path = signature_path(library);
    match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Ok(metadata) if metadata.is_file() && metadata.len() <= MOST => {
            Some(fs::read_to_string(&path).unwrap_or_default())
        }
        _ => Some(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use minisign::KeyPair;

    use super::*;

    struct Signer(KeyPair);

    impl Signer {
        fn new() -> Self {
            Self(KeyPair::generate_unencrypted_keypair().unwrap())
        }

        fn public(&self) -> String {
            self.0.pk.to_base64()
        }

        fn sign(&self, bytes: &[u8]) -> String {
            let signed =
                minisign::sign(Some(&self.0.pk), &self.0.sk, Cursor::new(bytes), Some("made today"), None);
            signed.unwrap().into_string()
        }
    }

    fn verify(trust: &Trust, bytes: &[u8], signature: Option<&str>) -> Signature {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("library");
        fs::write(&path, bytes).unwrap();
        trust.verify(File::open(path).unwrap(), signature).unwrap().signature
    }

    #[test]
    fn only_the_file_that_a_trusted_key_signed_is_valid() {
        let (ours, other) = (Signer::new(), Signer::new());
        let trust = Trust::new(Demand::Optional, Demand::Required, &[other.public(), ours.public()]).unwrap();
        let signature = ours.sign(b"library");
        assert_eq!(verify(&trust, b"library", Some(&signature)), Signature::Valid("made today".into()));
        let check = |bytes: &[u8], signature: &str, expected: &str| {
            assert_eq!(verify(&trust, bytes, Some(signature)), Signature::Invalid(expected.into()));
        };
        check(b"librarx", &signature, "it was made over another file, or has been changed");
        let claimed = signature.replace("made today", "made in 1970");
        check(b"library", &claimed, "it was made over another file, or has been changed");
        let unknown = Signer::new().sign(b"library");
        check(b"library", &unknown, "it was made with a key that is not among security.trusted_keys");
        check(b"library", "", "its .minisig is none that minisign writes");
        assert_eq!(verify(&trust, b"library", None), Signature::None);
        assert_eq!(verify(&Trust::default(), b"library", Some(&signature)), Signature::Unchecked);
    }

    #[test]
    fn what_is_demanded_is_missed() {
        let key = Signer::new().public();
        let check = |pins, signatures, pin: Option<&str>, signature: &Signature, expected: Option<&str>| {
            let trust = Trust::new(pins, signatures, std::slice::from_ref(&key)).unwrap();
            let refusal = trust.refusal(pin, "ab", signature);
            assert_eq!(refusal.is_some(), expected.is_some(), "{refusal:?}");
            assert!(refusal.unwrap_or_default().contains(expected.unwrap_or_default()));
        };
        let valid = Signature::Valid(String::new());
        let (optional, required) = (Demand::Optional, Demand::Required);
        check(optional, optional, None, &Signature::None, None);
        check(optional, optional, Some("ab"), &Signature::None, None);
        check(optional, optional, Some("cd"), &valid, Some("differs from the pinned one: it is ab"));
        check(required, optional, None, &valid, Some("security.require_sha256 asks for one; it is ab"));
        check(optional, required, Some("ab"), &Signature::None, Some("security.require_signature asks"));
        check(optional, required, None, &valid, None);
        check(optional, optional, None, &Signature::Invalid("why".into()), Some("not to be trusted: why"));
    }

    #[test]
    fn settings_that_make_no_sense_are_named() {
        let no_key = Trust::new(Demand::Optional, Demand::Optional, &["RWx".into()]).unwrap_err().to_string();
        assert!(no_key.starts_with("security.trusted_keys: `RWx` is no minisign public key"), "{no_key}");
        assert!(matches!(Trust::new(Demand::Optional, Demand::Required, &[]), Err(TrustError::NoKeys)));
    }
}

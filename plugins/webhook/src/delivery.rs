//! One delivery: some changes as a body, signed, under an id that is the same for the same changes. Pure.
//!
//! - `Idempotency-Key: 5f0c…`: SHA-256 of the changes, the first 32 hexadecimal digits
//! - `X-Orgsync-Signature: t=1792567680,v1=9f86d0…`: HMAC-SHA256 over `t`, a full stop and the body, hexadecimal
//! - `{"deliveryId":"5f0c…","changes":[…]}`

use std::ops::Range;

use hmac::{Hmac, KeyInit, Mac};
use orgsync_plugin_api::{PluginError, TargetChange};
use sha2::{Digest, Sha256};

/// The header field with the signature.
pub(crate) const SIGNATURE: &str = "x-orgsync-signature";

/// Changes as they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// Its id.
    pub(crate) id: String,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

/// How much of a batch goes into one delivery.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) changes: usize,
    pub(crate) bytes: usize,
}

/// The changes as JSON, each by itself.
pub(crate) fn encode(changes: &[TargetChange]) -> Result<Vec<String>, PluginError> {
    let texts = changes.iter().map(serde_json::to_string).collect::<Result<_, _>>();
    texts.map_err(|error| PluginError::invalid(format!("failed to write a change as json: {error}")))
}

/// Cuts changes, by their lengths, into deliveries that are no larger than they may be. A change that is too
/// long is alone.
pub(crate) fn cut(lengths: &[usize], size: Size) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, length) in lengths.iter().enumerate() {
        if at > start && (at - start >= size.changes || bytes + length > size.bytes) {
            parts.push(start..at);
            (start, bytes) = (at, 0);
        }
        bytes += length;
    }
    if start < lengths.len() {
        parts.push(start..lengths.len());
    }
    parts
}

impl Delivery {
    /// A delivery of changes, each as JSON.
    pub(crate) fn new(changes: &[String]) -> Self {
        let changes = format!("[{}]", changes.join(","));
        let digest = hexadecimal(&Sha256::digest(&changes));
        let id = digest[..32].to_owned();
        let body = format!(r#"{{"deliveryId":"{id}","changes":{changes}}}"#).into_bytes();
        Self { id, body }
    }

    /// The value of [`SIGNATURE`], at a time in seconds since 1970.
    pub(crate) fn signature(&self, secret: &[u8], time: u64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of every length");
        mac.update(time.to_string().as_bytes());
        mac.update(b".");
        mac.update(&self.body);
        format!("t={time},v1={}", hexadecimal(&mac.finalize().into_bytes()))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use orgsync_plugin_api::{ChangeOp, DataType};

    use super::*;

    #[test]
    fn the_same_changes_have_the_same_id_and_others_another() {
        let changes = ["1", "2"].map(|uid| TargetChange::new(ChangeOp::Delete, DataType::User, uid));
        let texts = encode(&changes).unwrap();
        let delivery = Delivery::new(&texts);
        assert_eq!(delivery, Delivery::new(&encode(&changes).unwrap()));
        assert_ne!(delivery.id, Delivery::new(&texts[..1]).id);
        assert_eq!(
            String::from_utf8(Delivery::new(&texts[..1]).body).unwrap(),
            "{\"deliveryId\":\"f6b6292bb111c24bcf1ec1b06bc8344e\",\"changes\":[{\"op\":\"delete\",\
             \"dataType\":\"user\",\"uid\":\"1\"}]}"
        );
    }

    /// Made with `printf '1792567680.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef`.
    #[test]
    fn the_signature_is_what_openssl_makes_of_it() {
        let delivery = Delivery { id: String::new(), body: br#"{"a":1}"#.to_vec() };
        assert_eq!(
            delivery.signature(b"0123456789abcdef", 1_792_567_680),
            "t=1792567680,v1=7ed1925475c57ddc99e0c100d0ad380b2086fbceea14675f8352c68bc4ed7a9f"
        );
    }

    #[test]
    fn deliveries_are_no_larger_than_they_may_be() {
        let check = |lengths: &[usize], expected: &[(usize, usize)]| {
            let parts = cut(lengths, Size { changes: 3, bytes: 100 });
            let parts: Vec<_> = parts.into_iter().map(|part| (part.start, part.end)).collect();
            assert_eq!(parts, expected, "{lengths:?}");
        };
        check(&[], &[]);
        check(&[1, 1, 1], &[(0, 3)]);
        check(&[1, 1, 1, 1], &[(0, 3), (3, 4)]);
        check(&[60, 40, 1], &[(0, 2), (2, 3)]);
        check(&[1, 500, 1], &[(0, 1), (1, 2), (2, 3)]);
    }
}

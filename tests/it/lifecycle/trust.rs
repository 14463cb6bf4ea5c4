//! Pins and signatures with a real daemon and keys of minisign's own making.

use std::fs;
use std::io::Cursor;

use minisign::KeyPair;
use serde_json::json;

use super::{ITEM, assert_synced, place, plugin, put, wait_for, wait_for_state};
use crate::support::daemon::Place;
use crate::support::versions::{FIRST, first, second};

fn sign(place: &Place, keys: &KeyPair, bytes: &[u8]) {
    let signed =
        minisign::sign(Some(&keys.pk), &keys.sk, Cursor::new(bytes), Some("release 1"), None).unwrap();
    fs::write(place.path("plugins/m.so.minisig"), signed.into_string()).unwrap();
}

#[test]
fn only_what_is_signed_is_loaded_where_that_is_asked_for() {
    let (ours, theirs) =
        (KeyPair::generate_unencrypted_keypair().unwrap(), KeyPair::generate_unencrypted_keypair().unwrap());
    let place = place();
    put(&place, first());
    place.write("plugins.toml", ITEM);
    let security =
        format!("[security]\nrequire_signature = true\ntrusted_keys = [\"{}\"]\n", ours.pk.to_base64());
    place.write("orgsync.toml", &security);
    let daemon = place.serve();
    let unsigned = plugin(&daemon, "m");
    let expected = "it is not signed, and security.require_signature asks for a .minisig beside it";
    assert_eq!((&unsigned["state"], &unsigned["reason"]), (&json!("invalid"), &json!(expected)));

    sign(&daemon.place, &ours, first());
    let signed = wait_for_state(&daemon, "m", "ready");
    assert_eq!(signed["signature"], json!({"state": "valid", "detail": "release 1"}));
    daemon.add_source("people", "records", json!({"count": 1, "tellsBuild": true}));

    // A new version with the old signature, and with somebody else's: the old version goes on.
    put(&daemon.place, second());
    let reason =
        |reason: &'static str| move |plugin: &serde_json::Value| plugin["fallback"]["reason"] == reason;
    let changed = "its signature is not to be trusted: it was made over another file, or has been changed";
    wait_for(&daemon, "m", "refused", reason(changed));
    sign(&daemon.place, &theirs, second());
    let foreign =
        "its signature is not to be trusted: it was made with a key that is not among security.trusted_keys";
    let shown = wait_for(&daemon, "m", "refused", reason(foreign));
    assert_eq!(
        (&shown["manifest"]["version"], &shown["signature"]["state"]),
        (&json!("0.1.0"), &json!("valid"))
    );
    assert_synced(&daemon, "people", FIRST);
    sign(&daemon.place, &ours, second());
    wait_for(&daemon, "m", "new", |plugin| plugin["manifest"]["version"] == "0.2.0");
    drop(daemon);
}

#[test]
fn what_is_not_pinned_is_refused_where_that_is_asked_for() {
    let place = place();
    put(&place, first());
    place.write("plugins.toml", ITEM);
    place.write("orgsync.toml", "[security]\nrequire_sha256 = true\n");
    let daemon = place.serve();
    let refused = plugin(&daemon, "m");
    let reason = refused["reason"].as_str().unwrap();
    assert!(reason.starts_with("it has no sha256 in plugins.toml"), "{reason}");
    // The reason names what to write.
    let sha256 = reason.rsplit(' ').next().unwrap();
    daemon.place.write("plugins.toml", &format!("{ITEM}sha256 = \"{sha256}\"\n"));
    wait_for_state(&daemon, "m", "ready");
    drop(daemon);
}

#[test]
fn settings_that_no_signature_could_satisfy_stop_the_start() {
    let place = place();
    place.write("orgsync.toml", "[security]\nrequire_signature = true\n");
    let refused = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && said.contains("security.require_signature: needs at least one key"),
        "{said}"
    );
}

//! `orgsync plugin new`: what it makes is a crate as it should be, builds, passes its own tests and all of the suite's; and
//! it makes all of it or nothing.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::vendor::Vendor;

#[track_caller]
fn good(output: Output) -> String {
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
    said(&output.stdout)
}

/// The report on a library that breaks no rule.
#[track_caller]
fn examined(vendor: &Vendor, place: &Path, library: &str) -> Value {
    let words = ["orgsync", "plugin", "test", library, "--options", "options.toml", "--json"];
    let report: Value = serde_json::from_str(&good(vendor.run(place, &words))).unwrap();
    assert_eq!((&report["failed"], &report["warnings"]), (&0.into(), &0.into()), "{report:#}");
    report
}

#[test]
fn a_new_plugin_builds_and_passes_everything() {
    let vendor = Vendor::new("both");
    let here = vendor.directory();
    let told = good(
        vendor.run(here, &["orgsync", "plugin", "new", "acme-hr", "--kind", "both", "--vendor", "A \"B\""]),
    );
    assert!(
        told.contains("orgsync plugin test target/release/libacme_hr.so --options options.toml"),
        "{told}"
    );
    let place = here.join("acme-hr");
    let run = |words: &[&str]| good(vendor.run(&place, words));
    run(&["cargo", "fmt", "--check"]);
    run(&["cargo", "clippy", "--all-targets", "--", "-D", "warnings"]);
    run(&["cargo", "test"]);
    run(&["cargo", "build"]);
    fs::create_dir_all(place.join("target/outbox")).unwrap();
    let report = examined(&vendor, &place, "target/debug/libacme_hr.so");
    assert_eq!(report["plugin"]["vendor"], "A \"B\"");
    // What can't be tried with a file and a directory.
    let skipped: Vec<&str> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["status"] == "skipped")
        .map(|check| check["id"].as_str().unwrap())
        .collect();
    let of_both = ["check.unreachable", "secrets.errors", "secrets.logs"];
    let of_source = ["source.memory.flat", "source.cursor.resumes", "secrets.records"];
    assert!(skipped.iter().all(|id| of_both.contains(id) || of_source.contains(id)), "{skipped:?}");
    assert_eq!(
        fs::read_dir(place.join("target/outbox")).unwrap().count(),
        0,
        "test records are deleted again"
    );
}

#[test]
fn one_kind_or_another_api_can_be_asked_for() {
    let vendor = Vendor::new("kinds");
    let here = vendor.directory();
    let api = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-api");
    let api = ["--api-path", api.to_str().unwrap()];
    for kind in ["source", "target"] {
        good(vendor.run(
            here,
            &[&["orgsync", "plugin", "new", "acme", "--kind", kind, "--path", kind][..], &api].concat(),
        ));
        assert!(!here.join(kind).join("orgsync-plugin-api").exists());
        good(vendor.run(&here.join(kind), &["cargo", "check", "--all-targets"]));
    }
    assert!(!here.join("source/src/target.rs").exists() && !here.join("target/src/source.rs").exists());
    let place = here.join("target");
    good(vendor.run(&place, &["cargo", "build"]));
    fs::create_dir_all(place.join("target/outbox")).unwrap();
    examined(&vendor, &place, "target/debug/libacme.so");
}

#[test]
fn what_cannot_be_made_says_why_and_leaves_nothing() {
    let vendor = Vendor::new("refused");
    let here = vendor.directory();
    fs::create_dir(here.join("there")).unwrap();
    let before = fs::read_dir(here).unwrap().count();
    for (words, reason) in [
        (
            &["Acme_HR"][..],
            "`Acme_HR` is no name for a plugin: it takes lowercase letters, digits and single hyphens",
        ),
        (&["users"], "`users` means something else already; take another name, such as `acme-users`"),
        (&["there"], "there exists already: name another directory with --path"),
        (&["acme", "--path", "nowhere/acme"], "failed to write nowhere/acme: "),
        (&["acme", "--api-path", "there"], "--api-path there is no crate: "),
        (
            &["acme", "--api-path", concat!(env!("CARGO_MANIFEST_DIR"), "/../host")],
            "is not the crate orgsync-plugin-api",
        ),
    ] {
        let output = vendor.run(here, &[&["orgsync", "plugin", "new"], words].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains(reason), "{said}");
    }
    assert_eq!(fs::read_dir(here).unwrap().count(), before);
}

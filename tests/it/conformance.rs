//! `orgsync plugin test` from outside: every bad plugin breaks the rule that it is made to break, and no other; good ones
//! break none.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use orgsync::conformance::RULES;
use serde_json::{Value, json};

use crate::support::artifacts;
use crate::support::daemon::Place;
use crate::support::receiver::{Receiver, Reply};

/// What an offer of a plugin is tested with, and the rules that it breaks.
struct Case {
    plugin: &'static str,
    kind: &'static str,
    offer: &'static str,
    options: Value,
    broken: &'static [&'static str],
}

fn source(
    plugin: &'static str,
    offer: &'static str,
    options: Value,
    broken: &'static [&'static str],
) -> Case {
    Case { plugin, kind: "sources", offer, options, broken }
}

fn target(
    plugin: &'static str,
    offer: &'static str,
    options: Value,
    broken: &'static [&'static str],
) -> Case {
    Case { plugin, kind: "targets", offer, options, broken }
}

fn test(place: &Place, library: &Path, arguments: &[&str]) -> Output {
    let all = [&["plugin", "test", library.to_str().unwrap()], arguments].concat();
    place.run(&all)
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn with_status<'a>(report: &'a Value, status: &str) -> Vec<&'a str> {
    let checks = report["checks"].as_array().unwrap().iter();
    checks.filter(|check| check["status"] == status).map(|check| check["id"].as_str().unwrap()).collect()
}

/// Tests one offer alone, and gives the report.
fn examined(case: &Case, place: &Place, number: usize) -> Value {
    let mut file = json!({});
    file[case.kind][case.offer] = case.options.clone();
    let options = place.write(&format!("options-{number}.json"), &file.to_string());
    let arguments = ["--options", options.to_str().unwrap(), "--offer", case.offer, "--json"];
    // Only one never ends.
    let longest = if case.offer == "ignores-cancel" { "5s" } else { "3m" };
    let patience = ["--patience", "5s", "--longest", longest];
    let output = test(place, &artifacts::plugin(case.plugin), &[&arguments[..], &patience].concat());
    let report = report(&output);
    let failed = with_status(&report, "failed");
    assert_eq!(output.status.code(), Some(i32::from(!failed.is_empty())), "{report:#}");
    let token = case.options["token"].as_str().unwrap_or("right-token");
    assert!(!String::from_utf8_lossy(&output.stdout).contains(token), "a report repeats no secret");
    report
}

/// A server that answers every line with a line.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut line = String::new();
            // Whoever hangs up gets no answer.
            let _ =
                BufReader::new(&stream).read_line(&mut line).and_then(|_| (&stream).write_all(b"hello\n"));
        }
    });
    address
}

/// How the reports differ from what the cases expect; some are examined at the same time.
fn differences(cases: &[Case], expected: &str, place: &Place) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some((number, case)) = {
            let number = next.fetch_add(1, Ordering::Relaxed);
            cases.get(number).map(|case| (number, case))
        } {
            let report = examined(case, place, number);
            let mut broken = [with_status(&report, "failed"), with_status(&report, "warning")].concat();
            if case.offer == "hogs-memory" {
                // Whether it is out of memory within five seconds is up to the machine.
                broken.retain(|id| *id != "source.cancel");
            }
            if broken != case.broken {
                wrong.push(format!("{} {} breaks {broken:?}, {expected}: {report:#}", case.kind, case.offer));
            }
        }
        wrong
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

#[test]
fn every_bad_plugin_breaks_its_own_rule() {
    let place = Place::new(&[]);
    let server = server();
    let options = |more: Value| {
        let mut options = json!({"organisation": "ACME", "server": server, "token": "right-token"});
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        options
    };
    let plain = || options(json!({}));
    let many = || options(json!({"count": 100_000}));
    let none = || json!({});
    let (a, b) = ("nonconforming", "misbehaves");
    let cases = [
        source(a, "ignores-types", plain(), &["options.types", "check.unreachable"]),
        source(a, "needs-nothing", plain(), &["options.required", "check.unreachable"]),
        source(a, "trusting", plain(), &["check.unreachable"]),
        source(a, "patient", plain(), &["check.unreachable"]),
        source(a, "duplicates", plain(), &["source.uids.unique"]),
        source(a, "without-uids", plain(), &["source.records.valid"]),
        source(a, "undeclared", plain(), &["source.types.declared"]),
        source(a, "unsteady", plain(), &["source.read.repeats"]),
        source(a, "huge-batches", plain(), &["source.batches.bounded"]),
        source(a, "grows", many(), &["source.memory.flat"]),
        source(a, "heaps-up", many(), &["source.memory.flat"]),
        source(a, "forgets-its-place", plain(), &["source.cursor.resumes"]),
        source(a, "jumps-ahead", plain(), &["source.cursor.resumes"]),
        source(a, "leaks-in-records", plain(), &["secrets.records"]),
        source(a, "leaks-in-errors", plain(), &["secrets.errors"]),
        source(a, "leaks-in-logs", plain(), &["secrets.logs"]),
        source(a, "prints", plain(), &["output.quiet"]),
        target(a, "creates-anew", plain(), &["target.apply.idempotent"]),
        target(a, "renumbers", plain(), &["target.apply.updates"]),
        target(a, "all-or-nothing", plain(), &["target.apply.isolated"]),
        target(a, "keeps", plain(), &["target.apply.deletes"]),
        source(b, "partial-then-error", none(), &["source.read"]),
        source(b, "panics", none(), &["source.read"]),
        source(b, "panics", json!({"at": "open"}), &["check.reachable", "source.read"]),
        source(b, "panics", json!({"at": "check"}), &["check.reachable"]),
        source(b, "panics", json!({"at": "drop"}), &["check.reachable", "source.read"]),
        source(b, "segfaults", none(), &["source.read"]),
        source(b, "aborts", none(), &["source.read"]),
        source(b, "exits-zero", none(), &["source.read"]),
        source(b, "hogs-memory", none(), &["source.read"]),
        source(b, "oversize-frame", none(), &["source.read"]),
        source(b, "nonsense-frame", none(), &["source.read"]),
        source(b, "loops-forever", none(), &["source.read", "source.cancel"]),
        source(b, "ignores-cancel", none(), &["source.read", "source.uids.unique", "source.cancel"]),
        source(b, "floods-stdout", none(), &["output.quiet"]),
        source(b, "talks", none(), &["output.quiet"]),
    ];
    let wrong = differences(&cases, "not its own rule", &place);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // No rule is without a plugin that breaks it.
    let broken: BTreeSet<&str> =
        cases.iter().flat_map(|case| case.broken).copied().chain(BROKEN_ELSEWHERE).collect();
    assert_eq!(broken, RULES.iter().map(|rule| rule.id).collect());
}

/// The rules that `libraries_and_manifests_are_examined` and `options_are_examined` break.
const BROKEN_ELSEWHERE: [&str; 8] = [
    "library.manifest",
    "library.loads",
    "manifest.complete",
    "manifest.schema",
    "manifest.described",
    "manifest.secrets",
    "options.valid",
    "target.apply",
];

#[test]
fn libraries_and_manifests_are_examined() {
    let place = Place::new(&[]);
    let check = |library: &Path, broken: &[&str], seen: &str| {
        let output = test(&place, library, &["--json"]);
        let report = report(&output);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(with_status(&report, "failed"), broken, "{report:#}");
        let checks = report["checks"].as_array().unwrap();
        let first = checks.iter().find(|check| check["status"] == "failed").unwrap();
        assert!(first["seen"].as_str().unwrap().contains(seen), "{first}");
    };
    let plugin = artifacts::plugin;
    check(&place.write("text.so", "hello"), &["library.manifest"], "not an ELF file");
    check(&plugin("no-manifest"), &["library.manifest"], "it has no section .orgsync.manifest");
    check(&plugin("wrong-abi"), &["library.manifest"], "built for plugin ABI 99");
    check(&plugin("no-module"), &["manifest.schema", "library.loads"], "its type is not `object`");
    check(&plugin("dies-on-load"), &["manifest.schema", "library.loads"], "its type is not `object`");
    let shabby =
        ["manifest.complete", "manifest.schema", "manifest.described", "manifest.secrets", "library.loads"];
    check(&plugin("shabby-manifest"), &shabby, "the vendor is empty; the version `one` is not like 1.2.3");
}

#[test]
fn options_are_examined() {
    let place = Place::new(&[]);
    let unheard = |options: Value| Case {
        plugin: "nonconforming",
        kind: "sources",
        offer: "good",
        options,
        broken: &[],
    };
    let report = examined(&unheard(json!({"organisation": 3, "token": "right-token"})), &place, 0);
    assert_eq!(with_status(&report, "failed"), ["options.valid"], "{report:#}");
    // A target that can't be reached takes nothing.
    let mut silent = unheard(json!({"organisation": "bad", "token": "right-token"}));
    silent.kind = "targets";
    silent.offer = "refuses-all";
    let report = examined(&silent, &place, 1);
    assert_eq!(with_status(&report, "failed"), ["target.apply"], "{report:#}");

    let nonconforming = artifacts::plugin("nonconforming");
    let refused = |arguments: &[&str], reason: &str| {
        let output = test(&place, &nonconforming, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
        assert!(said.lines().count() == 1 && said.contains(reason), "{said}");
    };
    let file = place.write("of-another.toml", "[sources.ldap]\n");
    refused(
        &["--options", file.to_str().unwrap()],
        "options for the source `ldap`, which the plugin does not offer",
    );
    refused(&["--offer", "ldap"], "the plugin offers no `ldap`");
    refused(&["--options", "nowhere.toml"], "failed to read nowhere.toml");
}

#[test]
fn good_plugins_break_no_rule() {
    let place = Place::new(&[]);
    let lines = |line: fn(u32) -> String| (0..100_000).map(line).collect::<String>();
    let users = lines(|n| format!("{n},person{n},person{n}@acme.example,d\n"));
    let users = place.write("users.csv", &format!("uid,username,email,departments\n{users}"));
    let departments = place.write("departments.csv", "uid,title\nd,Sales\n");
    let files = json!({"users": {"path": users}, "departments": {"path": departments}});
    let options =
        json!({"organisation": "ACME", "server": server(), "token": "right-token", "count": 100_000});
    let receiver = Receiver::start(|_| Reply::status(204));
    let webhook = json!({"url": receiver.url(), "secret": "0123456789abcdef", "timeout": 2});
    let cases = [
        source("nonconforming", "good", options.clone(), &[]),
        target("nonconforming", "good", options, &[]),
        source("files", "files", files, &[]),
        source("misbehaves", "records", json!({"count": 5, "password": "right"}), &[]),
        source("misbehaves", "slow", json!({"count": 300}), &[]),
        target("misbehaves", "echo", json!({}), &[]),
        target("webhook", "webhook", webhook, &[]),
    ];
    let wrong = differences(&cases, "not none", &place);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // Where everything can be tried, nothing is skipped.
    let skipped = |number: usize| {
        let report = examined(&cases[number], &place, number);
        let checks = report["checks"].as_array().unwrap().iter().filter(|check| check["status"] == "skipped");
        let own = checks
            .filter(|check| format!("{}s", check["offer"]["kind"].as_str().unwrap()) == cases[number].kind);
        own.map(|check| check["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((skipped(0), skipped(1)), (vec![], vec![]));
}

#[test]
fn without_options_only_what_needs_none_is_tried() {
    let place = Place::new(&[]);
    let output = test(&place, &artifacts::plugin("files"), &[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let why = "skipped  source.read                the options file has no [sources.files]";
    assert!(said.contains(why) && said.contains("passed   library.loads"), "{said}");
    let output = test(&place, &artifacts::plugin("nonconforming"), &["--offer", "keeps"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("the options file has no [targets.keeps], so nothing is written"), "{said}");
}

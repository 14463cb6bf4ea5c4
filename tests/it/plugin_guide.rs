//! docs/plugin-guide.md: every command in it is run as it is written, in the order of the document, from `plugin new` to
//! a signed release in a running daemon, and prints what the document shows. No rule of the suite is missing from it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use orgsync::conformance::RULES;

use crate::http_api_docs::document::{Document, Example, Shown};
use crate::support::artifacts;
use crate::support::daemon::Place;
use crate::support::vendor::Vendor;

/// Where the document says that the daemon listens.
const ADDRESS: &str = "http://127.0.0.1:8370";
/// What starts the daemon, which the test does itself.
const SERVE: &str = "orgsync serve";

/// Runs all examples in one shell, so that variables and directories last, and holds what they print against what the
/// document shows.
fn run(vendor: &Vendor, directory: &Path, examples: &[Example]) {
    let mut script = String::from("set -eu -o pipefail\nhere=$PWD\n");
    for (number, Example { commands, .. }) in examples.iter().enumerate() {
        script +=
            &format!("{{\n{commands}\n}} >\"$here/{number}.out\" 2>\"$here/{number}.err\" </dev/null\n");
    }
    let ended = vendor.command("bash", directory).arg("-c").arg(script).output().unwrap();
    let of = |number: usize, what: &str| {
        fs::read_to_string(directory.join(format!("{number}.{what}"))).unwrap_or_default()
    };
    let begun = (0..examples.len()).filter(|number| directory.join(format!("{number}.out")).exists()).count();
    let (last, line) = (begun - 1, examples[begun - 1].line);
    assert!(
        ended.status.success(),
        "the commands in line {line} ended with {}: {}{}",
        ended.status,
        of(last, "out"),
        of(last, "err")
    );
    for (number, example) in examples.iter().enumerate() {
        let printed = of(number, "out");
        let checked = example.shown.as_ref().map_or(Ok(()), |shown| shown.check(&printed));
        checked.unwrap_or_else(|reason| panic!("line {}: {reason}: {printed}", example.line));
    }
}

#[test]
fn every_command_of_the_document_does_as_shown() {
    let mut document = Document::read("plugin-guide.md");
    let serve = document.examples.iter().position(|example| example.commands == SERVE).unwrap();
    let in_daemon = document.examples.split_off(serve + 1);
    document.examples.pop();
    assert!(document.examples.len() > 4 && in_daemon.len() > 1, "the document has few commands");
    let shown = document.examples.iter().chain(&in_daemon).filter(|example| example.shown.is_some()).count();
    assert!(shown > 2, "the document shows little");

    let vendor = Vendor::new("guide");
    run(&vendor, vendor.directory(), &document.examples);

    let place = Place::new(&[]);
    let security = fs::read_to_string(vendor.directory().join("orgsync.toml")).unwrap();
    place.write("orgsync.toml", &security);
    let daemon = place.serve();
    symlink(vendor.directory().join("acme"), daemon.place.path("acme")).unwrap();
    let examples: Vec<Example> = in_daemon
        .into_iter()
        .map(|example| Example { commands: example.commands.replace(ADDRESS, daemon.address()), ..example })
        .collect();
    let directory = daemon.place.path("");
    let vendor = vendor.with("ORGSYNC_SERVER", daemon.address());
    run(&vendor, &directory, &examples);
    assert_eq!(daemon.all("/api/v1/users?source=acme").len(), 2);
}

#[test]
fn every_rule_is_in_the_document() {
    let document = Document::read("plugin-guide.md");
    let row = |id: &str, expected: &str| format!("\n| `{id}` | {expected} |");
    let missing: Vec<String> = RULES
        .iter()
        .map(|rule| row(rule.id, rule.expected))
        .filter(|row| !document.text.contains(row))
        .collect();
    assert!(missing.is_empty(), "{}", missing.concat());
}

/// What is shown only is of use if a difference is seen.
#[test]
fn what_is_shown_is_looked_at() {
    let shown =
        Document::parse("```sh\norgsync\n```\n\n```text\na …\nb\n```\n".into()).examples.remove(0).shown;
    let Some(Shown::Text(text)) = shown else { panic!("it shows a text") };
    assert!(Shown::Text(text.clone()).check("a 1\nb\n").is_ok());
    assert!(Shown::Text(text).check("a 1\nc\n").is_err());
    assert!(artifacts::orgsync().is_file());
}

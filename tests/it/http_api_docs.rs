//! docs/http-api.md against a real daemon: every command in it is run as it is written, in the order of the
//! document, by bash and curl, and is answered as the document shows. No operation and no problem of
//! /openapi.json is missing from it.

pub(crate) mod document;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::support::artifacts;
use crate::support::daemon::{Daemon, Place};

use document::{Document, Example, Operation};

/// Where the document says that the daemon listens.
const ADDRESS: &str = "http://127.0.0.1:8370";
/// Has curl tell, apart from the answer, what it asked and which status it got.
const CURL: &str =
    "write-out = \"%{stderr}ASKED %{response_code} %{method} %{url_effective}\\n\"\nmax-time = 60\n";

/// A request that curl made.
#[derive(Debug)]
struct Asked {
    status: u16,
    method: String,
    path: String,
}

/// What became of the commands of an example.
struct Done {
    stdout: String,
    stderr: String,
    asked: Vec<Asked>,
}

/// A daemon in a directory as the document supposes it.
fn daemon() -> Daemon {
    let place = Place::new(&["files", "webhook"]);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").canonicalize().unwrap();
    symlink(examples, place.path("examples")).unwrap();
    fs::create_dir(place.path("bin")).unwrap();
    symlink(artifacts::orgsync(), place.path("bin/orgsync")).unwrap();
    place.write(".curlrc", CURL);
    place.serve()
}

/// Runs all examples in one shell, so that variables last; ends at the first one that fails.
fn run(daemon: &Daemon, examples: &[Example]) -> Vec<Done> {
    let mut script = String::from("set -eu -o pipefail\n");
    for (number, example) in examples.iter().enumerate() {
        let commands = example.commands.replace(ADDRESS, daemon.address());
        script += &format!("{{\n{commands}\n}} >{number}.out 2>{number}.err </dev/null\n");
    }
    daemon.place.write("script", &script);
    let mut bash = daemon.place.shell(&["bash", "script"]);
    let (home, bin) = (daemon.place.path(""), daemon.place.path("bin"));
    bash.env_clear().env("HOME", home).env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    let ended = bash.output().unwrap();
    let of = |number: usize, what: &str| fs::read_to_string(daemon.place.path(&format!("{number}.{what}")));
    let all: Vec<Done> = (0..examples.len())
        .map_while(|number| Some(done(of(number, "out").ok()?, of(number, "err").ok()?)))
        .collect();
    if !ended.status.success() {
        let (line, last) = (examples[all.len() - 1].line, all.last().unwrap());
        panic!("the commands in line {line} ended with {}: {}{}", ended.status, last.stdout, last.stderr);
    }
    all
}

fn done(stdout: String, stderr: String) -> Done {
    let asked = stderr.lines().filter_map(|line| {
        let mut words = line.strip_prefix("ASKED ")?.split(' ');
        let (status, method, url) = (words.next()?.parse().ok()?, words.next()?.to_owned(), words.next()?);
        let path = url.splitn(4, '/').nth(3).unwrap_or_default().split('?').next().unwrap_or_default();
        Some(Asked { status, method, path: format!("/{path}") })
    });
    Done { asked: asked.collect(), stdout, stderr }
}

impl Asked {
    fn is(&self, operation: &str) -> bool {
        let Some((method, path)) = operation.split_once(' ') else { return false };
        let (wanted, given) = (path.split('/'), self.path.split('/'));
        method == self.method
            && wanted.clone().count() == given.clone().count()
            && wanted.zip(given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
    }
}

/// What is wrong with an example, if something is.
fn mistake(example: &Example, done: &Done) -> Option<String> {
    let Some((last, before)) = done.asked.split_last() else {
        return example.commands.contains("curl").then(|| format!("nothing was asked: {}", done.stderr));
    };
    if let Some(failed) = before.iter().find(|asked| asked.status >= 300) {
        return Some(format!("{failed:?}"));
    }
    let Some(expected) = example.status else {
        return Some("no `→` and status stands below it".into());
    };
    if last.status != expected {
        return Some(format!("{last:?}: {}", done.stdout));
    }
    let checked = example.shown.as_ref().map_or(Ok(()), |shown| shown.check(&done.stdout));
    checked.err().map(|reason| format!("{reason}: {}", done.stdout))
}

fn description(daemon: &Daemon) -> Value {
    daemon.with_token("").body("/openapi.json")
}

fn operations(description: &Value) -> BTreeSet<Operation> {
    let paths = description["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().map(|key| key.to_uppercase()).collect();
        methods.into_iter().map(move |method| format!("{method} {path}")).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// The words that tell problems of one status apart, as far as /openapi.json names them.
fn problems(description: &Value) -> BTreeSet<String> {
    let items = description["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let responses = operations.flat_map(|operation| operation["responses"].as_object().unwrap());
    let refusals = responses.filter(|(status, _)| ["409", "422"].contains(&status.as_str()));
    let quoted = refusals
        .flat_map(|(_, response)| response["description"].as_str().unwrap().split('`').skip(1).step_by(2));
    quoted.filter(|word| word.contains('-')).map(str::to_owned).collect()
}

#[test]
fn every_command_of_the_document_is_answered_as_shown() {
    let (daemon, document) = (daemon(), Document::read("http-api.md"));
    let all = run(&daemon, &document.examples);
    let wrong: Vec<String> = document
        .examples
        .iter()
        .zip(&all)
        .filter_map(|(example, done)| Some(format!("line {}: {}", example.line, mistake(example, done)?)))
        .collect();
    assert!(wrong.is_empty(), "docs/http-api.md:\n{}", wrong.join("\n"));

    let shown = |operation: &Operation| {
        let mut under = document
            .examples
            .iter()
            .zip(&all)
            .filter(|(example, _)| example.under.as_ref() == Some(operation));
        under.any(|(_, done)| done.asked.iter().any(|asked| asked.is(operation)))
    };
    let without: Vec<&Operation> = document.operations.iter().filter(|operation| !shown(operation)).collect();
    assert!(without.is_empty(), "nothing under these headings does what they name: {without:?}");
}

#[test]
fn no_operation_and_no_problem_is_missing_from_the_document() {
    let (daemon, document) = (daemon(), Document::read("http-api.md"));
    let description = description(&daemon);
    let told: BTreeSet<Operation> = document.operations.iter().cloned().collect();
    assert_eq!(told.len(), document.operations.len(), "one heading for each operation");
    assert_eq!(told, operations(&description));
    let problems = problems(&description);
    assert!(problems.contains("illegal-step"), "{problems:?}");
    let untold: Vec<&String> =
        problems.iter().filter(|word| !document.text.contains(&format!("\n| `{word}` |"))).collect();
    assert!(untold.is_empty(), "the table of problems lacks {untold:?}");
}

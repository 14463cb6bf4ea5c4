//! Proves that imports under host/src run one way, that `unsafe` stays where it belongs, that every file
//! opens with what it owns, and that none bears a name that says nothing. It reads the text of the
//! sources, so it needs no build; each violation is told as `file:line: rule`.

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use source::Source;

mod source;
mod tests;

/// What the code of one place under host/src may import of ours, and what of others it must not.
struct Row {
    /// The first name below host/src: `sync` for sync.rs and for everything in sync/.
    module: &'static str,
    may_use: &'static [&'static str],
    never: &'static [&'static str],
}

/// The layers, top down. A change here is a change of the architecture: docs/architecture.md says the same.
const LAYERS: &[Row] = &[
    Row { module: "main", may_use: &["cli", "daemon"], never: &[] },
    Row {
        module: "cli",
        may_use: &[
            "daemon",
            "conformance",
            "http",
            "sync",
            "registry",
            "worker",
            "store",
            "domain",
            "config",
            "metrics",
            "telemetry",
            PLUGIN_API,
            MIGRATIONS,
        ],
        never: &[],
    },
    Row {
        module: "daemon",
        may_use: &[
            "http",
            "web",
            "logs",
            "sync",
            "registry",
            "worker",
            "store",
            "domain",
            "config",
            "metrics",
            "telemetry",
            PLUGIN_API,
            MIGRATIONS,
        ],
        never: &[],
    },
    // Judges options and records as the daemon does, and runs plugins as it does; nothing of it is in the daemon.
    Row { module: "conformance", may_use: &["http", "registry", "worker", "domain", PLUGIN_API], never: &[] },
    // The admin pages stand on the HTTP side's log-in and limits, never the other way round.
    Row { module: "web", may_use: &["http", "logs", "sync", "registry", "store", "domain"], never: &[] },
    Row {
        module: "http",
        may_use: &["logs", "sync", "registry", "store", "domain", "config", "metrics", "telemetry"],
        never: &[],
    },
    // Reads what telemetry and the engine's raw-record log write; they know nothing of it.
    Row { module: "logs", may_use: &["sync", "domain", "telemetry"], never: &["hyper", "axum", "sea_orm"] },
    // Knows a plugin only through a trait of its own, hence neither registry nor worker nor plugin-api.
    Row { module: "sync", may_use: &["store", "domain", "metrics", "telemetry"], never: &[] },
    Row { module: "registry", may_use: &["worker", "domain", PLUGIN_API], never: &[] },
    Row { module: "worker", may_use: &["domain", "metrics", PLUGIN_API], never: &[] },
    Row { module: "store", may_use: &["domain", MIGRATIONS], never: &[] },
    Row {
        module: "domain",
        may_use: &[],
        never: &["tokio", "sea_orm", "sqlx", "hyper", "axum", "abi_stable"],
    },
    // Only collects what stands beside the parsers; not part of the daemon.
    Row { module: "fuzzing", may_use: &["http", "sync", "registry", "worker", "domain"], never: &[] },
    Row { module: "config", may_use: &[], never: &[] },
    // Is told what happens in plain words and numbers, so that every layer may tell it.
    Row { module: "metrics", may_use: &[], never: &["hyper", "axum", "sea_orm"] },
    Row { module: "telemetry", may_use: &["domain"], never: &[] },
    // Declares the modules; whatever it re-exports would be a way around the rows above.
    Row { module: "lib", may_use: &[], never: &[] },
];

const PLUGIN_API: &str = "orgsync_plugin_api";
const MIGRATIONS: &str = "migrations";
/// The library itself, as main.rs names it.
const ORGSYNC: &str = "orgsync";

/// Where memory safety is up to us; every other file leaves it to the compiler.
const MAY_BE_UNSAFE: &[&str] = &[
    "host/src/daemon/memory.rs",
    "host/src/worker/loader.rs",
    "host/src/worker/process.rs",
    "plugin-api/src/module.rs",
];

/// Names that say nothing of what a file owns.
const EMPTY_NAMES: &[&str] = &["util", "helper", "common", "manager", "service"];

/// Its opening is what a vendor reads first, with an example: longer than others may be.
const FRONT_PAGE: &str = "plugin-api/src/lib.rs";
const OPENING_LINES: RangeInclusive<usize> = 1..=6;

/// Every folder with code of ours that is shipped.
const CODE: &[&str] = &["host/src", "plugin-api/src", "plugins", "migrations/src", "xtask/src"];

#[test]
fn imports_run_one_way() {
    assert_none(imports, &["host/src"]);
}

#[test]
fn unsafe_stays_in_four_files() {
    assert_none(unsafety, CODE);
}

#[test]
fn every_file_opens_with_what_it_owns() {
    assert_none(opening, CODE);
    assert_none(opening, &["tests/it/architecture"]);
}

#[test]
fn no_file_bears_an_empty_name() {
    assert_none(name, CODE);
    assert_none(name, &["tests"]);
}

/// A rule gives its violations in one file, as lines and words.
type Rule = fn(&Source) -> Vec<(usize, String)>;

fn imports(source: &Source) -> Vec<(usize, String)> {
    let top = source.top();
    let Some(row) = LAYERS.iter().find(|row| row.module == top) else {
        return vec![(1, format!("`{top}` has no row in the layers of tests/it/architecture.rs"))];
    };
    let is_module = |name: &str| LAYERS.iter().any(|row| row.module == name);
    let mut violations = Vec::new();
    for path in source.paths() {
        let first = path.segments[0].as_str();
        let target = match first {
            "crate" | ORGSYNC => path.segments.get(1).map_or("*", String::as_str),
            PLUGIN_API | MIGRATIONS => first,
            // Beside main.rs and lib.rs a module's bare name is a path from the root, too.
            name if source.is_root() && is_module(name) => name,
            name if row.never.contains(&name) => {
                violations.push((path.line, format!("`{top}` knows nothing of `{name}`")));
                continue;
            }
            _ => continue,
        };
        if target == top || row.may_use.contains(&target) {
            continue;
        }
        let rule = if is_module(target) || target == first {
            let allowed = if row.may_use.is_empty() { "nothing of ours" } else { &row.may_use.join(", ") };
            format!("`{top}` may use {allowed}; not `{target}`")
        } else {
            format!("`{}` hides which module it is of; name that", path.segments.join("::"))
        };
        violations.push((path.line, rule));
    }
    violations
}

fn unsafety(source: &Source) -> Vec<(usize, String)> {
    if MAY_BE_UNSAFE.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let rule = || format!("`unsafe` stands only in {}", MAY_BE_UNSAFE.join(", "));
    source.lines_with("unsafe").into_iter().map(|line| (line, rule())).collect()
}

fn opening(source: &Source) -> Vec<(usize, String)> {
    let lines = source.text.lines().take_while(|line| line.starts_with("//!")).count();
    let limit = if source.path == FRONT_PAGE { 1..=usize::MAX } else { OPENING_LINES };
    // An empty file owns nothing yet.
    if limit.contains(&lines) || source.text.trim().is_empty() {
        return Vec::new();
    }
    let (from, to) = OPENING_LINES.into_inner();
    vec![(1, format!("a file opens with {from} to {to} lines `//!` that say what it owns, not {lines}"))]
}

fn name(source: &Source) -> Vec<(usize, String)> {
    let names = source.path.split('/').map(|name| name.trim_end_matches(".rs"));
    let empty = names.filter(|name| EMPTY_NAMES.contains(&name.trim_end_matches('s')));
    empty.map(|name| (1, format!("`{name}` says nothing of what the file owns"))).collect()
}

fn assert_none(rule: Rule, folders: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace");
    let mut violations = Vec::new();
    for folder in folders {
        let mut sources = Vec::new();
        collect(root, &root.join(folder), &mut sources);
        assert!(!sources.is_empty(), "there is no Rust file in {folder}");
        for source in sources {
            let told =
                rule(&source).into_iter().map(|(line, rule)| format!("{}:{line}: {rule}", source.path));
            violations.extend(told);
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

/// Reads every Rust file below a folder.
fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder that opens can be read").path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text =
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let below = path.strip_prefix(root).expect("the folder lies below the root");
            sources.push(Source::new(&below.to_string_lossy(), &text));
        }
    }
}

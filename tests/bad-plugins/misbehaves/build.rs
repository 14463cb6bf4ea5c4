//! Describes the faults.

#[expect(dead_code, reason = "only their schemas are of interest here")]
#[path = "src/options.rs"]
mod options;

#[path = "src/node.rs"]
mod node;

fn main() {
    const SOURCES: [&str; 17] = [
        "records",
        "slow",
        "partial-then-error",
        "panics",
        "segfaults",
        "loops-forever",
        "exits-zero",
        "aborts",
        "hogs-memory",
        "oversize-frame",
        "nonsense-frame",
        "floods-stdout",
        "ignores-cancel",
        "has-children",
        "talks",
        "snoops",
        "long-errors",
    ];
    let manifest = orgsync_plugin_api::build::manifest().name("misbehaves").vendor("tests");
    SOURCES
        .into_iter()
        .fold(manifest, |manifest, name| manifest.source::<options::Options>(name, name))
        .source::<node::Node>("recursive", "recursive")
        .target::<options::Options>("echo", "echo")
        .write();
}

//! Describes the faults.

#[expect(dead_code, reason = "only their schemas are of interest here")]
#[path = "src/options.rs"]
mod options;

fn main() {
    const SOURCES: [&str; 16] = [
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
    ];
    let manifest = orgsync_plugin_api::build::manifest().name("misbehaves").vendor("tests");
    SOURCES
        .into_iter()
        .fold(manifest, |manifest, name| manifest.source::<options::Options>(name, name))
        .target::<options::Options>("echo", "echo")
        .write();
}

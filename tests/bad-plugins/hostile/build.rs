//! Describes the one source.

#[expect(dead_code, reason = "only their schema is of interest here")]
#[path = "src/options.rs"]
mod options;

fn main() {
    let manifest = orgsync_plugin_api::build::manifest().name("hostile").vendor("tests");
    manifest.source::<options::Options>("hostile", "hostile").write();
}

//! Writes the manifest.

#[allow(dead_code)] // only their schemas are of interest here
#[path = "src/options.rs"]
mod options;

fn main() {
    orgsync_plugin_api::build::manifest()
        .source::<options::Options>("golden", "Golden source")
        .target::<options::Options>("golden", "Golden target")
        .write();
}

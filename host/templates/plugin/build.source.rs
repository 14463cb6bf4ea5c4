//! Describes the plugin: its manifest is made of the very options that it reads.

#[expect(
    dead_code,
    reason = "only the schema of the options is of interest here"
)]
#[path = "src/source_options.rs"]
mod source_options;

fn main() {
    orgsync_plugin_api::build::manifest()
        .source::<source_options::Options>("{{name}}", "{{name}}")
        .write();
}

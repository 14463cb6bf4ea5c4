//! Describes the plugin: its manifest is made of the very options that it reads.

#[expect(dead_code, unreachable_pub, reason = "only the schemas of the options are of interest here")]
#[path = "src/options.rs"]
mod options;

fn main() {
    orgsync_plugin_api::build::manifest()
        .name("scim")
        .vendor("orgsync")
        .target::<options::Options>("scim", "SCIM 2.0 service")
        .write();
}

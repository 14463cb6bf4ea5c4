//! Plugin `{{name}}`: a source and a target.

mod source;
mod source_options;
mod target;
mod target_options;

orgsync_plugin_api::export_plugin! {
    sources: { "{{name}}" => source::Export },
    targets: { "{{name}}" => target::Outbox },
}

//! Plugin `{{name}}`: a source.

mod source;
mod source_options;

orgsync_plugin_api::export_plugin! { sources: { "{{name}}" => source::Export } }

//! Plugin `{{name}}`: a target.

mod target;
mod target_options;

orgsync_plugin_api::export_plugin! { targets: { "{{name}}" => target::Outbox } }

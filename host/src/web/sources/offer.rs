//! What is known of a source's type: its title, and whether the plugin is there that reads it.

use axum::http::HeaderMap;
use axum::http::header::HOST;

use crate::domain::source::API;
use crate::http::plugins::all_source_types;
use crate::http::router::App;
use crate::sync::reader::SourceType;
use crate::web::cookies::is_secure;
use crate::web::frame::Frame;
use crate::web::words::Badge;

/// The source types that can be used now.
pub(super) fn types(app: &App) -> Vec<SourceType> {
    all_source_types(app.engine.plugins())
}

/// The type of this name, if it can be used now.
pub(super) fn find<'a>(types: &'a [SourceType], name: &str) -> Option<&'a SourceType> {
    types.iter().find(|offered| offered.name == name)
}

/// What people read instead of the name of a type.
pub(super) fn title(offered: Option<&SourceType>, name: &str) -> String {
    offered.map_or_else(|| name.to_owned(), |offered| offered.title.clone())
}

/// Where the plugin of a type stands.
pub(super) fn plugin(frame: &Frame, offered: Option<&SourceType>) -> Badge {
    let (tone, icon, word) = match offered {
        Some(offered) if offered.name == API => ("muted", "check", frame.say("sources-plugin-built-in")),
        Some(_) => ("success", "check", frame.say("sources-plugin-ready")),
        None => ("warning", "partial", frame.say("sources-plugin-missing")),
    };
    Badge { tone, icon, word }
}

/// A command line that pushes to a source, at the address that the reader has used.
pub(super) fn push_line(app: &App, headers: &HeaderMap, source: &str) -> String {
    let scheme = if is_secure(app, headers) { "https" } else { "http" };
    let given = headers.get(HOST).and_then(|host| host.to_str().ok());
    let plain =
        |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let host = given.filter(plain).unwrap_or("HOST");
    format!(
        "curl -X POST '{scheme}://{host}/api/v1/sources/{source}/records?type=user' \\\n  \
         -H 'authorization: Bearer TOKEN' -H 'content-type: application/json' \\\n  \
         -d '[{{\"uid\": \"1\", \"username\": \"ada\", \"nickname\": \"Ada Lovelace\", \"email\": \"ada@example.org\"}}]'"
    )
}

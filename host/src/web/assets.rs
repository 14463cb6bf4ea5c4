//! The static files, which are part of the binary. Their addresses carry a digest of what is in them, so a browser may
//! keep them for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::http::problem::Problem;

use super::guard;

struct Asset {
    name: &'static str,
    media: &'static str,
    content: &'static [u8],
}

const ASSETS: [Asset; 5] = [
    Asset { name: "page.css", media: "text/css; charset=utf-8", content: include_bytes!("static/page.css") },
    Asset {
        name: "page.js",
        media: "text/javascript; charset=utf-8",
        content: include_bytes!("static/page.js"),
    },
    Asset {
        name: "htmx.min.js",
        media: "text/javascript; charset=utf-8",
        content: include_bytes!("static/htmx.min.js"),
    },
    Asset { name: "icons.svg", media: "image/svg+xml", content: include_bytes!("static/icons.svg") },
    Asset { name: "icon.svg", media: "image/svg+xml", content: include_bytes!("static/icon.svg") },
];

static DIGESTS: LazyLock<[String; 5]> = LazyLock::new(|| {
    let digest =
        |content: &[u8]| Sha256::digest(content).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    std::array::from_fn(|place| digest(ASSETS[place].content))
});

/// Where a browser gets a file.
pub(super) fn address(name: &str) -> String {
    let place = ASSETS.iter().position(|asset| asset.name == name);
    let digest = place.map_or("", |place| DIGESTS[place].as_str());
    format!("/static/{digest}/{name}")
}

/// A static file.
pub(super) async fn asset(Path((digest, name)): Path<(String, String)>) -> Result<Response, Problem> {
    let place = ASSETS.iter().position(|asset| asset.name == name);
    // An older page asks for an older file; the newer one serves it, too, but is not to be kept under that address.
    let found = place.map(|place| (&ASSETS[place], DIGESTS[place] == digest));
    let (asset, current) = found.ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(CONTENT_TYPE, asset.media), (CACHE_CONTROL, keep), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    // A picture is a document of ours, too, when it is opened by itself.
    Ok((headers, [(CONTENT_SECURITY_POLICY, guard::POLICY)], asset.content).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What static/README.md says where it comes from.
    #[test]
    fn htmx_is_the_file_that_was_released() {
        let htmx = ASSETS.iter().find(|asset| asset.name == "htmx.min.js").unwrap();
        let digest: String = Sha256::digest(htmx.content).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(
            include_str!("static/README.md").contains(&digest),
            "static/README.md does not name {digest}"
        );
    }
}

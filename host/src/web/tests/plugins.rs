//! Plugins: what is said of them, and files that are listed on request.

use serde_json::json;

use super::Visit;
use crate::http::plugins::{
    Added, FallbackView, PluginState, PluginView, SandboxState, SandboxView, SignatureState, SignatureView,
    Standing,
};

/// A plugin of which nothing is known but its name and state.
fn plugin(name: &str, state: PluginState) -> PluginView {
    PluginView {
        name: name.into(),
        state,
        reason: None,
        path: format!("plugins/{name}.so"),
        sha256: None,
        size: None,
        signature: SignatureView { state: SignatureState::None, detail: None },
        fallback: None,
        warnings: Vec::new(),
        manifest: None,
        sandbox: None,
    }
}

/// The plugin whose source type the bench offers, in use.
fn acme() -> PluginView {
    PluginView {
        sha256: Some("ab".repeat(32)),
        size: Some(2_048),
        manifest: Some(json!({
            "name": "acme", "version": "1.2.3", "vendor": "ACME <Inc>", "abi": 1,
            "sources": [{"name": "hr", "title": "ACME HR"}],
        })),
        sandbox: Some(SandboxView {
            state: SandboxState::Partly,
            reason: Some("no scope for signals".into()),
        }),
        ..plugin("acme", PluginState::Ready)
    }
}

/// A file in plugins/ that is not listed, and calls itself so.
fn unlisted(file: &str, name: &str) -> PluginView {
    PluginView {
        sha256: Some("cd".repeat(32)),
        manifest: Some(json!({"name": name, "version": "2", "vendor": "x", "abi": 1})),
        ..plugin(file, PluginState::Unlisted)
    }
}

fn list(visit: &Visit, plugins: Vec<PluginView>) {
    *visit.bench.list.plugins.lock().unwrap() = plugins;
}

fn stand(visit: &Visit, standing: Standing) {
    *visit.bench.list.standing.lock().unwrap() = standing;
}

fn add_comes_to(visit: &Visit, added: Result<Added, String>) {
    *visit.bench.list.adds.lock().unwrap() = added;
}

#[tokio::test]
async fn each_plugin_says_how_it_is() {
    let mut visit = Visit::with_scope("read").await;
    let broken = PluginView {
        reason: Some("not an ELF file".into()),
        warnings: vec!["others may write to its file".into()],
        ..plugin("broken", PluginState::Invalid)
    };
    let (gone, off) = (plugin("gone", PluginState::Missing), plugin("off", PluginState::Disabled));
    list(&visit, vec![acme(), broken, gone, off]);
    stand(&visit, Standing::Stale("plugins.toml: line 3: unknown key `sha`".into()));
    let page = visit.see("/plugins").await;
    for there in [
        "1.2.3",
        "ACME &#60;Inc&#62;",
        "ACME HR, a source",
        "partly",
        "not an ELF file",
        "others may write to its file",
        "There is no file plugins/gone.so",
        "switched off",
        "line 3: unknown key `sha`",
    ] {
        assert!(page.contains(there), "{there}: {page}");
    }
    assert!(!page.contains("action=\"/plugins\""), "whoever only reads is offered a rescan");
}

#[tokio::test]
async fn a_plugin_s_page_names_who_uses_it() {
    let mut visit = Visit::with_scope("read").await;
    let good = FallbackView { reason: "not an ELF file".into(), sha256: Some("ef".repeat(32)) };
    let both = vec![
        PluginView { fallback: Some(good), reason: Some("its file can't be used".into()), ..acme() },
        // It offers the same, but it is not what is in use.
        PluginView { name: "copycat".into(), state: PluginState::Invalid, ..acme() },
    ];
    list(&visit, both);
    let page = visit.see("/plugins/acme").await;
    let (sha256, other) = ("ab".repeat(32), "ef".repeat(32));
    for there in [
        "last good version",
        "its file can't be used",
        &sha256,
        &other,
        "2 KiB",
        "no scope for signals",
        "&#34;vendor&#34;",
        r#"<a href="/sources/pulled">"#,
    ] {
        assert!(page.replace("&#39;", "'").contains(there), "{there}: {page}");
    }
    let other = visit.see("/plugins/copycat").await;
    assert!(!other.contains("/sources/pulled") && other.contains("No source and no target"), "{other}");
    let missing = visit.get("/plugins/nothing").await;
    assert_eq!(missing.status, 404, "{}", missing.html);
}

#[tokio::test]
async fn a_file_is_listed_if_it_is_the_one_that_was_seen() {
    let mut visit = Visit::admin().await;
    let files = vec![
        acme(),
        unlisted("lib new.so", "new"),
        unlisted("libacme2.so", "acme"),
        plugin("odd.so", PluginState::Unlisted),
    ];
    list(&visit, files);
    let page = visit.see("/plugins").await;
    let sha256 = "cd".repeat(32);
    let lines = format!("name = \"new\"\npath = \"plugins/lib new.so\"\nsha256 = \"{sha256}\"");
    for there in
        [lines.as_str(), "Add new", "Use this file for acme", "orgsync plugin inspect 'plugins/odd.so.so'"]
    {
        assert!(page.replace("&#34;", "\"").replace("&#39;", "'").contains(there), "{there}: {page}");
    }
    assert!(page.contains(r#"action="/plugins/lib%20new.so/add""#), "{page}");
    assert!(!page.contains(r#"action="/plugins/odd.so/add""#), "what is no plugin is offered: {page}");

    add_comes_to(&visit, Ok(Added::Appended("new".into())));
    let added = visit.post("/plugins/lib%20new.so/add", &[("sha256", &sha256)]).await;
    assert_eq!((added.status, added.leads_to()), (303, Some("/plugins/new")), "{}", added.html);
    assert_eq!(*visit.bench.list.added.lock().unwrap(), [("lib new.so".to_owned(), sha256.clone())]);
    let told = visit.see("/plugins").await;
    assert!(told.contains("in plugins.toml now"), "{told}");

    add_comes_to(&visit, Ok(Added::Updated("acme".into())));
    let updated = visit.post("/plugins/libacme2.so/add", &[("sha256", &sha256)]).await;
    assert_eq!(updated.leads_to(), Some("/plugins/acme"));
    add_comes_to(&visit, Err("it has changed since you saw it".into()));
    let refused = visit.post("/plugins/libacme2.so/add", &[("sha256", &sha256)]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.html.contains("it has changed since you saw it"), "{}", refused.html);
}

#[tokio::test]
async fn only_an_admin_lists_files_and_has_them_looked_at() {
    let mut visit = Visit::with_scope("operate").await;
    list(&visit, vec![unlisted("new.so", "new")]);
    for page in ["/plugins", "/plugins/new.so"] {
        let page = visit.see(page).await;
        assert!(page.contains("Lines for plugins.toml") && !page.contains("/add"), "{page}");
    }
    for path in ["/plugins/new.so/add", "/plugins"] {
        assert_eq!(visit.post(path, &[("sha256", "cd")]).await.status, 403, "{path}");
    }
    assert!(visit.bench.list.added.lock().unwrap().is_empty());

    let mut admin = Visit::admin().await;
    let foreign = admin.send("POST", "/plugins", &[], &[("csrf", "guessed")]).await;
    assert_eq!(foreign.status, 403);
    assert_eq!(admin.post("/plugins", &[]).await.leads_to(), Some("/plugins"));
    stand(&admin, Standing::Failed("plugins.toml: line 1: no".into()));
    let refused = admin.post("/plugins", &[]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("line 1: no"), "{}", refused.html);
}

#[tokio::test]
async fn without_plugins_one_is_told_how_to_get_one() {
    let mut visit = Visit::admin().await;
    list(&visit, Vec::new());
    let page = visit.see("/plugins").await;
    assert!(page.contains("There are no plugins") && page.contains("orgsync plugin add FILE"), "{page}");
}

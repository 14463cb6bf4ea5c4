//! Every link of every page leads to a page, whatever the state and whatever things are called; and no page minds what
//! others have added to its address.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::{Visit, html};
use crate::domain::data_type::DataType;
use crate::http::plugins::{
    PluginState, PluginView, SandboxState, SandboxView, SignatureState, SignatureView,
};
use crate::http::tests::people;
use crate::sync::delivery::outlet::{Cause, Effect, Refusal};

/// What a name, uid or text may hold that means something in an address or in HTML.
const ODD: &str = "a/b?c#d%e&f \"g\" <h>+é名";
/// More pages than any of these tests comes to.
const MOST: usize = 3_000;

/// Follows all links from the overview on. Gives the addresses of the pages, and what is wrong with any of them.
async fn follow(visit: &mut Visit) -> (BTreeSet<String>, Vec<String>) {
    let here = Url::parse("http://here/").unwrap();
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    let mut ahead = VecDeque::from([("/".to_owned(), "the beginning".to_owned())]);
    while let Some((path, from)) = ahead.pop_front() {
        if !seen.insert(path.clone()) {
            continue;
        }
        assert!(seen.len() < MOST, "no end of pages: {path}");
        let address = here.join(&path).unwrap();
        let page = visit.get(&path).await;
        let is_html =
            page.headers.get("content-type").is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
        let mut links = if is_html { html::links(&page.html) } else { Vec::new() };
        links.extend(page.leads_to().map(str::to_owned));
        if !matches!(page.status, 200 | 303) {
            wrong.push(format!("{path}, which {from} leads to, is {}", page.status));
            continue;
        }
        let more = if path.contains('?') { '&' } else { '?' };
        let tracked = visit.get(&format!("{path}{more}x=1&utm_source=y&x=2")).await;
        if tracked.status != page.status || tracked.html.contains("makes no sense") {
            wrong.push(format!("{path} with further parameters is {}", tracked.status));
        }
        for link in links {
            let mut to = address.join(&link).unwrap();
            if to.origin() != here.origin() {
                wrong.push(format!("{path} leads away to {to}"));
                continue;
            }
            if to
                .fragment()
                .is_some_and(|id| to.path() == address.path() && !page.html.contains(&format!("id=\"{id}\"")))
            {
                wrong.push(format!("{path} has no part {link}"));
            }
            to.set_fragment(None);
            ahead.push_back((to[url::Position::BeforePath..].to_owned(), path.clone()));
        }
    }
    (seen, wrong)
}

/// All that can go wrong with sources, targets, plugins and records, each called as oddly as it can be.
async fn unsettled() -> Visit {
    let visit = Visit::admin().await;
    let bench = &visit.bench;
    let plugin = |name: &str, state: PluginState| PluginView {
        name: name.into(),
        state,
        reason: Some(ODD.into()),
        path: format!("plugins/{name}"),
        sha256: Some("ab".repeat(32)),
        size: Some(7),
        signature: SignatureView { state: SignatureState::None, detail: None },
        fallback: None,
        warnings: vec![ODD.into()],
        manifest: Some(json!({
            "name": name, "version": "1", "vendor": ODD, "abi": 1,
            "sources": [{"name": "hr", "title": ODD}], "targets": [{"name": "first", "title": ODD}],
        })),
        sandbox: Some(SandboxView { state: SandboxState::Enforced, reason: None }),
    };
    *bench.list.plugins.lock().unwrap() = vec![
        plugin("acme", PluginState::Ready),
        plugin(ODD, PluginState::Invalid),
        plugin(&format!("{ODD}.so"), PluginState::Unlisted),
        plugin("missing.so", PluginState::Missing),
    ];
    let departments = json!([{"uid": ODD, "title": ODD}, {"uid": "below", "title": "B", "parentUid": ODD}]);
    bench.push("type=department", departments).await;
    let person =
        |uid: &str| json!({"uid": uid, "username": uid, "nickname": ODD, "departments": [ODD], ODD: ODD});
    let pushed = json!([person(ODD), person("refused"), {"uid": "gone", "username": "gone"}]);
    bench.push("type=user", pushed).await;
    bench.push("type=user", json!([{"uid": "gone", "isDeleted": true}, {"uid": ODD, "email": 5}, "x"])).await;

    // A source that is there, one whose plan is held, and one that is not there any more.
    bench.pull(people(0..40)).await;
    assert_eq!(bench.pull(people(0..1)).await["status"], "held");
    bench.post("/api/v1/sources", json!({"name": "former", "type": "hr", "options": {"host": "x"}})).await;
    *bench.plugin.batches.lock().unwrap() =
        vec![(DataType::User, vec![json!({"uid": "f", "username": "f"})])];
    let task = bench.post("/api/v1/sources/former/sync", json!({})).await.body["taskId"].clone();
    bench.settled(&task).await;
    assert_eq!(bench.delete("/api/v1/sources/former").await.status, 204);

    // A target that refuses somebody, one that can't be reached, one that is disabled, and one that is deleted.
    bench.plugin.received.lock().refuses = Some("2".into());
    bench.engine.deliver();
    for name in ["removed", "refusing", "disabled", "down"] {
        bench.post("/api/v1/targets", json!({"name": name, "type": "first", "displayName": ODD})).await;
        let state =
            |target: &Value| target["deliveries"]["failed"] != 0 || target["state"]["reachable"] == false;
        let patience = tokio::time::Instant::now() + Duration::from_secs(20);
        while !state(&bench.get(&format!("/api/v1/targets/{name}")).await.body) {
            assert!(tokio::time::Instant::now() < patience, "{name} takes everything");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if name == "disabled" {
            bench.with_json("PATCH", "/api/v1/targets/disabled", json!({"enabled": false})).await;
            let refusal = Refusal {
                cause: Cause::Config,
                message: ODD.into(),
                retry_after: None,
                effect: Effect::Nothing,
            };
            bench.plugin.received.lock().refusals = std::iter::repeat_n(refusal, 50).collect();
        }
    }
    assert_eq!(bench.delete("/api/v1/targets/removed").await.status, 204);
    bench.post("/api/v1/tokens", json!({"name": ODD, "scope": "push", "source": "api"})).await;
    visit
}

#[tokio::test]
async fn every_link_leads_to_a_page() {
    let mut visit = unsettled().await;
    let (seen, wrong) = follow(&mut visit).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for there in [
        "/targets/refusing?state=failed",
        "/targets/down",
        "/sources/pulled/edit",
        "/tasks?source=former",
        "/plugins/missing.so",
        "/tokens/new",
        "/logs/records",
    ] {
        assert!(seen.contains(there), "nothing leads to {there}: {seen:#?}");
    }
    assert!(seen.iter().any(|path| path.starts_with("/logs/records/")), "{seen:#?}");
    let removed = visit.get("/targets/removed").await;
    assert_eq!(removed.leads_to(), Some("/"), "a task may name a target that is deleted: {}", removed.html);
    let down = visit.see("/targets/down").await;
    assert!(down.contains("takes nothing") && down.contains("&#60;h&#62;"), "{down}");
    let refused = visit.see("/targets/refusing?state=failed").await;
    assert!(refused.contains("no such thing") && refused.contains("/targets/refusing/retry"), "{refused}");
    assert!(!refused.contains("r1"), "what is delivered is not among what failed: {refused}");
    let again = visit.post("/targets/refusing/retry", &[]).await;
    assert_eq!(again.leads_to(), Some("/targets/refusing"), "{}", again.html);
}

#[tokio::test]
async fn every_link_leads_to_a_page_where_there_is_nothing_yet() {
    let mut visit = Visit::admin().await;
    visit.bench.list.plugins.lock().unwrap().clear();
    let (seen, wrong) = follow(&mut visit).await;
    assert!(wrong.is_empty() && seen.len() > 12, "{seen:#?} {}", wrong.join("\n"));
}

#[tokio::test]
async fn whoever_may_only_read_is_led_nowhere_else() {
    let mut visit = unsettled().await;
    let made = visit.bench.post("/api/v1/tokens", json!({"name": "reader", "scope": "read"})).await.body;
    visit.cookies.clear();
    visit.log_in(made["token"].as_str().unwrap()).await;
    let (seen, wrong) = follow(&mut visit).await;
    assert!(wrong.is_empty() && seen.len() > 30, "{seen:#?} {}", wrong.join("\n"));
    assert_eq!(visit.post("/targets/refusing/retry", &[]).await.status, 403);
}

#[tokio::test]
async fn what_makes_no_sense_in_an_address_is_left_out_and_told() {
    let mut visit = unsettled().await;
    let names = [
        "cursor",
        "limit",
        "status",
        "state",
        "op",
        "outcome",
        "type",
        "source",
        "department",
        "before",
        "day",
        "level",
        "task",
    ];
    let all: String = names.iter().map(|name| format!("&{name}=%3Cb%3E")).collect();
    for path in [
        "/",
        "/sources",
        "/tasks",
        "/tasks/1",
        "/tasks/1/log",
        "/tasks/1/records",
        "/users",
        "/users/1",
        "/departments",
        "/departments/1",
        "/departments/root/branches",
        "/plugins",
        "/plugins/acme",
        "/targets/refusing",
        "/tokens",
        "/tokens/new",
        "/logs",
        "/logs/records",
    ] {
        // Any source may stand in the address of raw records: they outlive their sources.
        let parameters = match path {
            "/logs/records" => all.replace("&source=%3Cb%3E", ""),
            _ => all.clone(),
        };
        let page = visit.get(&format!("{path}?{}", &parameters[1..])).await;
        assert_eq!(page.status, 200, "{path}: {}", page.html);
        // Links to the page itself don't go on with it.
        assert!(!page.html.contains("%3Cb%3E") && !page.html.contains("<b>"), "{path}: {}", page.html);
    }
    let page = visit.see("/tasks?status=nothing&source=nobody&utm_source=x&cursor=").await;
    assert!(page.contains("makes no sense and is ignored: status, source."), "{page}");
    assert!(page.contains("pulled, no. 1"), "the list is shown: {page}");
    let page = visit.see("/users?department=999&deleted=maybe&search=refused").await;
    assert!(page.contains("ignored: deleted, department.") && page.contains("refused"), "{page}");
    let twice = visit.see("/tasks?status=failed&status=held").await;
    assert!(twice.contains("pulled, no. 2") && !twice.contains("ignored"), "the last one counts: {twice}");
    assert_eq!(visit.bench.get("/api/v1/tasks?utm_source=x").await.status, 400, "programs are told");
    let strange = visit.get("/sources/new?type=hr&type=api&x=1").await;
    assert_eq!(strange.status, 200, "{}", strange.html);
    visit.cookies.clear();
    assert_eq!(visit.get("/login?next=/tasks&next=/users&utm_source=x").await.status, 200);
}

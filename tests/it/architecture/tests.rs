//! Shows that each rule catches what it is there for, and lets pass what is right.

use super::source::PathUse;
use super::*;

fn check(rule: Rule, path: &str, text: &str, expected: &[(usize, &str)]) {
    let told = rule(&Source::new(path, text));
    let told: Vec<(usize, &str)> = told.iter().map(|(line, rule)| (*line, rule.as_str())).collect();
    assert_eq!(told, expected, "{path}:\n{text}");
}

fn check_import(path: &str, text: &str, forbidden: Option<&str>) {
    let told = imports(&Source::new(path, text));
    match forbidden {
        None => assert_eq!(told, [], "{path}: {text}"),
        Some(what) => {
            assert_eq!(told.len(), 1, "{path}: {text}: {told:?}");
            assert!(told[0].1.contains(&format!("`{what}")), "{path}: {text}: {told:?}");
        }
    }
}

#[test]
fn an_import_against_the_direction_is_caught() {
    check(
        imports,
        "host/src/domain/task.rs",
        "//! Tasks.\n\nuse std::fmt;\nuse crate::store::tasks;\n",
        &[(4, "`domain` may use nothing of ours; not `store`")],
    );
    check(
        imports,
        "host/src/store/users.rs",
        "use crate::{\n    domain::ids::UserId,\n    sync::plan,\n};\n",
        &[(3, "`store` may use domain, migrations; not `sync`")],
    );
}

#[test]
fn every_way_to_write_an_import_is_seen() {
    for (path, text, forbidden) in [
        ("host/src/sync/plan.rs", "use crate::domain::record::Record;", None),
        ("host/src/sync/plan.rs", "use crate::worker::process;", Some("worker")),
        ("host/src/sync/plan.rs", "use super::gate::Gate;", None),
        ("host/src/sync/plan.rs", "use super::super::registry::Registry;", Some("registry")),
        ("host/src/sync/targets/users.rs", "use super::super::super::http::view;", Some("http")),
        ("host/src/sync/targets/users.rs", "use super::super::queue;", None),
        ("host/src/sync/mod.rs", "use super::http::view;", Some("http")),
        ("host/src/sync/mod.rs", "use self::http::view;", None),
        ("host/src/sync/plan.rs", "fn f() { crate::http::view::show() }", Some("http")),
        ("host/src/sync/plan.rs", "pub(in crate::sync) fn f(x: &crate::store::Store) {}", None),
        ("host/src/sync/plan.rs", "mod tests { use super::*; use super::super::gate; }", None),
        ("host/src/sync/plan.rs", "mod tests { use super::super::super::web; }", Some("web")),
        ("host/src/sync/plan.rs", "use orgsync_plugin_api::Record;", Some("orgsync_plugin_api")),
        ("host/src/sync/plan.rs", "use crate::*;", Some("crate::*")),
        ("host/src/config.rs", "use super::*;", Some("crate::*")),
        ("host/src/config.rs", "mod tests { use super::*; }", None),
        ("host/src/sync/plan.rs", "use crate::Store;", Some("crate::Store")),
        ("host/src/registry/mod.rs", "use crate::worker::{self, process};", None),
        ("host/src/registry/mod.rs", "use {crate::store, std::fmt};", Some("store")),
        ("host/src/worker/serve.rs", "use orgsync_plugin_api::{Source, record as r};", None),
        ("host/src/http/push.rs", "use crate::web::page;", Some("web")),
        ("host/src/web/pages.rs", "use crate::http::auth::Scope;", None),
        ("host/src/cli/serve.rs", "use crate::daemon; use crate::config::Config;", None),
        ("host/src/cli/serve.rs", "use crate::web::page;", Some("web")),
        ("host/src/main.rs", "fn main() { orgsync::cli::run() }", None),
        ("host/src/main.rs", "fn main() { orgsync::store::open() }", Some("store")),
        ("host/src/lib.rs", "pub mod domain;\npub(crate) mod store;", None),
        ("host/src/lib.rs", "pub mod domain;\npub use domain::Task;", Some("domain")),
        ("host/src/shop/mod.rs", "", Some("shop")),
    ] {
        check_import(path, text, forbidden);
    }
}

#[test]
fn the_domain_stays_free_of_what_runs_it() {
    for (text, forbidden) in [
        ("use tokio::sync::Mutex;", Some("tokio")),
        ("use ::sea_orm::Value;", Some("sea_orm")),
        ("fn f() { return ::tokio::spawn(g()) }", Some("tokio")),
        ("use hyper;", Some("hyper")),
        ("extern crate axum;", Some("axum")),
        ("#[derive(abi_stable::StableAbi)] struct A;", Some("abi_stable")),
        ("async fn f() { tokio::task::yield_now().await }", Some("tokio")),
        ("let tokio = 1; let x = y.hyper;", None),
        ("// use tokio::sync;\n/* hyper::x /* tokio::y */ */ const A: &str = \"tokio::sync\";", None),
        (
            "const A: &str = r#\"\"tokio::sync\"#; const B: char = '\"'; use std::fmt; const C: &[u8] = b\"axum::x\";",
            None,
        ),
        ("fn f<'a>(x: &'a str) -> char { '\\'' } use tokio::fs;", Some("tokio")),
    ] {
        check_import("host/src/domain/task.rs", text, forbidden);
    }
    check_import("host/src/sync/queue.rs", "use tokio::sync::Mutex;", None);
}

#[test]
fn unsafe_elsewhere_is_caught() {
    let text = "//! X.\n// unsafe in words\nfn f() {\n    unsafe { g() }\n}\n#[expect(unsafe_code)]\n";
    let rule = "`unsafe` stands only in host/src/daemon/memory.rs, host/src/worker/loader.rs, host/src/worker/process.rs, plugin-api/src/module.rs";
    check(unsafety, "host/src/worker/serve.rs", text, &[(4, rule)]);
    check(unsafety, "host/src/worker/loader.rs", text, &[]);
}

#[test]
fn an_opening_that_lacks_or_rambles_is_caught() {
    let told = |lines| format!("a file opens with 1 to 6 lines `//!` that say what it owns, not {lines}");
    check(opening, "host/src/config.rs", "//! The settings.\n\nuse std::fmt;\n", &[]);
    check(opening, "host/src/config.rs", "use std::fmt;\n", &[(1, &told(0))]);
    check(opening, "host/src/config.rs", "/// The settings.\nstruct A;\n", &[(1, &told(0))]);
    check(opening, "host/src/config.rs", &"//! Word.\n".repeat(7), &[(1, &told(7))]);
    check(opening, FRONT_PAGE, &"//! Word.\n".repeat(70), &[]);
    check(opening, FRONT_PAGE, "pub struct A;\n", &[(1, &told(0))]);
    check(opening, "host/src/config.rs", "", &[]);
}

#[test]
fn an_empty_name_is_caught() {
    check(name, "host/src/sync/plan.rs", "", &[]);
    check(name, "host/src/sync/utils.rs", "", &[(1, "`utils` says nothing of what the file owns")]);
    check(name, "host/src/common/mod.rs", "", &[(1, "`common` says nothing of what the file owns")]);
    check(name, "plugins/ldap/src/manager.rs", "", &[(1, "`manager` says nothing of what the file owns")]);
}

#[test]
fn lines_are_counted_across_comments_and_literals() {
    let text = "/*\n\n*/ const A: &str = \"\n\"; const B: &str = r\"\n\";\nuse crate::a::{\n    b,\n    r#type as c,\n};";
    let path = |line, segments: &[&str]| PathUse {
        line,
        segments: segments.iter().map(|segment| (*segment).to_owned()).collect(),
    };
    assert_eq!(
        Source::new("host/src/sync/plan.rs", text).paths(),
        [path(7, &["crate", "a", "b"]), path(8, &["crate", "a", "type"])]
    );
}

#[test]
fn every_layer_names_layers_that_exist() {
    for row in LAYERS {
        for name in row.may_use {
            let known =
                [PLUGIN_API, MIGRATIONS].contains(name) || LAYERS.iter().any(|row| row.module == *name);
            assert!(known, "{}: {name}", row.module);
        }
    }
}

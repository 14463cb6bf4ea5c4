//! That axe-core is the one that was looked at, and that it finds what it is there for.

use sha2::{Digest, Sha256};

use crate::support::browser::axe::AXE;
use crate::support::browser::{Browser, Scheme, Settings};
use crate::support::receiver::{Receiver, Reply};

/// Readable as long as the background is light.
const PAGE: &str = r#"<!doctype html><html lang="en"><title>Sources</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"><main><h1>Sources</h1><p>Two of three are in order.</p></main>"#;
const STYLE: &str = "body { background: #fff; color: #444 }
@media (prefers-color-scheme: dark) { body { background: #222; color: #444 } }";

#[test]
fn the_file_is_the_one_that_was_looked_at() {
    let sum: String = Sha256::digest(AXE).iter().map(|byte| format!("{byte:02x}")).collect();
    let described = include_str!("README.md");
    assert!(described.contains(&format!("| sha256 of the file | `{sum}` |")), "{sum}");
    assert!(AXE.starts_with("/*! axe v4.14.1\n") && described.contains("| version | 4.14.1 |"));
}

#[test]
fn barriers_are_found_whatever_the_page_allows_scripts() {
    let policy = "default-src 'none'; img-src data:; style-src 'self'; require-trusted-types-for 'script'";
    let server = Receiver::start(move |request| match request.path.as_str() {
        "/good" => Reply::page(PAGE).with("content-security-policy", policy),
        "/bad" => Reply::page(&PAGE.replace("<p>", "<input><p>")).with("content-security-policy", policy),
        _ => Reply::text("text/css", STYLE),
    });
    let settings = Settings { scheme: Scheme::Light, ..Settings::default() };
    let browser = Browser::with(settings, &server.url());
    browser.open("/good");
    assert_eq!(browser.axe(), [""; 0]);
    browser.open("/bad");
    let barriers = browser.axe();
    assert!(
        matches!(barriers.as_slice(), [one] if one.starts_with("label: ") && one.contains("<input>")),
        "{barriers:?}"
    );
    browser.open("/good");
    browser.prefer(Scheme::Dark);
    let barriers = browser.axe();
    assert!(!barriers.is_empty(), "dark grey on black is not readable");
    assert!(barriers.iter().all(|barrier| barrier.starts_with("color-contrast: ")), "{barriers:?}");
}

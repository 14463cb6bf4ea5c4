//! What stands around every page: language, theme, the menu on a phone, what is said where there is nothing.

use serde_json::json;

use super::{client_with, logged_in, word};
use crate::support::browser::{Browser, Key, Scheme, Settings};
use crate::support::daemon::Daemon;

/// The language that the page says it is in.
fn language(browser: &Browser) -> String {
    browser.evaluate("return document.documentElement.lang").as_str().unwrap().to_owned()
}

fn ground(browser: &Browser) -> String {
    let colour = browser.evaluate("return getComputedStyle(document.body).backgroundColor");
    colour.as_str().unwrap().to_owned()
}

#[test]
fn the_language_is_the_browsers_until_another_is_chosen() {
    let daemon = Daemon::with(&[]);
    let browser = logged_in(&daemon, Settings { languages: "pl,en", ..Settings::default() });
    assert_eq!(language(&browser), "pl");
    browser.heading(&word("pl", "nav-overview")).appears();
    browser.link(&word("pl", "nav-tasks")).press();
    browser.arrives("/tasks");
    browser.button(&word("pl", "frame-preferences")).press();
    browser.field(&word("pl", "frame-language")).choose("Türkçe");
    browser.button(&word("pl", "frame-apply")).press();
    browser.heading(&word("tr", "nav-tasks")).appears();
    assert_eq!((browser.path().as_str(), language(&browser).as_str()), ("/tasks", "tr"));
    browser.link(&word("tr", "nav-overview")).press();
    browser.arrives("/");
    assert_eq!(language(&browser), "tr");
    let other = logged_in(&daemon, Settings { languages: "sw,de", ..Settings::default() });
    assert_eq!(language(&other), "en", "where none fits");
}

#[test]
fn the_theme_is_the_systems_until_another_is_chosen() {
    let daemon = Daemon::with(&[]);
    let browser = logged_in(&daemon, Settings::default());
    let light = ground(&browser);
    browser.prefer(Scheme::Dark);
    let dark = ground(&browser);
    assert_ne!(light, dark);
    for (theme, expected) in [("Light", &light), ("Dark", &dark)] {
        browser.button("Preferences").press();
        browser.field("Theme").choose(theme);
        browser.button("Apply").press();
        browser.reload();
        assert_eq!(&ground(&browser), expected, "{theme}");
        browser.prefer(Scheme::Light);
    }
}

#[test]
fn a_phone_shows_the_navigation_as_a_menu() {
    let daemon = Daemon::with(&[]);
    let browser = logged_in(&daemon, Settings { size: (390, 800), ..Settings::default() });
    let (menu, tasks) = (browser.button("Menu"), browser.link("Tasks"));
    assert!(!tasks.is_there());
    menu.press();
    tasks.appears();
    menu.press();
    tasks.vanishes();
    menu.press();
    tasks.press();
    browser.arrives("/tasks");
    browser.heading("Tasks").appears();
    assert!(!browser.link("Users").is_there(), "it is closed again");
}

#[test]
fn where_there_is_nothing_one_is_told_how_to_go_on() {
    let daemon = Daemon::with(&[]);
    let browser = logged_in(&daemon, Settings::default());
    browser.expect_refusal(404);
    browser.open("/sources-of-the-nile");
    browser.heading("There is nothing here").appears();
    assert_eq!(browser.axe(), [""; 0]);
    let id = browser.evaluate("return document.querySelector('main code').innerText");
    assert_eq!(id.as_str().map(str::len), Some(16), "{id}");
    browser.button("Copy").press();
    browser.button("Copied").appears();
    browser.link("Go to the overview").press();
    browser.arrives("/");
}

#[test]
fn keys_reach_everything_around_a_page() {
    let daemon = Daemon::with(&[]);
    let browser = logged_in(&daemon, Settings::default());
    browser.link("Skip to the content").reach();
    browser.press_key(Key::Enter);
    let inside = browser.evaluate("return document.activeElement === document.querySelector('main')");
    assert_eq!(inside, true);
    let preferences = browser.button("Preferences");
    browser.reload();
    preferences.reach();
    browser.press_key(Key::Enter);
    browser.field("Language").reach();
    browser.press_key(Key::Escape);
    browser.field("Language").vanishes();
    assert_eq!(browser.focused(), "Preferences", "the focus goes back where it came from");
    browser.link("Tasks").reach();
    browser.press_key(Key::Enter);
    browser.arrives("/tasks");
}

#[test]
fn what_a_token_may_not_do_is_not_offered() {
    let daemon = Daemon::with(&[]);
    let (reader, _) = client_with(&daemon, "auditor", &["read"]);
    let browser = logged_in(&reader, Settings::default());
    browser.heading("Overview").appears();
    assert!(!browser.link("Tokens").is_there());
    browser.expect_refusal(403);
    browser.open("/tokens");
    browser.heading("You may not do that").appears();
    let admin = logged_in(&daemon, Settings::default());
    assert!(admin.link("Tokens").is_there());
    assert_eq!(admin.evaluate("return document.querySelectorAll('nav a').length"), json!(9));
}

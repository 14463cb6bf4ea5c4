//! The main path without a mouse: what has the focus is seen, dialogs keep it and give it back.

use super::{company_synced, show_token};
use crate::support::browser::{Browser, Key};

#[test]
fn the_main_path_needs_no_mouse() {
    let daemon = company_synced();
    let browser = Browser::start(daemon.address());
    browser.open("/");
    assert_eq!(browser.focused(), "Token", "one can type at once");
    show_token(&browser, daemon.token());
    browser.arrives("/");
    let press = |key: Key| browser.press_key(key);

    browser.link("Sources").first().reach();
    press(Key::Enter);
    browser.arrives("/sources");
    browser.link("company").reach();
    press(Key::Enter);
    browser.arrives("/sources/company");
    browser.button("Sync what changed").reach();
    press(Key::Enter);
    browser.heading("Task 2 of company").appears();
    browser.sees("success");

    // A dialog keeps the focus, and gives it back.
    browser.link("Tasks").first().reach();
    press(Key::Enter);
    browser.arrives("/tasks");
    browser.link("company, no. 1").reach();
    press(Key::Enter);
    browser.heading("Task 1 of company").appears();
    browser.button("Undo").reach();
    press(Key::Enter);
    let dialog = browser.dialog("Undo");
    dialog.appears();
    assert_eq!(browser.focused(), "Cancel", "what does nothing is nearest");
    let within = "return document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))";
    for _ in 0..8 {
        press(Key::Tab);
        assert_eq!(browser.evaluate(within), true, "the focus left the dialog for {}", browser.focused());
    }
    press(Key::Escape);
    dialog.vanishes();
    assert_eq!(browser.focused(), "Undo");

    // Fields, lists and what folds out.
    browser.field("Change").reach();
    press(Key::Down);
    browser.part("main", "").sees("created");
    browser.link("Departments").first().reach();
    press(Key::Enter);
    browser.arrives("/departments");
    let below = browser.link("Finanzen");
    below.appears();
    browser.branch("Meridian Instruments").reach();
    press(Key::Enter);
    below.vanishes();
    press(Key::Enter);
    below.appears();
    browser.field("Search").reach();
    browser.type_text("recru");
    browser.link("Recruiting").reach();
    press(Key::Enter);
    browser.heading("Recruiting").appears();
}

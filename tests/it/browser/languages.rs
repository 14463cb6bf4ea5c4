//! One page in two languages: words, plural forms, numbers and dates. What they should look like the browser knows
//! by itself.

use serde_json::json;

use super::logged_in;
use crate::support::browser::{Browser, Settings};
use crate::support::daemon::Daemon;

/// Everybody, and those of them who are in a department.
const PEOPLE: usize = 1234;
const MEMBERS: [(&str, usize); 3] = [("Alpha", 1), ("Beta", 2), ("Gamma", 5)];

/// A directory whose departments have one, two and five members.
fn counted() -> Daemon {
    let daemon = Daemon::with(&[]);
    let departments = MEMBERS.map(|(name, _)| json!({"uid": name, "title": name}));
    daemon.push("type=department", &json!(departments));
    let mut homes = MEMBERS.iter().flat_map(|(name, members)| std::iter::repeat_n(*name, *members));
    let people = (0..PEOPLE).map(|number| {
        let home: Vec<&str> = homes.next().into_iter().collect();
        json!({"uid": number.to_string(), "nickname": format!("Person {number}"), "departments": home})
    });
    daemon.push("type=user", &json!(people.collect::<Vec<_>>()));
    daemon
}

fn text(browser: &Browser, script: &str) -> String {
    browser.evaluate(script).as_str().unwrap().to_owned()
}

/// That numbers and dates are written as in this language.
fn assert_written_in(browser: &Browser, language: &str) {
    browser.open("/");
    let number = format!("return new Intl.NumberFormat('{language}').format({PEOPLE})");
    browser.part("main", "").sees(&text(browser, &number));
    browser.open("/tasks/1");
    let shown = text(browser, "return document.querySelector('main time').title");
    let day = format!(
        "const day = {{ year: 'numeric', month: 'short', day: 'numeric' }};
        const moment = new Date(document.querySelector('main time').dateTime);
        return new Intl.DateTimeFormat('{language}', day).format(moment)"
    );
    let day = text(browser, &day);
    assert!(shown.contains(&day), "{shown} is not at {day}");
}

#[test]
fn plural_forms_numbers_and_dates_change_with_the_language() {
    let daemon = counted();
    let browser = logged_in(&daemon, Settings::default());
    browser.open("/departments");
    ["1 member", "2 members", "5 members"].iter().for_each(|members| browser.sees(members));
    assert_written_in(&browser, "en");

    browser.open("/departments");
    browser.button("Preferences").press();
    browser.field("Language").choose("Русский");
    browser.button("Apply").press();
    // One, a few, and many.
    ["1 сотрудник", "2 сотрудника", "5 сотрудников"].iter().for_each(|members| browser.sees(members));
    browser.misses("member");
    assert_written_in(&browser, "ru");
}

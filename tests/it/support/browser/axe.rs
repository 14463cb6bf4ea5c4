//! axe-core, which tells what on a page keeps somebody from using it.

use serde_json::{Value, json};

use super::driver::Driver;

/// Vendored: tests/it/browser/README.md says where it is from.
pub(crate) const AXE: &str = include_str!("../../browser/axe.min.js");

/// WCAG 2.0 to 2.2 at levels A and AA, and what axe-core's authors advise besides.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const RUN: &str = "return axe.run(document, {runOnly: arguments[0], resultTypes: ['violations']})";

/// What is wrong with the page, a text for each element.
pub(super) fn violations(driver: &Driver) -> Vec<String> {
    // A page's own policy for scripts does not bind WebDriver.
    let is_there = driver.script("return Boolean(window.axe)", &[]).unwrap();
    if is_there == false {
        driver.script(AXE, &[]).unwrap();
    }
    let report = driver.script(RUN, &[json!(RULES)]).unwrap();
    let rules = report["violations"].as_array().unwrap();
    let told = |rule: &Value| -> Vec<String> {
        let (id, help) = (text(&rule["id"]), text(&rule["help"]));
        let nodes = rule["nodes"].as_array().unwrap().iter();
        let why = |node: &Value| {
            format!("{id}: {help}\n{}\n{}", text(&node["html"]), text(&node["failureSummary"]))
        };
        nodes.map(why).collect()
    };
    rules.iter().flat_map(told).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

//! Describes the offers.

#[expect(dead_code, reason = "only the schema of the options is of interest here")]
#[path = "src/options.rs"]
mod options;

use options::Options;
use orgsync_plugin_api::{DataType, build};

fn main() {
    const SOURCES: [&str; 18] = [
        "good",
        "ignores-types",
        "needs-nothing",
        "trusting",
        "patient",
        "duplicates",
        "without-uids",
        "undeclared",
        "unsteady",
        "huge-batches",
        "grows",
        "heaps-up",
        "forgets-its-place",
        "jumps-ahead",
        "leaks-in-records",
        "leaks-in-errors",
        "leaks-in-logs",
        "prints",
    ];
    const TARGETS: [&str; 6] =
        ["good", "creates-anew", "renumbers", "all-or-nothing", "keeps", "refuses-all"];
    let manifest = build::manifest().name("nonconforming").vendor("tests");
    let manifest = SOURCES.into_iter().fold(manifest, |manifest, name| {
        let data_types: &[DataType] = match name {
            "undeclared" => &[DataType::Department],
            _ => &[DataType::Department, DataType::User],
        };
        manifest.source_of::<Options>(name, name, data_types)
    });
    TARGETS.into_iter().fold(manifest, |manifest, name| manifest.target::<Options>(name, name)).write();
}

//! A plugin whose offers each break one rule of the conformance suite; the source and the target `good` break none.
#![expect(unsafe_code, reason = "one of them goes past the API")]

mod loose;
mod options;
mod server;
mod sources;
mod targets;

use sources::*;

orgsync_plugin_api::export_plugin! {
    sources: {
        "good" => Good,
        "ignores-types" => loose::IgnoresTypes,
        "needs-nothing" => loose::NeedsNothing,
        "trusting" => Trusting,
        "patient" => Patient,
        "duplicates" => Duplicates,
        "without-uids" => WithoutUids,
        "undeclared" => Undeclared,
        "unsteady" => Unsteady,
        "huge-batches" => HugeBatches,
        "grows" => Grows,
        "heaps-up" => HeapsUp,
        "forgets-its-place" => ForgetsItsPlace,
        "jumps-ahead" => JumpsAhead,
        "leaks-in-records" => LeaksInRecords,
        "leaks-in-errors" => LeaksInErrors,
        "leaks-in-logs" => LeaksInLogs,
        "prints" => Prints,
    },
    targets: {
        "good" => targets::Good,
        "creates-anew" => targets::CreatesAnew,
        "renumbers" => targets::Renumbers,
        "all-or-nothing" => targets::AllOrNothing,
        "keeps" => targets::Keeps,
        "refuses-all" => targets::RefusesAll,
    },
}

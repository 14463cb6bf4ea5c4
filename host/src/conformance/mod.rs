//! The conformance suite behind `orgsync plugin test`: holds a plugin against what hosts rely on, in real workers,
//! and says of each rule what was expected, what was seen, and how to mend it. Beside scratch
//! directories it writes nothing anywhere, but for test records into targets whose options it is given.

mod address;
mod catalogue;
mod examination;
mod example;
mod manifest;
mod memory;
mod options;
mod options_file;
mod reading;
mod report;
mod secrets;
mod source;
mod subject;
mod target;

pub use catalogue::RULES;
pub use examination::{Examination, examine};
pub use options_file::{OptionsFile, OptionsFileError};
pub use report::{Finding, Report, Rule, Verdict};

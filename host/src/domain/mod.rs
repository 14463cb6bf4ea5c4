//! The nouns of orgsync as plain values: ids, records, changes, tasks, policies. Pure: nothing in
//! here knows a database, a socket, a clock or a plugin.

pub mod address;
pub mod backoff;
pub mod change;
pub mod counts;
pub mod data_type;
pub mod fields;
pub mod fold;
pub mod ids;
pub mod json;
pub mod lease;
pub mod leaving;
pub mod link;
pub mod number;
pub mod one_line;
pub mod phone;
pub mod policy;
pub mod record;
pub mod redact;
pub mod schema;
pub mod secrets;
pub mod source;
pub mod starter;
pub mod target;
pub mod task;
pub mod text;
pub mod token;

//! The page: everything an operator does, in a browser. Each page is made of what the API's handlers answer, so that
//! both say the same; here it is only asked for and written as HTML. Nothing here knows a query or decides.

mod address;
mod assets;
mod choice;
mod cookies;
mod diff;
mod failure;
mod fields;
mod form;
mod frame;
mod guard;
mod live;
mod login;
mod logs;
mod notice;
mod overview;
mod page;
mod paging;
mod people;
mod plugins;
mod preferences;
mod router;
mod sources;
mod speech;
mod targets;
mod tasks;
mod tokens;
mod words;

pub use router::pages;

#[cfg(test)]
mod tests;

//! The operator's pages in a real browser.

mod axe;
mod harness;

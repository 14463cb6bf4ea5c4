//! The pages over a real engine and database: what stands on them and what must not, and whom they refuse.

pub(super) mod html;
mod sources;

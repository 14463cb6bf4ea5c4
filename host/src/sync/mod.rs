//! The engine: read → plan → gate → apply, one task at a time per source. It knows plugins only
//! through [`reader::Plugins`] and clients only through [`intake::Piece`]s.

mod apply;
pub mod engine;
pub(crate) mod gate;
pub mod intake;
mod look_up;
pub(crate) mod plan;
mod planner;
pub mod raw_log;
pub mod reader;
mod run;
pub mod schedule;
mod settle;
mod targets;
mod turns;

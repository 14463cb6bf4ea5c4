//! The `orgsync` binary. Only the hidden `worker` subcommand is here yet.

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("worker") => orgsync::worker::serve::run(),
        _ => ExitCode::from(2),
    }
}

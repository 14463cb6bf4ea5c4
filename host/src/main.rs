//! The `orgsync` binary; see `cli` for what it can be asked.

use std::process::ExitCode;

fn main() -> ExitCode {
    orgsync::cli::run()
}

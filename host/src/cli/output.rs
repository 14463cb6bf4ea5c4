//! What commands write: results to standard output, everything else to standard error. Nothing else in the command line
//! writes to either of them, so one place notices that the reader of a pipe has gone or that a disk is full.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use serde_json::Value;

use super::printable::{printable, printable_json};

/// What a shell sees of a program that writes to a pipe that nobody reads: 128 and the number of SIGPIPE.
const NOBODY_READS: u8 = 141;

/// Why the result of a command could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum OutputError {
    /// The reader of the pipe has gone, as `head` does when it has enough.
    #[error("nobody reads standard output")]
    Closed,
    /// The disk is full, for example.
    #[error("failed to write to standard output: {0}")]
    Failed(io::Error),
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Failed(error),
        }
    }
}

/// Writes a line to standard output, and never more than one, whatever is in it.
pub(super) fn line(text: impl Display) -> Result<(), OutputError> {
    write(&printable(&text.to_string()))
}

/// Writes lines to standard output. The first stands out, as texts of others may have several.
pub(super) fn paragraph(text: impl Display) -> Result<(), OutputError> {
    write(&indented(&text.to_string()))
}

/// Writes lines to standard output, each as it is laid out.
pub(super) fn lines(text: impl Display) -> Result<(), OutputError> {
    text.to_string().lines().try_for_each(line)
}

/// Writes a JSON value to standard output.
pub(super) fn json(value: &Value) -> anyhow::Result<()> {
    Ok(write(&printable_json(&serde_json::to_string_pretty(value)?))?)
}

fn write(text: &str) -> Result<(), OutputError> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    Ok(stdout.flush()?)
}

/// Writes a line to standard error. If that fails, there is nowhere left to say so.
pub(super) fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{}", printable(&text.to_string()));
}

/// Several lines of which all but the first are indented, so that none of them can be taken for another message.
fn indented(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(printable).collect();
    lines.join("\n  ")
}

/// Writes what clap has to say: help and version are results, mistakes in a call are not.
pub(super) fn told(message: &clap::Error) -> anyhow::Result<ExitCode> {
    let printed = message.print().and_then(|()| io::stdout().flush());
    if !message.use_stderr() {
        printed.map_err(OutputError::from)?;
    }
    Ok(u8::try_from(message.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The exit code of a command that failed; says why, unless it is that nobody reads any more.
pub(super) fn failed(error: &anyhow::Error) -> ExitCode {
    if let Some(OutputError::Closed) = error.downcast_ref() {
        return ExitCode::from(NOBODY_READS);
    }
    // If that fails, there is nowhere left to say so.
    let _ = writeln!(io::stderr().lock(), "orgsync: {}", indented(&sentence(error)));
    ExitCode::FAILURE
}

/// An error with its causes, each said once: most of ours name theirs already.
fn sentence(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said.as_str() {
        "" => cause,
        text if text.contains(&cause) => said,
        _ => format!("{said}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_text_can_be_taken_for_another_message() {
        assert_eq!(
            indented("orgsync: line 1\nsha256 OK\u{1b}[1A\r\n"),
            "orgsync: line 1\n  sha256 OK\\u{1b}[1A"
        );
    }

    #[test]
    fn a_cause_is_said_once() {
        let error = |text: &str| anyhow::anyhow!("no such file").context(text.to_owned());
        assert_eq!(sentence(&error("failed to read x: no such file")), "failed to read x: no such file");
        assert_eq!(sentence(&error("failed to read x")), "failed to read x: no such file");
    }
}

//! `orgsync push`: sends a file of records, as it is, without ever holding it in memory.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use crate::domain::data_type::DataType;
use crate::domain::policy::MatchKey;

use super::client::{self, segment};
use super::connection::Connection;
use super::settings::Settings;

/// Push a file of records
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// JSON Lines, or a JSON array in a file ending in .json; also compressed (.gz, .zst); `-` is
    /// JSON Lines from standard input
    file: PathBuf,
    /// What the records describe: user or department
    #[arg(long = "type", value_name = "TYPE")]
    data_type: DataType,
    /// The source that they belong to
    #[arg(long, default_value = "api", value_name = "NAME")]
    source: String,
    /// The file is all there is: who is not in it is missing
    #[arg(long)]
    full: bool,
    /// How records without a link find existing users: username, email or phone
    #[arg(long, value_name = "FIELD")]
    match_key: Option<MatchKey>,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    settings: Settings,
}

pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let client = args.connection.client(args.settings)?;
    let (body, length): (Box<dyn Read + Send>, Option<u64>) = if args.file == Path::new("-") {
        (Box::new(std::io::stdin()), None)
    } else {
        let file =
            File::open(&args.file).with_context(|| format!("failed to read {}", args.file.display()))?;
        let length = file.metadata().map(|metadata| metadata.len()).ok();
        (Box::new(file), length)
    };
    let mut path = format!("/api/v1/sources/{}/records?type={}", segment(&args.source), args.data_type);
    if args.full {
        path.push_str("&mode=full");
    }
    if let Some(key) = args.match_key {
        path.push_str(&format!("&matchKey={key}"));
    }
    let (content_type, encoding) = format_of(&args.file);
    let mut headers = vec![("content-type", content_type)];
    headers.extend(encoding.map(|encoding| ("content-encoding", encoding)));
    let bar = bar(length)?;
    let answer = client.upload(&path, &headers, bar.wrap_read(body));
    bar.finish_and_clear();
    Ok(client::report(&answer?)?)
}

fn bar(length: Option<u64>) -> anyhow::Result<ProgressBar> {
    let Some(length) = length else { return Ok(ProgressBar::new_spinner()) };
    let template = "{elapsed_precise} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
    Ok(ProgressBar::new(length).with_style(ProgressStyle::with_template(template)?))
}

/// Content type and encoding by the file's name.
fn format_of(file: &Path) -> (&'static str, Option<&'static str>) {
    let name = file.to_string_lossy().to_lowercase();
    let (name, encoding) = match (name.strip_suffix(".gz"), name.strip_suffix(".zst")) {
        (Some(name), _) => (name, Some("gzip")),
        (_, Some(name)) => (name, Some("zstd")),
        _ => (name.as_str(), None),
    };
    let array = name.ends_with(".json");
    (if array { "application/json" } else { "application/x-ndjson" }, encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_follows_from_the_name() {
        let check = |name: &str, content_type, encoding| {
            assert_eq!(format_of(Path::new(name)), (content_type, encoding))
        };
        check("users.ndjson", "application/x-ndjson", None);
        check("a/Users.JSON", "application/json", None);
        check("users.jsonl.gz", "application/x-ndjson", Some("gzip"));
        check("users.json.zst", "application/json", Some("zstd"));
        check("-", "application/x-ndjson", None);
    }
}

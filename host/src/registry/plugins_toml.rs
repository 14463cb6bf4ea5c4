//! `plugins.toml`: the plugins that an operator wants. Unknown keys are errors; every error names file, line
//! and key.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use toml::Spanned;

use crate::worker::{Limits, LocalSockets, Sandbox};

/// With less than this, even loading a library fails, in ways that are hard to understand.
const MIN_MEMORY: u64 = 16 << 20;
/// Ten years: far longer times can't be added to any moment.
const MAX_TIME: Duration = Duration::from_hours(10 * 366 * 24);

/// One `[[plugin]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Unique within the file.
    pub name: String,
    /// The library, made absolute or relative to the working directory by the file's own directory.
    pub path: PathBuf,
    /// What the library's SHA-256 has to be, in lowercase hexadecimal.
    pub sha256: Option<String>,
    /// Whether it is to be used.
    pub enabled: bool,
    /// What its workers may use.
    pub limits: Limits,
    /// What its workers may reach. Its paths are made like `path`.
    pub sandbox: Sandbox,
}

/// What is wrong with `plugins.toml`.
#[derive(Debug, thiserror::Error)]
pub enum PluginsTomlError {
    /// It can't be read.
    #[error("failed to read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It says what can't be.
    #[error("failed to read {}: line {line}: {message}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there, naming the key.
        message: String,
    },
}

/// Reads the file; `None` if there is none.
///
/// # Errors
/// See [`PluginsTomlError`].
pub fn read(path: &Path) -> Result<Option<Vec<Listed>>, PluginsTomlError> {
    match fs::read_to_string(path) {
        Ok(text) => parse(&text, path).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(PluginsTomlError::Io { path: path.to_owned(), source }),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    plugin: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    name: Spanned<String>,
    path: PathBuf,
    sha256: Option<Pin>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    limits: LimitsTable,
    #[serde(default)]
    sandbox: SandboxTable,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    memory: Option<Size>,
    idle_timeout: Option<Span>,
    task_timeout: Option<Span>,
}

/// `[plugin.sandbox]`; what a plugin is tested with has the same.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SandboxTable {
    #[serde(default)]
    read: Vec<Place>,
    #[serde(default)]
    write: Vec<Place>,
    connect: Option<Vec<Port>>,
    #[serde(default)]
    local_sockets: bool,
}

#[derive(Debug, Clone)]
struct Place(PathBuf);
#[derive(Debug, Clone)]
struct Port(u16);
struct Pin(String);
struct Size(u64);
struct Span(Duration);

pub(super) fn parse(text: &str, path: &Path) -> Result<Vec<Listed>, PluginsTomlError> {
    let wrong = |at: usize, message: String| PluginsTomlError::Content {
        path: path.to_owned(),
        line: text[..at].matches('\n').count() + 1,
        message,
    };
    let File { plugin } = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        wrong(at, explain(error.message(), key_at(text, at)))
    })?;
    let directory = path.parent().unwrap_or(Path::new(""));
    let mut listed: Vec<Listed> = Vec::with_capacity(plugin.len());
    for Item { name, path, sha256, enabled, limits, sandbox } in plugin {
        let at = name.span().start;
        let name = name.into_inner();
        if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '/') {
            return Err(wrong(at, format!("`name`: {name:?} is empty or has a space or a slash in it")));
        }
        if listed.iter().any(|other| other.name == name) {
            return Err(wrong(at, format!("`name`: there are two plugins {name:?}")));
        }
        let path = directory.join(path);
        let sha256 = sha256.map(|Pin(sha256)| sha256);
        let (limits, sandbox) = (limits.resolve(), sandbox.resolve(directory));
        listed.push(Listed { name, path, sha256, enabled, limits, sandbox });
    }
    Ok(listed)
}

impl LimitsTable {
    fn resolve(self) -> Limits {
        let default = Limits::default();
        Limits {
            memory: self.memory.map_or(default.memory, |Size(bytes)| bytes),
            idle_timeout: self.idle_timeout.map_or(default.idle_timeout, |Span(time)| time),
            task_timeout: self.task_timeout.map_or(default.task_timeout, |Span(time)| time),
        }
    }
}

impl SandboxTable {
    /// The same with absolute paths; relative ones start at `directory`.
    pub(crate) fn resolve(self, directory: &Path) -> Sandbox {
        let absolute = |Place(path)| {
            let path = directory.join(path);
            std::path::absolute(&path).unwrap_or(path)
        };
        Sandbox {
            read: self.read.into_iter().map(absolute).collect(),
            write: self.write.into_iter().map(absolute).collect(),
            connect: self.connect.map(|ports| ports.into_iter().map(|Port(port)| port).collect()),
            local_sockets: if self.local_sockets { LocalSockets::Allowed } else { LocalSockets::Forbidden },
        }
    }
}

/// Serde's words in ours, and the key whose value is meant where the message doesn't name one.
fn explain(message: &str, key: Option<&str>) -> String {
    let message = message.trim().replace('\n', ", ");
    match (message.strip_prefix("unknown field "), message.strip_prefix("missing field "), key) {
        (Some(rest), _, _) => format!("unknown key {rest}"),
        (_, Some(rest), _) => format!("missing key {rest}"),
        (_, _, Some(key)) => format!("`{key}`: {message}"),
        (_, _, None) => message,
    }
}

/// The key on whose line this is, if there is one.
fn key_at(text: &str, at: usize) -> Option<&str> {
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let (key, _) = text[line..].lines().next()?.split_once('=')?;
    Some(key.trim())
}

fn yes() -> bool {
    true
}

impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?.to_ascii_lowercase();
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(D::Error::custom("a sha256 has 64 hexadecimal digits"));
        }
        Ok(Self(text))
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim().is_empty() {
            return Err(D::Error::custom("an empty text is no path"));
        }
        Ok(Self(text.into()))
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match i64::deserialize(deserializer)? {
            port @ 1..=65_535 => Ok(Self(u16::try_from(port).map_err(D::Error::custom)?)),
            other => Err(D::Error::custom(format!("{other} is no port: those are 1 to 65535"))),
        }
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match parse_size(&text) {
            Some(bytes) if bytes >= MIN_MEMORY => Ok(Self(bytes)),
            Some(_) => Err(D::Error::custom(format!(
                "{text:?} is too little to load any plugin: at least \"16MiB\""
            ))),
            None => Err(D::Error::custom(format!("{text:?} is no size such as \"64MiB\""))),
        }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match humantime::parse_duration(&text) {
            Ok(time) if time > MAX_TIME => Err(D::Error::custom(format!("{text:?} is longer than 10 years"))),
            Ok(time) if !time.is_zero() => Ok(Self(time)),
            _ => Err(D::Error::custom(format!("{text:?} is no time such as \"2m\" or \"6h\""))),
        }
    }
}

/// `"64MiB"`, `"1.5 GiB"`, `"500 MB"`, `"1048576"`, in bytes; not zero.
fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kib" | "k" => 1 << 10,
        "mib" | "m" => 1 << 20,
        "gib" | "g" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "digits are positive, and a size need not be exact to the byte beyond 2^53"
    )]
    let bytes = (number.parse::<f64>().ok()? * unit as f64) as u64;
    (bytes > 0).then_some(bytes)
}

#[cfg(any(test, fuzzing))]
#[path = "plugins_toml_fuzz.rs"]
pub(super) mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "/etc/orgsync/plugins.toml";

    fn fails(text: &str, expected: &str) {
        let error = parse(text, Path::new(FILE)).unwrap_err().to_string();
        assert_eq!(error, format!("failed to read {FILE}: {expected}"));
    }

    #[test]
    fn a_whole_entry() {
        let text = "[[plugin]]\nname = \"ldap\"\npath = \"plugins/l.so\"\nenabled = false\n\
                    sha256 = \"ABababababababababababababababababababababababababababababababab\"\n\
                    [plugin.limits]\nmemory = \"64 MiB\"\nidle_timeout = \"10s\"\n\
                    [plugin.sandbox]\nread = [\"hr\", \"/srv/hr\"]\nwrite = [\"/srv/out\"]\nconnect = [636]\nlocal_sockets = true\n\
                    [[plugin]]\nname = \"b\"\npath = \"/opt/b.so\"\n";
        let listed = parse(text, Path::new(FILE)).unwrap();
        let expected = Listed {
            name: "ldap".into(),
            path: "/etc/orgsync/plugins/l.so".into(),
            sha256: Some("ab".repeat(32)),
            enabled: false,
            limits: Limits { memory: 64 << 20, idle_timeout: Duration::from_secs(10), ..Limits::default() },
            sandbox: Sandbox {
                read: vec!["/etc/orgsync/hr".into(), "/srv/hr".into()],
                write: vec!["/srv/out".into()],
                connect: Some(vec![636]),
                local_sockets: LocalSockets::Allowed,
            },
        };
        assert_eq!(listed[0], expected);
        assert_eq!((listed[1].path.to_str().unwrap(), listed[1].enabled), ("/opt/b.so", true));
        assert_eq!((listed[1].limits, &listed[1].sandbox), (Limits::default(), &Sandbox::default()));
        assert_eq!(parse("", Path::new(FILE)).unwrap(), []);
    }

    #[test]
    fn errors_name_file_line_and_key() {
        fails(
            "[[plugin]]\nname = \"a\"\nsha = \"x\"\n",
            "line 3: unknown key `sha`, expected one of `name`, `path`, `sha256`, `enabled`, `limits`, \
             `sandbox`",
        );
        fails("[[plugin]]\nname = \"a\"\n", "line 1: missing key `path`");
        fails(
            "[[plugin]]\nname = \"a\"\npath = \"p\"\nenabled = \"no\"\n",
            "line 4: `enabled`: invalid type: string \"no\", expected a boolean",
        );
        fails(
            "[[plugin]]\nname = \"a\"\npath = \"p\"\nlimits.memory = \"much\"\n",
            "line 4: `limits.memory`: \"much\" is no size such as \"64MiB\"",
        );
        fails(
            "[[plugin]]\nname = \"a\"\npath = \"p\"\nlimits.memory = \"1MB\"\n",
            "line 4: `limits.memory`: \"1MB\" is too little to load any plugin: at least \"16MiB\"",
        );
        fails(
            "[[plugin]]\nname = \"a\"\npath = \"p\"\n[plugin.limits]\ntask_timeout = \"0s\"\n",
            "line 5: `task_timeout`: \"0s\" is no time such as \"2m\" or \"6h\"",
        );
        fails(
            "[[plugin]]\nname = \"a\"\npath = \"p\"\n[plugin.limits]\nidle_timeout = \"500000000000years\"\n",
            "line 5: `idle_timeout`: \"500000000000years\" is longer than 10 years",
        );
        fails(
            "[[plugin]]\nname = \"a\"\npath = \"p\"\nsha256 = \"12\"\n",
            "line 4: `sha256`: a sha256 has 64 hexadecimal digits",
        );
        fails(
            "[[plugin]]\nname = \"a\"\npath = \"p\"\n[[plugin]]\nname = \"a\"\npath = \"p\"\n",
            "line 5: `name`: there are two plugins \"a\"",
        );
        fails(
            "[[plugin]]\nname = \"a\"\npath = \"p\"\nsandbox.connect = [636, 65536]\n",
            "line 4: `sandbox.connect`: 65536 is no port: those are 1 to 65535",
        );
        fails(
            "[[plugin]]\nname = \"a\"\npath = \"p\"\n[plugin.sandbox]\nread = [\"\"]\n",
            "line 5: `read`: an empty text is no path",
        );
        fails(
            "[[plugin]]\nname = \"a b\"\npath = \"p\"\n",
            "line 2: `name`: \"a b\" is empty or has a space or a slash in it",
        );
    }

    #[test]
    fn sizes() {
        let check = |text, expected| assert_eq!(parse_size(text), expected, "{text}");
        check("1GiB", Some(1 << 30));
        check("1.5 GiB", Some(3 << 29));
        check("64 mib", Some(64 << 20));
        check("500MB", Some(500_000_000));
        check("4096", Some(4096));
        check("0", None);
        check("MiB", None);
        check("-1MiB", None);
        check("1 TB", None);
    }
}

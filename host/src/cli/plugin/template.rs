//! The files of a new plugin: templates out of host/templates/plugin, and a copy of plugin-api, so that a vendor needs
//! nothing but this binary and what crates.io has.

use super::new::Kind;

include!(concat!(env!("OUT_DIR"), "/plugin_api.rs"));

/// Where the copy of plugin-api lies in the new crate.
pub(super) const COPY: &str = "orgsync-plugin-api";

/// What a target's README says besides.
const GRANT: &str = r#"
The target writes files, and a worker may write to no directory but its own. `options.toml` lets the test write, under
`[sandbox]`. Whoever runs the plugin in a daemon says the same in `plugins.toml`, below its `[[plugin]]`:

```toml
[plugin.sandbox]
write = ["/srv/outbox"]
```
"#;

/// A template.
macro_rules! template {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/plugin/", $name))
    };
}

/// What is put into the templates.
#[derive(Debug)]
pub(super) struct Values<'a> {
    pub(super) name: &'a str,
    pub(super) vendor: &'a str,
    pub(super) kind: Kind,
    /// Where plugin-api lies, as Cargo.toml has it; none for the copy.
    pub(super) api: Option<&'a str>,
}

/// Path and content of every file.
pub(super) fn files(values: &Values<'_>) -> Vec<(String, String)> {
    let own = own(values.kind).into_iter().map(|(path, text)| (path.to_owned(), filled(text, values)));
    let copied = PLUGIN_API.iter().filter(|_| values.api.is_none());
    let copied = copied.map(|(path, text)| (format!("{COPY}/{path}"), (*text).to_owned()));
    own.chain(copied).collect()
}

fn own(kind: Kind) -> Vec<(&'static str, &'static str)> {
    let (build, lib) = match kind {
        Kind::Source => (template!("build.source.rs"), template!("lib.source.rs")),
        Kind::Target => (template!("build.target.rs"), template!("lib.target.rs")),
        Kind::Both => (template!("build.both.rs"), template!("lib.both.rs")),
    };
    let source = [
        ("src/source.rs", template!("source.rs")),
        ("src/source_options.rs", template!("source_options.rs")),
        ("testdata/export.jsonl", template!("export.jsonl")),
    ];
    let target = [
        ("src/target.rs", template!("target.rs")),
        ("src/target_options.rs", template!("target_options.rs")),
    ];
    let mut files = vec![
        ("Cargo.toml", template!("Cargo.toml.txt")),
        (".gitignore", template!("gitignore.txt")),
        ("README.md", template!("README.md")),
        ("build.rs", build),
        ("src/lib.rs", lib),
    ];
    match kind {
        Kind::Source => {
            files.push(("options.toml", template!("options.source.toml")));
            files.extend(source);
        }
        Kind::Target => {
            files.push(("options.toml", template!("options.target.toml")));
            files.extend(target);
        }
        Kind::Both => {
            let both = concat!(template!("options.source.toml"), "\n", template!("options.target.toml"));
            files.push(("options.toml", both));
            files.extend(source.into_iter().chain(target));
        }
    }
    files
}

fn filled(text: &str, Values { name, vendor, kind, api }: &Values<'_>) -> String {
    let (outbox, grant) = match kind {
        Kind::Source => ("", ""),
        Kind::Target | Kind::Both => ("mkdir -p target/outbox\n", GRANT),
    };
    let mut text = text
        .replace("{{name}}", name)
        .replace("{{vendor}}", &escaped(vendor))
        .replace("{{library}}", &library(name))
        .replace("{{api}}", &escaped(api.unwrap_or(COPY)))
        .replace("{{outbox}}", outbox)
        .replace("{{grant}}", grant);
    for (besides, version) in BESIDES {
        text = text.replace(&format!("{{{{{besides}}}}}"), version);
    }
    text
}

/// The file that cargo builds of it.
pub(super) fn library(name: &str) -> String {
    format!("lib{}.so", name.replace('-', "_"))
}

/// As it stands between the quotes of a text in TOML.
fn escaped(text: &str) -> String {
    text.chars()
        .flat_map(|character| match character {
            '"' | '\\' => vec!['\\', character],
            control if control.is_control() => vec![' '],
            other => vec![other],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(kind: Kind) -> Values<'static> {
        Values { name: "acme-hr", vendor: "A \"B\" Ltd.", kind, api: None }
    }

    #[test]
    fn nothing_is_left_to_be_filled_in() {
        for kind in [Kind::Source, Kind::Target, Kind::Both] {
            for (path, text) in files(&values(kind)) {
                assert!(path.starts_with(COPY) || !text.contains("{{"), "{path}: {text}");
                assert!(!path.ends_with(".toml") || text.parse::<toml::Table>().is_ok(), "{path}: {text}");
            }
        }
    }

    #[test]
    fn the_crate_depends_on_the_copy_or_on_what_is_named() {
        let manifest = |api| {
            let files = files(&Values { api, ..values(Kind::Source) });
            let manifest: toml::Table = files[0].1.parse().unwrap();
            let copied = files.iter().filter(|(path, _)| path.starts_with(COPY)).count();
            (manifest["dependencies"]["orgsync-plugin-api"]["path"].clone(), copied > 0)
        };
        assert_eq!(manifest(None), (COPY.into(), true));
        assert_eq!(manifest(Some("/srv/a\"b")), ("/srv/a\"b".into(), false));
    }

    #[test]
    fn the_copy_stands_alone() {
        let of = |path: &str| PLUGIN_API.iter().find(|(name, _)| *name == path).unwrap().1;
        assert!(!of("Cargo.toml").contains("workspace"), "{}", of("Cargo.toml"));
        assert!(of("src/module.rs").starts_with("//! ") && of("LICENSE-MIT").contains("MIT"));
    }
}

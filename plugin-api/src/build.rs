//! Writes the manifest in a vendor's `build.rs`, so that it stands in the library as static bytes: the
//! options schemas come out of the very types that the plugin reads its options into. See
//! [`export_plugin!`](crate::export_plugin).

use std::path::Path;

use schemars::JsonSchema;

use crate::manifest::{ABI_VERSION, SourceType, TargetType};
use crate::{DataType, Manifest, schema};

/// Begins the manifest of the crate that is being built: name, version and authors come from its
/// `Cargo.toml`.
pub fn manifest() -> ManifestBuilder {
    let of_the_crate = |variable: &str| std::env::var(variable).unwrap_or_default();
    ManifestBuilder(Manifest {
        name: of_the_crate("CARGO_PKG_NAME"),
        version: of_the_crate("CARGO_PKG_VERSION"),
        vendor: of_the_crate("CARGO_PKG_AUTHORS"),
        abi: ABI_VERSION,
        sources: Vec::new(),
        targets: Vec::new(),
    })
}

/// Collects what a plugin offers. Its methods panic on mistakes, as is the way of build scripts.
#[derive(Debug, Clone)]
#[must_use = "the manifest is only there once it is written"]
pub struct ManifestBuilder(Manifest);

impl ManifestBuilder {
    /// Names the plugin; otherwise it is called like its crate.
    pub fn name(mut self, name: &str) -> Self {
        self.0.name = name.to_owned();
        self
    }

    /// Says who made the plugin; otherwise it is the crate's authors.
    pub fn vendor(mut self, vendor: &str) -> Self {
        self.0.vendor = vendor.to_owned();
        self
    }

    /// Adds a source type with the type that its options are read into. It yields both data types; see
    /// [`source_of`](Self::source_of).
    pub fn source<O: JsonSchema>(self, name: &str, title: &str) -> Self {
        self.source_of::<O>(name, title, &[DataType::Department, DataType::User])
    }

    /// Adds a source type that yields only some data types.
    pub fn source_of<O: JsonSchema>(mut self, name: &str, title: &str, data_types: &[DataType]) -> Self {
        self.0.sources.push(SourceType {
            name: name.to_owned(),
            title: title.to_owned(),
            options: schema::of::<O>(),
            data_types: data_types.to_vec(),
            incremental: false,
        });
        self
    }

    /// Says that the source type added last can read what changed since a cursor: it returns one at the end of
    /// each read, or with batches, and a later read that is given it yields what changed since.
    ///
    /// # Panics
    /// If there is no source type yet.
    pub fn incremental(mut self) -> Self {
        let Some(last) = self.0.sources.last_mut() else {
            panic!("`incremental` is said of the source added before it, and there is none");
        };
        last.incremental = true;
        self
    }

    /// Adds a target type with the type that its options are read into. It accepts both data types and is
    /// served in any order; see [`target_of`](Self::target_of).
    pub fn target<O: JsonSchema>(self, name: &str, title: &str) -> Self {
        self.target_of::<O>(name, title, &[DataType::Department, DataType::User], &[])
    }

    /// Adds a target type that accepts only some data types, or is served after other targets.
    pub fn target_of<O: JsonSchema>(
        mut self,
        name: &str,
        title: &str,
        data_types: &[DataType],
        after: &[&str],
    ) -> Self {
        self.0.targets.push(TargetType {
            name: name.to_owned(),
            title: title.to_owned(),
            options: schema::of::<O>(),
            data_types: data_types.to_vec(),
            after: after.iter().copied().map(str::to_owned).collect(),
        });
        self
    }

    /// The manifest as it stands.
    ///
    /// # Panics
    /// If it isn't valid.
    pub fn finish(self) -> Manifest {
        if let Err(reason) = self.0.validate() {
            panic!("the manifest is not valid: {reason}");
        }
        self.0
    }

    /// Writes the manifest to where `export_plugin!` finds it.
    ///
    /// # Panics
    /// If it isn't valid or can't be written.
    #[expect(clippy::print_stdout, reason = "that is how a build script talks to cargo")]
    pub fn write(self) {
        let directory = std::env::var("OUT_DIR").expect("build::manifest() is for build scripts: no OUT_DIR");
        let path = Path::new(&directory).join("orgsync_manifest.rs");
        if let Err(error) = std::fs::write(&path, rust(&self.finish())) {
            panic!("failed to write {}: {error}", path.display());
        }
        // Files that build.rs includes as modules are watched by cargo itself.
        println!("cargo::rerun-if-changed=build.rs");
    }
}

/// The manifest as `export_plugin!` includes it.
fn rust(manifest: &Manifest) -> String {
    let json = serde_json::to_string(manifest).expect("a manifest consists of strings and json");
    let sources: Vec<_> = manifest.sources.iter().map(|s| &s.name).collect();
    let targets: Vec<_> = manifest.targets.iter().map(|t| &t.name).collect();
    format!(
        "pub(super) const JSON: &str = {json:?};\n\
         pub(super) const SOURCES: &[&str] = &{sources:?};\n\
         pub(super) const TARGETS: &[&str] = &{targets:?};\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How to reach ACME.
    #[derive(JsonSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct Options {
        /// Where it answers.
        base_url: String,
        /// What it lets in.
        #[schemars(extend("format" = "password"))]
        token: Option<String>,
        more: Option<More>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct More {
        pages: u32,
    }

    fn acme() -> Manifest {
        manifest()
            .name("acme")
            .vendor("ACME Inc.")
            .source::<Options>("acme-hr", "ACME HR")
            .target_of::<More>("acme-mail", "ACME Mail", &[DataType::User], &["users"])
            .finish()
    }

    #[test]
    fn the_manifest_of_a_plugin() {
        let mut manifest = acme();
        manifest.version = "1.0.0".into();
        // As text: a number that keeps all its digits is a struct to any writer but serde_json's own.
        insta::assert_snapshot!(serde_json::to_string_pretty(&manifest).unwrap());
    }

    #[test]
    fn what_the_macro_includes() {
        let text = rust(&acme());
        let (json, names) = text.split_once('\n').unwrap();
        assert!(json.starts_with(r#"pub(super) const JSON: &str = "{\"name\":\"acme\","#), "{json}");
        assert_eq!(
            names,
            "pub(super) const SOURCES: &[&str] = &[\"acme-hr\"];\n\
             pub(super) const TARGETS: &[&str] = &[\"acme-mail\"];\n"
        );
    }

    #[test]
    fn incremental_is_said_of_the_source_before_it() {
        let manifest =
            manifest().name("acme").source::<More>("hr", "HR").incremental().source::<More>("old", "Old");
        let of: Vec<_> = manifest.finish().sources.iter().map(|source| source.incremental).collect();
        assert_eq!(of, [true, false]);
    }

    #[test]
    #[should_panic = "the manifest is not valid: it offers the source `hr` twice"]
    fn mistakes_stop_the_build() {
        let _ = manifest().source::<More>("hr", "HR").source::<More>("hr", "HR").finish();
    }
}

//! Writes down the sources of plugin-api, with a Cargo.toml that needs no workspace, and the versions of what every
//! plugin depends on: `orgsync plugin new` gives them to vendors, who have nothing else of this repository.

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// What a plugin depends on besides plugin-api.
const BESIDES: [&str; 3] = ["schemars", "serde", "serde_json"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("..").canonicalize()?;
    let workspace: Table = fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    let workspace = workspace["workspace"].as_table().ok_or("the root Cargo.toml is no workspace")?;
    let api = root.join("plugin-api");
    let manifest = standalone(fs::read_to_string(api.join("Cargo.toml"))?.parse()?, workspace)?;

    let mut rust = String::from(
        "/// Path and content of each file of plugin-api.\npub(super) const PLUGIN_API: &[(&str, &str)] = &[\n",
    );
    writeln!(rust, "    (\"Cargo.toml\", {manifest:?}),")?;
    for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
        writeln!(rust, "    ({license:?}, include_str!({:?})),", root.join(license))?;
    }
    let mut sources = Vec::new();
    collect(&api.join("src"), &mut sources)?;
    for source in sources {
        writeln!(rust, "    ({:?}, include_str!({source:?})),", source.strip_prefix(&api)?)?;
    }
    rust.push_str("];\n\n/// Crates that a plugin depends on besides, with their versions.\npub(super) const BESIDES: &[(&str, &str)] = &[\n");
    for name in BESIDES {
        let version = version(&workspace["dependencies"][name]).ok_or("a dependency without a version")?;
        writeln!(rust, "    ({name:?}, {version:?}),")?;
    }
    rust.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("plugin_api.rs"), rust)?;
    for path in ["../Cargo.toml", "../plugin-api", "build.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    Ok(())
}

/// The crate's Cargo.toml with everything in it that it takes from the workspace, and without what only its own tests
/// need.
fn standalone(mut manifest: Table, workspace: &Table) -> Result<String, Box<dyn Error>> {
    manifest.remove("dev-dependencies");
    let lints = workspace["lints"].clone();
    manifest.insert("lints".into(), lints);
    let package = workspace["package"].as_table().ok_or("no [workspace.package]")?;
    let own = manifest["package"].as_table_mut().ok_or("no [package]")?;
    for (key, value) in own.iter_mut().filter(|(_, value)| inherits(value)) {
        *value = package[key.as_str()].clone();
    }
    let dependencies = manifest["dependencies"].as_table_mut().ok_or("no [dependencies]")?;
    for (name, value) in dependencies.iter_mut().filter(|(_, value)| inherits(value)) {
        if value.as_table().is_some_and(|table| table.len() > 1) {
            return Err(
                format!("plugin-api inherits {name} with features of its own: merge them here").into()
            );
        }
        *value = workspace["dependencies"][name.as_str()].clone();
    }
    Ok(toml::to_string(&manifest)?)
}

fn inherits(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

fn version(dependency: &Value) -> Option<&str> {
    dependency.as_str().or_else(|| dependency.get("version")?.as_str())
}

/// Every Rust file below a folder, in the order of their names.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    let mut entries =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

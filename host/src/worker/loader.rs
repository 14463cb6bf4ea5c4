//! Loads a plugin's library, in a worker only: checks that it speaks our ABI, and says shortly why when it
//! doesn't.
//!
//! A library is never unloaded: abi_stable relies on that, and a worker exits anyway.
#![expect(
    unsafe_code,
    reason = "loading a library runs its code, and its symbols have whatever type it says"
)]

use std::error::Error;
use std::mem;
use std::path::Path;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use orgsync_plugin_api::abi_stable::library::{AbiHeaderRef, LibraryError};
use orgsync_plugin_api::module::{PluginModuleRef, ROOT_SYMBOL};

/// abi_stable describes whole type trees; so many of its errors are passed on, with the lines that follow
/// each.
const MAX_ERRORS: usize = 3;
const LINES_OF_AN_ERROR: usize = 5;

/// Why a library is no plugin that this host can use.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error("the library can't be loaded: {0}")]
    Open(String),
    #[error("the library does not export {}: it was built without export_plugin!", ROOT_SYMBOL.to_string_lossy())]
    NoRoot,
    #[error("the library was built with another version of abi_stable ({major}.{minor})")]
    AbiStable { major: u32, minor: u32 },
    #[error("the library's plugin module has another layout than this host's: {0}")]
    Layout(String),
    #[error("the library's plugin module can't be had: {0}")]
    Root(String),
}

/// Loads the library and gives its root module.
///
/// All symbols are bound at once, so that a missing one is an error here and not a crash in the middle of a
/// task.
pub(super) fn load(path: &Path) -> Result<PluginModuleRef, LoadError> {
    // SAFETY: the library's constructors run code that we know nothing about; this process exists to contain
    // it.
    let library =
        unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(|error| open_error(&error))?;
    // SAFETY: the symbol is one that only export_plugin! defines, as a static `LibHeader`, which begins with
    // the header that is checked next; a pointer to it is what an `AbiHeaderRef` is.
    let header = unsafe { library.get::<AbiHeaderRef>(ROOT_SYMBOL) }.map(|symbol| *symbol);
    mem::forget(library);
    let header = header.map_err(|_| LoadError::NoRoot)?;
    header
        .upgrade()
        .and_then(|header| header.init_root_module::<PluginModuleRef>())
        .map_err(|e| root_error(&e))
}

fn open_error(error: &libloading::Error) -> LoadError {
    LoadError::Open(error.source().map_or_else(|| error.to_string(), ToString::to_string))
}

fn root_error(error: &LibraryError) -> LoadError {
    match error {
        LibraryError::InvalidAbiHeader(header) => {
            LoadError::AbiStable { major: header.abi_major, minor: header.abi_minor }
        }
        LibraryError::AbiInstability(error) => LoadError::Layout(shorten(&error.to_string())),
        other => LoadError::Root(shorten(&other.to_string())),
    }
}

/// The essentials of an abi_stable error, on one line: its `Error:` blocks with what was expected and found,
/// or else its first lines. Whole, such errors have up to 90 KB.
fn shorten(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let errors: Vec<String> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts_with("Error:"))
        .take(MAX_ERRORS)
        .map(|(at, _)| lines[at..].iter().take(LINES_OF_AN_ERROR).copied().collect::<Vec<_>>().join(" "))
        .collect();
    if errors.is_empty() {
        lines.into_iter().take(LINES_OF_AN_ERROR).collect::<Vec<_>>().join(" ")
    } else {
        errors.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_errors_shrink_to_what_was_expected_and_found() {
        let long = "Compared <this>:\n  --- Type Layout ---\n  type:PluginModule\n\nTo <other>:\n  size:16\n\n\
                    Error:too many fields\nExpected:\n    1\nFound:\n    2\n\nand so on\n";
        assert_eq!(shorten(long), "Error:too many fields Expected: 1 Found: 2");
        assert_eq!(
            shorten("\n'orgsync plugin' library version mismatch:\nuser:1.0.0\nlibrary:2.0.0\n"),
            "'orgsync plugin' library version mismatch: user:1.0.0 library:2.0.0"
        );
    }

    #[test]
    fn what_is_no_library_says_so() {
        let error = load(Path::new("/dev/null")).err().unwrap().to_string();
        assert!(error.starts_with("the library can't be loaded: /dev/null: "), "{error}");
    }
}

//! The pictures of the documentation. Each is taken whenever the tests run, and kept in `docs/images` if
//! `ORGSYNC_SCREENSHOTS` is set, as `cargo xtask screenshots` does: other runs leave the checkout as it is.

use std::fs;
use std::path::{Path, PathBuf};

use super::Browser;

const ASKED: &str = "ORGSYNC_SCREENSHOTS";
/// Who clones the repository loads all of them.
const LARGEST: usize = 200 * 1024;

/// A folder of pictures.
pub(crate) struct Album(PathBuf);

impl Album {
    /// `docs/images` if the pictures are asked for, otherwise a folder that nobody keeps.
    pub(crate) fn open() -> Self {
        match std::env::var_os(ASKED) {
            Some(_) => Self::at(&Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/images")),
            None => Self::at(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("images")),
        }
    }

    pub(crate) fn at(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        Self(folder.to_owned())
    }

    /// Takes a picture of what is in the window.
    #[track_caller]
    pub(crate) fn take(&self, name: &str, browser: &Browser) {
        let picture = browser.window();
        let size = picture.len();
        assert!(size <= LARGEST, "the picture {name} has {size} bytes");
        fs::write(self.0.join(format!("{name}.png")), picture).unwrap();
    }
}

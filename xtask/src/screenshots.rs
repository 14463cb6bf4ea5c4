//! `cargo xtask screenshots`: takes the pictures of the pages in docs/images anew. The tests that take them
//! run in `cargo xtask test` too, which throws the pictures away.

use anyhow::{Result, ensure};

use crate::build::{self, Profile, Scope};
use crate::test::{Need, Supply, provide};
use crate::workspace;

/// The tests that take pictures.
const TESTS: &str = "browser::pictures::";

/// With a font for each script in which people in the pictures are named: Latin, Greek and Cyrillic letters and
/// Devanagari are in the first package, Han in the second.
const NEEDS: &[Need] = &[
    Need { supply: Supply::Debian("chromium"), program: "chromium", tests: TESTS },
    Need { supply: Supply::Debian("chromium-driver"), program: "chromedriver", tests: TESTS },
    Need { supply: Supply::Debian("python3"), program: "python3", tests: TESTS },
    Need {
        supply: Supply::Debian("fonts-noto-core"),
        program: "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf",
        tests: TESTS,
    },
    Need {
        supply: Supply::Debian("fonts-noto-cjk"),
        program: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        tests: TESTS,
    },
];

pub(crate) fn run() -> Result<()> {
    let missing: Vec<String> = provide(NEEDS)?.iter().map(|need| need.supply.to_string()).collect();
    ensure!(missing.is_empty(), "pictures can't be taken without: {}", missing.join(", "));
    build::build(Profile::Debug, Scope::Everything)?;
    let mut cargo = workspace::cargo(["test", "--package", "orgsync-tests", TESTS]);
    workspace::run(cargo.env("ORGSYNC_SCREENSHOTS", "1"))?;
    println!("the pictures are in {}", workspace::root().join("docs/images").display());
    Ok(())
}

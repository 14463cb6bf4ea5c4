//! `cargo xtask test`: builds what the tests load (the daemon, the plugins, the bad plugins), runs every
//! test of the workspace, doctests included, and ends with one line `N passed, N failed, N skipped`.
//! It refuses to call a run good in which no test ran, and names what it skips for want of a program.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};
use std::{fmt, fs};

use anyhow::{Context, Result, bail, ensure};

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr};

use crate::build::{self, Profile, Scope};
use crate::{pip, workspace};

/// A program that some tests talk to and cargo cannot build.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Need {
    /// Where it is had from.
    pub(crate) supply: Supply,
    /// The program, or the file, whose presence tells that it is there.
    pub(crate) program: &'static str,
    /// Part of the paths of the tests that want it, as `cargo test -- --skip` takes it.
    pub(crate) tests: &'static str,
}

/// Where a program comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Supply {
    /// The Debian package of this name.
    Debian(&'static str),
    /// PyPI: what a requirements file pins, in a folder of the program's name under target/tools.
    PyPi(&'static str),
    /// The kernel, which has it or not.
    Kernel,
}

/// Everything that tests need beyond Rust; one line each. What comes from PyPI needs pip, which stands before it.
const NEEDS: &[Need] = &[
    Need { supply: Supply::Debian("curl"), program: "curl", tests: "http_api_docs::" },
    Need { supply: Supply::Debian("slapd"), program: "slapd", tests: "ldap::" },
    Need { supply: Supply::Debian("ldap-utils"), program: "ldapmodify", tests: "ldap::" },
    Need { supply: Supply::Debian("chromium"), program: "chromium", tests: "browser::" },
    Need { supply: Supply::Debian("chromium-driver"), program: "chromedriver", tests: "browser::" },
    Need { supply: Supply::Debian("slapd"), program: "slapd", tests: "browser::journey" },
    Need { supply: Supply::Debian("ldap-utils"), program: "ldapmodify", tests: "browser::journey" },
    Need { supply: Supply::Debian("python3"), program: "python3", tests: "browser::pictures" },
    Need { supply: Supply::Debian("python3"), program: "python3", tests: "webhook::" },
    Need { supply: Supply::Debian("minisign"), program: "minisign", tests: "plugin_guide::" },
    Need { supply: Supply::Debian("curl"), program: "curl", tests: "plugin_guide::" },
    Need { supply: Supply::Kernel, program: "Landlock", tests: "sandbox::the_daemon_and_its_other_plugins" },
    Need { supply: Supply::Kernel, program: "Landlock", tests: "sandbox::what_an_operator_lists" },
    Need { supply: Supply::Kernel, program: "Landlock", tests: "sandbox::the_network_is_open_unless" },
    Need { supply: Supply::Kernel, program: "Landlock", tests: "hostile::nothing_reaches_past_a_worker" },
    Need { supply: Supply::Kernel, program: "Landlock", tests: "hostile::no_way_leads_past_the_ports" },
    Need { supply: Supply::Kernel, program: "Landlock", tests: "hostile::no_link_in_an_export" },
    Need { supply: Supply::Debian("python3-pip"), program: "pip3", tests: "openapi::" },
    Need {
        supply: Supply::PyPi(include_str!("../../tests/schemathesis.txt")),
        program: "schemathesis",
        tests: "openapi::",
    },
    Need { supply: Supply::Debian("python3-pip"), program: "pip3", tests: "scim::" },
    Need {
        supply: Supply::PyPi(include_str!("../../tests/scim2-server.txt")),
        program: "scim2-server",
        tests: "scim::",
    },
];

/// What the lines `test result: …` of a run add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

pub(crate) fn run() -> Result<()> {
    let missing = provide(NEEDS)?;
    for need in &missing {
        println!("skipping the tests `{}`: `{}` is not there ({})", need.tests, need.program, need.supply);
    }
    build::build(Profile::Debug, Scope::Everything)?;

    let mut cargo = workspace::cargo(["test", "--workspace", "--no-fail-fast", "--", "--color", "never"]);
    for need in &missing {
        cargo.args(["--skip", need.tests]);
    }
    let mut child = cargo.stdout(Stdio::piped()).spawn().context("failed to start cargo test")?;
    let stdout = child.stdout.take().context("cargo test has no stdout")?;
    let mut counts = Counts::default();
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line.context("failed to read what cargo test prints")?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(more) = Counts::parse(&line) {
            counts = counts.plus(more);
        }
    }
    let status = child.wait().context("failed to wait for cargo test")?;
    println!("{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.skipped);
    counts.verdict()?;
    ensure!(status.success(), "cargo test failed ({status})");
    Ok(())
}

/// Installs what is missing where that is allowed; gives what is missing still.
pub(crate) fn provide(needs: &[Need]) -> Result<Vec<Need>> {
    provide_packages(&missing(needs))?;
    for need in missing(needs) {
        if let Supply::PyPi(pins) = need.supply
            && let Err(reason) = pip::install(need.program, pins)
        {
            println!("{reason:#}");
        }
    }
    Ok(missing(needs))
}

fn provide_packages(missing: &[Need]) -> Result<()> {
    let packages: Vec<&str> = missing.iter().filter_map(|need| need.supply.package()).collect();
    if packages.is_empty() || !is_root()? || workspace::find_program("apt-get").is_none() {
        return Ok(());
    }
    println!("installing {}", packages.join(" "));
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        command
    };
    workspace::run(&mut apt(&["--quiet", "--quiet", "update"]))?;
    let install = ["--quiet", "--quiet", "--yes", "--no-install-recommends", "install"];
    workspace::run(apt(&install).args(&packages))
}

fn missing(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !need.is_met()).collect()
}

impl Need {
    fn is_met(&self) -> bool {
        match self.supply {
            Supply::Debian(_) => workspace::find_program(self.program).is_some(),
            Supply::PyPi(pins) => {
                pip::folder(self.program).is_ok_and(|folder| pip::is_installed(&folder, pins))
            }
            Supply::Kernel => has_landlock(),
        }
    }
}

impl Supply {
    fn package(self) -> Option<&'static str> {
        match self {
            Self::Debian(package) => Some(package),
            Self::PyPi(_) | Self::Kernel => None,
        }
    }
}

impl fmt::Display for Supply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Debian(package) => write!(f, "package {package}"),
            Self::PyPi(_) => f.write_str("from PyPI, by pip"),
            Self::Kernel => f.write_str("a matter of the kernel: Linux 6.12, with `landlock` among `lsm=`"),
        }
    }
}

/// Whether the kernel has all of Landlock that the sandbox of plugins is made of. Nothing is confined by asking.
fn has_landlock() -> bool {
    const NEWEST: ABI = ABI::V6;
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(NEWEST))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|ruleset| ruleset.scope(landlock::Scope::from_all(NEWEST)))
        .and_then(Ruleset::create)
        .is_ok()
}

fn is_root() -> Result<bool> {
    Ok(fs::metadata("/proc/self").context("failed to read /proc/self")?.uid() == 0)
}

impl Counts {
    /// Reads one line `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; …`.
    /// Ignored tests and those filtered out count as skipped.
    fn parse(line: &str) -> Option<Counts> {
        let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let mut counts = Counts::default();
        for part in numbers.split("; ") {
            let Some((number, what)) = part.split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => counts.passed += number,
                "failed" => counts.failed += number,
                "ignored" | "filtered out" => counts.skipped += number,
                _ => {}
            }
        }
        Some(counts)
    }

    fn plus(self, other: Counts) -> Counts {
        Counts {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }

    fn verdict(self) -> Result<()> {
        match self {
            Counts { failed: 1.., .. } => bail!("failed tests: {}", self.failed),
            Counts { passed: 0, .. } => bail!("no test ran"),
            Counts { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABSENT: Need =
        Need { supply: Supply::Debian("no-such"), program: "no-such-program-anywhere", tests: "absent::" };
    const SHELL: Need = Need { supply: Supply::Debian("dash"), program: "sh", tests: "shell::" };
    const NO_TOOL: Need = Need { supply: Supply::PyPi("x==1\n"), program: "no-such-tool", tests: "tool::" };

    fn check(line: &str, expected: Option<(u64, u64, u64)>) {
        let expected = expected.map(|(passed, failed, skipped)| Counts { passed, failed, skipped });
        assert_eq!(Counts::parse(line), expected, "{line}");
    }

    #[test]
    fn result_lines_are_counted() {
        check(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.10s",
            Some((3, 0, 3)),
        );
        check(
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            Some((1, 2, 0)),
        );
        check("test sync::result: ok", None);
        check("running 3 tests", None);
    }

    #[test]
    fn a_run_is_good_only_when_tests_ran_and_none_failed() {
        assert!(Counts { passed: 1, failed: 0, skipped: 9 }.verdict().is_ok());
        assert!(Counts { passed: 9, failed: 1, skipped: 0 }.verdict().is_err());
        assert_eq!(Counts::default().verdict().unwrap_err().to_string(), "no test ran");
    }

    #[test]
    fn only_what_is_not_installed_is_missing() {
        assert_eq!(missing(&[ABSENT, SHELL, NO_TOOL]), [ABSENT, NO_TOOL]);
    }
}

//! `cargo xtask fuzz`: builds the targets of `fuzz/` for libFuzzer and runs each for a while on what is kept in
//! `fuzz/corpus`. Bytes on which a property does not hold go to `fuzz/artifacts`; new ways through the code
//! go into the corpus, which is made as small as it can be afterwards. Needs a C++ compiler, and no nightly.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::workspace;

/// What instruments the code so that libFuzzer sees its way through it, as `cargo fuzz --sanitizer none` does;
/// it is all in stable compilers. `fuzzing` adds the targets' functions to our crates.
const FLAGS: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
];

/// The longest input in the corpus, so that all of it stays small.
const MAX_LENGTH: usize = 4096;
/// What one input may cost.
const MAX_SECONDS: u32 = 10;
const MAX_MEMORY_MIB: u32 = 1024;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which targets to run; all of them unless one is named
    targets: Vec<String>,
    /// How long each of them runs
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Leave the corpus as it is
    #[arg(long)]
    keep_corpus: bool,
}

/// How a target's run ended.
#[derive(Debug, Default, PartialEq)]
struct Run {
    executions: u64,
    /// How many places in the code were reached.
    coverage: u64,
    /// What libFuzzer says of the input that it stopped at.
    finding: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let known = targets()?;
    if let Some(unknown) = args.targets.iter().find(|name| !known.contains(name)) {
        bail!("there is no target `{unknown}`, only {}", known.join(", "));
    }
    let chosen = if args.targets.is_empty() { &known } else { &args.targets };
    let folder = build(chosen)?;
    let mut findings = Vec::new();
    for target in chosen {
        let run = fuzz(&folder, target, args)?;
        println!("{target:<14} {:>12} executions, {:>6} places reached", run.executions, run.coverage);
        if let Some(finding) = run.finding {
            println!("{finding}");
            findings.push(target.as_str());
        }
    }
    ensure!(findings.is_empty(), "found something in {}: see fuzz/artifacts", findings.join(", "));
    Ok(())
}

/// The targets are the binaries of the package in `fuzz/`.
fn targets() -> Result<Vec<String>> {
    let metadata = workspace::metadata()?;
    let package = metadata.packages.into_iter().find(|package| package.name == "orgsync-fuzz");
    let package = package.context("the workspace has no package orgsync-fuzz")?;
    Ok(package.targets.into_iter().map(|target| target.name).collect())
}

/// Builds the targets and says where they are.
fn build(targets: &[String]) -> Result<PathBuf> {
    let host = host()?;
    let mut cargo = workspace::cargo(["build", "--package", "orgsync-fuzz", "--features", "targets"]);
    // With a target named, build scripts and macros are left as they are.
    cargo.args(["--profile", "fuzz", "--target", &host]).env("RUSTFLAGS", FLAGS.join(" "));
    for target in targets {
        cargo.args(["--bin", target]);
    }
    workspace::run(&mut cargo)?;
    Ok(workspace::metadata()?.target_directory.join(host).join("fuzz"))
}

/// The platform that the compiler builds for by default.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("failed to run rustc")?;
    let text = String::from_utf8(output.stdout).context("rustc says its version in another way")?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say what it builds for")?.to_owned())
}

fn fuzz(binaries: &Path, target: &str, args: &Args) -> Result<Run> {
    let binary = binaries.join(target);
    let kept = empty_or_kept(workspace::root().join("fuzz/corpus").join(target))?;
    let artifacts = empty_or_kept(workspace::root().join("fuzz/artifacts").join(target))?;
    // New inputs come into a folder of their own first: most of them add nothing in the end.
    let found = empty_or_kept(binaries.join("found").join(target))?;
    let mut command = Command::new(&binary);
    command.args([&found, &kept]).arg(format!("-max_total_time={}", args.seconds));
    command.arg(format!("-artifact_prefix={}/", artifacts.display())).arg("-print_final_stats=1");
    let (run, status, said) = watch(limited(&mut command))?;
    if !status.success() {
        // What it says at the end, without the line that it prints for every new input.
        let told = said.lines().filter(|line| !line.starts_with('#'));
        let finding = told.map(|line| format!("  {line}\n")).collect();
        return Ok(Run { finding: Some(finding), ..run });
    }
    if !args.keep_corpus {
        merge(&binary, &found, &kept)?;
    }
    Ok(run)
}

/// Makes the corpus anew of as few inputs as reach the same places in the code as all that there are.
fn merge(binary: &Path, found: &Path, kept: &Path) -> Result<()> {
    let smallest = empty_or_kept(found.with_extension("smallest"))?;
    let mut command = Command::new(binary);
    // How often a place is reached makes an input worth changing further, but not worth keeping.
    command.args(["-set_cover_merge=1", "-use_counters=0"]).args([smallest.as_path(), kept, found]);
    let (_, status, said) = watch(limited(&mut command))?;
    ensure!(status.success(), "failed to make the corpus smaller ({status}):\n{said}");
    let inputs = |folder: &Path| -> Result<Vec<PathBuf>> {
        let entries =
            fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
        entries.with_context(|| format!("failed to list {}", folder.display()))
    };
    let chosen = inputs(&smallest)?;
    ensure!(!chosen.is_empty(), "no input of {} does anything", kept.display());
    for input in chosen {
        let name = input.file_name().context("a file has a name")?;
        fs::copy(&input, kept.join(name)).with_context(|| format!("failed to keep {}", input.display()))?;
    }
    // Inputs with a name of their own were put there by somebody; the others are named by their hash.
    for input in inputs(kept)? {
        let name = input.file_name().unwrap_or_default();
        if is_hash(&name.to_string_lossy()) && !smallest.join(name).exists() {
            fs::remove_file(&input).with_context(|| format!("failed to remove {}", input.display()))?;
        }
    }
    for folder in [found, &smallest] {
        fs::remove_dir_all(folder).with_context(|| format!("failed to remove {}", folder.display()))?;
    }
    Ok(())
}

fn is_hash(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn limited(command: &mut Command) -> &mut Command {
    command
        .arg(format!("-max_len={MAX_LENGTH}"))
        .arg(format!("-timeout={MAX_SECONDS}"))
        .arg(format!("-rss_limit_mb={MAX_MEMORY_MIB}"))
}

/// Runs a fuzzer to its end, and reads what it prints meanwhile.
fn watch(command: &mut Command) -> Result<(Run, ExitStatus, String)> {
    let mut child = command
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("failed to start {}", command.get_program().display()))?;
    let mut said = Vec::new();
    let mut stderr = child.stderr.take().context("the fuzzer has no stderr")?;
    stderr.read_to_end(&mut said).context("failed to read what the fuzzer prints")?;
    let status = child.wait().context("failed to wait for the fuzzer")?;
    let said = String::from_utf8_lossy(&said).into_owned();
    Ok((Run::parse(&said), status, said))
}

fn empty_or_kept(folder: PathBuf) -> Result<PathBuf> {
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    Ok(folder)
}

impl Run {
    /// Reads `stat::number_of_executed_units: 123`, and `#123 DONE cov: 45 ft: …` or whichever such line came
    /// last.
    fn parse(said: &str) -> Run {
        let mut run = Run::default();
        for line in said.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("stat::number_of_executed_units:") => {
                    run.executions = words.next().and_then(|number| number.parse().ok()).unwrap_or_default();
                }
                Some(number) if number.starts_with('#') => {
                    let coverage = words.skip_while(|word| *word != "cov:").nth(1);
                    run.coverage = coverage.and_then(|number| number.parse().ok()).unwrap_or(run.coverage);
                }
                _ => {}
            }
        }
        run
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_fuzzer_says_at_its_end_is_understood() {
        let said = "INFO: Seed: 1\n#2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 30Mb\n\
                    #4096\tDONE   cov: 345 ft: 13 corp: 1/1b\nDone 4096 runs in 1 second(s)\n\
                    stat::number_of_executed_units: 4096\n";
        assert_eq!(Run::parse(said), Run { executions: 4096, coverage: 345, finding: None });
        assert_eq!(Run::parse(""), Run::default());
    }

    #[test]
    fn every_target_has_something_in_the_corpus() {
        let targets = targets().unwrap();
        assert!(!targets.is_empty());
        for target in targets {
            let folder = workspace::root().join("fuzz/corpus").join(&target);
            assert!(fs::read_dir(&folder).is_ok_and(|mut inputs| inputs.next().is_some()), "{target}");
        }
    }

    #[test]
    fn inputs_that_a_fuzzer_named_are_told_from_others() {
        assert!(is_hash("3fb30bf249bef2b4c80308fa832cf778fd872449"));
        assert!(!is_hash("same_uid"));
    }
}

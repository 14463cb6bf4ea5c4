//! `cargo xtask demo`: from a fresh clone to a page to look at. Builds the daemon and the plugins (debug:
//! less than half the build time of release, and quick enough for a thousand people), starts the daemon
//! on SQLite in data/demo, syncs the example company, and waits until it is stopped.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;

use crate::build::{self, Profile, Scope};
use crate::workspace;
use api::{Api, Task};
use daemon::Daemon;

mod api;
mod daemon;

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8370);
const TOKEN_VARIABLE: &str = "ORGSYNC_ADMIN_TOKEN";
const SOURCE: &str = "company";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the daemon listens [default: 127.0.0.1:8370, or a free port if that one is taken]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Go on with the last demo's database instead of starting afresh
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let root = workspace::root();
    println!("building the daemon and the plugins");
    let built = build::build(Profile::Debug, Scope::Product)?;

    let _only = lock(&root.join("data"))?;
    let (data, logs) = (root.join("data/demo"), root.join("logs/demo"));
    for folder in [&data, &logs] {
        if !args.keep {
            remove_folder(folder)?;
        }
        fs::create_dir_all(folder).with_context(|| format!("failed to create {}", folder.display()))?;
    }
    let config = data.join("orgsync.toml");
    if !config.exists() {
        fs::write(&config, "# The demo's settings all stand on its command line.\n")
            .with_context(|| format!("failed to write {}", config.display()))?;
    }

    let mut command = Command::new(&built.daemon);
    command.arg("serve").current_dir(&root);
    command.arg("--config").arg(&config);
    command.arg("--plugins").arg(root.join("plugins.toml"));
    command.arg("--data-dir").arg(&data);
    command.arg("--log-dir").arg(&logs);
    command.arg("--listen").arg(listen_address(args.listen, DEFAULT_LISTEN)?.to_string());
    let mut daemon = Daemon::start(&mut command, &logs.join("console.log"))?;

    let shown = daemon.address().and_then(|address| show(&address, &root, &data, args.keep));
    if shown.is_err() {
        daemon.stop();
    }
    // After a sync that failed it stays up for a look, as after one that succeeded.
    let interrupted = daemon.interrupted();
    let ended = daemon.wait();
    match shown {
        Ok(task) if task.status == "success" => ended,
        Ok(task) => {
            ended.and(Err(anyhow!("the demo's sync did not succeed: {} {}", task.status, task.message)))
        }
        // Whoever stops it early knows why the calls failed.
        Err(_) if interrupted.load(Ordering::SeqCst) => ended,
        Err(error) => {
            // A daemon that crashed is why the calls failed.
            if let Err(end) = ended {
                eprintln!("{end:#}");
            }
            Err(error)
        }
    }
}

/// Keeps a second demo from taking the database away from under the first.
fn lock(folder: &Path) -> Result<File> {
    fs::create_dir_all(folder).with_context(|| format!("failed to create {}", folder.display()))?;
    let path = folder.join("demo.lock");
    let file = File::create(&path).with_context(|| format!("failed to open {}", path.display()))?;
    file.try_lock().with_context(|| format!("a demo is running already; it holds {}", path.display()))?;
    Ok(file)
}

/// Syncs the example company and prints what there is to look at.
fn show(address: &str, root: &Path, data: &Path, keep: bool) -> Result<Task> {
    let token = token(data)?;
    let api = Api::new(address, &token);
    let company = root.join("examples/company");
    let source = json!({
        "name": SOURCE,
        "type": "files",
        "displayName": "Meridian Instruments (example)",
        "enabled": true,
        "options": {
            "users": { "path": company.join("users.csv") },
            "departments": { "path": company.join("departments.csv") },
        },
    });
    if !(keep && api.has_source(SOURCE)?) {
        api.create_source(&source)?;
    }
    println!("syncing {}", company.display());
    let task = api.sync(SOURCE)?;
    println!("{task}");
    println!(
        "
open         {address}
log in with  {token}
logs         {logs}

  curl -H 'Authorization: Bearer {token}' '{address}/api/v1/users?search=nowak'

Ctrl-C stops it; `cargo xtask demo --keep` starts it again on the same database.",
        logs = root.join("logs/demo").display(),
    );
    Ok(task)
}

/// The address to listen on: the one asked for, as it is; else the usual one, or a free port beside it.
fn listen_address(asked: Option<SocketAddr>, usual: SocketAddr) -> Result<SocketAddr> {
    if let Some(address) = asked {
        return Ok(address);
    }
    match TcpListener::bind(usual) {
        Ok(_) => Ok(usual),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            println!("port {} is taken; using a free one", usual.port());
            Ok(SocketAddr::new(usual.ip(), 0))
        }
        Err(error) => Err(error).with_context(|| format!("failed to listen on {usual}")),
    }
}

/// The token that the daemon accepts: ours from the environment, which it inherits, or the one it made.
fn token(data: &Path) -> Result<String> {
    if let Ok(token) = std::env::var(TOKEN_VARIABLE)
        && !token.is_empty()
    {
        return Ok(token);
    }
    let file = data.join("admin-token");
    let text = fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
    let token = text.trim();
    ensure!(!token.is_empty(), "{} is empty", file.display());
    Ok(token.to_owned())
}

fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_gives_way_to_a_free_one_unless_it_was_asked_for() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        assert_eq!(listen_address(None, address).unwrap().port(), 0);
        assert_eq!(listen_address(Some(address), address).unwrap(), address);
        drop(taken);
        assert_eq!(listen_address(None, address).unwrap(), address);
    }

    #[test]
    fn the_token_is_read_without_its_line_end() {
        let dir = tempfile::tempdir().unwrap();
        assert!(token(dir.path()).unwrap_err().to_string().contains("admin-token"));
        fs::write(dir.path().join("admin-token"), "abc\n").unwrap();
        assert_eq!(token(dir.path()).unwrap(), "abc");
    }

    #[test]
    fn a_second_demo_is_refused_while_the_first_runs() {
        let dir = tempfile::tempdir().unwrap();
        let first = lock(dir.path()).unwrap();
        assert!(lock(dir.path()).unwrap_err().to_string().contains("running already"));
        drop(first);
        assert!(lock(dir.path()).is_ok());
    }

    #[test]
    fn removing_a_folder_that_is_not_there_is_no_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(remove_folder(&dir.path().join("none")).is_ok());
    }
}

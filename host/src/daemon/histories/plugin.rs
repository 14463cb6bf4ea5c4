//! The real target plugins, loaded into this process: their libraries are built as the integration tests do,
//! and called through the ABI.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use orgsync_plugin_api::message::{self, Applied, Apply};
use orgsync_plugin_api::{PluginError, TargetChange};
use serde_json::Value;
use tokio::sync::Notify;

use crate::daemon::outlet;
use crate::domain::data_type::DataType;
use crate::domain::secrets::Secrets;
use crate::sync::delivery::outlet::{Answer, Outlet, OutletOrder, Parcel, Refusal};
use crate::worker::in_process::Session;

const PACKAGES: [&str; 2] = ["orgsync-webhook", "orgsync-scim"];

/// What is done to passes from outside.
#[derive(Debug, Clone, Default)]
pub(super) struct Control {
    plan: Arc<Mutex<Option<Kill>>>,
    /// What was on its way when the daemon was killed.
    on_its_way: Arc<Mutex<Vec<(DataType, String)>>>,
    killed: Arc<Notify>,
    down: Arc<Mutex<bool>>,
}

/// When the daemon is killed.
#[derive(Debug, Clone, Copy)]
struct Kill {
    batches: u32,
    sent: bool,
}

impl Control {
    /// The daemon is killed at this batch.
    pub(super) fn kill(&self, batches: u32, sent: bool) {
        *self.plan.lock().unwrap() = Some(Kill { batches, sent });
    }

    pub(super) fn let_live(&self) {
        *self.plan.lock().unwrap() = None;
    }

    pub(super) async fn killed(&self) {
        self.killed.notified().await;
    }

    pub(super) fn on_its_way(&self) -> Vec<(DataType, String)> {
        std::mem::take(&mut *self.on_its_way.lock().unwrap())
    }

    pub(super) fn set_down(&self, down: bool) {
        *self.down.lock().unwrap() = down;
    }

    /// Opens a target in this process.
    pub(super) fn open(&self, order: &OutletOrder) -> Result<Box<dyn Outlet>, Refusal> {
        let mut options = order.options.clone();
        if *self.down.lock().unwrap() {
            // Nobody listens at this port, which belongs to no user.
            options["url"] = Value::from("http://127.0.0.1:1");
        }
        let opened = Session::target(&library(&order.target_type), &order.target_type, &options);
        let session = opened.map_err(|error| outlet::of_plugin(&error, error.to_string()))?;
        Ok(Box::new(InProcess { session: Mutex::new(session), control: self.clone() }))
    }

    /// Whether the daemon dies now.
    fn dies(&self) -> Option<bool> {
        let mut plan = self.plan.lock().unwrap();
        let kill = plan.as_mut()?;
        if kill.batches > 0 {
            kill.batches -= 1;
            return None;
        }
        let sent = kill.sent;
        *plan = None;
        Some(sent)
    }
}

struct InProcess {
    session: Mutex<Session>,
    control: Control,
}

impl InProcess {
    fn call(&mut self, changes: Vec<TargetChange>) -> Result<Vec<Answer>, PluginError> {
        let payload = message::encode(&Apply { changes })?;
        let reply = self.session.get_mut().unwrap().call(message::APPLY, &payload)?;
        let Applied { outcomes } = message::decode(message::APPLY, &reply)?;
        Ok(outcomes.into_iter().map(|outcome| outlet::answer(outcome, &Secrets::default())).collect())
    }
}

#[async_trait::async_trait]
impl Outlet for InProcess {
    async fn apply(&mut self, parcels: Vec<Parcel>) -> Result<Vec<Answer>, Refusal> {
        let dies = self.control.dies();
        if dies.is_some() {
            let all = parcels.iter().map(|parcel| (parcel.data_type, parcel.uid.clone()));
            self.control.on_its_way.lock().unwrap().extend(all);
        }
        let changes: Vec<TargetChange> = parcels.into_iter().map(outlet::change).collect();
        let answers = match dies {
            Some(false) => Ok(Vec::new()),
            _ => tokio::task::block_in_place(|| self.call(changes)),
        };
        if dies.is_some() {
            self.control.killed.notify_one();
            std::future::pending::<()>().await;
        }
        answers.map_err(|error| outlet::of_plugin(&error, error.to_string()))
    }

    async fn close(self: Box<Self>) -> Result<(), Refusal> {
        Ok(())
    }
}

/// The library that offers a target type.
fn library(target_type: &str) -> PathBuf {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    BUILT.get_or_init(build)[&format!("orgsync_{target_type}")].clone()
}

fn build() -> HashMap<String, PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--locked", "--message-format=json-render-diagnostics"]);
    cargo.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // What cargo tells the tests of their own package would have dependencies built again that look at it.
    let own = std::env::vars_os().map(|(name, _)| name);
    own.filter(|name| is_about_a_package(&name.to_string_lossy())).for_each(|name| {
        cargo.env_remove(name);
    });
    let output = cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).stderr(Stdio::inherit()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "building the plugins failed");
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let messages = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let libraries = messages.filter_map(|message| {
        let files = message["filenames"].as_array()?;
        let library = files.iter().filter_map(Value::as_str).find(|file| file.ends_with(".so"))?;
        Some((message["target"]["name"].as_str()?.to_owned(), PathBuf::from(library)))
    });
    libraries.collect()
}

fn is_about_a_package(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"]
        .iter()
        .any(|start| name.starts_with(start))
}

//! The routes over a real engine and database, with a plugin and a registry that tests script: what
//! they answer, and whom they refuse. The tests themselves stand in the files of this folder, by noun.

mod around;
mod bounds;
mod compatible;
mod deleted;
mod description;
mod directory;
mod events;
mod matrix;
mod pushes;
mod repeats;
mod sources;
mod targets;
mod tasks;
mod text;
mod tokens;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use self::description::Description;
use super::plugins::{
    Added, PluginList, PluginState, PluginView, SandboxState, SandboxView, SignatureState, SignatureView,
    Standing,
};
use super::problem::Problem;
use super::router::{App, Settings, router};
use super::session::CookieNames;
use crate::config::HttpConfig;
use crate::domain::data_type::DataType;
use crate::domain::lease::Owner;
use crate::domain::token::TokenHash;
use crate::logs::Logs;
use crate::store::Store;
use crate::sync::delivery::outlet::{Outlet, OutletOrder, Refusal, TargetType};
use crate::sync::delivery::testing::Received;
use crate::sync::engine::Engine;
use crate::sync::raw_log::RawLog;
use crate::sync::reader::{End, PluginFailure, Plugins, Read, ReadOrder, Reader, SourceType};

pub(crate) const TOKEN: &str = "admin-token";

/// The routes and what stands behind them.
pub(crate) struct Bench {
    /// What the routes share, for others that are put beside them.
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) engine: Engine,
    pub(crate) plugin: Scripted,
    pub(crate) list: Listed,
    description: Description,
    /// Of the database and the logs.
    pub(crate) directory: tempfile::TempDir,
}

/// What a route answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// A plugin that offers `hr`, yields what it is told to, and connects unless `options.host` is `down`.
#[derive(Debug, Clone)]
pub(crate) struct Scripted {
    pub(crate) installed: Arc<Mutex<bool>>,
    pub(crate) batches: Arc<Mutex<Batches>>,
    pub(crate) received: Received,
}

pub(crate) type Batches = Vec<(DataType, Vec<Value>)>;

/// A registry of one plugin, or of those that it is told.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) standing: Arc<Mutex<Standing>>,
    pub(crate) plugins: Arc<Mutex<Vec<PluginView>>>,
    /// The files that were added, and the SHA-256 that each should have.
    pub(crate) added: Arc<Mutex<Vec<(String, String)>>>,
    /// What adding one comes to.
    pub(crate) adds: Arc<Mutex<Result<Added, String>>>,
}

impl Bench {
    /// With the sources `api`, which is pushed to, and `pulled`, of the plugin's type.
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("test.db").display());
        let store = Store::open(&url).await.unwrap();
        let plugin = Scripted {
            installed: Arc::new(Mutex::new(true)),
            batches: Arc::default(),
            received: Received::default(),
        };
        let raw_log = RawLog::new(directory.path()).unwrap();
        let engine = Engine::new(store, Arc::new(plugin.clone()), raw_log, Owner::new("test", "1"));
        let list = Listed::default();
        let logs = Logs::new(directory.path());
        let cookies = CookieNames::of(&engine.store().identity().await.unwrap());
        let app =
            App::new(engine.clone(), Arc::new(list.clone()), TokenHash::of(TOKEN), settings, logs, cookies);
        // The daemon puts the pages here; without them, nothing is there.
        let nothing = Router::new().fallback(async || Problem::of_status(StatusCode::NOT_FOUND));
        let router = router(app.clone(), nothing);
        let description = Description::of(&router).await;
        let bench = Self { app, router, engine, plugin, list, description, directory };
        let pulled = json!({"name": "pulled", "type": "hr", "options": {"host": "x", "password": "pw"}});
        for source in [json!({"name": "api", "type": "api"}), pulled] {
            assert_eq!(bench.post("/api/v1/sources", source).await.status, 201);
        }
        bench
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path, &[], Body::empty())).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.with_json("POST", path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(request("DELETE", path, &[], Body::empty())).await
    }

    pub(crate) async fn with_json(&self, method: &str, path: &str, body: Value) -> Answer {
        let json = [("content-type", "application/json")];
        self.send(request(method, path, &json, body.to_string().into())).await
    }

    /// Whatever is answered must be what the description of the API says.
    async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = send(&self.router, request).await;
        self.description.check(&method, &path, &answer);
        answer
    }

    /// Pushes and expects everything to go well.
    pub(crate) async fn push(&self, query: &str, records: Value) -> Value {
        let answer = self.post(&format!("/api/v1/sources/api/records?{query}"), records).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// Waits until a task neither waits nor runs.
    pub(crate) async fn settled(&self, id: &Value) -> Value {
        loop {
            let task = self.get(&format!("/api/v1/tasks/{id}")).await.body;
            if !["init", "processing"].contains(&task["status"].as_str().unwrap()) {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Syncs `pulled` with these users as all there is and returns the task as it stands still.
    pub(crate) async fn pull(&self, users: Value) -> Value {
        *self.plugin.batches.lock().unwrap() = vec![(DataType::User, users.as_array().unwrap().clone())];
        let started = self.post("/api/v1/sources/pulled/sync", json!({})).await;
        assert_eq!(started.status, 202, "{}", started.body);
        self.settled(&started.body["taskId"]).await
    }
}

impl Answer {
    /// The status, and the field and detail of a problem.
    fn problem(&self) -> (u16, Option<&str>, &str) {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.body);
        assert_eq!(self.body["status"], self.status);
        assert_eq!(self.body["requestId"], self.headers["x-request-id"].to_str().unwrap());
        (self.status, self.body["field"].as_str(), self.body["detail"].as_str().unwrap())
    }

    /// The values of one key in a list.
    pub(crate) fn column(&self, key: &str) -> Vec<Value> {
        let data = self.body["data"].as_array().unwrap_or_else(|| panic!("no list: {}", self.body));
        data.iter().map(|item| item[key].clone()).collect()
    }

    /// The keys of the body.
    fn keys(&self) -> BTreeSet<&str> {
        self.body.as_object().unwrap().keys().map(String::as_str).collect()
    }
}

/// Settings with these limits.
fn limited(http: HttpConfig) -> Settings {
    Settings { http, ..Settings::default() }
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let request =
        Request::builder().method(method).uri(path).header("authorization", format!("Bearer {TOKEN}"));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(body).unwrap()
}

/// Users with uids and usernames `u<n>`.
pub(crate) fn people(range: std::ops::Range<u32>) -> Value {
    range.map(|n| json!({"uid": format!("u{n}"), "username": format!("u{n}")})).collect()
}

#[async_trait::async_trait]
impl Plugins for Scripted {
    fn source_types(&self) -> Vec<SourceType> {
        let hr = SourceType {
            name: "hr".into(),
            plugin: "acme".into(),
            title: "ACME HR".into(),
            options_schema: json!({
                "type": "object", "additionalProperties": false, "required": ["host"],
                "properties": {
                    "host": {"type": "string"},
                    "password": {"type": "string", "format": "password"},
                },
            }),
            data_types: DataType::ALL.to_vec(),
            version: "1".into(),
            incremental: false,
        };
        if *self.installed.lock().unwrap() { vec![hr] } else { Vec::new() }
    }

    fn why_not(&self, source_type: &str) -> String {
        format!("no plugin that is ready offers `{source_type}`")
    }

    async fn read(&self, _order: ReadOrder) -> Result<Box<dyn Reader>, PluginFailure> {
        Ok(Box::new(ScriptedReader(self.batches.lock().unwrap().clone().into_iter())))
    }

    async fn check(&self, _source_type: &str, options: Value) -> Result<Vec<String>, PluginFailure> {
        match options["host"].as_str() {
            Some("down") => Err(PluginFailure("plugin acme: no answer from down".into())),
            Some("talkative") => Ok(vec!["it has 3 <groups>".into()]),
            _ => Ok(Vec::new()),
        }
    }

    fn target_types(&self) -> Vec<TargetType> {
        Received::types()
    }

    fn why_no_target(&self, target_type: &str) -> String {
        format!("no plugin offers the target type `{target_type}`")
    }

    async fn open_target(&self, order: OutletOrder) -> Result<Box<dyn Outlet>, Refusal> {
        Ok(self.received.open(&order))
    }

    async fn check_target(&self, _target_type: &str, _options: Value) -> Result<(), PluginFailure> {
        Ok(())
    }
}

struct ScriptedReader(<Batches as IntoIterator>::IntoIter);

#[async_trait::async_trait]
impl Reader for ScriptedReader {
    async fn next(&mut self) -> Result<Read, PluginFailure> {
        let Some((data_type, records)) = self.0.next() else { return Ok(Read::End(End::default())) };
        let lines: Vec<String> = records.iter().map(Value::to_string).collect();
        Ok(Read::Batch(data_type, Bytes::from(lines.join("\n")), None))
    }
}

impl Default for Listed {
    fn default() -> Self {
        let acme = PluginView {
            name: "acme".into(),
            state: PluginState::Ready,
            reason: None,
            path: "plugins/libacme.so".into(),
            sha256: Some("ab".into()),
            size: Some(7),
            signature: SignatureView { state: SignatureState::None, detail: None },
            fallback: None,
            warnings: Vec::new(),
            manifest: Some(json!({"name": "acme", "version": "1.0.0"})),
            sandbox: Some(SandboxView { state: SandboxState::Enforced, reason: None }),
        };
        Self {
            standing: Arc::default(),
            plugins: Arc::new(Mutex::new(vec![acme])),
            added: Arc::default(),
            adds: Arc::new(Mutex::new(Ok(Added::Appended("acme".into())))),
        }
    }
}

#[async_trait::async_trait]
impl PluginList for Listed {
    fn list(&self) -> Vec<PluginView> {
        self.plugins.lock().unwrap().clone()
    }

    async fn add(&self, file: &str, sha256: &str) -> Result<Added, String> {
        self.added.lock().unwrap().push((file.to_owned(), sha256.to_owned()));
        self.adds.lock().unwrap().clone()
    }

    async fn rescan(&self) -> Result<(), String> {
        self.standing().trouble().map_or(Ok(()), Err)
    }

    fn standing(&self) -> Standing {
        self.standing.lock().unwrap().clone()
    }
}

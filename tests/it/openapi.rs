//! What clients rely on is what `/openapi.json` says: schemathesis reads it, sends the real daemon what it
//! allows and what it forbids, and looks at every answer. What is exempted stands in `schemathesis.toml`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::daemon::{Client, Daemon, Place};

/// How many requests are made up for each operation, besides those that follow from the description.
const EXAMPLES: &str = "15";
/// What the requests are made of; another seed makes other ones.
const SEED: &str = "1";

#[test]
fn the_daemon_is_as_its_description_says() {
    let (daemon, waiting) = daemon_with_data();
    let report = daemon.place.path("report.json");
    let output = schemathesis(&daemon, &waiting).arg("--report-json-path").arg(&report).output().unwrap();
    let said =
        format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    everything_was_tried(&serde_json::from_slice(&fs::read(report).unwrap()).unwrap());
}

/// A daemon in which every operation finds something to work on, and the tasks and users that wait for some of them.
fn daemon_with_data() -> (Daemon, Vec<(&'static str, Value)>) {
    let place = Place::new(&["files", "webhook"]);
    // Requests without a token that is valid are part of the checks.
    place.write("orgsync.toml", "[http]\nfailed_tokens_per_minute = 1000000\n");
    let users = place
        .write("users.csv", "uid,username,email\n1,ann,ann@example.org\n2,bob,bob@example.org\n3,cid,\n");
    let daemon = place.serve();
    daemon.push("type=department", &json!([{"uid": "dev", "title": "Development"}]));
    daemon.push("type=user", &json!([{"uid": "1", "username": "eve", "departments": ["dev"]}]));
    daemon.add_source("spare", "api", json!({}));
    daemon.add_source("files", "files", json!({"users": {"path": users}}));
    daemon.sync("files");
    // Two whom their source does not give any more: one to be freed, and one to be given to another record.
    daemon.place.write("users.csv", "uid,username,email\n1,ann,ann@example.org\n");
    daemon.sync("files");
    let id = |name: &str| daemon.all(&format!("/api/v1/users?search={name}"))[0]["id"].clone();
    let missing = [("freeUser", id("bob")), ("adoptUser", id("cid"))];
    for target in ["kept", "changed", "deleted"] {
        let options = json!({"url": "http://127.0.0.1:9/", "secret": "b3f2c6a1d9e84750"});
        let target = json!({"name": target, "type": "webhook", "options": options});
        daemon.post("/api/v1/targets", &target).expect(201);
    }
    let mut waiting: Vec<(&str, Value)> = ["approveTask", "rejectTask", "cancelTask"]
        .map(|operation| (operation, held(&daemon, &operation.to_lowercase())))
        .into();
    // It fails each time, and so can be tried again each time.
    let failing = daemon.push("type=user", &json!([{"uid": "2", "username": 5}]));
    waiting.push(("compatibleRetry", failing["taskId"].clone()));
    waiting.extend(missing);
    (daemon, waiting)
}

/// A task that is held, of a source of its own.
fn held(daemon: &Client, source: &str) -> Value {
    daemon.add_source(source, "api", json!({}));
    let path = format!("/api/v1/sources/{source}/records?type=user&mode=full");
    let people: Vec<Value> = (0..20).map(|n| json!({"uid": n})).collect();
    daemon.post(&path, &json!(people)).expect(200);
    daemon.post(&path, &json!([])).expect(202)["taskId"].clone()
}

fn schemathesis(daemon: &Daemon, waiting: &[(&str, Value)]) -> Command {
    let tools = tools();
    let mut config = include_str!("openapi/schemathesis.toml").to_owned();
    for (operation, task) in waiting {
        let place = if *operation == "compatibleRetry" { "query.id" } else { "path.id" };
        config += &format!("[[operations]]\ninclude-operation-id = \"{operation}\"\n");
        config += &format!("parameters = {{ \"{place}\" = {task} }}\n");
    }
    let config = daemon.place.write("schemathesis.toml", &config);
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", &tools).env("PYTHONDONTWRITEBYTECODE", "1").current_dir(daemon.place.path(""));
    command.args(["-m", "schemathesis.cli", "--config-file"]).arg(config).arg("run");
    command.arg(format!("{}/openapi.json", daemon.address()));
    command.args(["--header", &format!("Authorization: Bearer {}", daemon.token())]);
    command.args(["--phases", "examples,coverage,fuzzing,stateful", "--checks", "all"]);
    command.args(["--max-examples", EXAMPLES, "--seed", SEED, "--generation-database", "none"]);
    command.args(["--continue-on-failure", "--no-shrink", "--no-color", "--report", "json"]);
    command
}

/// Where `cargo xtask test` has put schemathesis.
fn tools() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let tools = target.join("tools/schemathesis");
    assert!(tools.is_dir(), "there is no {}: run `cargo xtask test` first", tools.display());
    tools
}

/// A run that tried nothing finds nothing, so it has to have got through to everything.
fn everything_was_tried(report: &Value) {
    assert_eq!(report["complete"], true, "{report}");
    assert_eq!(report["operations"]["tested"], report["operations"]["selected"], "{report}");
    for phase in ["examples", "coverage", "fuzzing", "stateful"] {
        assert_eq!(report["phases"][phase]["status"], "success", "{phase}: {report}");
    }
    for (operation, phases) in report["valid_rates"].as_object().unwrap() {
        let accepted = phases.as_object().unwrap().values().filter_map(|phase| phase["accepted"].as_u64());
        assert!(accepted.sum::<u64>() > 0, "{operation} never went well: {phases}");
    }
}

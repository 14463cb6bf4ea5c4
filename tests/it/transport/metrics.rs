//! What Prometheus reads of a daemon that has worked.

use serde_json::json;

use crate::support::daemon::{Daemon, Place, wait_until};
use crate::support::tls::{Authority, SETTINGS};

fn metrics(daemon: &Daemon) -> String {
    daemon.body("/metrics").as_str().unwrap().to_owned()
}

/// The value of a sample, named with its labels.
fn value(text: &str, sample: &str) -> Option<f64> {
    let value = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    value.map(|value| value.parse().unwrap())
}

#[test]
fn a_daemon_tells_what_it_has_done() {
    let place = Place::new(&["misbehaves"]);
    let authority = Authority::of(&place);
    authority.issue().install(&place);
    place.write("orgsync.toml", SETTINGS);
    let daemon = place.serve();
    let people = json!([{"uid": "secret-uid", "username": "ann"}, {"uid": "2"}, {"uid": "3", "username": 5}]);
    daemon.push("type=user", &people);
    daemon.push("type=user", &people);
    daemon.add_source("trusted", "records", json!({"count": 7}));
    daemon.sync("trusted");
    daemon.get("/api/v1/users/1").expect(200);
    daemon.get("/nowhere/secret-path").expect(404);

    let answer = daemon.get("/metrics");
    assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4");
    let text = metrics(&daemon);
    for (sample, expected) in [
        ("orgsync_tasks{status=\"partial\"}", 2.0),
        ("orgsync_tasks{status=\"success\"}", 1.0),
        ("orgsync_tasks{status=\"held\"}", 0.0),
        ("orgsync_tasks_ended_total{kind=\"push\",source_type=\"api\",status=\"partial\"}", 2.0),
        ("orgsync_tasks_ended_total{kind=\"pull\",source_type=\"records\",status=\"success\"}", 1.0),
        ("orgsync_task_duration_seconds_count{kind=\"push\"}", 2.0),
        ("orgsync_task_phase_duration_seconds_count{phase=\"apply\"}", 3.0),
        ("orgsync_task_phase_duration_seconds_count{phase=\"read\"}", 3.0),
        ("orgsync_task_phase_duration_seconds_count{phase=\"wait\"}", 3.0),
        ("orgsync_records_total{data_type=\"user\",outcome=\"created\"}", 9.0),
        ("orgsync_records_total{data_type=\"user\",outcome=\"unchanged\"}", 2.0),
        ("orgsync_records_total{data_type=\"user\",outcome=\"failed\"}", 2.0),
        ("orgsync_tasks_waiting{kind=\"push\"}", 0.0),
        ("orgsync_http_connections_refused_total{reason=\"too_many\"}", 0.0),
        ("orgsync_http_pushes_refused_total{reason=\"memory\"}", 0.0),
        ("orgsync_plugins{state=\"ready\"}", 1.0),
        ("orgsync_http_requests_total{method=\"GET\",route=\"/api/v1/users/{id}\",status=\"200\"}", 1.0),
        ("orgsync_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"}", 1.0),
        (
            "orgsync_http_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/sources/{name}/records\"}",
            2.0,
        ),
        ("orgsync_http_requests_in_flight", 1.0),
        ("orgsync_tls_certificate_expiry_timestamp_seconds", 64_060_588_800.0),
    ] {
        assert_eq!(value(&text, sample), Some(expected), "{sample} in\n{text}");
    }
    for sample in [
        "orgsync_http_connections",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_start_time_seconds",
    ] {
        assert!(value(&text, sample).unwrap() >= 1.0, "{sample}");
    }
    for private in ["secret-uid", "secret-path", "trusted", "ann"] {
        assert!(!text.contains(private), "{private} in\n{text}");
    }
    assert!(daemon.with_token("").get("/metrics").status == 401);

    daemon.add_source("slow", "slow", json!({"count": 100_000}));
    let task = daemon.start_sync("slow");
    wait_until("its worker runs", || value(&metrics(&daemon), "orgsync_workers_running") == Some(1.0));
    daemon.post(&format!("/api/v1/tasks/{task}/cancel"), &json!({})).expect(202);
    wait_until("its worker is gone", || value(&metrics(&daemon), "orgsync_workers_running") == Some(0.0));
}

#[test]
fn metrics_can_be_public() {
    let place = Place::new(&[]);
    place.write("orgsync.toml", "[metrics]\npublic = true\n");
    let daemon = place.serve();
    let stranger = daemon.with_token("");
    assert!(stranger.body("/metrics").as_str().unwrap().contains("orgsync_build_info{version="));
    stranger.get("/api/v1/users").expect(401);
}

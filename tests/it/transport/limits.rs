//! Slow, huge and hostile clients: each meets its limit, and nobody else notices.

use std::time::Instant;

use serde_json::json;
use ureq::http::Method;

use super::raw::{Raw, daemon};
use crate::support::daemon::{Daemon, wait_until};

const NDJSON: &str = "content-type: application/x-ndjson";
const JSON: &str = "content-type: application/json";
const CHUNKED: &str = "transfer-encoding: chunked";
const RECORDS: &str = "POST /api/v1/sources/api/records?type=user";
const PUSH: &str = "POST /api/userData:push";

fn is_well(daemon: &Daemon) -> bool {
    daemon.body("/healthz")["status"] == "ok"
}

#[test]
fn a_head_that_drips_or_floods_is_cut_off() {
    let daemon = daemon("head_timeout = \"300ms\"\nmax_headers = 20\nmax_head_bytes = 8192");
    let mut slow = Raw::open(&daemon);
    slow.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\n");
    let start = Instant::now();
    wait_until("the dripping head is cut off", || !slow.try_send(b"x-drip: 1\r\n"));
    assert!(start.elapsed().as_secs() < 30 && is_well(&daemon));
    let mut silent = Raw::open(&daemon);
    assert!(silent.is_closed());

    let many: Vec<String> = (0..30).map(|n| format!("x-{n}: 1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let large = format!("x-large: {}", "x".repeat(9_000));
    for headers in [&many[..], &[&large]] {
        let mut flood = Raw::open(&daemon);
        flood.head(&daemon, "GET /healthz", headers);
        assert_eq!(flood.answer().status, 431);
    }
    let mut usual = Raw::open(&daemon);
    usual.head(&daemon, "GET /healthz", &many[..10]);
    assert_eq!(usual.answer().status, 200);
}

#[test]
fn an_idle_connection_is_closed_after_its_own_time() {
    let daemon = daemon("head_timeout = \"1h\"\nidle_timeout = \"300ms\"");
    let mut idle = Raw::open(&daemon);
    for _ in 0..2 {
        idle.head(&daemon, "GET /healthz", &[]);
        assert_eq!(idle.answer().status, 200);
    }
    assert!(idle.is_closed());
}

#[test]
fn one_client_does_not_take_all_connections() {
    let daemon = daemon("max_connections_per_address = 2");
    let (mut first, mut second) = (Raw::open(&daemon), Raw::open(&daemon));
    for connection in [&mut first, &mut second] {
        connection.head(&daemon, "GET /healthz", &[]);
        assert_eq!(connection.answer().status, 200);
    }
    let mut third = Raw::open(&daemon);
    assert!(third.is_closed());
    first.shut();
    wait_until("its place is free again", || {
        let mut again = Raw::open(&daemon);
        again.try_send(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n") && !again.is_closed()
    });
    second.head(&daemon, "GET /healthz", &[]);
    assert_eq!(second.answer().status, 200);
}

#[test]
fn a_body_that_drips_does_not_keep_its_sources_turn() {
    let daemon = daemon("min_body_rate = 1000\nbody_rate_window = \"500ms\"");
    let mut dripping = Raw::open(&daemon);
    dripping.head(&daemon, RECORDS, &[NDJSON, CHUNKED]);
    dripping.chunk(b"{\"uid\":\"drip\"}\n");
    wait_until("the drip has its turn", || daemon.body("/api/v1/tasks")["data"][0]["status"] == "processing");
    let other = daemon.client();
    let waiting = std::thread::spawn(move || other.push("type=user", &json!([{"uid": "1"}])));
    wait_until("the dripping body is given up", || {
        !dripping.try_send(b"1\r\n \r\n") || daemon.body("/api/v1/tasks/1")["status"] == "failed"
    });
    let answer = dripping.answer();
    let detail = "the body came too slowly: less than 1000 bytes a second over 500ms";
    assert_eq!((answer.status, &answer.json()["detail"]), (408, &json!(detail)));
    assert_eq!(waiting.join().unwrap()["status"], "success");
    let task = daemon.body("/api/v1/tasks/1");
    assert_eq!((&task["status"], &task["message"]), (&json!("failed"), &json!(detail)));
    assert_eq!(daemon.all("/api/v1/users?").len(), 1, "nothing of the dripping push was written");
}

#[test]
fn a_body_that_stops_is_given_up() {
    let daemon = daemon("body_timeout = \"300ms\"");
    let check = |request: &str, media: &str, status: u16| {
        let mut silent = Raw::open(&daemon);
        silent.head(&daemon, request, &[media, "content-length: 100"]);
        silent.send(b"{\"uid\":");
        let answer = silent.answer();
        assert_eq!(answer.status, status, "{request}");
        let body = answer.json();
        let said = body["detail"].as_str().or(body["data"]["message"].as_str()).unwrap();
        assert_eq!(said, "nothing came of the body for 300ms", "{request}");
        assert!(silent.is_closed());
    };
    check(RECORDS, NDJSON, 408);
    check(PUSH, JSON, 408);
    check("POST /api/v1/sources", JSON, 408);
    assert!(is_well(&daemon));
}

/// A frame of zstd that unpacks to so many times 128 KiB of a byte, four bytes for each.
fn zstd_bomb(window_log: u8, blocks: usize, byte: u8) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (window_log - 10) << 3];
    for block in 1..=blocks {
        let last = u8::from(block == blocks);
        frame.extend([last | 0b010, 0, 0x10, byte]);
    }
    frame
}

#[test]
fn a_bomb_is_refused_and_takes_no_memory() {
    let daemon = daemon("max_push_bytes = 4194304");
    assert!(is_well(&daemon));
    let before = peak_memory(&daemon);
    let post = |path: &str, media: &str, body: &[u8]| {
        let headers = [("content-type", media), ("content-encoding", "zstd")];
        daemon.send(Method::POST, path, &headers, body)
    };
    let (bulk, lines) = ("/api/v1/sources/api/records?type=user", "application/x-ndjson");
    let (compatible, json) = ("/api/userData:push", "application/json");
    for _ in 0..4 {
        // 8 GiB of empty lines, or of blanks, in 256 KiB.
        let refused = post(bulk, lines, &zstd_bomb(23, 65_536, b'\n')).expect(413);
        assert_eq!(refused["detail"], "the body unpacks to more than 1000 times its size");
        let refused = post(compatible, json, &zstd_bomb(23, 65_536, b' ')).expect(413);
        assert_eq!(refused["data"]["message"], "the body is longer than 4194304 bytes");
        // A window of 128 MiB.
        let window = zstd_bomb(27, 10, b' ');
        for (path, media, place) in [(bulk, lines, "/detail"), (compatible, json, "/data/message")] {
            let refused = post(path, media, &window).expect(400);
            let said = refused.pointer(place).unwrap().as_str().unwrap();
            assert!(
                said.starts_with("the body can't be unpacked: ") && said.contains("too much memory"),
                "{said}"
            );
        }
    }
    let grown = peak_memory(&daemon).saturating_sub(before);
    assert!(grown < 100 << 10, "bombs took {grown} KiB");
}

/// The most memory that a daemon has ever had, in KiB.
fn peak_memory(daemon: &Daemon) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn who_is_refused_early_reads_the_answer_after_sending_everything() {
    let daemon = daemon("max_push_bytes = 1000000\nmax_body_bytes = 1000\nmax_bulk_bytes = 2000000");
    let body = vec![b' '; 6 << 20];
    let length = format!("content-length: {}", body.len());
    let token = format!("authorization: Bearer {}", daemon.token());
    let wrong = "authorization: Bearer wrong-token-wrong";
    let json = "content-type: application/json";
    for (token, request, media, status) in [
        (wrong, RECORDS, NDJSON, 401),
        (wrong, PUSH, json, 401),
        (&token, "POST /api/v1/nothing", json, 404),
        (&token, "DELETE /api/v1/users", json, 405),
        (&token, PUSH, json, 413),
        (&token, RECORDS, NDJSON, 413),
        (&token, "POST /api/v1/sources", json, 413),
        (&token, RECORDS, "content-type: text/csv", 415),
        (&token, PUSH, "content-type: text/csv", 415),
        (&token, "POST /api/v1/sources/nobody/check", json, 404),
        (&token, "POST /api/v1/tasks/9/cancel", json, 404),
        (&token, "GET /healthz", json, 200),
    ] {
        let mut client = Raw::open(&daemon);
        client.head_of(token, request, &[media, &length]);
        client.send(&body);
        assert_eq!(client.answer().status, status, "{request}");
        client.head(&daemon, "GET /healthz", &[]);
        assert_eq!(client.answer().status, 200, "after {request}, the connection is as good as before");
    }
    let mut polite = Raw::open(&daemon);
    polite.head_of(wrong, RECORDS, &[NDJSON, &length, "expect: 100-continue"]);
    assert_eq!(polite.answer().status, 401, "who waits to be asked for its body is not asked");
    assert!(polite.is_closed());
}

#[test]
fn a_refused_body_is_not_taken_for_ever() {
    let daemon = daemon("max_discarded_bytes = 100000\ndiscard_timeout = \"300ms\"");
    let mut endless = Raw::open(&daemon);
    endless.head_of("x: y", RECORDS, &[NDJSON, CHUNKED]);
    assert_eq!(endless.answer().status, 401);
    let chunk = [b"10000\r\n", &vec![b' '; 0x10000][..], b"\r\n"].concat();
    wait_until("the endless body is cut off", || !endless.try_send(&chunk));
    let mut silent = Raw::open(&daemon);
    silent.head_of("x: y", RECORDS, &[NDJSON, CHUNKED]);
    assert_eq!(silent.answer().status, 401);
    assert!(silent.is_closed());
    assert!(is_well(&daemon));
}

#[test]
fn who_does_not_read_its_answer_is_cut_off() {
    let daemon = daemon("write_timeout = \"300ms\"");
    let people = (0..1_000).map(|n| json!({"uid": n.to_string(), "note": "x".repeat(1_000)}));
    assert_eq!(daemon.push("type=user", &people.collect())["status"], "success");
    let mut deaf = Raw::open(&daemon);
    // A megabyte and more each; nobody can have read them all.
    (0..100).for_each(|_| deaf.head(&daemon, "GET /api/v1/users?limit=1000", &[]));
    wait_until("the client is cut off", || daemon.log().contains("the client does not read its answer"));
    assert!(is_well(&daemon));
}

#[test]
fn answers_that_nobody_reads_have_a_bound() {
    let daemon = daemon("max_answer_bytes = 6000000");
    let people = (0..60).map(|n| json!({"uid": n.to_string(), "note": "x".repeat(20_000)}));
    assert_eq!(daemon.push("type=user", &people.collect())["status"], "success");
    // More than a megabyte each: what the sockets hold is taken, and the rest waits.
    let mut deaf: Vec<Raw> = (0..4).map(|_| Raw::open(&daemon)).collect();
    for connection in &mut deaf {
        (0..16).for_each(|_| connection.head(&daemon, "GET /api/v1/users?limit=1000", &[]));
    }
    let mut refused = daemon.get("/api/v1/users?limit=1000");
    wait_until("answers are refused", || {
        refused = daemon.get("/api/v1/users?limit=1000");
        refused.status == 503
    });
    assert_eq!(refused.headers["retry-after"], "5");
    let detail = refused.expect(503)["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("answers that their clients have not read yet fill the memory"), "{detail}");
    assert_eq!(daemon.body("/api/v1/users?limit=1")["data"].as_array().unwrap().len(), 1);
    drop(deaf);
    wait_until("there is room again", || daemon.get("/api/v1/users?limit=1000").status == 200);
}

#[test]
fn a_request_names_one_host() {
    let daemon = daemon("");
    let check = |head: &str, status: u16, detail: &str| {
        let mut connection = Raw::open(&daemon);
        connection.send(head.as_bytes());
        let answer = connection.answer();
        assert_eq!(answer.status, status, "{head}");
        if status == 400 {
            assert_eq!(answer.json()["detail"], detail, "{head}");
        }
        assert!(answer.head.contains("cache-control: no-store"), "{}", answer.head);
        assert!(answer.head.contains("x-content-type-options: nosniff"), "{}", answer.head);
        assert!(!answer.head.contains("strict-transport-security"), "{}", answer.head);
    };
    let missing = "the header host is missing, which HTTP/1.1 asks for";
    check("GET /healthz HTTP/1.1\r\n\r\n", 400, missing);
    check("GET /api/v1/users HTTP/1.1\r\n\r\n", 400, missing);
    let twice = "the header host is given more than once; send one";
    check("GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400, twice);
    check("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n", 200, "");
    check("GET /healthz HTTP/1.0\r\n\r\n", 200, "");
}

#[test]
fn pushes_beyond_the_limit_are_told_to_come_back() {
    let daemon = daemon("max_pushes = 1\npush_timeout = \"200ms\"");
    let mut first = Raw::open(&daemon);
    first.head(&daemon, RECORDS, &[NDJSON, CHUNKED]);
    first.chunk(b"{\"uid\":\"1\"}\n");
    wait_until("the first is under way", || daemon.body("/api/v1/tasks")["data"][0]["id"] == 1);
    let bulk = daemon.post("/api/v1/sources/api/records?type=user", &json!([{"uid": "2"}]));
    assert_eq!(bulk.headers["retry-after"], "5");
    assert_eq!(bulk.headers["content-type"], "application/problem+json");
    let said = "as many pushes are under way as may be at once (1); try again in a while";
    assert_eq!(bulk.expect(503)["detail"], said);
    let push = daemon.post("/api/userData:push", &json!({"dataType": "user", "records": []}));
    assert_eq!(push.headers["retry-after"], "5");
    assert_eq!(push.expect(503), json!({"data": {"code": 503, "message": said}}));
    assert_eq!(daemon.body("/api/v1/users")["data"], json!([]), "others are not concerned");
    first.send(b"0\r\n\r\n");
    assert_eq!(first.answer().status, 200);
    daemon.push("type=user", &json!([{"uid": "2"}]));
}

/// Whoever may push to one source may push badly: with many connections that say nothing, or drip.
#[test]
fn pushes_to_one_source_leave_places_for_those_to_others() {
    let daemon = daemon("max_pushes = 16\npush_timeout = \"300ms\"");
    daemon.add_source("crowded", "api", json!({}));
    let token = json!({"name": "crowd", "scope": "push", "source": "crowded"});
    let token = daemon.post("/api/v1/tokens", &token).expect(201);
    let member = daemon.client().with_token(token["token"].as_str().unwrap());
    let token = format!("authorization: Bearer {}", token["token"].as_str().unwrap());
    let mut crowd: Vec<Raw> = (0..60).map(|_| Raw::open(&daemon)).collect();
    let records = "POST /api/v1/sources/crowded/records?type=user";
    for (number, connection) in crowd.iter_mut().enumerate() {
        match number % 2 {
            0 => connection.head_of(&token, records, &[NDJSON, CHUNKED]),
            _ => connection.head_of(&token, PUSH, &[JSON, CHUNKED]),
        }
    }
    wait_until("the crowd has its quarter of the places, and the rest of it is refused", || {
        let metrics = daemon.body("/metrics").as_str().unwrap().to_owned();
        metrics.contains("orgsync_http_pushes_under_way 4\n")
            && metrics.contains("orgsync_http_pushes_refused_total{reason=\"source_places\"} 56\n")
    });
    daemon.push("type=user", &json!([{"uid": "1"}]));
    let push = json!({"dataType": "user", "records": [{"uid": "2"}]});
    daemon.post("/api/userData:push", &push).expect(200);
    let refused = member.post("/api/v1/sources/crowded/records?type=user", &json!([]));
    let said = "as many pushes to source `crowded` are under way as may be at once (4); try again in a while";
    assert_eq!(refused.expect(503)["detail"], said);
}

/// A body of the greatest length to one source leaves room for those to others.
#[test]
fn bodies_to_one_source_leave_memory_for_those_to_others() {
    let daemon = daemon("max_push_bytes = 1000000\nmax_buffered_bytes = 4000000\npush_timeout = \"300ms\"");
    daemon.add_source("large", "api", json!({}));
    let token = json!({"name": "large", "scope": "push", "source": "large"});
    let token = daemon.post("/api/v1/tokens", &token).expect(201);
    let token = format!("authorization: Bearer {}", token["token"].as_str().unwrap());
    let body = json!({"dataType": "user", "records": [], "padding": " ".repeat(900_000)}).to_string();
    let (begin, end) = body.as_bytes().split_at(800_000);
    let mut first = Raw::open(&daemon);
    let length = format!("content-length: {}", body.len());
    first.head_of(&token, PUSH, &[JSON, &length]);
    first.send(begin);
    wait_until("there is no room for another", || {
        let mut second = Raw::open(&daemon);
        second.head_of(&token, PUSH, &[JSON, &length, "expect: 100-continue"]);
        second.answer().status == 503
    });
    let other = json!({"dataType": "user", "records": [{"uid": "1"}], "padding": " ".repeat(900_000)});
    daemon.post("/api/userData:push", &other).expect(200);
    first.send(end);
    assert_eq!(first.answer().status, 200);
}

#[test]
fn compatible_pushes_share_a_budget_of_memory() {
    let daemon = daemon(
        "max_push_bytes = 1000000\nmax_buffered_bytes = 1000000\nbody_timeout = \"1h\"\nmin_body_rate = 0",
    );
    let records = json!({"dataType": "user", "records": [{"uid": "1"}], "padding": " ".repeat(800_000)});
    let body = records.to_string();
    let (begin, end) = body.as_bytes().split_at(700_000);
    let mut large = Raw::open(&daemon);
    large.head(&daemon, PUSH, &[JSON, &format!("content-length: {}", body.len())]);
    large.send(begin);
    let other = json!({"dataType": "user", "records": [{"uid": "2"}], "padding": " ".repeat(400_000)});
    wait_until("there is no room for the other", || {
        let answer = daemon.post("/api/userData:push", &other);
        answer.status == 503 && answer.headers["retry-after"] == "5"
    });
    let small = json!({"dataType": "user", "records": [{"uid": "3"}]});
    daemon.post("/api/userData:push", &small).expect(200);
    large.send(end);
    assert_eq!(large.answer().status, 200);
    daemon.post("/api/userData:push", &other).expect(200);
}

#[test]
fn a_stop_tells_connections_and_lets_requests_finish() {
    let mut daemon = daemon("idle_timeout = \"1h\"");
    let (mut idle, mut busy) = (Raw::open(&daemon), Raw::open(&daemon));
    idle.head(&daemon, "GET /healthz", &[]);
    assert_eq!(idle.answer().status, 200);
    busy.head(&daemon, "POST /api/v1/sources", &[JSON, "content-length: 28"]);
    busy.send(b"{\"name\":\"late\",");
    // The head has been read once the next request on another connection is answered after it.
    assert!(is_well(&daemon));
    let (log, pid) = (daemon.place.path("logs/orgsync.log"), daemon.pid());
    let finishing = std::thread::spawn(move || {
        wait_until("it is stopping", || std::fs::read_to_string(&log).unwrap().contains("stopping: "));
        assert!(idle.is_closed(), "an idle connection is closed at once");
        assert!(crate::support::daemon::is_running(pid));
        busy.send(b"\"type\":\"api\"}");
        busy.answer()
    });
    assert_eq!(daemon.terminate().code(), Some(0));
    let answer = finishing.join().unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
}

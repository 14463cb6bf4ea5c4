//! The bulk push: formats, modes, waiting or not, and every way in which it can fail.

use futures_util::stream;

use super::*;

const RECORDS: &str = "/api/v1/sources/api/records";
const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

#[tokio::test]
async fn records_come_as_an_array_or_as_lines() {
    let bench = Bench::new().await;
    let body = bench.push("type=department", json!([{"uid": 1, "title": "R&D"}])).await;
    assert_eq!((&body["status"], &body["batch"]), (&json!("success"), &json!(1)));
    assert_eq!(body["counts"]["department"]["created"], 1);
    let lines = "{\"uid\":\"a\",\"username\":\"ann\",\"departments\":[1]}\n\n{\"uid\":\"b\"}\nnonsense\n";
    let answer = bench.send(request("POST", &format!("{RECORDS}?type=user"), &[NDJSON], lines.into())).await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (200, &json!("partial")),
        "one bad record fails alone"
    );
    assert_eq!(answer.body["counts"]["user"]["all"], 3);
    assert_eq!(answer.body["message"], "users: 2 created, 1 failed");
    let failed = answer.body["failedRecords"].as_array().unwrap();
    assert_eq!((failed.len(), &failed[0]["uid"]), (1, &Value::Null));
    assert!(failed[0]["message"].as_str().unwrap().contains("not valid JSON"));
}

#[tokio::test]
async fn a_body_may_be_compressed() {
    let bench = Bench::new().await;
    // `[{"uid":"z","username":"zed"}]`, made by gzip and by zstd.
    let gzip =
        "1f8b08000000000002038bae562acd4c51b252aa52d2512a2d4e2dca4bcc4d05715353946a63018668786e1e000000";
    let zstd = "28b52ffd0458f100005b7b22756964223a227a222c22757365726e616d65223a227a6564227d5d99995d48";
    for (encoding, hex, status) in
        [("gzip", gzip, 200), ("zstd", zstd, 200), ("br", gzip, 415), ("gzip", &gzip[..40], 400)]
    {
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let headers = [("content-type", "application/json"), ("content-encoding", encoding)];
        let answer =
            bench.send(request("POST", &format!("{RECORDS}?type=user"), &headers, bytes.into())).await;
        assert_eq!(answer.status, status, "{encoding}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_full_push_makes_the_absent_missing_and_is_held_when_too_many() {
    let bench = Bench::new().await;
    bench.push("type=user&mode=full", people(0..40)).await;
    let held = bench.post(&format!("{RECORDS}?type=user&mode=full"), people(0..5)).await;
    assert_eq!((held.status, &held.body["status"]), (202, &json!("held")));
    assert!(held.body["message"].as_str().unwrap().starts_with("held: would disable 35"));
    assert_eq!(held.headers["location"], format!("/api/v1/tasks/{}", held.body["taskId"]).as_str());
    let body = bench.push("type=user&mode=full", people(0..39)).await;
    assert_eq!(body["counts"]["user"]["disabled"], 1);
}

#[tokio::test]
async fn who_does_not_wait_is_answered_once_the_plan_is_safe() {
    let bench = Bench::new().await;
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    let body = people(0..3).to_string();
    let answer = bench.send(request("POST", &format!("{RECORDS}?type=user"), &headers, body.into())).await;
    assert_eq!(
        (answer.status, &answer.headers["preference-applied"]),
        (202, &"respond-async".parse().unwrap())
    );
    assert_eq!(answer.keys(), BTreeSet::from(["batch", "status", "taskId"]));
    assert_eq!(bench.settled(&answer.body["taskId"]).await["counts"]["user"]["created"], 3);
    let broken = bench.send(request("POST", &format!("{RECORDS}?type=user"), &headers, "[{".into())).await;
    assert_eq!(broken.problem().0, 400, "a body that can't be read is told even so");
}

#[tokio::test]
async fn a_match_key_finds_existing_users() {
    let bench = Bench::new().await;
    bench.push("type=user", json!([{"uid": "1", "email": "a@x.org"}])).await;
    bench.post("/api/v1/sources", json!({"name": "second", "type": "api"})).await;
    let path = "/api/v1/sources/second/records?type=user&matchKey=email";
    let answer = bench.post(path, json!([{"uid": "9", "email": "A@X.org", "nickname": "Ann"}])).await;
    assert_eq!(answer.body["counts"]["user"]["updated"], 1);
}

#[tokio::test]
async fn what_can_not_be_pushed_is_refused_before_it_is_a_task() {
    let bench = Bench::new().await;
    bench.post("/api/v1/sources", json!({"name": "off", "type": "api", "enabled": false})).await;
    let json = [("content-type", "application/json")];
    for (path, headers, status, field) in [
        ("api/records", &json[..], 400, Some("type")),
        ("api/records?type=person", &json, 400, Some("type")),
        ("api/records?type=user&mode=half", &json, 400, Some("mode")),
        ("api/records?type=user&matchKey=id", &json, 400, Some("matchKey")),
        ("api/records?type=user", &[], 415, None),
        ("api/records?type=user", &[("content-type", "text/csv")], 415, None),
        ("nobody/records?type=user", &json, 404, None),
        ("off/records?type=user", &json, 409, None),
        ("pulled/records?type=user", &json, 409, None),
    ] {
        let answer =
            bench.send(request("POST", &format!("/api/v1/sources/{path}"), headers, "[]".into())).await;
        assert_eq!((answer.problem().0, answer.problem().1), (status, field), "{path}");
    }
    assert_eq!(bench.get("/api/v1/tasks").await.column("id"), [Value::Null; 0]);
}

#[tokio::test]
async fn a_body_that_is_wrong_or_breaks_off_writes_nothing() {
    let settings = limited(HttpConfig { body_timeout: Duration::from_millis(50), ..HttpConfig::default() });
    let bench = Bench::with(settings).await;
    let piece = |text: &'static str| Ok::<_, std::io::Error>(Bytes::from_static(text.as_bytes()));
    let torn = || Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    let endless: String = std::iter::repeat_n('x', 3 << 20).collect();
    let bodies = [
        ("application/json", Body::from("{\"uid\":1}")),
        ("application/json", Body::from("[{\"uid\":1}")),
        ("application/json", Body::from("[{\"uid\":1}] x")),
        ("application/x-ndjson", Body::from(endless)),
        ("application/x-ndjson", Body::from_stream(stream::iter([piece("{\"uid\":1}\n"), torn()]))),
        ("application/x-ndjson", Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())),
    ];
    let statuses = [400, 400, 400, 400, 400, 408];
    for (number, ((media, body), status)) in (1..).zip(bodies.into_iter().zip(statuses)) {
        let headers = [("content-type", media)];
        let answer = bench.send(request("POST", &format!("{RECORDS}?type=user"), &headers, body)).await;
        assert_eq!((answer.problem().0, &answer.body["taskId"]), (status, &json!(number)), "{}", answer.body);
        assert_eq!(bench.settled(&json!(number)).await["status"], "failed");
    }
    assert_eq!(bench.get("/api/v1/users").await.column("id"), [Value::Null; 0]);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_no_task_running() {
    let bench = Bench::new().await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let body = Body::from_stream(stream::unfold(receiver, async |mut receiver| {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    }));
    let call =
        bench.router.clone().oneshot(request("POST", &format!("{RECORDS}?type=user"), &[NDJSON], body));
    let call = tokio::spawn(call);
    sender.send(Ok(Bytes::from_static(b"{\"uid\":1}\n"))).await.unwrap();
    while bench.get("/api/v1/tasks").await.column("status") != ["processing"] {
        tokio::task::yield_now().await;
    }
    call.abort();
    // Hyper reports a connection that is gone as an error of the body.
    sender.send(Err(std::io::ErrorKind::ConnectionReset.into())).await.unwrap();
    assert_eq!(bench.settled(&json!(1)).await["message"], "the records were cut off before their end");
}

#[tokio::test]
async fn a_source_that_does_not_exist_takes_no_place() {
    let http = HttpConfig { max_pushes: 1, push_timeout: Duration::ZERO, ..HttpConfig::default() };
    let bench = Bench::with(limited(http)).await;
    let endless = || Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let push = request("POST", &format!("{RECORDS}?type=user"), &[NDJSON], endless());
    let push = tokio::spawn(bench.router.clone().oneshot(push));
    while bench.get("/api/v1/tasks").await.column("status") != ["processing"] {
        tokio::task::yield_now().await;
    }
    let crowded = bench.post(&format!("{RECORDS}?type=user"), json!([])).await;
    assert_eq!(crowded.status, 503, "{}", crowded.body);
    let path = "/api/v1/sources/invented/records?type=user";
    let invented = bench.send(request("POST", path, &[NDJSON], endless())).await;
    assert_eq!(invented.problem(), (404, None, "there is no source `invented`"));
    push.abort();
}

//! What texts and numbers become on their way from a push to the directory, whichever way they came.

use super::*;

const RECORDS: &str = "/api/v1/sources/api/records?type=user";
const COMPATIBLE: &str = "/api/userData:push";
const JSON: (&str, &str) = ("content-type", "application/json");
const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

async fn send_bytes(bench: &Bench, path: &str, kind: (&str, &str), body: impl Into<Vec<u8>>) -> Answer {
    bench.send(request("POST", path, &[kind], Body::from(body.into()))).await
}

/// A compatible push of these records.
async fn push_compatibly(bench: &Bench, records: &[u8]) -> Answer {
    let body = [b"\xef\xbb\xbf{\"dataType\":\"user\",\"records\":[", records, b"]}"].concat();
    send_bytes(bench, COMPATIBLE, JSON, body).await
}

#[tokio::test]
async fn a_byte_order_mark_changes_nothing() {
    let bench = Bench::new().await;
    let answer = send_bytes(&bench, RECORDS, NDJSON, "\u{feff}{\"uid\":1}\n\u{feff}{\"uid\":2}\n").await;
    assert_eq!(answer.body["message"], "users: 2 created");
    let answer = send_bytes(&bench, RECORDS, JSON, "\u{feff}[{\"uid\":1},{\"uid\":3}]").await;
    assert_eq!(answer.body["message"], "users: 1 created, 1 unchanged");
    let answer = push_compatibly(&bench, b"{\"uid\":3},{\"uid\":4}").await;
    assert_eq!(
        answer.body["data"]["result"][0]["detail"]["count"],
        json!({"all": 2, "success": 2, "failed": 0})
    );
    let source = "\u{feff}{\"name\":\"other\",\"type\":\"api\"}";
    assert_eq!(send_bytes(&bench, "/api/v1/sources", JSON, source).await.status, 201);

    let utf16: Vec<u8> = "\u{feff}[{\"uid\":5}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (path, kind) in [(RECORDS, JSON), (RECORDS, NDJSON), (COMPATIBLE, JSON)] {
        let answer = send_bytes(&bench, path, kind, utf16.clone()).await;
        let body = answer.body.to_string();
        assert_eq!(answer.status, 400, "{body}");
        assert!(body.contains("the body is UTF-16 text; only UTF-8 is taken"), "{body}");
    }
}

#[tokio::test]
async fn numbers_are_shown_sent_and_taken_back_as_they_were_given() {
    let bench = Bench::new().await;
    bench.post("/api/v1/targets", json!({"name": "crm", "type": "first"})).await;
    bench.engine.deliver();
    let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let digits = "[89490200001234567890,1.10,1e+400,-0,0.1000000000000000055]";
    let record = format!("{{\"uid\":1,\"iccid\":89490200001234567890,\"x\":{digits}}}");
    let pushed = send_bytes(&bench, RECORDS, JSON, format!("[{record}]")).await;
    assert_eq!(pushed.body["message"], "users: 1 created");
    let shown = bench.get("/api/v1/users/1").await.body["custom"].clone();
    assert_eq!(shown, json!({"iccid": number("89490200001234567890"), "x": number(digits)}));
    assert!(shown.to_string().contains(digits), "{shown}");
    let pushed = push_compatibly(&bench, record.as_bytes()).await;
    let task = bench.settled(&pushed.body["data"]["taskId"]).await;
    assert_eq!(task["message"], "users: 1 unchanged");

    let changed = send_bytes(&bench, RECORDS, JSON, "[{\"uid\":1,\"iccid\":1.0}]").await;
    assert_eq!(changed.body["message"], "users: 1 updated");
    let changes = format!("/api/v1/tasks/{}/changes", changed.body["taskId"]);
    let change = bench.get(&changes).await.body["data"][0].clone();
    assert_eq!(change["before"]["iccid"], number("89490200001234567890"));
    assert_eq!(change["after"]["iccid"], number("1.0"));
    let undo = bench.post(&format!("/api/v1/tasks/{}/undo", changed.body["taskId"]), json!({})).await;
    bench.settled(&undo.body["taskId"]).await;
    assert_eq!(bench.get("/api/v1/users/1").await.body["custom"]["iccid"], number("89490200001234567890"));
    let patience = tokio::time::Instant::now() + Duration::from_secs(20);
    loop {
        let sent = bench.plugin.received.lock().parcels.last().and_then(|(_, parcel)| parcel.record.clone());
        if sent.is_some_and(|sent| sent["custom"]["iccid"] == number("89490200001234567890")) {
            break;
        }
        assert!(tokio::time::Instant::now() < patience);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let log = std::fs::read_dir(bench.directory.path().join("user-data-sync")).unwrap().next().unwrap();
    let log = std::fs::read_to_string(log.unwrap().path()).unwrap();
    assert!(log.contains(&format!("\"record\":{record}")), "{log}");
}

#[tokio::test]
async fn a_sort_is_exact_and_has_one_form() {
    let bench = Bench::new().await;
    let departments = "/api/v1/sources/api/records?type=department";
    let titled = |uid: &str, sort: &str| format!("{{\"uid\":\"{uid}\",\"title\":\"{uid}\",\"sort\":{sort}}}");
    let list: Vec<String> = [
        ("a", "9223372036854775807"),
        ("b", "9223372036854775806"),
        ("c", "9007199254740993"),
        ("d", "1.50"),
        ("e", "-1e1"),
    ]
    .map(|(uid, sort)| titled(uid, sort))
    .into();
    let pushed = send_bytes(&bench, departments, NDJSON, list.join("\n")).await;
    assert_eq!(pushed.body["message"], "departments: 5 created");
    let sorts: Vec<String> =
        bench.get("/api/v1/departments").await.column("sort").iter().map(Value::to_string).collect();
    assert_eq!(sorts, ["9223372036854775807", "9223372036854775806", "9007199254740993", "1.5", "-10"]);
    let again =
        send_bytes(&bench, departments, NDJSON, titled("d", "15e-1") + "\n" + &titled("e", "-10.0")).await;
    assert_eq!(again.body["message"], "departments: 2 unchanged");
    let user = "[{\"uid\":1,\"departments\":[{\"uid\":\"a\",\"sort\":-9223372036854775808}]}]";
    send_bytes(&bench, RECORDS, JSON, user).await;
    let sort = bench.get("/api/v1/users/1").await.body["departments"][0]["sort"].to_string();
    assert_eq!(sort, "-9223372036854775808");
    let large = send_bytes(&bench, departments, JSON, format!("[{}]", titled("f", "1e400"))).await;
    assert_eq!(large.body["failedRecords"][0]["message"], "uid f: sort: is too large");
}

#[tokio::test]
async fn texts_are_trimmed_and_what_nobody_sees_is_refused_in_keys() {
    let bench = Bench::new().await;
    bench.push("type=department", json!([{"uid": " d ", "title": " Dev\n"}])).await;
    let user =
        json!({"uid": " 1", "username": "fred ", "email": " fred@x.example\n", "departments": ["d\t"]});
    bench.push("type=user", json!([user])).await;
    let shown = bench.get("/api/v1/users/1").await.body;
    assert_eq!((&shown["username"], &shown["email"]), (&json!("fred"), &json!("fred@x.example")));
    assert_eq!((&shown["links"][0]["uid"], &shown["departments"][0]["title"]), (&json!("1"), &json!("Dev")));
    let again = bench.push("type=user", json!([{"uid": "1", "username": "fred"}])).await;
    assert_eq!(again["counts"]["user"]["updated"], 0, "{again}");

    let bad = [
        json!({"uid": "2", "username": "fre\u{200b}d"}),
        json!({"uid": "3", "email": "a@x.example\r\nBcc: b@x.example"}),
        json!({"uid": "4", "phone": "+49\u{7}30"}),
        json!({"uid": "5\u{ad}6"}),
    ];
    let answer = bench.push("type=user", json!(bad)).await;
    let mut told: Vec<&str> = answer["failedRecords"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["message"].as_str().unwrap())
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "uid 2: username: has an invisible character U+200B in it, after \"fre\"",
            "uid 3: email: has a line break U+000D in it, after \"a@x.example\"",
            "uid 4: phone: has a control character U+0007 in it, after \"+49\"",
            "uid: has an invisible character U+00AD in it, after \"5\"",
        ]
    );
}

/// Half a surrogate pair, and a byte of Latin-1: the record fails with its uid, so that nobody else is taken for absent
/// or refused.
#[tokio::test]
async fn a_damaged_record_fails_by_its_uid_and_is_not_absent() {
    let bench = Bench::new().await;
    bench.push("type=user", people(0..30)).await;
    let damaged = b"{\"uid\":\"u1\",\"nickname\":\"\\ud83d\"},{\"uid\":\"u2\",\"nickname\":\"M\xfcller\"}";
    let others: Vec<String> =
        (3..30).map(|n| format!("{{\"uid\":\"u{n}\",\"username\":\"u{n}\"}}")).collect();
    let body = [b"[", damaged.as_slice(), b",", others.join(",").as_bytes(), b"]"].concat();
    let answer = send_bytes(&bench, &format!("{RECORDS}&mode=full"), JSON, body.clone()).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("partial")), "{}", answer.body);
    let counts = &answer.body["counts"]["user"];
    // u0 is absent.
    assert_eq!(
        (&counts["failed"], &counts["disabled"], &counts["unchanged"]),
        (&json!(2), &json!(1), &json!(27))
    );
    let told = answer.body["failedRecords"].to_string();
    assert!(told.contains(r"uid u1: nickname: has half a surrogate pair in it (\\ud83d)"), "{told}");
    assert!(told.contains("uid u2: nickname: has a byte in it that is not UTF-8 (0xFC)"), "{told}");
    let failed = answer.body["failedRecords"].as_array().unwrap();
    assert_eq!(failed.iter().map(|one| &one["uid"]).collect::<Vec<_>>(), ["u1", "u2"]);

    let compatible =
        push_compatibly(&bench, &[damaged.as_slice(), b",{\"uid\":\"u9\",\"nickname\":\"N\"}"].concat())
            .await;
    let detail = &compatible.body["data"]["result"][0]["detail"];
    assert_eq!(detail["count"], json!({"all": 3, "success": 1, "failed": 2}), "{}", compatible.body);
    assert_eq!(detail["failedRecords"][1]["record"], json!({"uid": "u2", "nickname": "M\u{fffd}ller"}));

    let day = std::fs::read_dir(bench.directory.path().join("user-data-sync")).unwrap().next().unwrap();
    let log = std::fs::read_to_string(day.unwrap().path()).unwrap();
    for line in log.lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
}

#[tokio::test]
async fn what_is_no_address_is_left_out_with_a_word() {
    let bench = Bench::new().await;
    let records = json!([
        {"uid": "1", "email": "n/a"}, {"uid": "2", "email": "n/a"}, {"uid": "3", "email": " - "},
        {"uid": "4", "email": "ann@x.example"},
    ]);
    let answer = bench.push("type=user", records.clone()).await;
    assert_eq!(answer["status"], "success");
    let note = "3 e-mails are not addresses and were left out, for example uid 1: n/a";
    assert_eq!(answer["message"], format!("users: 4 created; {note}"));
    assert_eq!(
        bench.get("/api/v1/users").await.column("email"),
        [json!(null), json!(null), json!(null), json!("ann@x.example")]
    );
    let full = bench.push("type=user&mode=full", records).await;
    assert_eq!(full["message"], format!("users: 4 unchanged; {note}"));
    let pulled = bench.pull(json!([{"uid": "p", "email": "unknown@"}])).await;
    assert_eq!(
        pulled["message"],
        "users: 1 created; 1 e-mail is not an address and was left out: uid p: unknown@"
    );
    let compatible = push_compatibly(&bench, b"{\"uid\":\"4\",\"email\":\"none\"}").await;
    assert_eq!(compatible.body["data"]["message"], "success");
    assert_eq!(bench.get("/api/v1/users/4").await.body["email"], json!(null));
}

#[tokio::test]
async fn phones_are_matched_and_found_by_their_digits() {
    let bench = Bench::new().await;
    bench.pull(json!([{"uid": "p", "phone": "+49 30 123456"}])).await;
    for (uid, phone) in [("1", "0049-30-123456"), ("2", "+49 (0)30/123456")] {
        let source = json!({"name": format!("s{uid}"), "type": "api", "policy": {"matchKey": "phone"}});
        assert_eq!(bench.post("/api/v1/sources", source).await.status, 201);
        let path = format!("/api/v1/sources/s{uid}/records?type=user");
        let answer =
            bench.post(&path, json!([{"uid": uid, "phone": phone}, {"uid": "n", "phone": "n/a"}])).await;
        let counts = &answer.body["counts"]["user"];
        assert_eq!((&counts["updated"], &counts["created"]), (&json!(1), &json!(1)), "{}", answer.body);
    }
    let shown = bench.get("/api/v1/users/1").await.body;
    assert_eq!((&shown["phone"], shown["links"].as_array().unwrap().len()), (&json!("+49 (0)30/123456"), 3));
    for search in ["4930123", "%2B49-30-123", "0049%2030", "(0)30/12"] {
        assert_eq!(bench.get(&format!("/api/v1/users?search={search}")).await.column("id"), [1], "{search}");
    }
    assert_eq!(bench.get("/api/v1/users?search=n/a").await.body["data"].as_array().unwrap().len(), 2);
}

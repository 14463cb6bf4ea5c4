//! Users and departments over HTTP.

use super::*;

async fn company() -> Bench {
    let bench = Bench::new().await;
    let departments = json!([
        {"uid": "d1", "title": "Root", "sort": 1}, {"uid": "d2", "title": "Dev", "parentUid": "d1", "floor": 3},
    ]);
    bench.push("type=department", departments).await;
    let users = json!([
        {"uid": "1", "username": "ann", "email": "Ann@x.org", "nickname": "Ann Lee", "badge": {"no": 7},
         "departments": ["d1", {"uid": "d2", "isMain": true, "isOwner": true, "sort": 2}, "unseen"]},
        {"uid": "2", "username": "bob", "phone": "+1", "enabled": false, "departments": ["d1"]},
    ]);
    bench.push("type=user", users).await;
    bench
}

#[tokio::test]
async fn a_user_has_everything_that_is_known() {
    let bench = company().await;
    let user = bench.get("/api/v1/users/1").await.body;
    let mut expected = json!({
        "id": 1, "username": "ann", "nickname": "Ann Lee", "email": "Ann@x.org", "phone": null, "enabled": true,
        "mainDepartmentId": 2,
        "departments": [
            {"id": 2, "title": "Dev", "isMain": true, "isOwner": true, "sort": 2},
            {"id": 1, "title": "Root", "isMain": false, "isOwner": false, "sort": null},
        ],
        "danglingDepartments": [{"source": "api", "uid": "unseen", "otherSources": []}],
        "custom": {"badge": {"no": 7}}, "links": [
            {"source": "api", "uid": "1", "present": true, "state": "present", "since": null},
        ],
        "deletedAt": null,
    });
    for time in ["createdAt", "updatedAt"] {
        assert!(user[time].is_string());
        expected[time] = user[time].clone();
    }
    assert_eq!(user, expected);
    assert_eq!(bench.get("/api/v1/users").await.body["data"][0], user);
    assert_eq!(bench.get("/api/v1/users/9").await.problem().0, 404);
}

#[tokio::test]
async fn a_department_has_everything_that_is_known() {
    let bench = company().await;
    let department = bench.get("/api/v1/departments/2").await.body;
    let mut expected = json!({
        "id": 2, "title": "Dev", "parentId": 1, "sort": null, "enabled": true, "memberCount": 1,
        "custom": {"floor": 3}, "deletedAt": null, "links": [
            {"source": "api", "uid": "d2", "present": true, "state": "present", "since": null},
        ],
    });
    for time in ["createdAt", "updatedAt"] {
        expected[time] = department[time].clone();
    }
    assert_eq!(department, expected);
    assert_eq!(bench.get("/api/v1/departments").await.column("memberCount"), [2, 1]);
    assert_eq!(bench.get("/api/v1/departments/9").await.problem().0, 404);
}

#[tokio::test]
async fn lists_are_searched_filtered_and_paged() {
    let bench = company().await;
    bench.pull(json!([{"uid": "z", "username": "zoe"}])).await;
    bench.push("type=user", json!([{"uid": "2", "isDeleted": true}])).await;
    let check = async |path: &str, key: &str, expected: &[&str]| {
        assert_eq!(bench.get(&format!("/api/v1/{path}")).await.column(key), expected, "{path}");
    };
    check("users", "username", &["ann", "zoe"]).await;
    check("users?search=LEE", "username", &["ann"]).await;
    check("users?search=x.org&department=1", "username", &["ann"]).await;
    check("users?department=99", "username", &[]).await;
    check("users?source=pulled", "username", &["zoe"]).await;
    check("users?deleted=true", "username", &["bob"]).await;
    check("departments?parent=root", "title", &["Root"]).await;
    check("departments?parent=1", "title", &["Dev"]).await;
    check("departments?search=DE&source=api", "title", &["Dev"]).await;
    check("departments?source=pulled", "title", &[]).await;
    check("departments?deleted=true", "title", &[]).await;
    let first = bench.get("/api/v1/users?limit=1").await;
    assert_eq!((first.column("username"), &first.body["nextCursor"]), (vec![json!("ann")], &json!("1")));
    check("users?limit=1&cursor=1", "username", &["zoe"]).await;
    let deleted = bench.get("/api/v1/users/2").await.body;
    assert!(deleted["deletedAt"].is_string());
    assert_eq!(deleted["links"][0]["present"], false);
}

#[tokio::test]
async fn a_user_whom_no_source_gives_is_freed_or_given_to_another_record() {
    let bench = Bench::new().await;
    let people = json!([{"uid": "1", "username": "ann"}, {"uid": "2", "username": "bob"}]);
    bench.push("type=user&mode=full", people).await;
    let check = async |action: &str, body: Value, status: u16, problem: &str| {
        let answer = bench.post(&format!("/api/v1/users/{action}"), body).await;
        assert_eq!(answer.status, status, "{action}: {}", answer.body);
        let kind = answer.body["type"].as_str().unwrap_or_default().to_owned();
        assert_eq!(kind, problem, "{action}");
        answer.body
    };
    let to_new = json!({"source": "api", "uid": "new"});
    check("2/free", json!(null), 409, "urn:orgsync:problem:still-given").await;
    check("2/adopt", to_new.clone(), 409, "urn:orgsync:problem:still-given").await;
    bench.push("type=user&mode=full", json!([{"uid": "1", "username": "ann"}])).await;
    let link = bench.get("/api/v1/users/2").await.body["links"][0].clone();
    assert_eq!((&link["state"], &link["present"]), (&json!("missing"), &json!(false)));
    assert!(link["since"].is_string(), "{link}");
    let taken = json!({"source": "api", "uid": "1"});
    check("2/adopt", taken, 409, "urn:orgsync:problem:uid-taken").await;
    check("2/adopt", json!({"source": "api", "uid": " "}), 422, "about:blank").await;
    check("9/adopt", to_new.clone(), 404, "about:blank").await;
    check("x/free", json!(null), 404, "about:blank").await;
    let given = check("2/adopt", to_new, 200, "").await;
    assert_eq!(given["links"][0]["uid"], "new");
    let freed = check("2/free", json!(null), 202, "").await;
    assert_eq!(bench.settled(&freed["taskId"]).await["counts"]["user"]["deleted"], 1);
    check("2/free", json!(null), 409, "urn:orgsync:problem:user-deleted").await;
}

#[tokio::test]
async fn a_search_finds_names_of_any_script_however_they_were_typed() {
    let bench = Bench::new().await;
    let names = ["Işıl Şahin", "İbrahim", "Groß", "Анна Жукова", "राम क़ुरैशी", "Żółw", "王小明"];
    let people = names.iter().enumerate().map(|(n, name)| json!({"uid": n, "nickname": name}));
    bench.push("type=user", people.collect()).await;
    let check = async |search: &str, expected: &[&str]| {
        let encoded: String = search.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let found = bench.get(&format!("/api/v1/users?search={encoded}")).await;
        assert_eq!(found.column("nickname"), expected, "{search}");
    };
    check("IŞIL", &["Işıl Şahin"]).await;
    check("isil", &[]).await;
    check("ŞAHİN", &["Işıl Şahin"]).await;
    check("ıbrahım", &["İbrahim"]).await;
    check("GROSS", &["Groß"]).await;
    check("жуКОВА", &["Анна Жукова"]).await;
    check("क\u{93c}ुरैशी", &["राम क़ुरैशी"]).await;
    check("z\u{307}O\u{301}ŁW", &["Żółw"]).await;
    check("小明", &["王小明"]).await;
}

/// All items of a list, and on how many pages of at most a thousand they came.
async fn all_of(bench: &Bench, path: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = bench.get(&format!("{path}?limit=1000{cursor}")).await.body;
        items.extend(page["data"].as_array().unwrap().iter().cloned());
        pages += 1;
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (items, pages),
        }
    }
}

#[tokio::test]
async fn a_page_of_large_rows_ends_early_and_says_where_to_go_on() {
    const COUNT: usize = 100;
    let bench = Bench::new().await;
    let photo = "x".repeat(200_000);
    let records = |title: &str| -> Value {
        (0..COUNT)
            .map(|n| json!({"uid": format!("r{n:03}"), title: format!("r{n}"), "photo": photo}))
            .collect()
    };
    let users = bench.push("type=user", records("username")).await;
    bench.push("type=department", records("title")).await;
    let changes = format!("/api/v1/tasks/{}/changes", users["taskId"]);
    for path in ["/api/v1/users", "/api/v1/departments", changes.as_str()] {
        let (items, pages) = all_of(&bench, path).await;
        let seen: BTreeSet<String> = items
            .iter()
            .map(|item| (if item["id"].is_null() { &item["uid"] } else { &item["id"] }).to_string())
            .collect();
        assert_eq!((items.len(), seen.len()), (COUNT, COUNT), "{path}");
        assert!(pages > 1, "{path}: all of them at once");
    }
    // A change of a few bytes in many large rows is planned and applied in parts, and is whole in the end.
    let badges: Value = (0..COUNT).map(|n| json!({"uid": format!("r{n:03}"), "badge": n})).collect();
    let pushed = bench.push("type=user", badges).await;
    assert_eq!((&pushed["status"], &pushed["counts"]["user"]["updated"]), (&json!("success"), &json!(COUNT)));
    let (users, _) = all_of(&bench, "/api/v1/users").await;
    assert!(
        users
            .iter()
            .all(|user| user["custom"]["photo"] == json!(photo) && user["custom"]["badge"].is_number())
    );
}

#[tokio::test]
async fn what_a_user_holds_is_bounded_over_many_pushes() {
    let bench = Bench::new().await;
    let field = |name: &str, bytes: usize| {
        let mut record = json!({"uid": "1", "username": "ann"});
        record[name] = json!("x".repeat(bytes));
        record
    };
    bench.push("type=user", json!([field("photo", 200_000)])).await;
    let other = json!({"uid": "2", "username": "bob"});
    let pushed = bench.push("type=user", json!([field("scan", 100_000), other])).await;
    assert_eq!(pushed["status"], "partial", "the record fails alone");
    let error = pushed["failedRecords"][0]["message"].as_str().unwrap();
    assert!(error.starts_with("uid 1: record: the fields of the user would have 300"), "{error}");
    assert!(error.contains("262144 are allowed (storage.max_row_bytes)"), "{error}");
    let user = bench.get("/api/v1/users/1").await.body;
    assert!(user["custom"]["scan"].is_null() && user["custom"]["photo"].is_string());
    let mut instead = field("scan", 100_000);
    instead["photo"] = Value::Null;
    assert_eq!(bench.push("type=user", json!([instead])).await["status"], "success");
}

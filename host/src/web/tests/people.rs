//! Users and departments.

use serde_json::json;

use super::Visit;

async fn visit() -> Visit {
    let visit = Visit::with_scope("read").await;
    let departments = json!([
        {"uid": "d1", "title": "Head <office>"},
        {"uid": "d2", "title": "Sales", "parentUid": "d1", "floor": 3},
    ]);
    visit.bench.push("type=department", departments).await;
    let users = json!([
        {"uid": "u1", "username": "ann", "nickname": "Ann Lee", "email": "ann@example.org", "pet": {"cat": "Mo"},
            "departments": [{"uid": "d2", "isOwner": true}]},
        {"uid": "u2", "username": "bob", "enabled": false, "departments": ["d2"]},
        {"uid": "u3", "username": "<b>carl</b>"},
    ]);
    visit.bench.push("type=user", users).await;
    visit
}

#[tokio::test]
async fn users_are_found_and_escaped() {
    let mut visit = visit().await;
    let all = visit.see("/users").await;
    for there in ["Ann Lee", "bob", "&#60;b&#62;carl", "disabled"] {
        assert!(all.contains(there), "{there}: {all}");
    }
    assert!(!all.contains("<b>carl"), "{all}");
    let found = visit.see("/users?search=AnN%40&source=&deleted=").await;
    assert!(found.contains("Ann Lee") && !found.contains("bob"), "{found}");
    let none = visit.see("/users?search=zzz").await;
    assert!(none.contains("Nobody is found") && none.contains("Clear the filters"), "{none}");
    let members = visit.see("/users?department=2").await;
    assert!(members.contains("Members of Sales") && !members.contains("carl"), "{members}");
}

#[tokio::test]
async fn a_user_s_page_has_all_that_is_known() {
    let mut visit = visit().await;
    visit.bench.push("type=user", json!([{"uid": "u1", "nickname": "Ann Lee-Smith"}])).await;
    let page = visit.see("/users/1").await;
    for there in
        ["Ann Lee-Smith", "ann@example.org", "Sales", "leads it", "u1", "pet", "api, no. 2", "api, no. 3"]
    {
        assert!(page.contains(there), "{there}: {page}");
    }
    assert!(page.find("api, no. 3") < page.find("api, no. 2"), "the latest stands first");
}

#[tokio::test]
async fn the_tree_opens_branch_by_branch() {
    let mut visit = visit().await;
    let roots = visit.see("/departments").await;
    assert!(roots.contains("Head &#60;office&#62;") && !roots.contains("Sales"), "{roots}");
    let below = visit.see("/departments/1/branches").await;
    assert!(
        below.contains("Sales") && below.contains("2 members") && below.contains("led by Ann Lee"),
        "{below}"
    );
    assert!(!below.contains("<html"), "a branch is a part of a page");
    let found = visit.see("/departments?search=sal").await;
    assert!(found.contains("Sales") && !found.contains("office"), "{found}");
    let page = visit.see("/departments/2").await;
    for there in ["Head &#60;office&#62;", "All 2 members", "floor", "api, no. 1"] {
        assert!(page.contains(there), "{there}: {page}");
    }
}

#[tokio::test]
async fn what_leads_nowhere_and_what_was_not_made_is_told() {
    let mut visit = visit().await;
    let users = json!([
        {"uid": "u4", "username": "dora", "departments": ["d2", "ghost"]},
        {"uid": "u5", "username": "ann"},
    ]);
    let pushed = visit.bench.push("type=user", users).await;
    let page = visit.see("/users/4").await;
    assert!(page.contains("Departments that are not there") && page.contains("ghost"), "{page}");
    let overview = visit.see("/").await;
    assert!(overview.contains("names departments that it does not give: ghost"), "{overview}");
    let task = visit.see(&format!("/tasks/{}", pushed["taskId"])).await;
    assert!(task.contains("not created"), "{task}");
    visit.bench.push("type=department", json!([{"uid": "ghost", "title": "Ghost"}])).await;
    assert!(!visit.see("/users/4").await.contains("Departments that are not there"));
}

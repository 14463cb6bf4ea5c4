//! The system log and the raw records.

use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::json;

use super::Visit;

const DAY: &str = "2026-02-28";

/// Logged in to read; a day's system log has these lines.
async fn visit(lines: &str) -> Visit {
    let visit = Visit::with_scope("read").await;
    append(&visit, lines);
    visit
}

fn append(visit: &Visit, lines: &str) {
    let path = visit.bench.directory.path().join(format!("orgsync.{DAY}.log"));
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(lines.as_bytes()).unwrap();
}

fn line(level: &str, message: &str) -> String {
    format!("{DAY}T10:00:00.123456Z {level:>5} orgsync::x: {message}\n")
}

/// The address that an attribute has after some text.
fn address(html: &str, attribute: &str) -> String {
    let (_, rest) = html.split_once(&format!("{attribute}=\"")).unwrap_or_else(|| panic!("{html}"));
    rest.split('"').next().unwrap().replace("&#38;", "&")
}

#[tokio::test]
async fn events_are_listed_filtered_and_escaped() {
    let lines = line("INFO", "all is well") + &line("WARN", "a <b>\n  second line task=7 source=\"hr\"");
    let mut visit = visit(&lines).await;
    let all = visit.see("/logs").await;
    for there in ["all is well", "a &#60;b&#62;\n  second line", "warning", "source=hr", "href=\"/tasks/7\""]
    {
        assert!(all.contains(there), "{there}: {all}");
    }
    assert!(all.find("second line") < all.find("all is well"), "the newest stands first: {all}");
    assert!(!all.contains("data-poll") && all.contains("aria-live=\"off\""), "nobody watches: {all}");
    for narrow in ["level=warn", "text=SECOND", "task=7", "level=&text=second&task=&day=2026-02-28"] {
        let some = visit.see(&format!("/logs?{narrow}")).await;
        assert!(some.contains("second line") && !some.contains("all is well"), "{narrow}: {some}");
    }
    let none = visit.see("/logs?level=error").await;
    assert!(none.contains("No line matches") && none.contains("log_level"), "{none}");
    let loud = visit.see("/logs?level=loud&text=x").await;
    assert!(loud.contains("makes no sense and is ignored: level."), "{loud}");
}

#[tokio::test]
async fn one_event_stands_by_itself() {
    let long = format!("begin {} end", "x".repeat(10_000));
    let mut visit = visit(&(line("INFO", "first") + &line("ERROR", &long))).await;
    let all = visit.see("/logs").await;
    assert!(all.contains("Only the beginning") && !all.contains("x end"), "{all}");
    let place = format!("/logs/events/{DAY}:{}", line("INFO", "first").len());
    assert!(all.contains(&format!("href=\"{place}\"")), "{all}");
    let whole = visit.see(&place).await;
    assert!(whole.contains("x end") && whole.contains("error"), "{whole}");
    let before = visit.see(&format!("/logs?before={DAY}:{}", line("INFO", "first").len())).await;
    assert!(before.contains("first") && !before.contains("begin"), "{before}");
    for nowhere in
        ["/logs/events/2026-02-28:1", "/logs/events/2026-03-01:0", "/logs/events/x", "/logs/records/x"]
    {
        assert_eq!(visit.get(nowhere).await.status, 404, "{nowhere}");
    }
}

#[tokio::test]
async fn older_lines_are_on_the_next_page() {
    let mut lines = String::new();
    for number in 0..150 {
        let _ = write!(lines, "{}", line("INFO", &format!("number {number}.")));
    }
    let mut visit = visit(&lines).await;
    let first = visit.see("/logs?level=info").await;
    assert!(first.contains("number 149.") && first.contains("number 50.") && !first.contains("number 49."));
    let older = visit.see(&address(&first, "id=\"older\" href")).await;
    assert!(older.contains("number 49.") && older.contains("number 0.") && !older.contains("number 50."));
    assert!(older.contains("Newest lines") && !older.contains("Older lines"), "{older}");
}

#[tokio::test]
async fn who_watches_gets_what_is_new_once() {
    let mut visit = visit(&line("INFO", "old")).await;
    let page = visit.see("/logs?live=true&level=info").await;
    assert!(page.contains("data-poll") && page.contains("aria-live=\"polite\""), "{page}");
    let tail = address(&page, "data-poll hx-get");
    let by_script = [("hx-request", "true")];
    append(&visit, &(line("DEBUG", "whispered") + &line("INFO", "new 1") + &line("WARN", "new 2")));
    let news = visit.send("GET", &tail, &by_script, &[]).await.html;
    assert!(news.find("new 2") < news.find("new 1"), "{news}");
    assert!(!news.contains("old") && !news.contains("whispered") && !news.contains("<html"), "{news}");
    let quiet = visit.send("GET", &address(&news, "data-poll hx-get"), &by_script, &[]).await.html;
    assert!(quiet.contains("data-poll") && !quiet.contains("new 2"), "{quiet}");
    // Older lines don't grow, so nobody watches them.
    let older = visit.see(&format!("/logs?live=true&before={DAY}:0")).await;
    assert!(!older.contains("data-poll"), "{older}");
    // Without the script it is no page.
    let alone = visit.get(&tail).await;
    assert_eq!(alone.leads_to(), Some("/logs?level=info&live=true"));
}

#[tokio::test]
async fn of_a_burst_the_newest_are_shown_and_the_way_to_the_others() {
    let mut visit = visit(&line("INFO", "old")).await;
    let tail = address(&visit.see("/logs?live=true").await, "data-poll hx-get");
    let burst: String = (0..500).map(|number| line("INFO", &format!("number {number}."))).collect();
    append(&visit, &burst);
    let news = visit.send("GET", &tail, &[("hx-request", "true")], &[]).await.html;
    assert!(news.contains("number 499.") && news.contains("number 400.") && !news.contains("number 399."));
    let left_out = visit.see(&address(&news, "log-gap\"><a href")).await;
    assert!(left_out.contains("number 399."), "{left_out}");
}

#[tokio::test]
async fn raw_records_are_masked_and_can_be_read_whole() {
    let mut visit = visit("").await;
    let long = "é".repeat(4_000);
    let records = json!([
        {"uid": "u1", "username": "ann", "note": "<i>", "password": "hunter2"},
        {"uid": "u2", "username": "bob", "words": long},
    ]);
    visit.bench.push("type=user", records).await;
    let all = visit.see("/logs/records").await;
    for there in ["ann", "[redacted]", "&#60;i&#62;", "href=\"/tasks/1\"", "href=\"/sources/api\"", "No. 1"] {
        assert!(all.contains(there), "{there}: {all}");
    }
    assert!(!all.contains("hunter2"));
    assert!(all.contains("\n  &#34;username&#34;: &#34;ann&#34;"), "a line for each value: {all}");
    let bob = visit.see("/logs/records?source=api&text=BOB").await;
    assert!(bob.contains("username&#34;: &#34;bob") && !bob.contains("[redacted]"), "{bob}");
    assert!(bob.contains("Only the beginning"), "{bob}");
    let whole = visit.see(&address(&bob[bob.find("Only the beginning").unwrap()..], "<a href")).await;
    assert!(whole.contains(&"é".repeat(4_000)), "{whole}");
}

#[tokio::test]
async fn where_there_are_no_raw_records_it_is_said_why() {
    let mut visit = visit("").await;
    let none = visit.see("/logs/records").await;
    assert!(none.contains("There are no raw records") && !none.contains("The policy of"), "{none}");
    let off = json!({"policy": {"rawRecords": false}});
    assert_eq!(visit.bench.with_json("PATCH", "/api/v1/sources/pulled", off).await.status, 200);
    let none = visit.see("/logs/records").await;
    assert!(none.contains("The policy of pulled says"), "{none}");
    let other = visit.see("/logs/records?source=api").await;
    assert!(!other.contains("The policy of"), "{other}");
}

#[tokio::test]
async fn logs_are_for_those_who_are_logged_in() {
    let mut stranger = Visit::stranger().await;
    for path in ["/logs", "/logs/new/2026-02-28:0", "/logs/records", "/logs/records/2026-02-28:0"] {
        let page = stranger.get(path).await;
        assert!(
            page.leads_to().is_some_and(|path| path.starts_with("/login?next=")),
            "{path}: {}",
            page.html
        );
    }
}

//! Every page and form, tried by every kind of session, and every form as other sites would send it.

use super::*;

/// Every page and form, with the scopes whose sessions get in; `all` also lets those in who are not logged in.
const WHO: &str = "
GET  / read operate admin
GET  /departments read operate admin
GET  /departments/{id} read operate admin
GET  /departments/{id}/branches read operate admin
POST /deleted-sources/{id}/delete admin
POST /deleted-sources/{id}/disable admin
POST /deleted-sources/{id}/restore admin
GET  /live read operate admin
GET  /login all
POST /login all
GET  /logs read operate admin
GET  /logs/events/{place} read operate admin
GET  /logs/new/{place} read operate admin
GET  /logs/records read operate admin
GET  /logs/records/{place} read operate admin
POST /logout all
GET  /plugins read operate admin
POST /plugins admin
GET  /plugins/{name} read operate admin
POST /plugins/{name}/add admin
POST /preferences all
GET  /sources read operate admin
GET  /sources/new admin
POST /sources/new admin
GET  /sources/{name} read operate admin
POST /sources/{name}/check operate admin
POST /sources/{name}/delete admin
POST /sources/{name}/disable admin
GET  /sources/{name}/edit admin
POST /sources/{name}/edit admin
POST /sources/{name}/enable admin
POST /sources/{name}/sync operate admin
GET  /static/{digest}/{name} all
GET  /targets/{name} read operate admin
POST /targets/{name}/retry operate admin
GET  /tasks read operate admin
GET  /tasks/{id} read operate admin
POST /tasks/{id}/approve operate admin
POST /tasks/{id}/cancel operate admin
GET  /tasks/{id}/failures.csv read operate admin
GET  /tasks/{id}/log read operate admin
GET  /tasks/{id}/records read operate admin
POST /tasks/{id}/reject operate admin
POST /tasks/{id}/retry operate admin
POST /tasks/{id}/undo operate admin
GET  /tokens admin
POST /tokens admin
GET  /tokens/new admin
POST /tokens/{id}/revoke admin
GET  /users read operate admin
GET  /users/{id} read operate admin
POST /users/{id}/adopt operate admin
POST /users/{id}/free operate admin
";

/// The scopes of the sessions.
const SCOPES: [&str; 3] = ["read", "operate", "admin"];

impl Visit {
    /// The paths of all pages, from what a router prints for debugging.
    fn paths(&self) -> Vec<String> {
        let printed = format!("{:?}", pages(&self.bench.app));
        let paths = printed.split("RouteId(").filter_map(|rest| {
            let (id, rest) = rest.split_once("): \"")?;
            id.parse::<u32>().ok()?;
            Some(rest.split_once('"')?.0.to_owned())
        });
        let mut paths: Vec<String> = paths.filter(|path| !path.contains("{*")).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// The status, and where it leads; the body is not awaited, because some never end.
    async fn door(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        form: &str,
    ) -> (u16, Option<String>) {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(COOKIE, cookies.join("; "));
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.router.clone().oneshot(request.body(Body::from(form.to_owned())).unwrap()).await;
        let answer = answer.unwrap();
        let leads_to = answer.headers().get(LOCATION).map(|address| address.to_str().unwrap().to_owned());
        (answer.status().as_u16(), leads_to)
    }
}

/// A page that is there, or would be.
fn filled(path: &str) -> String {
    let filled = path.replace("{name}", "nobody").replace("{id}", "999999").replace("{digest}", "0");
    filled.replace("{place}", "2026-11-30:0")
}

fn is_login(address: &str) -> bool {
    address.split('?').next() == Some("/login")
}

/// A session of each scope; all are of one daemon.
async fn sessions() -> (Visit, Vec<(&'static str, Vec<(String, String)>)>) {
    let mut visit = Visit::stranger().await;
    let mut sessions = Vec::new();
    for scope in SCOPES {
        let made =
            visit.bench.post("/api/v1/tokens", serde_json::json!({"name": scope, "scope": scope})).await.body;
        assert_eq!(visit.log_in(made["token"].as_str().unwrap()).await.status, 303);
        sessions.push((scope, std::mem::take(&mut visit.cookies)));
    }
    (visit, sessions)
}

#[tokio::test]
async fn every_page_lets_in_whom_its_scope_lets_in() {
    let (mut visit, sessions) = sessions().await;
    let mut found = Vec::new();
    for path in visit.paths() {
        for method in ["GET", "POST"] {
            visit.cookies = Vec::new();
            let (status, leads_to) = visit.door(method, &filled(&path), &[], "").await;
            if status == 405 {
                continue;
            }
            let is_sent_away = status == 303 && leads_to.as_deref().is_some_and(is_login);
            let mut who: Vec<&str> = Vec::new();
            if path == "/logout" || !is_sent_away {
                who.push("all");
            }
            for (scope, cookies) in &sessions {
                // Whoever has logged out is nobody afterwards.
                if who == ["all"] {
                    break;
                }
                visit.cookies.clone_from(cookies);
                let form = format!("csrf={}", visit.mark().await);
                let (status, leads_to) = visit.door(method, &filled(&path), &[], &form).await;
                assert!(!leads_to.as_deref().is_some_and(is_login), "{method} {path} as {scope}");
                if status != 403 {
                    who.push(scope);
                }
            }
            found.push(format!("{method:4} {path} {}", who.join(" ")));
        }
    }
    found.sort();
    let mut expected: Vec<&str> = WHO.trim().lines().collect();
    expected.sort_unstable();
    assert_eq!(found, expected, "a new page belongs into this table");
}

#[tokio::test]
async fn no_form_is_taken_that_another_site_or_session_sends() {
    let (mut visit, sessions) = sessions().await;
    let (_, mine) = sessions.last().unwrap();
    visit.cookies.clone_from(&sessions[1].1);
    let other = visit.mark().await;
    visit.cookies.clone_from(mine);
    let mark = visit.mark().await;
    let (valid, foreign) = (format!("csrf={mark}"), format!("csrf={other}"));
    let mut tried = 0;
    // One that needs no session has no mark, either.
    let forms = WHO.lines().filter_map(|line| line.strip_prefix("POST "));
    for form in forms.filter(|form| !form.ends_with(" all")) {
        let path = filled(form.split_once(' ').unwrap().0);
        let marked = format!("{path}?csrf={mark}");
        // Address, fields of the head, and the form.
        type Try<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
        let tries: [Try<'_>; 9] = [
            (&path, &[], ""),
            (&path, &[], "csrf="),
            (&path, &[], &foreign),
            (&marked, &[], ""),
            (&path, &[("origin", "http://elsewhere.example"), ("host", "a:1")], &valid),
            (&path, &[("origin", "null"), ("host", "a:1")], &valid),
            (&path, &[("sec-fetch-site", "cross-site")], &valid),
            (&path, &[("sec-fetch-site", "same-site")], &valid),
            (&path, &[("content-type", "text/plain")], &foreign),
        ];
        for (path, headers, form) in tries {
            let (status, _) = visit.door("POST", path, headers, form).await;
            assert_eq!(status, 403, "POST {path} with {headers:?} {form}");
            tried += 1;
        }
    }
    assert!(tried > 150, "only {tried} were tried");
}

//! The password is where it is stored and on its way to the server, and nowhere else.

use std::fs;
use std::io::Read as _;
use std::net::TcpListener;

use nix::unistd::Pid;
use serde_json::json;
use ureq::http::Method;

use super::{PASSWORD, SOURCE, daemon, options};
use crate::support::daemon::{Client, Daemon};
use crate::support::ldif::company;
use crate::support::slapd::{OPEN, Slapd};

/// What anybody on the machine can see of a process.
fn visible(process: Pid) -> String {
    let files =
        ["cmdline", "environ", "comm"].map(|name| fs::read(format!("/proc/{process}/{name}")).unwrap());
    String::from_utf8_lossy(&files.concat()).into_owned()
}

fn answers(client: &Client) -> String {
    let paths =
        ["sources", &format!("sources/{SOURCE}"), "tasks", "source-types", "plugins", "users?limit=1"];
    paths.map(|path| client.body(&format!("/api/v1/{path}")).to_string()).concat()
}

fn nowhere(daemon: &Daemon, also: &str) {
    let answers = answers(daemon);
    assert!(answers.contains("\"password\":\"********\""), "{answers}");
    assert!(!answers.contains(PASSWORD) && !also.contains(PASSWORD));
    for (path, text) in daemon.place.log_files() {
        assert!(!text.contains(PASSWORD), "{}", path.display());
    }
    assert!(!daemon.place.read("stderr").contains(PASSWORD));
}

#[test]
fn the_password_occurs_nowhere() {
    let slapd = Slapd::start(&company(PASSWORD, 3, 20).ldif, OPEN);
    // A server that takes the password and says nothing: the worker waits as long as this test looks at it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let waiting = options(&slapd, json!({"url": format!("ldap://{}", silent.local_addr().unwrap())}));
    let daemon = daemon(waiting);
    let task = daemon.start_sync(SOURCE);
    let (mut connection, _) = silent.accept().unwrap();
    let mut sent = [0; 1024];
    let length = connection.read(&mut sent).unwrap();
    assert!(String::from_utf8_lossy(&sent[..length]).contains(PASSWORD), "the worker has bound with it");
    let workers = daemon.children();
    assert_eq!(workers.len(), 1);
    let seen: String = workers.iter().chain([&daemon.pid()]).map(|process| visible(*process)).collect();
    assert!(seen.contains("worker"), "{seen}");
    nowhere(&daemon, &seen);

    drop((connection, silent));
    let task = daemon.settled(task);
    assert_eq!(task["status"], "failed", "{task}");
    nowhere(&daemon, &task.to_string());

    let path = format!("/api/v1/sources/{SOURCE}");
    let bad = json!({"options": options(&slapd, json!({"pageSize": 0}))});
    let refused = daemon.send_json(Method::PATCH, &path, &bad).expect(422);
    // The mask stands for the password that is stored, and that is not for another server.
    let masked = json!({"options": options(&slapd, json!({"password": "********"}))});
    let moved = daemon.send_json(Method::PATCH, &path, &masked).expect(422);
    assert_eq!(moved["field"], "options/password");
    daemon.send_json(Method::PATCH, &path, &json!({"options": options(&slapd, json!({}))})).expect(200);
    let kept = daemon.send_json(Method::PATCH, &path, &masked).expect(200);
    assert_eq!(daemon.sync(SOURCE)["status"], "success");
    nowhere(&daemon, &format!("{refused}{moved}{kept}"));
}

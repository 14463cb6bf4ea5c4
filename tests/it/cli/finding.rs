//! How clients find the daemon, and commands the installation: flag before environment before file before default.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::{assert_code, stderr, stdout};
use crate::support::daemon::{Daemon, Place};

const PUSH: [&str; 4] = ["push", "one.ndjson", "--type", "user"];

/// A daemon, and where it listens without the scheme.
fn daemon() -> (Daemon, String) {
    let daemon = Daemon::with(&[]);
    daemon.place.write("one.ndjson", "{\"uid\":\"1\",\"username\":\"ann\"}\n");
    let listen = daemon.address().trim_start_matches("http://").to_owned();
    (daemon, listen)
}

#[test]
fn clients_take_address_and_token_from_the_settings() {
    let (daemon, listen) = daemon();
    // A directory of which nothing but the settings says where the daemon and its data are.
    let place = Place::new(&[]);
    place.write("one.ndjson", "{\"uid\":\"1\",\"username\":\"ann\"}\n");
    let data = daemon.place.path("data");
    let settings = |listen: &str| {
        place.write("orgsync.toml", &format!("listen = \"{listen}\"\ndata_dir = \"{}\"\n", data.display()))
    };
    settings(&listen);
    assert_code(&place.run(&PUSH), 0);
    let port = listen.rsplit(':').next().unwrap();
    settings(&format!("0.0.0.0:{port}"));
    assert_code(&place.run(&PUSH), 0);

    settings("127.0.0.1:0");
    let free = place.run(&PUSH);
    assert_code(&free, 1);
    assert!(stderr(&free).contains("say with --server which one"), "{}", stderr(&free));
    // The environment goes before the file, and a flag before both.
    assert_code(&place.command(&PUSH).env("ORGSYNC_LISTEN", &listen).output().unwrap(), 0);
    let mut flagged = place.command(&[&PUSH[..], &["--server", &listen]].concat());
    assert_code(&flagged.env("ORGSYNC_SERVER", "http://127.0.0.1:1").output().unwrap(), 0);

    // Somewhere else, and without any settings of a daemon.
    let token = daemon.token();
    place.write("orgsync.toml", &format!("server = \"{listen}\"\ntoken = \" {token} \"\n"));
    assert_code(&place.run(&PUSH), 0);
    let listed = place.run(&["token", "list"]);
    assert_code(&listed, 0);
    assert!(stdout(&listed).starts_with("   ID  NAME"), "{}", stdout(&listed));
    let elsewhere = place.write("elsewhere/client.toml", &format!("server = \"{listen}\"\n"));
    fs::remove_file(place.path("orgsync.toml")).unwrap();
    let config = [&PUSH[..], &["--config", elsewhere.to_str().unwrap(), "--token", token]].concat();
    assert_code(&place.run(&config), 0);
    assert!(!place.path("data").exists(), "a client makes no data directory");
}

#[test]
fn an_address_is_taken_as_people_write_it() {
    let (daemon, listen) = daemon();
    let port = listen.rsplit(':').next().unwrap();
    for server in [
        listen.clone(),
        format!("localhost:{port}"),
        format!(":{port}"),
        format!("{}/", daemon.address()),
        format!(" {} ", daemon.address()),
    ] {
        assert_code(&daemon.place.run(&[&PUSH[..], &["--server", &server]].concat()), 0);
    }
    for (server, code, said) in [
        ("", 2, "it is empty; write http://127.0.0.1:8370"),
        ("ftp://localhost", 2, "orgsync speaks http:// and https://"),
        ("http://ann:pw@localhost", 2, "has a user or password in it"),
        ("[::1]:1", 1, "failed to talk to http://[::1]:1; is the daemon running?"),
    ] {
        let refused = daemon.place.run(&[&PUSH[..], &["--server", server]].concat());
        assert_code(&refused, code);
        assert!(stderr(&refused).contains(said), "{server}: {}", stderr(&refused));
    }
    let odd = daemon.place.run(&["sync", "no such/source?x=1#y", "--server", &listen]);
    assert_code(&odd, 1);
    assert!(
        stderr(&odd).contains("404 Not Found: there is no source `no such/source?x=1#y`"),
        "{}",
        stderr(&odd)
    );
}

#[test]
fn variables_that_are_set_to_nothing_count_as_not_set() {
    let (daemon, listen) = daemon();
    let mut push = daemon.place.command(&PUSH);
    push.env("ORGSYNC_LISTEN", &listen);
    for variable in
        ["SERVER", "TOKEN", "ADMIN_TOKEN", "CA_FILE", "CONFIG", "DATA_DIR", "TLS_KEY", "REQUIRE_SHA256"]
    {
        push.env(format!("ORGSYNC_{variable}"), if variable == "SERVER" { " " } else { "" });
    }
    assert_code(&push.output().unwrap(), 0);

    let token = format!("{}\n", daemon.token());
    let mut push = daemon.place.command(&PUSH);
    assert_code(&push.env("ORGSYNC_LISTEN", &listen).env("ORGSYNC_TOKEN", token).output().unwrap(), 0);
    let mut push = daemon.place.command(&PUSH);
    let refused = push.env("ORGSYNC_LISTEN", &listen).env("ORGSYNC_TOKEN", "Bearer x").output().unwrap();
    assert_code(&refused, 1);
    assert!(stderr(&refused).contains("--token or ORGSYNC_TOKEN: this is no token"), "{}", stderr(&refused));
}

#[test]
fn a_directory_without_an_installation_stays_as_it_is() {
    let place = Place::new(&[]);
    let nothing = || fs::read_dir(place.path("")).unwrap().count() == 1;
    let foreign = place.path("nowhere/orgsync.db");
    let url = format!("sqlite://{}", foreign.display());
    for arguments in [
        &["token", "list"][..],
        &["token", "create", "--name", "x", "--scope", "admin"],
        &["token", "revoke", "x"],
        &["token", "list", "--data-dir", "nowhere"],
        &["token", "list", "--database-url", &url],
    ] {
        let refused = place.run(arguments);
        assert_code(&refused, 1);
        let said = stderr(&refused);
        assert_eq!((stdout(&refused), said.lines().count()), ("", 1), "{arguments:?}: {said}");
        assert!(said.contains("there is no installation of orgsync here: its database /"), "{said}");
        assert!(said.contains("orgsync.db does not exist") && said.contains("--data-dir"), "{said}");
        assert!(nothing(), "{arguments:?} has made something");
    }
    for arguments in [&["check"][..], &["plugin", "list"]] {
        assert_code(&place.run(arguments), 0);
        assert!(nothing(), "{arguments:?} has made something");
    }
    let lost = place.run(&["sync", "people"]);
    assert_code(&lost, 1);
    assert!(stderr(&lost).contains("no token: there is no /") && nothing(), "{}", stderr(&lost));

    place.write("empty.db", "");
    let empty = place.run(&["token", "list", "--database-url", "sqlite://empty.db"]);
    assert_code(&empty, 1);
    assert!(stderr(&empty).contains("empty.db is empty"), "{}", stderr(&empty));
    fs::create_dir(place.path("data")).unwrap();
    place.write("data/admin-token", "\n");
    fs::set_permissions(place.path("data/admin-token"), Permissions::from_mode(0o600)).unwrap();
    let blank = place.run(&["sync", "people"]);
    assert_code(&blank, 1);
    assert!(stderr(&blank).contains("the token is empty that /"), "{}", stderr(&blank));
}

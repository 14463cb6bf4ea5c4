//! TLS with certificates of an authority of the test's own.

use std::io::Write;
use std::net::TcpStream;
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use serde_json::json;

use crate::support::daemon::{Daemon, Place, wait_until};
use crate::support::tls::{AUTHORITY, Authority, Handshake, Issued, SETTINGS, handshake, rest};

/// A place for a daemon with TLS, its authority, and its certificate.
fn place(more: &str) -> (Place, Authority, Issued) {
    let place = Place::new(&[]);
    let authority = Authority::of(&place);
    let issued = authority.issue();
    issued.install(&place);
    place.write("orgsync.toml", &format!("{SETTINGS}{more}"));
    (place, authority, issued)
}

fn address(daemon: &Daemon) -> &str {
    daemon.address().strip_prefix("https://").unwrap()
}

fn shake(daemon: &Daemon) -> Handshake {
    handshake(address(daemon), &daemon.place.path(AUTHORITY), &rustls::version::TLS13).unwrap()
}

#[test]
fn clients_that_trust_the_authority_talk_to_the_daemon() {
    let (place, _authority, issued) = place("");
    let users = place.write("users.ndjson", "{\"uid\":\"1\",\"username\":\"ann\"}\n");
    let daemon = place.serve();
    assert_eq!(daemon.push("type=user", &json!([{"uid": "2"}]))["status"], "success");
    let ready = daemon.get("/readyz");
    assert_eq!(ready.body["tls"], "ok");
    assert_eq!(ready.headers["strict-transport-security"], "max-age=15552000");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let shaken = handshake(address(&daemon), &daemon.place.path(AUTHORITY), version).unwrap();
        assert_eq!(shaken.version, version.version);
        assert_eq!(shaken.protocol.unwrap(), b"http/1.1");
        assert_eq!(shaken.certificate, issued.der());
    }

    let push = ["push", users.to_str().unwrap(), "--type", "user"];
    let client = |ca_file: Option<&str>| {
        let mut command = daemon.place.command(&push);
        command.env("ORGSYNC_SERVER", daemon.address()).env("ORGSYNC_TOKEN", daemon.token());
        command.envs(ca_file.map(|path| ("ORGSYNC_CA_FILE", path)));
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(client(Some(AUTHORITY)), (true, String::new()));
    let (trusted, said) = client(None);
    assert!(!trusted && said.contains("certificate"), "the system does not know the authority: {said}");
    let (found, said) = client(Some("nowhere.pem"));
    assert!(!found && said.contains("nowhere.pem"), "{said}");
    let (usable, said) = client(Some("orgsync.toml"));
    assert!(!usable && said.contains("orgsync.toml has no certificate in it"), "{said}");
}

#[test]
fn a_renewed_certificate_is_taken_into_use_and_a_bad_one_is_not() {
    let (place, authority, first) = place("");
    let daemon = place.serve();
    let hang_up = || kill(daemon.pid(), Signal::SIGHUP).unwrap();
    assert_eq!(shake(&daemon).certificate, first.der());

    let second = authority.issue();
    second.install(&daemon.place);
    hang_up();
    wait_until("the second is in use", || shake(&daemon).certificate == second.der());

    let mixed = Issued { certificate: authority.issue().certificate, key: authority.issue().key };
    mixed.install(&daemon.place);
    hang_up();
    wait_until("the mixed pair is refused", || daemon.body("/readyz")["tls"] == "stale");
    assert_eq!(shake(&daemon).certificate, second.der());
    let log = daemon.log();
    let said = "the TLS key tls/key.pem does not belong to the certificate tls/cert.pem; put";
    assert!(log.contains(said) && log.contains("the certificate from before stays in use"), "{log}");

    // Without a signal, the daemon finds out by itself.
    let third = authority.issue();
    third.install(&daemon.place);
    wait_until("the third is in use", || shake(&daemon).certificate == third.der());
    assert_eq!(daemon.body("/readyz")["tls"], "ok");
    assert_eq!(daemon.body("/readyz")["status"], "ready");
}

#[test]
fn who_speaks_no_tls_is_closed_and_who_says_nothing_is_not_waited_for() {
    let more = "[http]\nhandshake_timeout = \"200ms\"\nhead_timeout = \"1h\"\n";
    let (place, ..) = place(&format!("{more}max_connections = 1\n"));
    place.write("orgsync.toml", &format!("log_level = \"debug\"\n{}", place.read("orgsync.toml")));
    let daemon = place.serve();
    let mut plain = TcpStream::connect(address(&daemon)).unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let answer = rest(plain);
    assert!(!answer.contains("HTTP"), "{answer}");
    let silent = TcpStream::connect(address(&daemon)).unwrap();
    let start = Instant::now();
    assert_eq!(rest(silent), "");
    assert!(start.elapsed().as_secs() < 30, "a handshake has a time limit");
    // A handshake counts as a connection, and gives its place back.
    assert_eq!(daemon.body("/healthz")["status"], "ok");
    let log = daemon.log();
    let lines = log.lines().filter(|line| line.contains("no TLS with 127.0.0.1:"));
    assert_eq!(lines.count(), 2, "{log}");
    assert!(log.contains("the handshake took too long"));
}

#[test]
fn files_that_can_not_be_used_are_told_at_the_start_and_by_check() {
    let (place, authority, issued) = place("");
    let refused = |certificate: &str, key: &str, expected: &str| {
        let files = Issued { certificate: certificate.to_owned(), key: key.to_owned() };
        files.install(&place);
        let serve = place.run(&["serve", "--listen", "127.0.0.1:0"]);
        let said = String::from_utf8(serve.stderr).unwrap();
        assert!(!serve.status.success() && said.contains(expected), "{said}");
        let check = place.run(&["check"]);
        let said = String::from_utf8(check.stdout).unwrap();
        assert!(
            !check.status.success() && said.contains("WRONG  the TLS ") && said.contains(expected),
            "{said}"
        );
    };
    let Issued { certificate, key } = &issued;
    refused("", key, "the TLS certificate tls/cert.pem is of no use: it has no certificate in it");
    refused(certificate, "", "the TLS key tls/key.pem is of no use: it has no private key in it");
    refused(
        certificate,
        &authority.issue().key,
        "the TLS key tls/key.pem does not belong to the certificate",
    );
    let old = authority.issue_until(2020);
    refused(
        &old.certificate,
        &old.key,
        "the TLS certificate tls/cert.pem expired at 2020-01-01T00:00:00Z; renew it",
    );

    issued.install(&place);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(place.path("tls/key.pem"), mode).unwrap();
    let check = place.run(&["check"]);
    let said = String::from_utf8(check.stdout).unwrap();
    assert!(check.status.success(), "{said}");
    assert!(said.contains("ok     TLS certificate tls/cert.pem, valid until 4000-01-01T00:00:00Z"), "{said}");
    assert!(said.contains("note   the TLS key tls/key.pem can be read by others (mode 644)"), "{said}");
    let half = place.run(&["check", "--config", "/dev/null", "--tls-key", "tls/key.pem"]);
    let said = String::from_utf8(half.stderr).unwrap();
    assert!(said.contains("tls.certificate: is missing, and tls.key is of no use without it"), "{said}");
}

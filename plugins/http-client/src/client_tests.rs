//! A client against sockets that answer as they are told.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use orgsync_plugin_api::ErrorClass;

use super::*;

const SETTINGS: Settings<'_> = Settings {
    ca_file: None,
    ca_pem: None,
    connect_timeout: Duration::from_secs(5),
    timeout: Duration::from_secs(5),
    longest_answer: 1024,
};

/// Answers one request with these bytes, and closes the connection; gives the address.
fn answering(bytes: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        // The client may have gone already.
        let _ = stream.write_all(bytes.as_bytes());
    });
    format!("http://{address}")
}

fn get(settings: &Settings<'_>, address: &str) -> Result<Answer, PluginError> {
    // Loading the system's authorities is not what is tested here.
    let pem = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap().cert.pem();
    let client = Client::new(&Settings { ca_pem: Some(&pem), ..*settings }, ["hunter2"])?;
    client.send(Request::get(address).body(Vec::new()).unwrap())
}

#[test]
fn answers_of_every_status_come_back_and_redirects_are_not_followed() {
    for status in ["200 OK", "302 Found", "404 Not Found", "500 Oops"] {
        let head =
            format!("HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\nhi");
        let answer = get(&SETTINGS, &answering(head)).unwrap();
        assert_eq!(
            (format!("{}", answer.status).as_str(), answer.body.as_slice()),
            (&status[..3], &b"hi"[..])
        );
    }
}

#[test]
fn too_long_an_answer_is_refused() {
    let check = |length: usize| {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
        get(&SETTINGS, &answering(head))
    };
    assert_eq!(check(1024).unwrap().body.len(), 1024);
    let error = check(1025).unwrap_err();
    assert!(error.message.ends_with(" is longer than 1 KiB"), "{error}");
    assert_eq!(error.class, ErrorClass::Config);
}

#[test]
fn what_does_not_answer_is_tried_again_later() {
    let check = |address: &str, expected: &str, effect: Effect| {
        let error = get(&SETTINGS, address).unwrap_err();
        assert_eq!((error.class, error.effect()), (ErrorClass::Transient, effect), "{error}");
        assert!(error.message.contains(expected), "{error}");
    };
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    check(
        &format!("http://{nobody}/s3cret"),
        &format!("http://{nobody} can't be reached: "),
        Effect::Nothing,
    );
    check(
        &answering("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi".into()),
        " broke off: ",
        Effect::Unknown,
    );
    check(&answering(String::new()), "http://127.0.0.1:", Effect::Unknown);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let quick = Settings { timeout: Duration::from_millis(100), ..SETTINGS };
    let error = get(&quick, &format!("http://{}", silent.local_addr().unwrap())).unwrap_err();
    assert!(error.message.contains(" took too long ("), "{error}");
    assert_eq!(error.effect(), Effect::Unknown, "the request was sent");
}

#[test]
fn secrets_are_not_repeated_though_a_server_may() {
    let head = "HTTP/1.1 401 No\r\ncontent-type: text/plain\r\ncontent-length: 17\r\n\r\nbad hunter2, go\nx";
    let pem = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap().cert.pem();
    let client = Client::new(&Settings { ca_pem: Some(&pem), ..SETTINGS }, ["hunter2"]).unwrap();
    let request = Request::get(answering(head.into())).body(Vec::new()).unwrap();
    let answer = client.send(request).unwrap();
    assert_eq!(client.describe(&answer), "answered with 401 (bad ********, go x)");
    assert!(!format!("{client:?}").contains("hunter2"));
}

//! That the browser of these tests sees, does and reports what it is trusted with, on pages made for that.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;

use crate::support::browser::album::Album;
use crate::support::browser::{Browser, Key, Scheme, Settings};
use crate::support::daemon::{Daemon, wait_until};
use crate::support::receiver::{Receiver, Reply};

const SAMPLE: &str = include_str!("sample.html");
const SECOND: &str = r#"<!doctype html><title>Second</title><link rel="icon" href="data:,"><h1>Second</h1>"#;

/// A server of two pages and of a few that have something wrong.
fn server() -> Receiver {
    Receiver::start(|request| match request.path.as_str() {
        "/" => Reply::page(SAMPLE).with("set-cookie", "session=1; HttpOnly; SameSite=Strict; Path=/"),
        "/second" | "/second?page=2" => Reply::page(SECOND),
        "/throws" => Reply::page("<link rel=icon href=data:,><script>throw new Error('oops')</script>"),
        "/violates" => Reply::page("<link rel=icon href=data:,><p style='color: red'>")
            .with("content-security-policy", "default-src 'none'; img-src data:"),
        _ => Reply::status(404),
    })
}

fn browser(server: &Receiver) -> Browser {
    let browser = Browser::start(&server.url());
    browser.open("/");
    browser
}

/// The message of what panics.
fn failure(act: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(act)).unwrap_err();
    panic.downcast_ref::<String>().cloned().unwrap()
}

#[test]
fn the_daemon_is_shown() {
    let daemon = Daemon::with(&[]);
    let browser = Browser::start(daemon.address());
    // Browsers ask for an icon of their own accord.
    browser.expect_refusal(404);
    browser.open("/healthz");
    browser.sees(&daemon.body("/healthz").to_string());
    browser.misses("<");
}

#[test]
fn parts_are_found_and_used_by_their_names() {
    let server = server();
    let browser = browser(&server);
    assert_eq!(browser.names("columnheader"), ["Source", "State", "Action"]);
    browser.heading("Sources").appears();
    let name = browser.field("Name");
    assert_eq!(name.description(), "Letters only. This name is taken.");
    name.fill("Müller & Söhne");
    assert_eq!(name.value(), "Müller & Söhne");
    browser.field("Password").fill("secret");
    assert_eq!(browser.field("Password").value(), "secret");
    browser.field("Kind").choose("Files");
    assert_eq!(browser.field("Kind").value(), "Files");
    browser.field("Enabled").press();
    assert!(browser.field("Enabled").is_ticked());
    assert!(!browser.button("Delete").is_there(), "what is hidden is not there");
    browser.misses("What else there is.");
    browser.button("More").press();
    browser.sees("What else there is.");
}

#[test]
fn pages_that_change_are_waited_for() {
    let server = server();
    let browser = browser(&server);
    let payroll = browser.row("payroll").button("Sync");
    assert!(!payroll.is_enabled());
    browser.row("directory").button("Sync").press();
    browser.part("status", "").sees("Synced directory");
    // By now it is allowed.
    payroll.press();
    browser.misses("Synced directory");
    browser.sees("Synced payroll");
    assert_eq!(browser.part("status", "").text(), "Synced payroll");
    let ambiguous = failure(|| drop(browser.button("Sync").hurried().text()));
    assert!(ambiguous.contains("there are 2 of them"), "{ambiguous}");
    let absent = failure(|| browser.row("payroll").button("Erase").hurried().press());
    assert!(absent.contains(r#"the button "Erase" in the row "payroll" can be pressed"#), "{absent}");
    assert!(absent.contains(r#"there are only ["Sync"]"#), "{absent}");
}

#[test]
fn keys_are_enough() {
    let server = server();
    let browser = browser(&server);
    browser.field("Name").reach();
    browser.type_text("er");
    assert_eq!(browser.field("Name").value(), "er", "what a field has is selected when Tab leads to it");
    browser.field("Kind").reach();
    browser.press_key(Key::Down);
    assert_eq!(browser.field("Kind").value(), "Files");
    browser.press_key(Key::Up);
    assert_eq!(browser.field("Kind").value(), "LDAP");
    browser.press_key(Key::Tab);
    browser.press_key(Key::Space);
    assert!(browser.field("Enabled").is_ticked());
    browser.press_key(Key::Back);
    assert_eq!(browser.focused(), "Kind");
    browser.button("Ask").reach();
    browser.press_key(Key::Enter);
    let dialog = browser.dialog("Sure?");
    dialog.button("Yes").reach();
    browser.press_key(Key::Escape);
    dialog.vanishes();
    assert_eq!(browser.focused(), "Ask", "a dialog gives the focus back");
    let unseen = failure(|| browser.button("Quiet").reach());
    assert!(unseen.contains("one does not see"), "{unseen}");
    let beyond = failure(|| browser.button("Aside").reach());
    assert!(beyond.contains("out of the keyboard's reach"), "{beyond}");
    browser.link("Second page").reach();
    browser.press_key(Key::Enter);
    browser.arrives("/second");
}

#[test]
fn addresses_are_gone_to_and_back() {
    let server = server();
    let browser = browser(&server);
    let cookies = browser.cookies();
    assert!(matches!(cookies.as_slice(), [one] if one["httpOnly"] == true && one["sameSite"] == "Strict"));
    let size = SAMPLE.len() as u64;
    assert!((size..size + 2000).contains(&browser.transferred()), "{} of {size}", browser.transferred());
    browser.link("Second page").press();
    browser.heading("Second").appears();
    browser.open("/second?page=2");
    browser.back();
    browser.arrives("/second");
    let before = server.take().len();
    browser.reload();
    browser.arrives("/second");
    assert_eq!((before, server.take().len()), (3, 1));
}

#[test]
fn what_the_page_complains_of_fails_the_test() {
    let server = server();
    let browser = browser(&server);
    assert_eq!(browser.complaints(), [""; 0]);
    browser.expect_refusal(404);
    for (path, complaint) in [("/throws", "oops"), ("/violates", "Content Security Policy")] {
        browser.open(path);
        let complaints = browser.complaints();
        assert!(matches!(complaints.as_slice(), [one] if one.contains(complaint)), "{path}: {complaints:?}");
    }
    browser.open("/absent");
    assert_eq!(browser.complaints(), [""; 0], "it is expected");
    browser.open("/throws");
    let told = failure(|| drop(browser));
    assert!(told.starts_with("the browser said:") && told.contains("oops"), "{told}");
}

#[test]
fn it_is_as_its_owner_likes_it() {
    let server = server();
    let settings = Settings { languages: "tr,hi", size: (390, 700), scheme: Scheme::Dark };
    let browser = Browser::with(settings, &server.url());
    browser.open("/");
    assert_eq!(browser.evaluate("return [innerWidth, innerHeight]"), json!([390, 700]));
    assert_eq!(browser.evaluate("return matchMedia('(prefers-color-scheme: dark)').matches"), true);
    assert!(
        server.seen()[0].header("accept-language").starts_with("tr,hi"),
        "{:?}",
        server.seen()[0].headers
    );
    browser.resize((640, 480));
    assert_eq!(width_and_height(&browser.picture()), (640, 480));
    browser.evaluate("document.body.style.height = '900px'");
    let (width, height) = width_and_height(&browser.picture());
    assert!(width == 640 && (900..1000).contains(&height), "{width}x{height}");
}

#[test]
fn pictures_are_small_enough_to_keep() {
    let server = server();
    let browser = browser(&server);
    let folder = tempfile::tempdir().unwrap();
    let album = Album::at(&folder.path().join("images"));
    album.take("sample", &browser);
    let picture = fs::read(folder.path().join("images/sample.png")).unwrap();
    assert_eq!(width_and_height(&picture), (1200, 800));
    // Nothing that a PNG could make smaller.
    browser.evaluate(
        "const canvas = document.body.appendChild(document.createElement('canvas'));
        const noise = canvas.getContext('2d').createImageData(300, 300);
        for (let at = 0; at < noise.data.length; at++) noise.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
        canvas.width = canvas.height = 300;
        canvas.getContext('2d').putImageData(noise, 0, 0)",
    );
    let refused = failure(|| album.take("noise", &browser));
    assert!(refused.starts_with("the picture noise has"), "{refused}");
}

/// What a PNG file says of its size in its first chunk.
fn width_and_height(picture: &[u8]) -> (u32, u32) {
    assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn nothing_of_it_outlives_its_test() {
    let server = server();
    for panics in [false, true] {
        let browser = browser(&server);
        let group = browser.process_group().to_string();
        assert!(processes(&group) > 3, "chromedriver, chromium and its children run");
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let _browser = browser;
            assert!(!panics, "as it should");
        }));
        assert_eq!(ended.is_err(), panics);
        wait_until("all processes have ended", || processes(&group) == 0);
    }
}

/// How many processes of a group run.
fn processes(group: &str) -> usize {
    let entries = fs::read_dir("/proc").unwrap();
    let running = entries.filter(|entry| {
        let stat = entry.as_ref().map(|entry| fs::read_to_string(entry.path().join("stat")));
        let Ok(Ok(stat)) = stat else { return false };
        // After the name in parentheses: state, parent, group.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        fields[2] == group && fields[0] != "Z"
    });
    running.count()
}

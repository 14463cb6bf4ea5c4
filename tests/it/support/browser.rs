//! A real browser with one page: headless Chromium, used as an operator uses it. Whatever the page complains of
//! (an error in a script, a violated policy, a refused request that nobody expected) fails the test at its end;
//! a test that fails leaves a picture of the page.
#![expect(clippy::print_stderr, reason = "a test that fails shows what its page looked like")]

pub(crate) mod album;
pub(crate) mod axe;
mod driver;
mod keys;
mod part;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use nix::unistd::Pid;
use serde_json::{Value, json};

pub(crate) use self::keys::Key;
pub(crate) use self::part::Part;

use self::driver::Driver;

/// Pictures of long pages end here, in pixels.
const TALLEST: u64 = 1600;

/// Whose browser it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// As the header Accept-Language lists them.
    pub(crate) languages: &'static str,
    /// Width and height of the page, in pixels.
    pub(crate) size: (u32, u32),
    pub(crate) scheme: Scheme,
}

/// What the operator likes better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

/// A running browser; what can be found on its page is said in [`Part`].
pub(crate) struct Browser {
    page: Part,
    base: String,
    /// The statuses that a test provokes.
    refusals: RefCell<Vec<u16>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { languages: "en", size: (1200, 800), scheme: Scheme::Light }
    }
}

impl std::ops::Deref for Browser {
    type Target = Part;

    fn deref(&self) -> &Part {
        &self.page
    }
}

impl Browser {
    /// A browser for the pages of a server.
    pub(crate) fn start(server: &str) -> Self {
        Self::with(Settings::default(), server)
    }

    pub(crate) fn with(settings: Settings, server: &str) -> Self {
        let page = Part::page(Rc::new(Driver::start(&settings)));
        let browser = Self { page, base: server.to_owned(), refusals: RefCell::default() };
        browser.resize(settings.size);
        browser.prefer(settings.scheme);
        browser
    }

    /// Goes to a path of the server, or to an address.
    pub(crate) fn open(&self, path: &str) {
        let url = if path.starts_with('/') { format!("{}{path}", self.base) } else { path.to_owned() };
        self.driver.post("/url", &json!({"url": url})).unwrap();
    }

    pub(crate) fn back(&self) {
        self.driver.post("/back", &json!({})).unwrap();
    }

    pub(crate) fn reload(&self) {
        self.driver.post("/refresh", &json!({})).unwrap();
    }

    /// Where it is: the path and query of the address.
    pub(crate) fn path(&self) -> String {
        self.evaluate("return location.pathname + location.search").as_str().unwrap().to_owned()
    }

    /// Waits until it is at a path.
    #[track_caller]
    pub(crate) fn arrives(&self, path: &str) {
        self.wait(&format!("the browser is at {path}"), || match self.path() {
            at if at == path => Ok(()),
            at => Err(format!("it is at {at}")),
        });
    }

    /// What a script finds out about the page.
    pub(crate) fn evaluate(&self, script: &str) -> Value {
        self.driver.script(script, &[]).unwrap()
    }

    pub(crate) fn press_key(&self, key: Key) {
        key.press(&self.driver);
    }

    /// Types into whatever has the focus.
    pub(crate) fn type_text(&self, text: &str) {
        text.chars().for_each(|letter| self.press_key(Key::Letter(letter)));
    }

    /// The name of what has the focus, as it is read out.
    pub(crate) fn focused(&self) -> String {
        let script = "return (document.activeElement ?? document.body).computedName";
        self.evaluate(script).as_str().unwrap().trim().to_owned()
    }

    pub(crate) fn resize(&self, (width, height): (u32, u32)) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.driver.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Sets what the operator likes better; nothing moves in either, so that what is measured stands still.
    pub(crate) fn prefer(&self, scheme: Scheme) {
        let scheme = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.driver.devtools("Emulation.setEmulatedMedia", &json!({"features": features}));
    }

    /// What keeps people from using the page, by axe-core.
    pub(crate) fn axe(&self) -> Vec<String> {
        axe::violations(&self.driver)
    }

    /// The cookies that it would send to where it is, with their attributes.
    pub(crate) fn cookies(&self) -> Vec<Value> {
        self.driver.get("/cookie").unwrap().as_array().unwrap().clone()
    }

    /// The group that all processes of the browser are in.
    pub(crate) fn process_group(&self) -> Pid {
        self.driver.process_group()
    }

    /// Forgets all that it need not ask for again, as if it had never been here; whoever is logged in stays so.
    pub(crate) fn forget_files(&self) {
        self.driver.devtools("Network.clearBrowserCache", &json!({}));
    }

    /// How many bytes the page took on its way here, with all that belongs to it; nothing for what it had already.
    pub(crate) fn transferred(&self) -> u64 {
        let script = "return [...performance.getEntriesByType('navigation'), \
            ...performance.getEntriesByType('resource')].reduce((sum, entry) => sum + entry.transferSize, 0)";
        self.evaluate(script).as_u64().unwrap()
    }

    /// The page as it looks, PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let metrics = self.driver.devtools("Page.getLayoutMetrics", &json!({}));
        let size = &metrics["cssContentSize"];
        let height = size["height"].as_u64().unwrap().min(TALLEST);
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1});
        let how = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let picture = self.driver.devtools("Page.captureScreenshot", &how);
        BASE64_STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()
    }

    /// What of it is in the window, PNG.
    pub(crate) fn window(&self) -> Vec<u8> {
        let picture = self.driver.get("/screenshot").unwrap();
        BASE64_STANDARD.decode(picture.as_str().unwrap()).unwrap()
    }

    /// Says that the server refuses something in this test, with this status.
    pub(crate) fn expect_refusal(&self, status: u16) {
        self.refusals.borrow_mut().push(status);
    }

    /// What the browser wrote on its console since it was asked last and nobody expected.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.driver.post("/se/log", &json!({"type": "browser"})).unwrap();
        let entries = log.as_array().unwrap().iter();
        let bad = entries.filter(|entry| matches!(entry["level"].as_str(), Some("WARNING" | "SEVERE")));
        let messages = bad.filter(|entry| !self.is_expected(entry));
        messages.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn is_expected(&self, entry: &Value) -> bool {
        let message = entry["message"].as_str().unwrap_or_default();
        let refused = |status: &u16| message.contains(&format!("responded with a status of {status} "));
        entry["source"] == "network" && self.refusals.borrow().iter().any(refused)
    }

    /// Shows what a test that fails had before it.
    fn testify(&self) {
        let test = std::thread::current().name().unwrap_or_default().replace("::", "-");
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.png"));
        let address = self.driver.get("/url").unwrap_or_default();
        eprintln!("the browser was at {address}; its page is in {}", file.display());
        let _ = std::fs::write(&file, self.picture());
        for complaint in self.complaints() {
            eprintln!("the browser said: {complaint}");
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Another panic would end the tests at once.
            let testimony = std::panic::AssertUnwindSafe(|| self.testify());
            let _ = std::panic::catch_unwind(testimony);
            return;
        }
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "the browser said:\n{}", complaints.join("\n"));
    }
}

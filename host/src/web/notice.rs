//! What is told on the next page: that something was done. It travels in a cookie that the next page takes away.

use axum::http::HeaderMap;
use cookie::{Cookie, SameSite};

use super::cookies::cookie_value;
use super::speech::Speech;

/// A message, and what is put into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    key: String,
    given: Vec<(String, String)>,
}

impl Notice {
    /// The message with this key.
    pub(super) fn new(key: &str) -> Self {
        Self { key: key.to_owned(), given: Vec::new() }
    }

    /// The same with something in it.
    pub(super) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.given.push((name.to_owned(), value.to_string()));
        self
    }

    /// Whether it tells that something was not done.
    pub(super) fn is_refusal(&self) -> bool {
        self.key.starts_with("notice-refused-")
    }

    /// What it says.
    pub(super) fn text(&self, speech: &Speech) -> String {
        let given: Vec<_> =
            self.given.iter().map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
        speech.say_all(&self.key, &given)
    }

    /// The cookie of this name that sends it along.
    pub(super) fn cookie(&self, name: &str) -> String {
        let pairs = std::iter::once(("", self.key.as_str()))
            .chain(self.given.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let cookie = Cookie::build((name, text)).path("/").same_site(SameSite::Strict).http_only(true);
        cookie.build().to_string()
    }

    /// The cookie that takes it away.
    pub(super) fn gone(name: &str) -> String {
        format!("{name}=; Path=/; Max-Age=0; SameSite=Strict; HttpOnly")
    }

    /// What the page before has left under this name. Whatever the cookie says, only messages of notices are said.
    pub(super) fn left(headers: &HeaderMap, name: &str) -> Option<Self> {
        let text = cookie_value(headers, name)?;
        let mut pairs = url::form_urlencoded::parse(text.as_bytes()).into_owned();
        let known = |key: &str| key.starts_with("notice-") && Speech::knows(key);
        let (_, key) = pairs.next().filter(|(name, key)| name.is_empty() && known(key))?;
        Some(Self { key, given: pairs.collect() })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::COOKIE;

    use super::*;

    #[test]
    fn a_notice_comes_back_as_it_went() {
        let key = "notice-logged-out";
        let notice = Notice::new(key).with("name", "a=1; b&c «ü»");
        let set = notice.cookie("orgsync_notice");
        let sent = set.split(';').next().unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(sent).unwrap())]);
        assert_eq!(Notice::left(&headers, "orgsync_notice"), Some(notice));
    }

    #[test]
    fn a_cookie_says_nothing_but_notices() {
        let check = |cookie: &'static str| {
            let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(cookie))]);
            assert_eq!(Notice::left(&headers, "orgsync_notice"), None, "{cookie}");
        };
        check("orgsync_notice=");
        check("orgsync_notice==login-title");
        check("orgsync_notice=notice-logged-out");
        check("orgsync_notice==notice-x");
        check("other==notice-logged-out");
    }
}

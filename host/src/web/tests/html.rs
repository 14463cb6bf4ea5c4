//! What a browser makes of a page's forms: which fields it would send if nothing were changed (WHATWG HTML, section
//! 4.10.22.4), as far as our pages need it.

/// The fields between the beginning of `from` and the end of the form.
pub(in crate::web) fn fields(html: &str, from: &str) -> Vec<(String, String)> {
    let start = html.find(from).unwrap_or_else(|| panic!("no `{from}` in {html}"));
    let form = &html[start..];
    let form = &form[..form.find("</form>").unwrap_or(form.len())];
    let (mut sent, mut rest) = (Vec::new(), form);
    let mut select: Option<(String, Option<String>, bool)> = None;
    while let Some(place) = rest.find('<') {
        let tag = Tag::at(&rest[place..]);
        rest = &rest[place + tag.length..];
        let name = tag.get("name").unwrap_or_default();
        match tag.name.as_str() {
            "input" => {
                let boxed = tag.get("type").as_deref() == Some("checkbox");
                if !name.is_empty() && (!boxed || tag.get("checked").is_some()) {
                    sent.push((name, tag.get("value").unwrap_or_default()));
                }
            }
            "textarea" => {
                let end = rest.find("</textarea>").unwrap();
                let text = unescape(&rest[..end]);
                let text = text.strip_prefix('\n').unwrap_or(&text).replace('\n', "\r\n");
                sent.push((name, text));
            }
            "select" => select = Some((name, None, false)),
            "option" => {
                let (_, value, chosen) = select.as_mut().unwrap();
                let is_chosen = tag.get("selected").is_some();
                if is_chosen || (value.is_none() && !*chosen) {
                    *value = tag.get("value");
                    *chosen = is_chosen;
                }
            }
            "/select" => {
                let (name, value, _) = select.take().unwrap();
                sent.extend(value.map(|value| (name, value)));
            }
            _ => {}
        }
    }
    sent
}

/// Where a page leads: its links, its forms that only ask, as they stand, and what its script asks for.
pub(in crate::web) fn links(html: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), html);
    while let Some(place) = rest.find('<') {
        rest = &rest[place..];
        let tag = Tag::at(rest);
        match tag.name.as_str() {
            "a" => found.extend(tag.get("href")),
            "link" | "use" => found.extend(tag.get("href")),
            "script" | "img" => found.extend(tag.get("src")),
            "form" if tag.get("method").as_deref() == Some("get") => {
                let sent = encode(&fields(rest, "<form"));
                found.extend(tag.get("action").map(|action| format!("{action}?{sent}")));
            }
            _ => {}
        }
        found.extend(tag.get("hx-get").filter(|address| !address.is_empty()));
        rest = &rest[tag.length..];
    }
    found
}

/// As a browser encodes them.
pub(in crate::web) fn encode(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    length: usize,
}

impl Tag {
    /// The tag that a text begins with. Values of attributes stand in quotes on our pages.
    fn at(text: &str) -> Self {
        let mut quoted = None;
        let end = text.find(|letter| {
            match (quoted, letter) {
                (None, '"' | '\'') => quoted = Some(letter),
                (Some(quote), _) if quote == letter => quoted = None,
                _ => {}
            }
            letter == '>' && quoted.is_none()
        });
        let end = end.unwrap_or_else(|| panic!("a tag without an end: {text}"));
        let inner = &text[1..end];
        let split = inner.find(char::is_whitespace).unwrap_or(inner.len());
        let (mut attributes, mut rest) = (Vec::new(), inner[split..].trim_start());
        while !rest.is_empty() {
            let stop =
                rest.find(|letter: char| letter == '=' || letter.is_whitespace()).unwrap_or(rest.len());
            let name = rest[..stop].to_owned();
            rest = &rest[stop..];
            let mut value = String::new();
            for quote in ['"', '\''] {
                if let Some(quoted) = rest.strip_prefix('=').and_then(|rest| rest.strip_prefix(quote)) {
                    let end = quoted.find(quote).unwrap();
                    value = unescape(&quoted[..end]);
                    rest = &quoted[end + 1..];
                }
            }
            attributes.push((name, value));
            rest = rest.trim_start();
        }
        Self { name: inner[..split].to_owned(), attributes, length: end + 1 }
    }

    fn get(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }
}

fn unescape(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

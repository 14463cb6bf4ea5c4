//! One Rust file as the architecture's rules see it: its place in the module tree, its words and its
//! paths, with comments and literals left out. A reader of tokens, not of the grammar: it knows `use`
//! trees, `super` and inline modules, and takes macros' bodies for code.

/// Keywords that a path such as `::tokio::fs` may follow, and that start none themselves.
const NO_PATH: &[&str] = &[
    "as", "break", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match", "mut", "ref", "return",
    "static", "unsafe", "use", "where", "while",
];

/// A file and what stands in it.
pub(super) struct Source {
    /// From the workspace's root, such as `host/src/sync/plan.rs`.
    pub(super) path: String,
    pub(super) text: String,
    tokens: Vec<Token>,
}

/// A path somewhere in the code, `super` and `self` resolved: `crate::store::users::find`.
#[derive(Debug, PartialEq)]
pub(super) struct PathUse {
    pub(super) line: usize,
    pub(super) segments: Vec<String>,
}

#[derive(Debug, PartialEq)]
struct Token {
    line: usize,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// Identifiers, keywords and numbers.
    Word(String),
    /// `::`
    Separator,
    Other(char),
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned(), tokens: tokens(text) }
    }

    /// The first name below `src`: `sync` of sync.rs and of sync/plan.rs, `lib` of lib.rs.
    pub(super) fn top(&self) -> &str {
        let below = self.path.split_once("src/").map_or(self.path.as_str(), |(_, below)| below);
        below.split('/').next().unwrap_or(below).trim_end_matches(".rs")
    }

    /// Whether the file is a crate's root.
    pub(super) fn is_root(&self) -> bool {
        matches!(self.path.rsplit_once("src/"), Some((_, "lib.rs" | "main.rs")))
    }

    /// The lines on which a word stands in the code.
    pub(super) fn lines_with(&self, word: &str) -> Vec<usize> {
        self.tokens.iter().filter(|token| token.is_word(word)).map(|token| token.line).collect()
    }

    /// Every path of two names or more, and everything that a `use` names.
    pub(super) fn paths(&self) -> Vec<PathUse> {
        let mut paths = Vec::new();
        // The names of the inline modules around the place, and None for other braces.
        let mut braces: Vec<Option<String>> = Vec::new();
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            match &token.kind {
                Kind::Other('{') => braces.push(self.inline_module_before(at)),
                Kind::Other('}') => drop(braces.pop()),
                Kind::Word(_) if self.starts_path(at) => {
                    let mut found = Vec::new();
                    at = self.expand(at, &[], &mut found);
                    let mut here = self.module();
                    here.extend(braces.iter().flatten().cloned());
                    paths.extend(found.into_iter().map(|path| resolve(path, &here)));
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        paths
    }

    /// The file's module path: empty for a crate's root, `[sync, plan]` for sync/plan.rs.
    fn module(&self) -> Vec<String> {
        if self.is_root() {
            return Vec::new();
        }
        let below = self.path.rsplit_once("src/").map_or(self.path.as_str(), |(_, below)| below);
        let names = below.trim_end_matches(".rs").trim_end_matches("/mod").split('/');
        names.map(str::to_owned).collect()
    }

    fn kind(&self, at: usize) -> Option<&Kind> {
        self.tokens.get(at).map(|token| &token.kind)
    }

    fn is_word(&self, at: Option<usize>, word: &str) -> bool {
        at.and_then(|at| self.tokens.get(at)).is_some_and(|token| token.is_word(word))
    }

    fn inline_module_before(&self, brace: usize) -> Option<String> {
        match self.kind(brace.checked_sub(1)?)? {
            Kind::Word(name) if self.is_word(brace.checked_sub(2), "mod") => Some(name.clone()),
            _ => None,
        }
    }

    /// Whether a path starts at a word: more names follow it, or it stands after `use` or `extern crate`.
    fn starts_path(&self, at: usize) -> bool {
        if NO_PATH.iter().any(|keyword| self.is_word(Some(at), keyword)) {
            return false;
        }
        let leading = at.checked_sub(1).filter(|before| self.kind(*before) == Some(&Kind::Separator));
        let before = leading.unwrap_or(at).checked_sub(1);
        let named = self.is_word(before, "use") || self.is_word(before, "crate");
        named || self.kind(at + 1) == Some(&Kind::Separator)
    }

    /// Follows a path, and the branches of a `use` tree; gives the first token after it.
    fn expand(&self, mut at: usize, before: &[String], found: &mut Vec<PathUse>) -> usize {
        let line = self.tokens[at].line;
        let mut segments = before.to_vec();
        loop {
            match self.kind(at) {
                Some(Kind::Word(name)) => segments.push(name.clone()),
                Some(Kind::Other('*')) => segments.push("*".to_owned()),
                Some(Kind::Other('{')) => return self.expand_group(at + 1, &segments, found),
                _ => break,
            }
            at += 1;
            if self.kind(at) != Some(&Kind::Separator) {
                break;
            }
            at += 1;
        }
        found.push(PathUse { line, segments });
        at
    }

    fn expand_group(&self, mut at: usize, before: &[String], found: &mut Vec<PathUse>) -> usize {
        loop {
            match self.kind(at) {
                None => return at,
                Some(Kind::Other('}')) => return at + 1,
                // The new name of `as` is no path.
                Some(Kind::Word(word)) if word == "as" => at += 2,
                Some(Kind::Word(_) | Kind::Other('*')) => at = self.expand(at, before, found),
                Some(_) => at += 1,
            }
        }
    }
}

impl Token {
    fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(own) if own == word)
    }
}

/// Writes a path out from the crate's root where it starts with `super` or `self`.
fn resolve(mut path: PathUse, here: &[String]) -> PathUse {
    if path.segments.len() > 1 && path.segments.last().is_some_and(|last| last == "self") {
        path.segments.pop();
    }
    if !matches!(path.segments[0].as_str(), "super" | "self") {
        return path;
    }
    let mut base = here.to_vec();
    let mut rest = path.segments.as_slice();
    while let [first, after @ ..] = rest {
        match first.as_str() {
            "super" => drop(base.pop()),
            "self" => {}
            _ => break,
        }
        rest = after;
    }
    base.insert(0, "crate".to_owned());
    base.extend_from_slice(rest);
    PathUse { line: path.line, segments: base }
}

fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let start = at;
        let kind = match chars[at..] {
            ['/', '/', ..] => {
                at = find(&chars, at, |rest| rest[0] == '\n');
                None
            }
            ['/', '*', ..] => {
                at = after_block_comment(&chars, at);
                None
            }
            ['"', ..] => {
                at = after_string(&chars, at);
                None
            }
            ['\'', ..] => {
                at = after_quote(&chars, at);
                None
            }
            [':', ':', ..] => {
                at += 2;
                Some(Kind::Separator)
            }
            [first, ..] if is_word(first) => {
                at = find(&chars, at, |rest| !is_word(rest[0]));
                let word: String = chars[start..at].iter().collect();
                match after_raw(&chars, at, &word) {
                    Some(Raw::String(end)) => {
                        at = end;
                        None
                    }
                    Some(Raw::Word(word, end)) => {
                        at = end;
                        Some(Kind::Word(word))
                    }
                    None => Some(Kind::Word(word)),
                }
            }
            [first, ..] => {
                at += 1;
                (!first.is_whitespace()).then_some(Kind::Other(first))
            }
            [] => break,
        };
        tokens.extend(kind.map(|kind| Token { line, kind }));
        line += chars[start..at].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first place from `at` on whose rest is as wanted, or the end.
fn find(chars: &[char], at: usize, wanted: impl Fn(&[char]) -> bool) -> usize {
    (at..chars.len()).find(|at| wanted(&chars[*at..])).unwrap_or(chars.len())
}

fn after_block_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match chars[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The end of a string literal that opens at `at`.
fn after_string(chars: &[char], mut at: usize) -> usize {
    at += 1;
    while at < chars.len() {
        match chars[at] {
            '"' => return at + 1,
            '\\' => at += 2,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The end of a character literal or of a lifetime, which both open with a quote.
fn after_quote(chars: &[char], at: usize) -> usize {
    match chars[at + 1..] {
        ['\\', _, ..] => (find(chars, at + 3, |rest| rest[0] == '\'') + 1).min(chars.len()),
        [_, '\'', ..] => at + 3,
        _ => find(chars, at + 1, |rest| !is_word(rest[0])),
    }
}

enum Raw {
    String(usize),
    Word(String, usize),
}

/// What follows a word that may be the prefix of a literal, `r"…"`, `br#"…"#`, `b"…"`, or of `r#type`.
fn after_raw(chars: &[char], at: usize, word: &str) -> Option<Raw> {
    let hashes = find(chars, at, |rest| rest[0] != '#') - at;
    let is_string = chars.get(at + hashes) == Some(&'"');
    match word {
        "r" | "br" | "cr" if is_string => {
            let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            let end = find(chars, at + hashes + 1, |rest| rest.starts_with(&close));
            Some(Raw::String((end + close.len()).min(chars.len())))
        }
        "b" | "c" if is_string && hashes == 0 => Some(Raw::String(after_string(chars, at))),
        "r" if hashes == 1 => {
            let end = find(chars, at + 1, |rest| !is_word(rest[0]));
            Some(Raw::Word(chars[at + 1..end].iter().collect(), end))
        }
        _ => None,
    }
}

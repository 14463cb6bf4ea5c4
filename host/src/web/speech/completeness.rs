//! Whether the catalogues are whole: every message that the page says is there, in every language, with the same
//! things put into it, and none is there that nothing says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_bundle::FluentResource;

use super::catalogue;
use super::language::Language;

/// Of each message, what is put into it.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn messages(language: Language) -> Messages {
    let text = catalogue::text(language);
    let read = FluentResource::try_new(text.to_owned());
    let resource = read.unwrap_or_else(|(_, mistakes)| panic!("{}: {mistakes:?}", language.tag()));
    let mut messages = Messages::new();
    let mut key = None;
    for line in resource.source().lines() {
        if let Some((name, _)) = line.split_once(" =")
            && line.starts_with(|first: char| first.is_ascii_lowercase())
        {
            assert!(!messages.contains_key(name), "{}: {name} stands there twice", language.tag());
            messages.insert(name.to_owned(), BTreeSet::new());
            key = Some(name.to_owned());
        }
        if let Some(variables) = key.as_ref().and_then(|key| messages.get_mut(key)) {
            variables.extend(line.split('$').skip(1).map(|rest| {
                rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
            }));
        }
    }
    messages
}

/// All sources and templates of the page.
fn sources() -> String {
    fn read(directory: &Path, into: &mut String) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "html") {
                into.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut text = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut text);
    text
}

#[test]
fn every_message_that_is_said_is_there() {
    let (known, sources) = (messages(Language::English), sources());
    let said = [".say(\"", ".say_with(\"", ".say_all(\"", "Notice::new(\""];
    let mut missing = BTreeSet::new();
    for call in said {
        for rest in sources.split(call).skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            // What this file itself is written with is no message.
            if key.starts_with(|first: char| first.is_ascii_lowercase()) && !known.contains_key(key) {
                missing.insert(key);
            }
        }
    }
    assert!(missing.is_empty(), "locales/en.ftl lacks {missing:?}");
}

#[test]
fn every_message_is_said_somewhere() {
    let sources = sources();
    let unused: Vec<_> = messages(Language::English)
        .into_keys()
        .filter(|key| !sources.contains(&format!("\"{key}\"")))
        .collect();
    assert!(unused.is_empty(), "locales/en.ftl has what nothing says: {unused:?}");
}

#[test]
fn every_language_says_the_same() {
    let english = messages(Language::English);
    for language in Language::ALL {
        let (tag, other) = (language.tag(), messages(language));
        let missing: Vec<_> = english.keys().filter(|key| !other.contains_key(*key)).collect();
        let unused: Vec<_> = other.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty(), "locales/{tag}.ftl lacks {missing:?}");
        assert!(unused.is_empty(), "locales/{tag}.ftl has what locales/en.ftl has not: {unused:?}");
        for (key, variables) in &english {
            assert_eq!(&other[key], variables, "locales/{tag}.ftl: {key} has other things put into it");
        }
    }
}

//! Which plugins can't stand beside each other: those that offer what another one offers, or what is built
//! in, and those whose targets would wait for each other in a circle. Pure.

use std::collections::{BTreeMap, BTreeSet};

use orgsync_plugin_api::manifest::Manifest;

use super::entry::{Entry, State};

/// The names of what is always there, which no plugin may offer.
const BUILT_IN: [(&str, &str); 3] = [("source", "api"), ("target", "users"), ("target", "departments")];

/// Why a plugin can't stand beside those before it.
pub(super) fn conflict(manifest: &Manifest, before: &[Entry]) -> Option<String> {
    for (kind, name) in offers(manifest) {
        if BUILT_IN.contains(&(kind, name)) {
            return Some(format!("it offers the {kind} `{name}`, which is built in"));
        }
        let other = ready(before).find(|(_, manifest)| offers(manifest).any(|offer| offer == (kind, name)));
        if let Some((Entry { name: other, .. }, _)) = other {
            return Some(format!("it offers the {kind} `{name}`, as does the plugin {other} before it"));
        }
    }
    let circle = circle(manifest, before)?;
    let spelled: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
    Some(format!("its targets would wait for each other for ever: {}", spelled.join(" comes after ")))
}

/// What targets want to come after and nobody offers: it is ignored, for it may be installed later.
pub(super) fn unknown_after(manifest: &Manifest, entries: &[Entry]) -> Vec<String> {
    let known: BTreeSet<&str> = ready(entries)
        .map(|(_, manifest)| manifest)
        .chain([manifest])
        .flat_map(offers)
        .chain(BUILT_IN)
        .filter_map(|(kind, name)| (kind == "target").then_some(name))
        .collect();
    let missing = manifest.targets.iter().flat_map(|target| {
        let missing = target.after.iter().filter(|name| !known.contains(name.as_str()));
        missing.map(|name| {
            format!(
                "its target `{}` comes after the target `{name}`, which no plugin that is ready offers",
                target.name
            )
        })
    });
    missing.collect()
}

/// The first circle that goes through a target of this manifest, from that target back to it.
fn circle(manifest: &Manifest, before: &[Entry]) -> Option<Vec<String>> {
    let manifests = ready(before).map(|(_, manifest)| manifest).chain([manifest]);
    let after: BTreeMap<&str, &[String]> = manifests
        .flat_map(|manifest| &manifest.targets)
        .map(|target| (target.name.as_str(), target.after.as_slice()))
        .collect();
    manifest.targets.iter().find_map(|target| {
        let mut seen = BTreeSet::new();
        let mut paths = vec![vec![target.name.as_str()]];
        while let Some(path) = paths.pop() {
            let last = path.last().copied().unwrap_or_default();
            for next in after.get(last).into_iter().copied().flatten() {
                let longer = [path.as_slice(), &[next.as_str()]].concat();
                if *next == target.name {
                    return Some(longer.into_iter().map(str::to_owned).collect());
                }
                if seen.insert(next.as_str()) {
                    paths.push(longer);
                }
            }
        }
        None
    })
}

fn ready(entries: &[Entry]) -> impl Iterator<Item = (&Entry, &Manifest)> {
    let ready = entries.iter().filter(|entry| entry.state == State::Ready);
    ready.filter_map(|entry| Some((entry, entry.manifest.as_ref()?)))
}

fn offers(manifest: &Manifest) -> impl Iterator<Item = (&'static str, &str)> {
    let sources = manifest.sources.iter().map(|source| ("source", source.name.as_str()));
    sources.chain(manifest.targets.iter().map(|target| ("target", target.name.as_str())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A manifest with these targets, each with those that it comes after.
    fn manifest(targets: &[(&str, &[&str])]) -> Manifest {
        let targets: Vec<_> = targets
            .iter()
            .map(|(name, after)| {
                json!({"name": name, "title": name, "options": {}, "dataTypes": ["user"], "after": after})
            })
            .collect();
        serde_json::from_value(
            json!({"name": "n", "version": "1", "vendor": "v", "abi": 1, "targets": targets}),
        )
        .unwrap()
    }

    fn entry(name: &str, targets: &[(&str, &[&str])]) -> Entry {
        Entry {
            state: State::Ready,
            manifest: Some(manifest(targets)),
            ..Entry::new(name.into(), "x.so".into())
        }
    }

    fn check(targets: &[(&str, &[&str])], before: &[Entry], expected: Option<&str>) {
        assert_eq!(conflict(&manifest(targets), before).as_deref(), expected);
    }

    #[test]
    fn circles_are_spelled_out() {
        check(
            &[("a", &["a"])],
            &[],
            Some("its targets would wait for each other for ever: `a` comes after `a`"),
        );
        check(&[("a", &["b"]), ("b", &["users"])], &[], None);
        let before = [entry("one", &[("b", &["c", "users"])]), entry("two", &[("c", &["a"]), ("d", &["b"])])];
        check(
            &[("a", &["b"])],
            &before,
            Some(
                "its targets would wait for each other for ever: `a` comes after `b` comes after `c` comes after `a`",
            ),
        );
        check(&[("e", &["d", "b"])], &before, None);
        let mut off = before;
        off[1].state = State::Disabled;
        check(&[("a", &["b"])], &off, None);
    }

    #[test]
    fn an_offer_is_one_plugins() {
        check(&[("users", &[])], &[], Some("it offers the target `users`, which is built in"));
        let before = [entry("one", &[("b", &[])])];
        check(&[("b", &[])], &before, Some("it offers the target `b`, as does the plugin one before it"));
    }

    #[test]
    fn targets_that_nobody_offers_are_named() {
        let before = [entry("one", &[("b", &[])])];
        let notes = unknown_after(&manifest(&[("a", &["b", "users", "z"])]), &before);
        assert_eq!(
            notes,
            ["its target `a` comes after the target `z`, which no plugin that is ready offers"]
        );
    }
}

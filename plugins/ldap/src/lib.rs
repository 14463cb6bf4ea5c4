//! Source plugin `ldap`: users, departments and groups out of an LDAP directory; [`Options`] says what can be
//! set. It reads page by page, departments first, then groups, then users. A connection that breaks, a limit of
//! the server's, a base that is not there or gives nothing any more: each is an error, never a read of fewer. An
//! entry that does not show its uid is passed on, and fails alone; what no entry shows is left out. Referrals are
//! not followed. An incremental read gives all departments and the users who changed; where that is not enough, it
//! asks for a full one, and those who are gone show in a full one only.

mod address;
mod attributes;
mod client;
mod containers;
mod cursor;
mod dn;
mod entry;
mod errors;
mod expiry;
mod filter;
mod groups;
mod identity;
mod mapping;
mod options;
mod presets;
mod ranges;
mod reader;
mod reading;
mod schema;
mod search;
mod settings;
mod shared;
mod tls;
mod tree;
mod visible;
mod wanted;

pub use options::{
    Custom, DepartmentAttributes, Departments, EnabledFrom, Encoding, Groups, MembersFrom, Memberships,
    Options, Preset, Scope, UserAttributes, Users, Values,
};

use jiff::Timestamp;
use orgsync_plugin_api::{
    Batches, PluginError, ReadEnd, ReadMode, ReadRequest, Secret, Source, export_plugin, tracing,
};

#[cfg(any(test, fuzzing))]
pub use dn::fuzz::dn as fuzz_dn;

use attributes::Written;
use client::{Client, Stopped};
use cursor::{Progress, Start};
use errors::Doing;
use reading::Outcome;
use settings::Settings;
use visible::Found;

/// The longest that an operation of a check may take, in seconds: somebody is waiting for the answer.
const CHECK_PATIENCE: u32 = 15;

/// The opened source.
#[derive(Debug)]
pub struct Ldap {
    options: Options,
    settings: Settings,
    written: Vec<Written>,
}

export_plugin! { sources: { "ldap" => Ldap } }

impl Source for Ldap {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        address::address(&options)?;
        let has = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
        let password = options.password.as_ref().map(Secret::expose);
        match (has(options.bind_dn.as_deref()), password.is_some_and(|password| !password.is_empty())) {
            // A server takes a bind without a password for an anonymous one, and reports success.
            (true, false) => return Err(PluginError::config("`bindDn` is set, but `password` is not")),
            (false, true) => return Err(PluginError::config("`password` is set, but `bindDn` is not")),
            _ => {}
        }
        let settings = Settings::new(&options)?;
        let written = attributes::written(&options);
        Ok(Self { options, settings, written })
    }

    fn check(&mut self) -> Result<(), PluginError> {
        let patience = |seconds: u32| seconds.min(CHECK_PATIENCE);
        let options = Options {
            connect_timeout: patience(self.options.connect_timeout),
            operation_timeout: patience(self.options.operation_timeout),
            ..self.options.clone()
        };
        let stopped = || false;
        let mut client = Client::connect(&options, &stopped)?;
        let settings = self.settings.resolved(client.schema());
        attributes::check(&mut client, &settings, &self.written, &stopped)?;
        for (option, search, uid) in settings.searches() {
            let mut found = Vec::new();
            for base in &search.bases {
                // No attribute at all (RFC 4511, 4.5.1.8).
                if client.look(base, &["1.1".to_owned()], &stopped)?.is_none() {
                    return Err(client.errors().invisible(base));
                }
                let sample = client.sample(Doing::Searching { option, base }, (search, base), &stopped)?;
                match sample {
                    Some(entry) if mapping::uid(&entry, uid).is_none() => {
                        return Err(client.errors().unidentified(option, &entry.dn, &uid.join(", ")));
                    }
                    Some(_) => found.push(Found { base, entries: 1 }),
                    None => {
                        found.push(Found { base, entries: 0 });
                        tracing::warn!("there are no {option} below {base} that the filter matches");
                    }
                }
            }
            let allowed = settings.allow_empty_bases;
            visible::check_empty(&mut client, option, &found, allowed, &stopped)?;
        }
        Ok(())
    }

    fn read(&mut self, request: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        let stopped = || out.is_cancelled();
        let mut client = Client::connect(&self.options, &stopped)?;
        tracing::info!("reading from {}", self.options.url.trim());
        let cursor = request.cursor.as_deref().filter(|_| request.mode == ReadMode::Incremental);
        let start = self.start(&mut client, &stopped)?;
        let progress = Progress::begin(start, cursor, Timestamp::now())?;
        let settings = self.settings.resolved(client.schema());
        let Outcome { cursor, notes } = reading::run(&settings, client, progress, out)?;
        Ok(cursor.map_or_else(ReadEnd::new, ReadEnd::at).with_notes(notes))
    }
}

impl Ldap {
    /// Where the server stands now; none if the next read could not go on from there.
    fn start(&self, client: &mut Client, stopped: &Stopped<'_>) -> Result<Option<Start>, PluginError> {
        // Who is in which group is not in the entries of people, or does not count as a change of them.
        if self.settings.groups.is_some() {
            return Ok(None);
        }
        if self.options.preset != Preset::ActiveDirectory {
            return Ok(Some(Start::now()));
        }
        let asked = ["highestCommittedUSN", "dsServiceName"].map(str::to_owned);
        let Some(root) = client.look("", &asked, stopped)? else { return Ok(None) };
        let settings = match root.texts("dsservicename").next() {
            // It is only to tell a restored controller from what it was, so it may be out of sight.
            Some(name) => client.look(&name, &["invocationId".to_owned()], stopped).ok().flatten(),
            None => None,
        };
        Ok(Start::of_domain_controller(&root, settings.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use orgsync_plugin_api::build;
    use serde_json::{Value, json};

    use super::*;

    fn open(more: Value) -> Result<Ldap, PluginError> {
        let mut options = json!({
            "url": "ldap://x", "bindDn": "cn=r,dc=x", "password": "hunter2", "users": {"bases": ["dc=x"]},
        });
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Ldap::open(serde_json::from_value(options).unwrap())
    }

    #[test]
    fn the_password_is_never_printed_nor_shown() {
        let source = open(json!({})).unwrap();
        let printed = format!("{source:?} {:?}", errors::Errors::new(&source.options));
        assert!(printed.contains("********") && !printed.contains("hunter2"), "{printed}");
        let manifest = build::manifest().name("ldap").source::<Options>("ldap", "LDAP").finish();
        let password = &manifest.sources[0].options["properties"]["password"];
        assert_eq!((&password["format"], &password["writeOnly"]), (&json!("password"), &json!(true)));
    }

    #[test]
    fn half_an_account_is_refused() {
        let check = |more: Value, expected: &str| {
            assert_eq!(open(more).unwrap_err(), PluginError::config(expected));
        };
        check(json!({"password": null}), "`bindDn` is set, but `password` is not");
        check(json!({"password": ""}), "`bindDn` is set, but `password` is not");
        check(json!({"bindDn": " "}), "`password` is set, but `bindDn` is not");
        assert!(open(json!({"bindDn": null, "password": null})).is_ok());
    }
}

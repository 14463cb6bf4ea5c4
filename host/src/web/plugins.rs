//! Plugins: which there are and in which state, one of them with all that is known of it, and the files of plugins/
//! that are not listed, with what it takes to list them.

use std::collections::HashMap;

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::http::page::{self, Paging};
use crate::http::path::ByName;
use crate::http::plugins::{self, Added, PluginState};
use crate::http::problem::Problem;
use crate::http::query::{Listed, Nothing, Query};
use crate::http::router::App;
use crate::http::view::plugin::Plugin;
use crate::http::view::{self, Source, Target};
use crate::http::{sources, targets};
use crate::registry::lines;

use super::address::{Asked, segment};
use super::fields::Fields;
use super::frame::Frame;
use super::notice::Notice;
use super::page::{Answer, done, page};

#[derive(Template)]
#[template(path = "plugins.html")]
struct Plugins {
    frame: Frame,
    problems: Vec<String>,
    listed: Vec<Shown>,
    unlisted: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "plugin.html")]
struct PluginPage {
    frame: Frame,
    shown: Shown,
    manifest: Option<String>,
    sources: Vec<Source>,
    targets: Vec<Target>,
}

/// A plugin, and what its manifest says as far as it is shown.
struct Shown {
    plugin: Plugin,
    said: Option<Said>,
    /// How it could be listed, if it is a plugin that is not.
    listing: Option<Listing>,
}

#[derive(Debug, Deserialize)]
struct Said {
    name: String,
    version: String,
    vendor: String,
    abi: u32,
    #[serde(default)]
    sources: Vec<Offer>,
    #[serde(default)]
    targets: Vec<Offer>,
}

#[derive(Debug, Deserialize)]
struct Offer {
    name: String,
    title: String,
}

struct Listing {
    /// The name under which it would stand in plugins.toml.
    name: String,
    sha256: String,
    lines: String,
    /// Whether a plugin of this name stands there already, whose file it would become.
    replaces: bool,
    /// The id of the dialog that asks.
    dialog: String,
}

impl Listing {
    /// What the button says.
    fn label(&self, frame: &Frame) -> String {
        match self.replaces {
            true => frame.say_with("plugins-replace", "name", self.name.as_str()),
            false => frame.say_with("plugins-add", "name", self.name.as_str()),
        }
    }
}

impl Shown {
    fn of(plugin: Plugin, names: &[String]) -> Self {
        let said: Option<Said> =
            plugin.manifest.as_ref().and_then(|manifest| Said::deserialize(manifest).ok());
        let listing = match (plugin.state, &said, &plugin.sha256) {
            (PluginState::Unlisted, Some(said), Some(sha256)) => Some(Listing {
                name: said.name.clone(),
                sha256: sha256.clone(),
                lines: lines(&said.name, &plugin.name, sha256),
                replaces: names.contains(&said.name),
                dialog: format!("add-{}", &sha256[..12.min(sha256.len())]),
            }),
            _ => None,
        };
        Self { plugin, said, listing }
    }

    fn is_unlisted(&self) -> bool {
        self.plugin.state == PluginState::Unlisted
    }

    fn is_missing(&self) -> bool {
        self.plugin.state == PluginState::Missing
    }

    /// Its page.
    fn address(&self) -> String {
        address(&self.plugin.name)
    }

    /// Where it is listed, if it is not.
    fn add_address(&self) -> String {
        format!("{}/add", self.address())
    }

    /// The command that tells why it is no plugin.
    fn inspection(&self) -> String {
        // As a shell takes it, whatever is in it.
        format!("orgsync plugin inspect '{}'", self.plugin.path.replace('\'', r"'\''"))
    }

    /// What listing it comes to.
    fn consequence(&self, frame: &Frame, listing: &Listing) -> String {
        let given = [("name", listing.name.as_str().into()), ("file", self.plugin.name.as_str().into())];
        match listing.replaces {
            true => frame.say_all("plugins-add-replaces", &given),
            false => frame.say_all("plugins-add-lead", &given),
        }
    }
}

/// All plugins, those that are listed apart from those that are not; and what is wrong around them.
async fn all(app: &App) -> (Vec<Shown>, Vec<Shown>, Vec<String>) {
    let whole = Listed(Paging::first(page::MAX), Nothing {});
    let Json(view::Plugins { data, problems, .. }) = plugins::list(State(app.clone()), whole).await;
    let listed = data.iter().filter(|plugin| plugin.state != PluginState::Unlisted);
    let names: Vec<String> = listed.map(|plugin| plugin.name.clone()).collect();
    let shown = data.into_iter().map(|plugin| Shown::of(plugin, &names));
    let (unlisted, listed) = shown.partition(Shown::is_unlisted);
    (listed, unlisted, problems)
}

/// The list.
pub(super) async fn list(State(app): State<App>, Asked(frame, Nothing {}): Asked<Nothing>) -> Answer {
    let (listed, unlisted, problems) = all(&app).await;
    page(&Plugins { frame, problems, listed, unlisted })
}

/// One plugin, or one file that is not listed.
pub(super) async fn read(
    State(app): State<App>,
    Path(ByName { name }): Path<ByName>,
    Asked(frame, Nothing {}): Asked<Nothing>,
) -> Answer {
    let (listed, unlisted, _) = all(&app).await;
    let found = listed.into_iter().chain(unlisted).find(|shown| shown.plugin.name == name);
    let shown = found.ok_or_else(|| Problem::not_found(format!("there is no plugin `{name}`")))?;
    let manifest = shown.plugin.manifest.as_ref().map(serde_json::to_string_pretty);
    let manifest = manifest.transpose().map_err(Problem::internal)?;
    let (sources, targets) = users_of(&app, &shown).await?;
    page(&PluginPage { frame, shown, manifest, sources, targets })
}

/// The sources and targets that are made of what a plugin offers, and another one that is ready doesn't.
async fn users_of(app: &App, shown: &Shown) -> Result<(Vec<Source>, Vec<Target>), Problem> {
    let Some(said) = shown.said.as_ref().filter(|_| !shown.is_unlisted()) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let (plugin, plugins) = (&shown.plugin.name, app.engine.plugins());
    let sources = plugins.source_types().into_iter().map(|offer| (offer.name, offer.plugin)).collect();
    let targets = plugins.target_types().into_iter().map(|offer| (offer.name, offer.plugin)).collect();
    let sources = sources::made_of(app, &own(plugin, &said.sources, &sources)).await?;
    let targets = targets::made_of(app, &own(plugin, &said.targets, &targets)).await?;
    Ok((sources, targets))
}

/// The types among `offers` that no plugin but this one stands for; `ready` tells which does, of those in use.
fn own<'a>(plugin: &str, offers: &'a [Offer], ready: &HashMap<String, String>) -> Vec<&'a str> {
    let names = offers.iter().map(|offer| offer.name.as_str());
    names.filter(|name| ready.get(*name).is_none_or(|other| other == plugin)).collect()
}

/// Looks at plugins.toml and the files now.
pub(super) async fn rescan(State(app): State<App>, _: Fields) -> Answer {
    let Json(_) = plugins::rescan(State(app), Query(Nothing {})).await?;
    done("/plugins", &Notice::new("notice-plugins-rescanned"))
}

/// Lists a file that is not listed yet, if it is still the one that was seen.
pub(super) async fn add(
    State(app): State<App>,
    Path(ByName { name: file }): Path<ByName>,
    fields: Fields,
) -> Answer {
    let (key, name) = match plugins::add(&app, &file, fields.text("sha256")).await? {
        Added::Appended(name) => ("notice-plugin-added", name),
        Added::Updated(name) => ("notice-plugin-updated", name),
    };
    done(&address(&name), &Notice::new(key).with("name", name))
}

/// The page of a plugin.
fn address(name: &str) -> String {
    format!("/plugins/{}", segment(name))
}

//! What an operator should look at first, the worst on top: what is held, what fails, what can't run.

use std::collections::HashMap;

use crate::domain::target::DeliveryState;
use crate::domain::task::Status;
use crate::http::plugins::PluginState;
use crate::http::tls::Standing;
use crate::http::view;

use crate::web::frame::Frame;
use crate::web::words::Badge;

/// One thing that needs attention.
#[derive(Debug)]
pub(super) struct Attention {
    pub(super) badge: Badge,
    pub(super) text: String,
    /// What the daemon says of it, in its own words.
    pub(super) detail: Option<String>,
    /// Where something can be done about it.
    pub(super) link: String,
}

/// Where it is looked for.
pub(super) struct Seen<'a> {
    pub(super) held: Vec<view::Task>,
    pub(super) sources: &'a [view::Source],
    pub(super) plugins: &'a view::Plugins,
    pub(super) targets: &'a [view::Target],
    /// Departments that sources name and do not give, by the source's name.
    pub(super) dangling: &'a HashMap<String, Vec<String>>,
    pub(super) certificate: Option<Standing>,
}

/// Everything that needs attention.
pub(super) fn all(frame: &Frame, seen: &Seen<'_>) -> Vec<Attention> {
    let held = seen.held.iter().map(|task| Attention {
        badge: frame.status(&Status::Held),
        text: frame.say_all(
            "overview-held",
            &[("batch", task.batch.to_string().into()), ("source", task.source.as_str().into())],
        ),
        detail: task.message.clone(),
        link: format!("/tasks/{}", task.id),
    });
    let certificate = match seen.certificate {
        None | Some(Standing::Good) => None,
        Some(Standing::Stale) => Some((Status::Partial, frame.say("overview-tls-stale"))),
        Some(Standing::Expired) => Some((Status::Failed, frame.say("overview-tls-expired"))),
    };
    let certificate = certificate.map(|(status, text)| Attention {
        badge: frame.status(&status),
        text,
        detail: None,
        link: "/logs".into(),
    });
    held.chain(certificate)
        .chain(
            seen.sources.iter().filter(|source| source.enabled).flat_map(|source| of_source(frame, source)),
        )
        .chain(
            seen.sources
                .iter()
                .filter_map(|source| Some(of_references(frame, source, seen.dangling.get(&source.name)?))),
        )
        .chain(of_plugins(frame, seen.plugins))
        .chain(
            seen.targets.iter().filter(|target| target.enabled).flat_map(|target| of_target(frame, target)),
        )
        .collect()
}

fn of_source(frame: &Frame, source: &view::Source) -> Vec<Attention> {
    let name = source.display_name.as_ref().unwrap_or(&source.name);
    let mut found = Vec::new();
    if !source.state.runnable {
        found.push(Attention {
            badge: frame.status(&Status::Failed),
            text: frame.say_with("overview-not-runnable", "source", name),
            detail: source.state.reason.clone(),
            link: format!("/sources/{}", source.name),
        });
    }
    if let Some(last) = &source.last_task {
        let text = match last.status {
            Status::Failed => Some(frame.say_with("overview-failed", "source", name)),
            Status::Partial => Some(frame.say_with("overview-partial", "source", name)),
            Status::Init | Status::Processing | Status::Success | Status::Held | Status::Cancelled => None,
        };
        found.extend(text.map(|text| Attention {
            badge: frame.status(&last.status),
            text,
            detail: last.message.clone(),
            link: format!("/tasks/{}", last.id),
        }));
    }
    found
}

/// How many departments are named.
const NAMED: usize = 3;

fn of_references(frame: &Frame, source: &view::Source, uids: &[String]) -> Attention {
    let name = source.display_name.as_ref().unwrap_or(&source.name);
    let mut named: Vec<&str> = uids.iter().take(NAMED).map(String::as_str).collect();
    if uids.len() > NAMED {
        named.push("…");
    }
    let uids = named.join(&frame.say("list-comma"));
    Attention {
        badge: frame.status(&Status::Partial),
        text: frame.say_all(
            "overview-dangling",
            &[("source", name.as_str().into()), ("uids", uids.as_str().into())],
        ),
        detail: None,
        link: format!("/users?source={}", source.name),
    }
}

fn of_plugins(frame: &Frame, plugins: &view::Plugins) -> Vec<Attention> {
    let item = |status: &Status, text: String, detail: Option<String>| Attention {
        badge: frame.status(status),
        text,
        detail,
        link: "/plugins".into(),
    };
    let around = plugins
        .problems
        .iter()
        .map(|problem| item(&Status::Partial, frame.say("overview-plugins-file"), Some(problem.clone())));
    let each = plugins.data.iter().filter_map(|plugin| {
        let name = plugin.name.as_str();
        match (&plugin.fallback, plugin.state) {
            (_, PluginState::Invalid | PluginState::Missing) => {
                let text = frame.say_with("overview-plugin", "plugin", name);
                Some(item(&Status::Failed, text, plugin.reason.clone()))
            }
            (Some(fallback), PluginState::Ready) => {
                let text = frame.say_with("overview-fallback", "plugin", name);
                Some(item(&Status::Partial, text, Some(fallback.reason.clone())))
            }
            (_, PluginState::Ready | PluginState::Disabled | PluginState::Unlisted) => None,
        }
    });
    around.chain(each).collect()
}

fn of_target(frame: &Frame, target: &view::Target) -> Vec<Attention> {
    let name = target.display_name.as_ref().unwrap_or(&target.name);
    let mut found = Vec::new();
    if !target.state.reachable {
        found.push(Attention {
            badge: frame.status(&Status::Failed),
            text: frame.say_with("overview-target", "target", name),
            detail: target.state.message.clone(),
            link: format!("/targets/{}", target.name),
        });
    }
    if target.deliveries.failed > 0 {
        let given = [("target", name.as_str().into()), ("n", target.deliveries.failed.into())];
        found.push(Attention {
            badge: frame.status(&Status::Partial),
            text: frame.say_all("overview-deliveries", &given),
            detail: None,
            link: format!("/targets/{}?state={}", target.name, DeliveryState::Failed),
        });
    }
    found
}

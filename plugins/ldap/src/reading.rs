//! One read from beginning to end: departments are collected, since a parent may come after its child, then
//! groups with their members, and only then users, who are handed on one by one.

use std::cell::RefCell;

use orgsync_plugin_api::{Batches, DataType, PluginError, tracing};

use crate::client::Client;
use crate::containers::{Container, Containers};
use crate::cursor::{self, Progress};
use crate::dn::Dn;
use crate::entry::Entry;
use crate::groups::Groups;
use crate::mapping::{self, Places};
use crate::reader::{Asked, Out, Reader};
use crate::search::Search;
use crate::settings::{DepartmentSet, GroupSet, Settings, UserSet};
use crate::shared::Shared;
use crate::tree::{Place, Tree};

/// How a read ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Where the next one can go on.
    pub(crate) cursor: Option<String>,
    /// What the task's message should say.
    pub(crate) notes: Vec<String>,
}

/// Reads all that the settings name into `out`, or what changed of the users.
pub(crate) fn run(
    settings: &Settings,
    client: Client,
    mut progress: Progress,
    out: &mut Batches<'_>,
) -> Result<Outcome, PluginError> {
    let mut reader = Reader {
        client,
        out: Out(RefCell::new(out)),
        allow_empty_bases: settings.allow_empty_bases,
        notes: Vec::new(),
    };
    let (of_users, of_departments): (Vec<_>, Vec<_>) =
        settings.searches().partition(|(option, ..)| *option == "users");
    // A department and a group are alike, so they must not share a uid either.
    let shared_departments = reader.shared("departments", &of_departments)?;
    let shared_users = reader.shared("users", &of_users)?;
    // Where entries stand, and who leads what.
    let mut tree = Tree::default();
    let mut containers = Containers::default();
    if let Some(set) = &settings.departments {
        let mut found = (&mut tree, &mut containers);
        departments(&mut reader, set, &shared_departments, &mut found, &mut progress)?;
        progress.check_departments()?;
        check_containers(&mut reader, settings, &containers, &progress)?;
    }
    let groups = settings.groups.as_ref().map(|set| {
        let placed = settings.departments.is_some();
        groups(&mut reader, set, &shared_departments, &mut tree, placed)
    });
    let groups = groups.transpose()?;
    if groups.as_ref().is_some_and(|groups| groups.is_hidden()) {
        let note = "members of groups can't be seen, so the departments of all users were left as they are";
        reader.notes.push(note.to_owned());
    }
    let unreadable = tree.unreadable + groups.as_ref().map_or(0, |groups| groups.unreadable);
    if unreadable > 0 {
        tracing::warn!(
            "{unreadable} values that should name members or leaders are no DNs; they were left out"
        );
    }
    if let Some(set) = &settings.users {
        let placed = settings.departments.as_ref().map(|_| &tree);
        let places = Places { tree: placed, groups: groups.as_ref(), leaders: &tree };
        users(&mut reader, set, &shared_users, places, &mut containers, &mut progress)?;
        keep_containers(&mut reader, settings, &containers, &mut progress)?;
    }
    let notes = reader.notes;
    Ok(Outcome { cursor: progress.end(|began| began.elapsed()), notes })
}

/// Refuses an entry that is not to be taken, whatever is in it; says whether it did.
fn refuse(
    out: &Out<'_, '_>,
    data_type: DataType,
    entry: &Entry,
    uid: Option<&str>,
    shared: &Shared,
) -> Result<bool, PluginError> {
    let (uid, reason) = if entry.is_readable {
        let Some(reason) = uid.and_then(|uid| shared.reason(uid)) else { return Ok(false) };
        // One of them may have had another one before, so this may mean anyone.
        (None, reason)
    } else {
        (uid, format!("the DN `{}` is not UTF-8: rename the entry", entry.dn))
    };
    tracing::warn!("{}: the entry is not taken: {reason}", entry.dn);
    out.refuse(data_type, uid, &reason)?;
    Ok(true)
}

fn departments(
    reader: &mut Reader<'_, '_>,
    set: &DepartmentSet,
    shared: &Shared,
    (tree, containers): &mut (&mut Tree, &mut Containers),
    progress: &mut Progress,
) -> Result<(), PluginError> {
    let mut read = Vec::new();
    reader.search("departments", Asked::all(&set.search), &mut |out, entry, hidden| {
        let dn = Dn::parse(&entry.dn).ok();
        let uid = mapping::uid(&entry, &set.uid);
        let leaders: Vec<String> = mapping::leaders(&entry, set).collect();
        progress.department(uid.as_deref(), &leaders);
        let is_refused = refuse(out, DataType::Department, &entry, uid.as_deref(), shared)?;
        let uid = uid.filter(|_| !is_refused);
        tree.lead_all(leaders.into_iter(), uid.as_deref());
        if let Some(uid) = &uid {
            containers.department(uid, &entry.dn);
        }
        if let Some(dn) = &dn {
            tree.insert(dn, uid);
        }
        if !is_refused {
            let mapped = mapping::department(&entry, set, hidden);
            read.push((entry.dn, dn, mapped));
        }
        Ok(())
    })?;
    for (name, dn, mut mapped) in read {
        mapping::put(&mut mapped.record, tree.above(dn.as_ref()));
        reader.out.send(DataType::Department, &name, &mapped)?;
    }
    Ok(())
}

fn groups(
    reader: &mut Reader<'_, '_>,
    set: &GroupSet,
    shared: &Shared,
    tree: &mut Tree,
    placed: bool,
) -> Result<Groups, PluginError> {
    let mut groups = Groups::new(set);
    let department = &set.department;
    reader.search("groups", Asked::all(&department.search), &mut |out, entry, hidden| {
        let dn = Dn::parse(&entry.dn).ok();
        let uid = mapping::uid(&entry, &department.uid);
        let is_refused = refuse(out, DataType::Department, &entry, uid.as_deref(), shared)?;
        let uid = uid.filter(|_| !is_refused);
        tree.lead_all(mapping::leaders(&entry, department), uid.as_deref());
        if let Some(dn) = &dn {
            groups.insert(&entry, dn, uid, set, hidden);
        }
        if is_refused {
            return Ok(());
        }
        let mut mapped = mapping::department(&entry, department, hidden);
        let place = if placed { tree.above(dn.as_ref()) } else { Place::Nowhere };
        mapping::put(&mut mapped.record, place);
        out.send(DataType::Department, &entry.dn, &mapped)
    })?;
    groups.link();
    Ok(groups)
}

fn users(
    reader: &mut Reader<'_, '_>,
    set: &UserSet,
    shared: &Shared,
    places: Places<'_>,
    containers: &mut Containers,
    progress: &mut Progress,
) -> Result<(), PluginError> {
    let filter = progress.filter(&set.search.filter, &set.enabled, set.expiry.as_ref());
    let mut sent = Search { filter, ..set.search.clone() };
    if progress.needs_times() {
        sent.ask([cursor::MODIFIED]);
    }
    let asked = match progress.is_incremental() {
        true => Asked::changed(&set.search, &sent),
        false => Asked::all_by(&set.search, &sent),
    };
    let now = progress.now();
    reader.search("users", asked, &mut |out, entry, hidden| {
        progress.user(&entry);
        if let Some(tree) = places.tree {
            containers.user(&entry.dn, tree);
        }
        let uid = mapping::uid(&entry, &set.uid);
        if refuse(out, DataType::User, &entry, uid.as_deref(), shared)? {
            return Ok(());
        }
        out.send(DataType::User, &entry.dn, &mapping::user(&entry, set, places, hidden, now))
    })
}

/// Looks whether what stands between people and departments is where the read before found it.
fn check_containers(
    reader: &mut Reader<'_, '_>,
    settings: &Settings,
    containers: &Containers,
    progress: &Progress,
) -> Result<(), PluginError> {
    for Container { within, path, id } in progress.containers_before() {
        let found = container(reader, settings, containers, (within.as_deref(), path))?;
        if found.as_ref().is_none_or(|found| found.id != *id) {
            return Err(PluginError::cursor_expired(format!(
                "`{path}`, which is no department and has people in it, was moved, renamed or removed"
            )));
        }
    }
    Ok(())
}

/// Notes where the containers stand that this read has found, for the next one.
fn keep_containers(
    reader: &mut Reader<'_, '_>,
    settings: &Settings,
    containers: &Containers,
    progress: &mut Progress,
) -> Result<(), PluginError> {
    if !progress.is_followed() {
        return Ok(());
    }
    for (within, path) in containers.without(progress.containers_before()) {
        let found = container(reader, settings, containers, (within.as_deref(), &path))?;
        if found.is_none() {
            tracing::warn!(
                "the server does not show `{path}` itself, in which there are people: whether it is moved can't be \
                 seen, so the next sync reads everything"
            );
        }
        progress.container(found);
        if !progress.is_followed() {
            return Ok(());
        }
    }
    Ok(())
}

/// A container as the server shows it now.
fn container(
    reader: &mut Reader<'_, '_>,
    settings: &Settings,
    containers: &Containers,
    (within, path): (Option<&str>, &str),
) -> Result<Option<Container>, PluginError> {
    let Some(dn) = containers.dn(within, path) else { return Ok(None) };
    let Reader { client, out, .. } = reader;
    let found = client.find(&dn, std::slice::from_ref(&settings.identity), &|| out.stopped())?;
    let id = |entry: Entry| mapping::uid(&entry, std::slice::from_ref(&settings.identity));
    Ok(found.map(|entry| Container {
        within: within.map(str::to_owned),
        path: path.to_owned(),
        id: id(entry),
    }))
}

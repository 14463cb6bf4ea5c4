//! One read from beginning to end: departments are collected, since a parent may come after its child, then
//! groups with their members, and only then users, who are handed on one by one.

use std::cell::RefCell;

use orgsync_plugin_api::{Batches, DataType, PluginError, tracing};

use crate::client::Client;
use crate::cursor::{self, Progress};
use crate::dn::Dn;
use crate::entry::Entry;
use crate::errors::Doing;
use crate::groups::Groups;
use crate::mapping::{self, Mapped, Places};
use crate::options::Scope;
use crate::ranges;
use crate::settings::{DepartmentSet, GroupSet, Search, Settings, UserSet};
use crate::tree::{Place, Tree};
use crate::visible::{self, Found, Hidden};

/// Reads all that the settings name into `out`, or what changed of the users. Returns where the next read can go on.
pub(crate) fn run(
    settings: &Settings,
    client: Client,
    mut progress: Progress,
    out: &mut Batches<'_>,
) -> Result<Option<String>, PluginError> {
    let mut reader =
        Reader { client, out: Out(RefCell::new(out)), allow_empty_bases: settings.allow_empty_bases };
    // Where entries stand, and who leads what.
    let mut tree = Tree::default();
    if let Some(set) = &settings.departments {
        departments(&mut reader, set, &mut tree, &mut progress)?;
        progress.check_departments()?;
    }
    let groups = settings.groups.as_ref().map(|set| {
        let placed = settings.departments.is_some();
        groups(&mut reader, set, &mut tree, placed)
    });
    let groups = groups.transpose()?;
    let unreadable = tree.unreadable + groups.as_ref().map_or(0, |groups| groups.unreadable);
    if unreadable > 0 {
        tracing::warn!(
            "{unreadable} values that should name members or leaders are no DNs; they were left out"
        );
    }
    if let Some(set) = &settings.users {
        let placed = settings.departments.as_ref().map(|_| &tree);
        let places = Places { tree: placed, groups: groups.as_ref(), leaders: &tree };
        users(&mut reader, set, places, &mut progress)?;
    }
    Ok(progress.end(|began| began.elapsed()))
}

fn departments(
    reader: &mut Reader<'_, '_>,
    set: &DepartmentSet,
    tree: &mut Tree,
    progress: &mut Progress,
) -> Result<(), PluginError> {
    let mut read = Vec::new();
    reader.search("departments", Asked::all(&set.search), &mut |_, entry, hidden| {
        let dn = Dn::parse(&entry.dn).ok();
        let uid = mapping::uid(&entry, &set.uid);
        let leaders: Vec<String> = mapping::leaders(&entry, set).collect();
        progress.department(uid.as_deref(), &leaders);
        tree.lead_all(leaders.into_iter(), uid.as_deref());
        if let Some(dn) = &dn {
            tree.insert(dn, uid);
        }
        let mapped = mapping::department(&entry, set, hidden);
        read.push((entry.dn, dn, mapped));
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
    tree: &mut Tree,
    placed: bool,
) -> Result<Groups, PluginError> {
    let mut groups = Groups::new(set);
    let department = &set.department;
    reader.search("groups", Asked::all(&department.search), &mut |out, entry, hidden| {
        let dn = Dn::parse(&entry.dn).ok();
        let uid = mapping::uid(&entry, &department.uid);
        tree.lead_all(mapping::leaders(&entry, department), uid.as_deref());
        if let Some(dn) = &dn {
            groups.insert(&entry, dn, uid, set, hidden);
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
    places: Places<'_>,
    progress: &mut Progress,
) -> Result<(), PluginError> {
    let mut changed =
        Search { filter: progress.filter(&set.search.filter, &set.enabled), ..set.search.clone() };
    if progress.needs_times() {
        changed.ask([cursor::MODIFIED]);
    }
    let asked = match progress.is_incremental() {
        true => Asked { search: &set.search, sent: &changed, part: Part::Changed },
        false => Asked { search: &set.search, sent: &changed, part: Part::All },
    };
    reader.search("users", asked, &mut |out, entry, hidden| {
        progress.user(&entry);
        out.send(DataType::User, &entry.dn, &mapping::user(&entry, set, places, hidden))
    })
}

/// A search, and what of it is sent to the server.
#[derive(Clone, Copy)]
struct Asked<'a> {
    search: &'a Search,
    sent: &'a Search,
    part: Part,
}

/// How much of a search is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Changed,
}

impl<'a> Asked<'a> {
    fn all(search: &'a Search) -> Self {
        Self { search, sent: search, part: Part::All }
    }
}

/// The connection, and where records go.
struct Reader<'a, 'b> {
    client: Client,
    out: Out<'a, 'b>,
    /// Whether a base may give nothing while another one of the same search gives some.
    allow_empty_bases: bool,
}

/// Where records go. It is also asked whether to stop, while others may still write to it.
struct Out<'a, 'b>(RefCell<&'a mut Batches<'b>>);

/// Takes the entries of a search, with the attributes that none of its entries below their base shows.
type Take<'a> = dyn FnMut(&Out<'_, '_>, Entry, &Hidden) -> Result<(), PluginError> + 'a;

impl Reader<'_, '_> {
    /// All entries of a search, base by base and page by page.
    fn search(&mut self, option: &str, asked: Asked<'_>, take: &mut Take<'_>) -> Result<(), PluginError> {
        let mut found = Vec::new();
        for base in &asked.search.bases {
            let entries = self.below(option, (asked, base), take)?;
            found.push(Found { base, entries });
        }
        let Self { client, out, allow_empty_bases } = self;
        visible::check_empty(client, option, &found, *allow_empty_bases, &|| out.stopped())
    }

    /// All entries below a base; says how many there are.
    fn below(
        &mut self,
        option: &str,
        (Asked { search, sent, part }, base): (Asked<'_>, &str),
        take: &mut Take<'_>,
    ) -> Result<usize, PluginError> {
        let Self { client, out, .. } = self;
        let stopped = || out.stopped();
        let doing = Doing::Searching { option, base };
        let hidden = visible::hidden(client, option, (search, base), &stopped)?;
        let itself = Dn::parse(base).ok().filter(|_| search.scope == Scope::Children);
        let (mut read, mut references, mut cookie) = (0_usize, 0, None);
        // Nothing else can be asked in the midst of a page.
        let mut unfinished = Vec::new();
        loop {
            let mut sink = |entry: Entry| {
                if itself.is_some() && Dn::parse(&entry.dn).ok() == itself {
                    return Ok(());
                }
                read += 1;
                if entry.unfinished.is_empty() {
                    return take(out, entry, &hidden);
                }
                unfinished.push(entry);
                Ok(())
            };
            let page = client.page(doing, (sent, base), cookie, &mut sink, &stopped)?;
            references += page.references;
            cookie = page.next;
            if out.stopped() {
                return Err(PluginError::cancelled());
            }
            if cookie.is_none() {
                break;
            }
        }
        for mut entry in unfinished {
            ranges::complete(&mut entry, &mut |dn, asked| client.look(dn, &[asked.to_owned()], &stopped))?;
            for (attribute, came) in &entry.unfinished {
                tracing::warn!(
                    "{}: the server gave {came} values of {attribute} and not the rest; what comes from them is \
                     left as it is",
                    entry.dn
                );
            }
            take(out, entry, &hidden)?;
        }
        tracing::info!(read, references, "read {read} {option} below {base}");
        if references > 0 {
            tracing::warn!(
                "{references} references to other servers below {base} were not followed: what lies there is not \
                 read; make it a source of its own"
            );
        }
        if read == 0 && part == Part::Changed {
            // That nobody changed must not be taken for nobody being there.
            return Ok(client.sample(doing, (search, base), &stopped)?.into_iter().count());
        }
        Ok(read)
    }
}

impl Out<'_, '_> {
    fn send(&self, data_type: DataType, dn: &str, mapped: &Mapped) -> Result<(), PluginError> {
        if !mapped.record.contains_key("uid") {
            tracing::warn!("{dn}: the server does not show its uid attribute; the record fails");
        }
        for field in &mapped.too_large {
            tracing::warn!("{dn}: the field {field} is too large for a record and was left out");
        }
        self.0.borrow_mut().raw(data_type, &mapped.record)
    }

    fn stopped(&self) -> bool {
        self.0.borrow().is_cancelled()
    }
}

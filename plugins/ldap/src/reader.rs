//! Searches with all that has to be known about their answers, base by base and page by page, and where records go.

use std::cell::RefCell;

use orgsync_plugin_api::{Batches, DataType, PluginError, tracing};

use crate::client::{Client, Sink};
use crate::dn::Dn;
use crate::entry::Entry;
use crate::errors::Doing;
use crate::mapping::{self, Mapped};
use crate::options::Scope;
use crate::ranges;
use crate::search::Search;
use crate::shared::{self, Shared, Tally};
use crate::visible::{self, Found, Hidden};

/// A search, and what of it is sent to the server.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
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
    pub(crate) fn all(search: &'a Search) -> Self {
        Self { search, sent: search, part: Part::All }
    }

    /// Only those entries of a search that another one finds.
    pub(crate) fn changed(search: &'a Search, sent: &'a Search) -> Self {
        Self { search, sent, part: Part::Changed }
    }

    /// All entries of a search, asked for in another way.
    pub(crate) fn all_by(search: &'a Search, sent: &'a Search) -> Self {
        Self { search, sent, part: Part::All }
    }
}

/// The connection, and where records go.
pub(crate) struct Reader<'a, 'b> {
    pub(crate) client: Client,
    pub(crate) out: Out<'a, 'b>,
    /// Whether a base may give nothing while another one of the same search gives some.
    pub(crate) allow_empty_bases: bool,
    /// What the task's message should say.
    pub(crate) notes: Vec<String>,
}

/// Where records go. It is also asked whether to stop, while others may still write to it.
pub(crate) struct Out<'a, 'b>(pub(crate) RefCell<&'a mut Batches<'b>>);

/// Takes the entries of a search, with the attributes that nobody can tell to be missing below their base.
pub(crate) type Take<'a> = dyn FnMut(&Out<'_, '_>, Entry, &Hidden) -> Result<(), PluginError> + 'a;

impl Reader<'_, '_> {
    /// All entries of a search, base by base and page by page.
    pub(crate) fn search(
        &mut self,
        option: &str,
        asked: Asked<'_>,
        take: &mut Take<'_>,
    ) -> Result<(), PluginError> {
        let mut found = Vec::new();
        for base in &asked.search.bases {
            let entries = self.below(option, (asked, base), take)?;
            found.push(Found { base, entries });
        }
        let Self { client, out, allow_empty_bases, .. } = self;
        visible::check_empty(client, option, &found, *allow_empty_bases, &|| out.stopped())
    }

    /// All entries below a base; says how many there are.
    fn below(
        &mut self,
        option: &str,
        (asked, base): (Asked<'_>, &str),
        take: &mut Take<'_>,
    ) -> Result<usize, PluginError> {
        let Asked { search, sent, part } = asked;
        let doing = Doing::Searching { option, base };
        let Self { client, out, notes, .. } = self;
        let hidden = visible::hidden(client, option, (search, base), notes, &|| out.stopped())?;
        let mut read = 0_usize;
        // Nothing else can be asked in the midst of a page.
        let mut unfinished = Vec::new();
        let references = pages(client, out, doing, (sent, base), &mut |entry: Entry| {
            read += 1;
            if entry.unfinished.is_empty() || !entry.is_readable {
                return take(out, entry, &hidden);
            }
            unfinished.push(entry);
            Ok(())
        })?;
        let stopped = || out.stopped();
        for mut entry in unfinished {
            ranges::complete(&mut entry, &mut |dn, asked| client.look(dn, &[asked.to_owned()], &stopped))?;
            for (attribute, came) in &entry.unfinished {
                let note = format!(
                    "{}: the server gave {came} values of {attribute} and not the rest; what comes from them is \
                     left as it is",
                    entry.dn
                );
                tracing::warn!("{note}");
                notes.push(note);
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

    /// The uids that several entries of some searches show.
    pub(crate) fn shared(
        &mut self,
        what: &str,
        searches: &[(&str, &Search, &[String])],
    ) -> Result<Shared, PluginError> {
        if !searches.iter().any(|(_, _, uid)| shared::is_possible(uid)) {
            return Ok(Shared::default());
        }
        let mut tally = Tally::default();
        self.uids(searches, &mut |uid, dn| tally.count(uid, dn))?;
        if tally.is_clear() {
            return Ok(Shared::default());
        }
        let mut doubtful = Vec::new();
        self.uids(searches, &mut |uid, dn| {
            if tally.doubts(uid) {
                doubtful.push((uid.to_owned(), dn.to_owned()));
            }
        })?;
        let shared = Shared::of(doubtful);
        if let Some(note) = shared.note(what) {
            tracing::warn!("{note}");
            self.notes.push(note);
        }
        Ok(shared)
    }

    /// The uids of all entries of some searches, with their DNs.
    fn uids(
        &mut self,
        searches: &[(&str, &Search, &[String])],
        take: &mut dyn FnMut(&str, &str),
    ) -> Result<(), PluginError> {
        for (option, search, uid) in searches {
            let only_uids = Search { attributes: uid.to_vec(), ..(*search).clone() };
            for base in &search.bases {
                let doing = Doing::Searching { option, base };
                pages(&mut self.client, &self.out, doing, (&only_uids, base), &mut |entry| {
                    if let Some(uid) = mapping::uid(&entry, uid) {
                        take(&uid, &entry.dn);
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// All entries below a base, page by page; says how many references to other servers there are.
fn pages(
    client: &mut Client,
    out: &Out<'_, '_>,
    doing: Doing<'_>,
    (search, base): (&Search, &str),
    take: &mut Sink<'_>,
) -> Result<usize, PluginError> {
    let stopped = || out.stopped();
    let itself = Dn::parse(base).ok().filter(|_| search.scope == Scope::Children);
    let mut sink = |entry: Entry| {
        if itself.is_some() && Dn::parse(&entry.dn).ok() == itself {
            return Ok(());
        }
        take(entry)
    };
    let (mut references, mut cookie) = (0, None);
    loop {
        let page = client.page(doing, (search, base), cookie, &mut sink, &stopped)?;
        references += page.references;
        cookie = page.next;
        if out.stopped() {
            return Err(PluginError::cancelled());
        }
        if cookie.is_none() {
            return Ok(references);
        }
    }
}

impl Out<'_, '_> {
    pub(crate) fn send(&self, data_type: DataType, dn: &str, mapped: &Mapped) -> Result<(), PluginError> {
        if !mapped.record.contains_key("uid") {
            tracing::warn!("{dn}: the server does not show its uid attribute; the record fails");
        }
        for field in &mapped.too_large {
            tracing::warn!("{dn}: the field {field} is too large for a record and was left out");
        }
        self.0.borrow_mut().raw(data_type, &mapped.record)
    }

    /// Hands on that an entry is not taken.
    pub(crate) fn refuse(
        &self,
        data_type: DataType,
        uid: Option<&str>,
        reason: &str,
    ) -> Result<(), PluginError> {
        self.0.borrow_mut().failed(data_type, uid, reason)
    }

    pub(crate) fn stopped(&self) -> bool {
        self.0.borrow().is_cancelled()
    }
}

//! Searching for resources by what only one has (RFC 7644, 3.4.2): many at a time where the service understands
//! that, and page by page.

use std::collections::HashMap;

use orgsync_plugin_api::{PluginError, tracing};
use serde_json::Value;

use crate::fault::{Fault, Reach};
use crate::features::Updates;
use crate::operation::{Kind, escape, quote};
use crate::provider::Provider;
use crate::reading;

/// How many resources are asked for at a time, by their uids and by page.
const TOGETHER: usize = 40;
const PAGE: usize = 100;
/// More pages than a search for 40 resources can have: the service does not filter.
const MAX_PAGES: usize = 50;

/// How resources are searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Searches {
    /// Many at a time, with `or`.
    Together,
    /// The service does not understand that.
    Single,
}

impl Provider {
    /// The resources of these uids, by uid: those whose `externalId` it is.
    pub(crate) fn find(&mut self, kind: Kind, uids: &[&str]) -> Result<HashMap<String, Vec<Value>>, Fault> {
        let mut found: HashMap<String, Vec<Value>> = HashMap::new();
        for part in uids.chunks(TOGETHER) {
            for resource in self.find_some(kind, part)? {
                // A service that does not know the filter may give others, too.
                if let Some(uid) = resource["externalId"].as_str().filter(|uid| part.contains(uid)) {
                    found.entry(uid.to_owned()).or_default().push(resource);
                }
            }
        }
        Ok(found)
    }

    fn find_some(&mut self, kind: Kind, uids: &[&str]) -> Result<Vec<Value>, Fault> {
        let one = |uid: &&str| format!("externalId eq {}", quote(uid));
        if self.searches == Searches::Together && uids.len() > 1 {
            match self.search(kind, &uids.iter().map(one).collect::<Vec<_>>().join(" or ")) {
                Err(fault) if fault.is(&[400, 403, 414, 501]) => {
                    tracing::info!("searching for one at a time: {}", fault.error.message);
                    self.searches = Searches::Single;
                }
                result => return result,
            }
        }
        let mut found = Vec::new();
        for uid in uids {
            found.extend(self.search(kind, &one(uid)).map_err(|fault| {
                if !fault.is(&[400, 403, 404, 501]) {
                    return fault;
                }
                let hint = "the service has to find users and groups by externalId";
                Fault { error: PluginError::config(format!("{}: {hint}", fault.error.message)), ..fault }
            })?);
        }
        Ok(found)
    }

    /// The first resources that there are, with everything that the service shows of them.
    pub(crate) fn first(&mut self, kind: Kind, count: usize) -> Result<Vec<Value>, Fault> {
        let answer = self.get(&format!("{}?startIndex=1&count={count}", kind.endpoint()))?;
        Ok(reading::page(answer).unwrap_or_default().resources)
    }

    /// The resources that a filter matches, all pages of them.
    pub(crate) fn search(&mut self, kind: Kind, filter: &str) -> Result<Vec<Value>, Fault> {
        let endpoint = kind.endpoint();
        let without = match (kind, self.features()?.updates) {
            (Kind::Group, Updates::Patch) => "&excludedAttributes=members",
            _ => "",
        };
        let mut found: Vec<Value> = Vec::new();
        let mut read = 0;
        for _ in 0..MAX_PAGES {
            let start = read + 1;
            let path =
                format!("{endpoint}?filter={}&startIndex={start}&count={PAGE}{without}", escape(filter));
            let Some(page) = reading::page(self.get(&path)?) else {
                return Err(Fault::nonsense(format!("GET {endpoint}: the service answered with no list")));
            };
            let (count, known) = (page.resources.len(), found.len());
            read += count;
            found.extend(page.resources);
            found = reading::once_each(found);
            // A service that knows no pages gives the same ones again.
            let is_the_end = match page.total {
                Some(total) => read >= total || found.len() == known,
                None => count < PAGE || found.len() == known,
            };
            if is_the_end {
                return Ok(found);
            }
        }
        let message =
            format!("the service gives more than {MAX_PAGES} pages of {endpoint} for a filter of few");
        Err(Fault { reach: Reach::All, ..Fault::of_change(PluginError::config(message)) })
    }
}

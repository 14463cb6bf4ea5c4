//! Searching for resources by what only one has (RFC 7644, 3.4.2): many at a time where the service understands
//! that, and page by page.

use std::collections::HashMap;

use orgsync_plugin_api::{PluginError, tracing};
use serde_json::Value;

use crate::fault::{Fault, Reach};
use crate::features::Updates;
use crate::operation::{Kind, escape, quote};
use crate::provider::Provider;

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

    /// The resources that a filter matches, all pages of them.
    pub(crate) fn search(&mut self, kind: Kind, filter: &str) -> Result<Vec<Value>, Fault> {
        let endpoint = kind.endpoint();
        let without = match (kind, self.features()?.updates) {
            (Kind::Group, Updates::Patch) => "&excludedAttributes=members",
            _ => "",
        };
        let mut found: Vec<Value> = Vec::new();
        for _ in 0..MAX_PAGES {
            let start = found.len() + 1;
            let path =
                format!("{endpoint}?filter={}&startIndex={start}&count={PAGE}{without}", escape(filter));
            let mut page = self.get(&path)?;
            let Value::Array(resources) = page["Resources"].take() else { return Ok(found) };
            let count = resources.len();
            found.extend(resources);
            let total = page["totalResults"].as_u64().and_then(|total| usize::try_from(total).ok());
            if count == 0 || found.len() >= total.unwrap_or_default() {
                return Ok(found);
            }
        }
        let message =
            format!("the service gives more than {MAX_PAGES} pages of {endpoint} for a filter of few");
        Err(Fault { reach: Reach::All, ..Fault::of_change(PluginError::config(message)) })
    }
}

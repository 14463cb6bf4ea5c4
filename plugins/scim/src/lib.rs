//! Target plugin `scim`: users, and departments as groups with members, in a service that speaks SCIM 2.0 (RFC
//! 7643, RFC 7644); [`Options`] says what can be set. A resource is found again by its `externalId`, which is
//! the record's uid, so a change that comes twice is made once. What of the protocol a service offers, its
//! `/ServiceProviderConfig` says: PATCH, versions, bulk. Only what differs is written.

mod adopt;
mod delivery;
mod fault;
mod features;
mod mapping;
mod member_changes;
mod members;
mod memory;
mod names;
mod operation;
mod options;
mod path;
mod provider;
mod reading;
mod resource;
mod search;

pub use options::{Bulk, Departments, GroupNames, OnDelete, Options};
#[cfg(any(test, fuzzing))]
pub use reading::fuzz::answer as fuzz_answer;

use orgsync_plugin_api::{PluginError, Target, TargetChange, TargetOutcome, export_plugin};

use delivery::{Adopt, Delivery, Rules};
use mapping::{GroupName, Mapping};
use memory::Memory;
use operation::Kind;
use provider::Provider;

/// The opened target.
#[derive(Debug)]
pub struct Scim {
    provider: Provider,
    rules: Rules,
    memory: Memory,
}

export_plugin! { targets: { "scim" => Scim } }

impl Target for Scim {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        let rules = Rules {
            mapping: Mapping::new(&options)?,
            departments: options.departments,
            group_name: GroupName::new(&options),
            on_delete: options.on_delete,
            adopt: if options.adopt { Adopt::Yes } else { Adopt::No },
            member_chunk: options.member_chunk.max(1) as usize,
        };
        Ok(Self { provider: Provider::new(&options)?, rules, memory: Memory::default() })
    }

    fn check(&mut self) -> Result<(), PluginError> {
        self.provider.features().map_err(|fault| fault.error)?;
        let kinds = match self.rules.departments {
            Departments::Groups => [Kind::User, Kind::Group].as_slice(),
            Departments::Ignore => [Kind::User].as_slice(),
        };
        for kind in kinds {
            let path = format!("{}?startIndex=1&count=1&attributes=id", kind.endpoint());
            self.provider.get(&path).map_err(|fault| fault.error)?;
        }
        Ok(())
    }

    fn apply(&mut self, batch: &[TargetChange]) -> Result<Vec<TargetOutcome>, PluginError> {
        Delivery::new(&mut self.provider, &self.rules, &mut self.memory, batch).run()
    }
}

#[cfg(test)]
mod tests {
    use orgsync_plugin_api::build;

    use super::*;

    #[test]
    fn secrets_are_secrets_in_the_manifest() {
        let manifest = build::manifest().name("scim").target::<Options>("scim", "SCIM").finish();
        for name in ["token", "password"] {
            let text = manifest.targets[0].options["properties"][name].to_string();
            assert!(text.contains(r#""format":"password""#), "{text}");
        }
    }
}

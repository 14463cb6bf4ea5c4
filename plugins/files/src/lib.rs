//! Source plugin `files`: users and departments out of CSV or JSON Lines files; [`Options`] says what can be
//! set. In CSV files an absent column leaves alone what is stored, and an empty cell clears it (in
//! `departments`: all memberships; in `enabled` and `isDeleted` it says nothing). A file that is missing, empty,
//! cut off or not UTF-8, and a directory without files, is an error and never a read of nobody; a row that lacks
//! its uid is passed on, and fails alone. Every read is a full one.

mod client;
mod mapping;
mod options;

pub use options::{CustomColumns, FileSet, Format, Options};

#[cfg(any(test, fuzzing))]
pub use client::fuzz::file as fuzz_file;

use orgsync_plugin_api::{Batches, DataType, PluginError, ReadEnd, ReadRequest, Source, export_plugin};

use mapping::Mapping;

/// The opened source.
#[derive(Debug)]
pub struct Files(Options);

export_plugin! { sources: { "files" => Files } }

impl Source for Files {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        if options.users.is_none() && options.departments.is_none() {
            return Err(PluginError::config("neither `users` nor `departments` is set"));
        }
        Ok(Self(options))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        for (data_type, set) in self.sets() {
            let mapping = Mapping::new(data_type, set);
            client::inputs(set)?.iter().try_for_each(|input| input.check(&mapping))?;
        }
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        for (data_type, set) in self.sets() {
            let mapping = Mapping::new(data_type, set);
            let inputs = client::inputs(set)?;
            orgsync_plugin_api::tracing::info!(
                files = inputs.len(),
                "reading {data_type}s from {}",
                set.path
            );
            for input in inputs {
                input.read(&mapping, &mut |record| out.raw(data_type, record))?;
            }
        }
        Ok(ReadEnd::new())
    }
}

impl Files {
    /// What is to be read, departments first.
    fn sets(&self) -> impl Iterator<Item = (DataType, &FileSet)> {
        let departments = self.0.departments.iter().map(|set| (DataType::Department, set));
        departments.chain(self.0.users.iter().map(|set| (DataType::User, set)))
    }
}

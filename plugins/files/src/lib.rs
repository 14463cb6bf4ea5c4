//! Source plugin `files`: users and departments out of CSV or JSON Lines files; [`Options`] says what can be
//! set. In CSV files an absent column leaves alone what is stored, and an empty cell clears it (in
//! `departments`: all memberships; in `enabled` and `isDeleted` it says nothing). A file that is missing, empty,
//! cut off or not UTF-8, and a directory without files, is an error and never a read of nobody; a row that lacks
//! its uid is passed on, and fails alone. An incremental read gives the files that changed, and asks for a full one
//! where somebody is no longer in them.

mod client;
mod mapping;
mod options;
mod seen;

pub use options::{CustomColumns, FileSet, Format, Options};

#[cfg(any(test, fuzzing))]
pub use client::fuzz::file as fuzz_file;

use orgsync_plugin_api::{
    Batches, DataType, PluginError, ReadEnd, ReadMode, ReadRequest, Source, export_plugin, tracing,
};

use client::Look;
use mapping::Mapping;
use seen::Seen;

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

    fn read(&mut self, request: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        let before = match (request.mode, &request.cursor) {
            (ReadMode::Incremental, Some(cursor)) => Some(Seen::parse(cursor)?),
            _ => None,
        };
        // All are looked at before the first is read, as that may tell already that all have to be.
        let (mut now, mut changed, mut to_read) = (Seen::default(), Vec::new(), Vec::new());
        for (data_type, set) in self.sets() {
            let known = to_read.len();
            for input in client::inputs(set)? {
                let path = input.path().into_owned();
                match input.look(before.as_ref().and_then(|seen| seen.file(data_type, &path)))? {
                    Look::Same(file) => now.keep(data_type, &path, file),
                    Look::Changed(stamp, file) => {
                        changed.push((data_type, path));
                        to_read.push((input, Mapping::new(data_type, set), stamp, file));
                    }
                }
            }
            let files = to_read.len() - known;
            tracing::info!(files, "reading {data_type}s from {}", set.path);
        }
        if let Some(before) = &before {
            before.may_suffice(&now, &changed)?;
        }
        for ((input, mapping, stamp, file), (data_type, path)) in to_read.into_iter().zip(&changed) {
            let mut names = now.names();
            input.read(&mapping, stamp, &mut |record| {
                names.take(record.get("uid"));
                // No need to read on what will be read again.
                if before.is_some() && !names.are_complete() {
                    return Err(seen::too_many(*data_type, path));
                }
                out.raw(*data_type, record)
            })?;
            now.add(*data_type, path, file, names);
        }
        if let Some(before) = &before {
            before.sufficed(&now, &changed)?;
        }
        Ok(now.cursor().map_or_else(ReadEnd::new, ReadEnd::at))
    }
}

impl Files {
    /// What is to be read, departments first.
    fn sets(&self) -> impl Iterator<Item = (DataType, &FileSet)> {
        let departments = self.0.departments.iter().map(|set| (DataType::Department, set));
        departments.chain(self.0.users.iter().map(|set| (DataType::User, set)))
    }
}

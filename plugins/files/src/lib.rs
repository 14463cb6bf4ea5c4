//! Source plugin `files`: users and departments out of CSV or JSON Lines files; [`Options`] says what can be
//! set. In CSV files an absent column leaves alone what is stored, and an empty cell clears it (in
//! `departments`: all memberships; in `enabled` and `isDeleted` it says nothing). A file that is missing, empty,
//! cut off or not UTF-8, and a directory without files, is an error and never a read of nobody; a row that lacks
//! its uid is passed on, and fails alone. An incremental read gives the files that changed, and asks for a full one
//! where somebody is no longer in them.

mod client;
mod csv;
mod header;
mod lines;
mod mapping;
mod names;
mod number;
mod options;
mod seen;
mod set;
mod text;

pub use options::{CustomColumns, FileSet, Format, Options};

#[cfg(any(test, fuzzing))]
pub use client::fuzz::file as fuzz_file;

use orgsync_plugin_api::{
    Batches, DataType, PluginError, ReadEnd, ReadMode, ReadRequest, Source, export_plugin, tracing,
};

use client::Look;
use seen::Seen;
use set::Set;

/// The opened source.
#[derive(Debug)]
pub struct Files {
    /// What is to be read, departments first.
    sets: Vec<Set>,
    /// What the last check saw.
    notes: Vec<String>,
}

export_plugin! { sources: { "files" => Files } }

impl Source for Files {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        if options.users.is_none() && options.departments.is_none() {
            return Err(PluginError::config("neither `users` nor `departments` is set"));
        }
        let departments = options.departments.iter().map(|set| (DataType::Department, set));
        let sets = departments.chain(options.users.iter().map(|set| (DataType::User, set)));
        let sets = sets.map(|(data_type, set)| Set::new(data_type, set)).collect::<Result<_, _>>()?;
        Ok(Self { sets, notes: Vec::new() })
    }

    fn check(&mut self) -> Result<(), PluginError> {
        self.notes.clear();
        for set in &self.sets {
            for input in set.inputs()? {
                self.notes.extend(input.check(&set.mapping)?);
            }
        }
        Ok(())
    }

    fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    fn read(&mut self, request: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        let before = match (request.mode, &request.cursor) {
            (ReadMode::Incremental, Some(cursor)) => Some(Seen::parse(cursor)?),
            _ => None,
        };
        // All are looked at before the first is read, as that may tell already that all have to be.
        let (mut now, mut changed, mut to_read) = (Seen::default(), Vec::new(), Vec::new());
        for set in &self.sets {
            let (data_type, known) = (set.data_type, to_read.len());
            for input in set.inputs()? {
                let path = input.path().into_owned();
                match input.look(before.as_ref().and_then(|seen| seen.file(data_type, &path)))? {
                    Look::Same(file) => now.keep(data_type, &path, file),
                    Look::Changed(stamp, file) => {
                        changed.push((data_type, path));
                        to_read.push((input, &set.mapping, stamp, file));
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
            input.read(mapping, stamp, &mut |record| {
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

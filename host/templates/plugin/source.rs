//! The source: reads an export with one JSON object a line. What is here is whole; replace `lines` by calls of your
//! system, and `Line` and `give` by what it answers.

use std::fs::File;
use std::io::{BufRead, BufReader};

use orgsync_plugin_api::{
    Batches, Department, PluginError, ReadEnd, ReadRequest, Source, User, tracing,
};
use serde::Deserialize;

use crate::source_options::Options;

/// The opened source.
pub struct Export(Options);

/// A line of the export, as the other system has it.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line {
    Unit {
        code: String,
        name: String,
        parent: Option<String>,
    },
    Person {
        number: u64,
        login: String,
        name: String,
        mail: Option<String>,
        unit: Option<String>,
        active: bool,
    },
}

impl Source for Export {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        if options.export.trim().is_empty() {
            return Err(PluginError::config(
                "export is empty: set it to the path of the file",
            ));
        }
        Ok(Self(options))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        match self.lines()?.next() {
            Some(line) => line.map(drop),
            None => Err(PluginError::config(format!("{} is empty", self.0.export))),
        }
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        let mut count = 0_u64;
        for line in self.lines()? {
            self.give(line?, out)?;
            count += 1;
        }
        if count == 0 {
            return Err(PluginError::invalid(format!(
                "{} is empty: it may be cut off",
                self.0.export
            )));
        }
        tracing::info!(count, "read {}", self.0.export);
        Ok(ReadEnd::new())
    }
}

impl Export {
    /// The lines one by one, so that memory stays flat. One that can't be understood ends the read: whoever is missing
    /// from a read that ends well counts as gone.
    fn lines(&self) -> Result<impl Iterator<Item = Result<Line, PluginError>>, PluginError> {
        let path = self.0.export.clone();
        let file =
            File::open(&path).map_err(|error| PluginError::config(format!("{path}: {error}")))?;
        Ok(BufReader::new(file)
            .lines()
            .zip(1..)
            .map(move |(line, number)| {
                let at =
                    |error: String| PluginError::invalid(format!("{path}: line {number}: {error}"));
                let line = line.map_err(|error| at(error.to_string()))?;
                serde_json::from_str(&line).map_err(|error| at(error.to_string()))
            }))
    }

    /// Turns a line into a record. Uids never change: the number and the code, never a name or an address.
    fn give(&self, line: Line, out: &mut Batches<'_>) -> Result<(), PluginError> {
        match line {
            Line::Unit { code, name, parent } => {
                out.department(Department::new(code, name).parent_uid(parent))
            }
            Line::Person { active: false, .. } if !self.0.include_inactive => Ok(()),
            Line::Person {
                number,
                login,
                name,
                mail,
                unit,
                active,
            } => {
                let user = User::new(number.to_string())
                    .username(login)
                    .nickname(name)
                    .email(mail)
                    .enabled(active);
                out.user(unit.into_iter().fold(user, User::department))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use orgsync_plugin_api::testing::read_all;

    use super::*;

    fn export(include_inactive: bool) -> Export {
        let export = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/export.jsonl").to_owned();
        Export::open(Options {
            export,
            include_inactive,
        })
        .unwrap()
    }

    #[test]
    fn units_and_people_are_read() {
        let read = read_all(&mut export(false), &ReadRequest::full()).unwrap();
        assert_eq!((read.departments.len(), read.users.len()), (2, 2));
        assert_eq!(read.departments[1]["parentUid"], "all");
        assert_eq!(
            (&read.users[0]["username"], &read.users[0]["departments"][0]),
            (&"ada".into(), &"sales".into())
        );
    }

    #[test]
    fn who_has_left_comes_only_if_wanted() {
        let read = read_all(&mut export(true), &ReadRequest::full()).unwrap();
        assert_eq!(
            (read.users.len(), &read.users[2]["enabled"]),
            (3, &false.into())
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let options = Options {
            export: "/nowhere.jsonl".into(),
            include_inactive: false,
        };
        let error = Export::open(options).unwrap().check().unwrap_err();
        assert!(error.message.starts_with("/nowhere.jsonl: "), "{error}");
    }
}

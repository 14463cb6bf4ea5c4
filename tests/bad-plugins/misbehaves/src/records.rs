//! The well-behaved one: `count` users, then an end with a cursor.

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, User};

use crate::mark::marked;
use crate::options::Options;

pub(crate) struct Records(Options);

impl Source for Records {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        Ok(Self(options))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        match self.0.password.as_str() {
            "" | "right" => Ok(()),
            _ => Err(PluginError::config("the password is not right")),
        }
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        for n in 0..self.0.count {
            let user = User::new(format!("{}{n}", self.0.prefix)).nickname(format!("User {n}"));
            out.user(marked(user, &self.0))?;
        }
        Ok(ReadEnd::at(self.0.count.to_string()))
    }
}

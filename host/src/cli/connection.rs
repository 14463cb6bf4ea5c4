//! Which daemon a client talks to, and as whom: what flags and environment say, then the settings' file, then the
//! installation in the working directory.

use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::config::Config;
use crate::daemon::ADMIN_TOKEN_FILE;

use super::address::Address;
use super::client::Client;
use super::settings::Settings;

/// The variable with the daemon's own token.
const ADMIN_TOKEN: &str = "ORGSYNC_ADMIN_TOKEN";

/// What flags and environment say of the daemon to talk to.
#[derive(Debug, clap::Args)]
pub(super) struct Connection {
    /// The daemon's address [default: that of the settings, where it is `listen`]
    #[arg(long, env = "ORGSYNC_SERVER", value_name = "URL")]
    server: Option<Address>,
    /// The token [default: the admin token, in ORGSYNC_ADMIN_TOKEN or the settings' data directory]
    #[arg(long, env = "ORGSYNC_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Certificates to trust with an https:// server, PEM [default: those of the system]
    #[arg(long, env = "ORGSYNC_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

/// How a command comes to what it is about.
pub(super) enum Way {
    /// Through a daemon that is named.
    Server(Client),
    /// Through the files of an installation.
    Files(Box<Config>),
}

impl Connection {
    /// The client of the daemon that is named; of the one of the settings otherwise.
    pub(super) fn client(self, settings: Settings) -> anyhow::Result<Client> {
        // Whoever says everything can do without settings, and without being allowed to read them.
        let config = if self.is_whole() { None } else { Some(settings.load()?) };
        self.client_with(config.as_ref())
    }

    /// Through the daemon if one is named, be it in the settings' file; through the installation's files otherwise.
    pub(super) fn way(self, settings: Settings) -> anyhow::Result<Way> {
        if self.server.is_some() {
            return self.client(settings).map(Way::Server);
        }
        let config = settings.load()?;
        match &config.client.server {
            Some(_) => self.client_with(Some(&config)).map(Way::Server),
            None => Ok(Way::Files(Box::new(config))),
        }
    }

    /// Whether nothing of it has to be looked up.
    fn is_whole(&self) -> bool {
        let trusts = |server: &Address| self.ca_file.is_some() || !server.is_https();
        self.token.is_some() && self.server.as_ref().is_some_and(trusts)
    }

    fn client_with(self, config: Option<&Config>) -> anyhow::Result<Client> {
        let token = token(self.token, config)?;
        let server = match (self.server, config) {
            (Some(server), _) => server,
            (None, None) => bail!("no server: give --server, or set ORGSYNC_SERVER"),
            (None, Some(config)) => match &config.client.server {
                Some(text) => text.parse().context("the setting `server`")?,
                None => Address::of_listener(config.listen, config.tls.is_some())?,
            },
        };
        let ca_file = self.ca_file.or_else(|| config?.client.ca_file.clone());
        Client::new(server, token, ca_file.as_deref())
    }
}

/// The token: the one that is given, the daemon's own out of the environment, that of the settings' file, and at last that
/// of the installation, for whoever may read it.
fn token(given: Option<String>, config: Option<&Config>) -> anyhow::Result<String> {
    if let Some(token) = given {
        return checked(&token, "--token or ORGSYNC_TOKEN");
    }
    if let Some(token) = std::env::var(ADMIN_TOKEN).ok().filter(|token| !token.trim().is_empty()) {
        return checked(&token, ADMIN_TOKEN);
    }
    let Some(config) = config else { bail!("no token: give --token, or set ORGSYNC_TOKEN") };
    if let Some(token) = &config.client.token {
        return checked(token, "the settings' file");
    }
    let path = config.data_dir.join(ADMIN_TOKEN_FILE);
    let shown = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
    match std::fs::read_to_string(&path) {
        Ok(token) => checked(&token, &shown.display().to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "no token: there is no {}; give --token, set ORGSYNC_TOKEN, or name the daemon's directory with --data-dir or \
             --config",
            shown.display()
        ),
        Err(error) => Err(error).with_context(|| {
            format!("no token: {} can't be read; give --token, or set ORGSYNC_TOKEN", shown.display())
        }),
    }
}

/// A token without what stands around it in files and variables. Says what is no token before a header is made of it.
fn checked(token: &str, place: &str) -> anyhow::Result<String> {
    let token = token.trim();
    if token.is_empty() {
        bail!("the token is empty that {place} gives");
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        bail!("{place}: this is no token, for there is a blank in it or a character that tokens don't have");
    }
    Ok(token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_without_what_stands_around_it() {
        let check = |token: &str, expected: Result<&str, &str>| {
            let found = checked(token, "PLACE").map_err(|error| error.to_string());
            match expected {
                Ok(expected) => assert_eq!(found.unwrap(), expected),
                Err(part) => assert!(found.unwrap_err().contains(part), "{token:?}"),
            }
        };
        check("orgsync_1_ab\n", Ok("orgsync_1_ab"));
        check("  abc\r\n", Ok("abc"));
        check("\n", Err("is empty that PLACE gives"));
        check("Bearer abc", Err("PLACE: this is no token"));
        check("abc\ndef", Err("PLACE: this is no token"));
        check("abc\u{200b}", Err("PLACE: this is no token"));
    }
}

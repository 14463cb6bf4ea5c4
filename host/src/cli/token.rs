//! `orgsync token`: makes, lists and revokes tokens. Over HTTP if a server is named; otherwise in the
//! database of the settings, whether the daemon runs or not.

use std::io::ErrorKind;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::{Context, anyhow, bail};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::config::Config;
use crate::domain::ids::TokenId;
use crate::domain::token::{self, Scope, Scopes};
use crate::store::tokens::{self, Draft};
use crate::store::{Store, commit, sources};

use super::connection::{Connection, Way};
use super::output::{self, OutputError};
use super::settings::Settings;

/// How many tokens are listed.
const MOST: u64 = 1_000;

/// Make, list and revoke tokens
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make a token and print it: this once, for only its hash is kept
    Create(Create),
    /// List the tokens that there are
    List(Place),
    /// Revoke a token
    Revoke(Revoke),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// What to call it; no two have the same name
    #[arg(long)]
    name: String,
    /// What it allows: admin, operate, read or push; may be given more than once
    #[arg(long, required = true, value_parser = |word: &str| word.parse::<Scopes>())]
    scope: Vec<Scopes>,
    /// The only source that it may push to
    #[arg(long)]
    source: Option<String>,
    /// How long it is valid, as 90d or 12h [default: for ever]
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME")]
    expires: Option<Duration>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Args)]
pub(super) struct Revoke {
    /// Its name or its id
    #[arg(value_name = "NAME|ID")]
    which: String,
    #[command(flatten)]
    place: Place,
}

/// Where the tokens are.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    settings: Settings,
}

impl Place {
    fn open(self) -> anyhow::Result<Way> {
        self.connection.way(self.settings)
    }
}

pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Create(args) => create(args)?,
        Command::List(place) => list(place)?,
        Command::Revoke(args) => revoke(args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn create(args: Create) -> anyhow::Result<()> {
    let words: Vec<String> = args.scope.iter().map(ToString::to_string).collect();
    let scopes: Scopes = words.join(" ").parse().map_err(anyhow::Error::msg)?;
    if args.source.is_some() && scopes != Scopes::from(Scope::Push) {
        bail!("--source binds a token of scope push, and no other scope");
    }
    let end = args.expires.map(|time| Timestamp::try_from(SystemTime::now() + time)).transpose();
    let end = end.context("--expires is too far away")?;
    let way = args.place.open()?;
    let text = match &way {
        Way::Server(client) => {
            let body = json!({"name": args.name, "scope": scopes.to_string(), "source": args.source, "expiresAt": end});
            let made = client.post("/api/v1/tokens", &body)?;
            made["token"].as_str().context("the server did not answer with a token")?.to_owned()
        }
        Way::Files(config) => in_database(config, async |store| {
            token::check_name(&args.name).map_err(|reason| anyhow!("--name: {reason}"))?;
            let source = match &args.source {
                None => None,
                Some(name) => {
                    let found = sources::by_name(store.reader(), name).await?;
                    Some(found.with_context(|| format!("there is no source `{name}`"))?.id)
                }
            };
            let expires_at = end.map(Timestamp::as_millisecond);
            let draft = Draft { name: args.name.clone(), scopes, source, expires_at };
            let now = Timestamp::now().as_millisecond();
            let issued = tokens::issue(store, draft, rand::random(), now).await;
            let (_, text) = issued.map_err(|error| match error.is_unique_violation() {
                true => anyhow!("there is a token `{}` already", args.name),
                false => error.into(),
            })?;
            Ok(text)
        })?,
    };
    output::line(text).map_err(|failure| take_back(&way, &args.name, failure))
}

/// Revokes a token that nobody has seen. Says so, unless nobody listens either.
fn take_back(way: &Way, name: &str, failure: OutputError) -> anyhow::Error {
    match (revoke_named(way, name), &failure) {
        (Ok(()), OutputError::Closed) => failure.into(),
        (Ok(()), OutputError::Failed(_)) => anyhow!("{failure}; the token `{name}` is not made"),
        (Err(reason), _) => anyhow!(
            "{failure}; the token `{name}` is made and nobody has seen it, and it can't be revoked: {reason}"
        ),
    }
}

fn list(place: Place) -> anyhow::Result<()> {
    let found: Vec<Value> = match &place.open()? {
        Way::Server(client) => {
            let page = client.get(&format!("/api/v1/tokens?limit={MOST}"))?;
            page["data"].as_array().cloned().unwrap_or_default()
        }
        Way::Files(config) => in_database(config, async |store| {
            let names = sources::names(store.reader()).await?;
            let found = tokens::list(store.reader(), None, MOST).await?;
            let shown = found.iter().map(|token| {
                let time = |ms: Option<i64>| ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
                json!({
                    "id": token.id, "name": token.name, "scope": token.scopes.to_string(),
                    "source": token.source.and_then(|id| names.get(&id.0)),
                    "expiresAt": time(token.expires_at), "lastUsedAt": time(token.last_used_at),
                })
            });
            Ok(shown.collect())
        })?,
    };
    let text = |value: &Value, none: &str| value.as_str().unwrap_or(none).to_owned();
    let line = |[id, name, scope, source, end, used]: [&str; 6]| {
        output::line(format_args!("{id:>5}  {name:24} {scope:14} {source:16} {end:26} {used}"))
    };
    line(["ID", "NAME", "SCOPE", "SOURCE", "EXPIRES", "LAST USED"])?;
    for token in &found {
        line([
            &token["id"].to_string(),
            &text(&token["name"], ""),
            &text(&token["scope"], ""),
            &text(&token["source"], "any"),
            &text(&token["expiresAt"], "never"),
            &text(&token["lastUsedAt"], "never"),
        ])?;
    }
    Ok(())
}

fn revoke(args: Revoke) -> anyhow::Result<()> {
    revoke_named(&args.place.open()?, &args.which)?;
    Ok(output::line(format_args!("token {} is revoked", args.which))?)
}

/// Revokes the token of this name or id.
fn revoke_named(way: &Way, which: &str) -> anyhow::Result<()> {
    let missing = || anyhow!("there is no token `{which}`; `orgsync token list` lists them");
    match way {
        Way::Server(client) => {
            let page = client.get(&format!("/api/v1/tokens?limit={MOST}"))?;
            let number = which.parse::<i64>().ok().map(Value::from);
            let all = || page["data"].as_array().into_iter().flatten();
            let named = all().find(|token| token["name"] == which);
            let named = named.or_else(|| all().find(|token| Some(&token["id"]) == number.as_ref()));
            client.delete(&format!("/api/v1/tokens/{}", named.ok_or_else(missing)?["id"]))?;
            Ok(())
        }
        Way::Files(config) => in_database(config, async |store| {
            let named = tokens::by_name(store.reader(), which).await?.map(|token| token.id);
            let id = named.or_else(|| which.parse().ok().map(TokenId)).ok_or_else(missing)?;
            let tx = store.begin().await?;
            let was_there = tokens::delete(&tx, id).await?;
            commit(tx, "revoke the token").await?;
            if was_there { Ok(()) } else { Err(missing()) }
        }),
    }
}

/// Does something in the database of an installation; its daemon may be using it at the same time. Only the daemon makes
/// one: a token in a database that no daemon serves opens nothing.
fn in_database<T>(config: &Config, work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>) -> anyhow::Result<T> {
    check_installation(config)?;
    super::block_on(async {
        let store = Store::open_as_it_is(&config.database_url).await?;
        let done = work(&store).await;
        store.close().await?;
        done
    })?
}

/// Makes sure that the database is there.
fn check_installation(config: &Config) -> anyhow::Result<()> {
    let Some(file) = Store::file_of(&config.database_url) else { return Ok(()) };
    let found = match std::fs::metadata(&file) {
        Ok(found) if found.len() > 0 => return Ok(()),
        Ok(_) => "is empty".to_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound => "does not exist".to_owned(),
        Err(error) => format!("can't be looked at ({error})"),
    };
    let file = std::path::absolute(&file).unwrap_or(file);
    bail!(
        "there is no installation of orgsync here: its database {} {found}. Name the daemon's directory with --data-dir or \
         --config, its database with --database-url, or the daemon with --server; `orgsync serve` makes a new one",
        file.display()
    )
}

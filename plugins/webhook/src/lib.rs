//! Target plugin `webhook`: POSTs changes as JSON to an address, signed, in the order in which they come;
//! [`Options`] says what can be set, `delivery.rs` what is sent, `answers.rs` what the receiver may answer. A
//! delivery that is refused, or whose answer is lost, is cut in halves until the offender stands alone. Redirects
//! are not followed. `check` delivers no changes.

mod answers;
mod delivery;
mod options;
mod progress;
mod results;

#[cfg(any(test, fuzzing))]
pub use results::fuzz::results as fuzz_results;

pub use options::Options;

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use orgsync_http_client::http::{HeaderName, HeaderValue, Request};
use orgsync_http_client::{Answer, Client, Plain, Settings, Url, address, origin};
use orgsync_plugin_api::{
    Effect, ErrorClass, PluginError, Secret, Target, TargetChange, TargetOutcome, export_plugin, tracing,
};

use answers::Verdict;
use delivery::{Delivery, SIGNATURE, Size};
use progress::Progress;

/// A secret of fewer characters can be guessed.
const SHORTEST_SECRET: usize = 16;
/// What a receiver may answer: a result for each of 500 changes.
const LONGEST_ANSWER: u64 = 1 << 20;
/// Header fields that the plugin writes itself.
const OWN: [&str; 6] =
    ["content-type", "content-length", "host", "transfer-encoding", "idempotency-key", SIGNATURE];

/// The opened target.
#[derive(Debug)]
pub struct Webhook {
    url: Url,
    /// What messages show of the address.
    place: String,
    secret: Secret,
    headers: Vec<(HeaderName, HeaderValue)>,
    size: Size,
    client: Client,
}

export_plugin! { targets: { "webhook" => Webhook } }

impl Target for Webhook {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        let plain = if options.allow_http { Plain::Allowed } else { Plain::Refused };
        let url = address("url", &options.url, plain)?;
        if options.secret.expose().chars().count() < SHORTEST_SECRET {
            return Err(PluginError::config(format!(
                "`secret` has fewer than {SHORTEST_SECRET} characters; make one with `openssl rand -hex 32`"
            )));
        }
        let headers =
            options.headers.iter().map(|(name, value)| header(name, value)).collect::<Result<_, _>>()?;
        let settings = Settings {
            ca_file: options.ca_file.as_deref(),
            ca_pem: options.ca_pem.as_deref(),
            connect_timeout: Duration::from_secs(options.connect_timeout.into()),
            timeout: Duration::from_secs(options.timeout.into()),
            longest_answer: LONGEST_ANSWER,
        };
        let secrets = options.headers.values().chain([&options.secret]).map(Secret::expose);
        let client = Client::new(&settings, secrets)?;
        let size = Size { changes: options.batch_size as usize, bytes: options.batch_bytes as usize };
        Ok(Self { place: origin(&url), url, secret: options.secret, headers, size, client })
    }

    fn check(&mut self) -> Result<(), PluginError> {
        let answer = self.send(&Delivery::new(&[]))?;
        match answers::verdict(&answer, &[], (&self.client, &self.place), SystemTime::now()) {
            Verdict::Taken(_) => Ok(()),
            Verdict::Refused(error) if error.class == ErrorClass::Invalid => {
                Err(PluginError::config(format!(
                    "{}: it has to take a delivery without changes, which is how it is tried",
                    error.message
                )))
            }
            Verdict::Refused(error) | Verdict::Stopped(error) => Err(error),
        }
    }

    fn apply(&mut self, batch: &[TargetChange]) -> Result<Vec<TargetOutcome>, PluginError> {
        let texts = delivery::encode(batch)?;
        let lengths: Vec<usize> = texts.iter().map(String::len).collect();
        let mut progress = Progress::default();
        for part in delivery::cut(&lengths, self.size) {
            if let Err(error) = self.deliver(batch, &texts, part, &mut progress) {
                return progress.stopped(batch.len(), error);
            }
        }
        Ok(progress.into_outcomes())
    }
}

impl Webhook {
    /// Delivers some of the changes, and those apart that are refused together. An error goes for all that
    /// have no outcome yet.
    fn deliver(
        &self,
        changes: &[TargetChange],
        texts: &[String],
        part: Range<usize>,
        progress: &mut Progress,
    ) -> Result<(), PluginError> {
        let delivery = Delivery::new(&texts[part.clone()]);
        let error = match self.send(&delivery) {
            Ok(answer) => {
                let now = SystemTime::now();
                match answers::verdict(&answer, &changes[part.clone()], (&self.client, &self.place), now) {
                    Verdict::Taken(more) => {
                        tracing::info!(changes = more.len(), delivery = delivery.id, "delivered");
                        progress.taken(more);
                        return Ok(());
                    }
                    Verdict::Refused(error) => error,
                    Verdict::Stopped(error) => {
                        // Nothing is sent of what follows.
                        progress.unsettled(part.end, &error);
                        return Err(error.with_effect(Effect::Nothing));
                    }
                }
            }
            // Nobody is there to take anything.
            Err(error) if error.effect() == Effect::Nothing => return Err(error),
            Err(error) => progress.lost(part.end, error)?,
        };
        if part.len() == 1 {
            return progress.refused(error);
        }
        tracing::info!(changes = part.len(), "refused together, trying halves: {}", error.message);
        progress.unsettled(part.end, &error);
        let middle = part.start + part.len() / 2;
        self.deliver(changes, texts, part.start..middle, progress)?;
        self.deliver(changes, texts, middle..part.end, progress)
    }

    fn send(&self, delivery: &Delivery) -> Result<Answer, PluginError> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut request = Request::post(self.url.as_str())
            .header("content-type", "application/json")
            .header("idempotency-key", &delivery.id)
            .header(SIGNATURE, delivery.signature(self.secret.expose().as_bytes(), time));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(delivery.body.clone())
            .map_err(|error| PluginError::config(format!("no request can be made for `url`: {error}")))?;
        self.client.send(request)
    }
}

fn header(name: &str, value: &Secret) -> Result<(HeaderName, HeaderValue), PluginError> {
    let refuse = |what: &str| Err(PluginError::config(format!("`headers`: {name:?} {what}")));
    let Ok(parsed) = HeaderName::try_from(name) else { return refuse("is no name of a header field") };
    if OWN.contains(&parsed.as_str()) {
        return refuse("is written by the plugin itself");
    }
    let Ok(mut value) = HeaderValue::try_from(value.expose()) else {
        return refuse("has a value with characters that a header field can't have");
    };
    value.set_sensitive(true);
    Ok((parsed, value))
}

#[cfg(test)]
mod tests {
    use orgsync_plugin_api::build;
    use serde_json::{Value, json};

    use super::*;

    fn open(more: Value) -> Result<Webhook, PluginError> {
        let mut options = json!({
            "url": "https://x", "secret": "0123456789abcdef", "caPem": include_str!("../tests/authority.pem"),
        });
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Webhook::open(serde_json::from_value(options).unwrap())
    }

    #[test]
    fn secrets_are_never_printed_nor_shown() {
        let target = open(json!({"headers": {"Authorization": "Bearer hunter2"}})).unwrap();
        let printed = format!("{target:?}");
        assert!(printed.contains("********") && printed.contains("authorization"), "{printed}");
        assert!(!printed.contains("hunter2") && !printed.contains("0123456789"), "{printed}");
        let manifest = build::manifest().name("webhook").target::<Options>("webhook", "Webhook").finish();
        let properties = &manifest.targets[0].options["properties"];
        let secrets = [&properties["secret"], &properties["headers"]["additionalProperties"]];
        assert_eq!(secrets.map(|schema| &schema["format"]), ["password"; 2]);
    }

    #[test]
    fn options_that_cannot_work_are_refused() {
        let check = |more: Value, expected: &str| {
            assert_eq!(open(more).unwrap_err(), PluginError::config(expected));
        };
        check(
            json!({"secret": "0123456789abcde"}),
            "`secret` has fewer than 16 characters; make one with `openssl rand -hex 32`",
        );
        check(
            json!({"url": "http://hr.example"}),
            "`url` is not encrypted: use https://, or allow it with `allowHttp`",
        );
        check(json!({"headers": {"a b": "x"}}), "`headers`: \"a b\" is no name of a header field");
        check(json!({"headers": {"Host": "x"}}), "`headers`: \"Host\" is written by the plugin itself");
        check(
            json!({"headers": {"x-a": "b\nc"}}),
            "`headers`: \"x-a\" has a value with characters that a header field can't have",
        );
        assert!(open(json!({"url": "http://hr.example", "allowHttp": true})).is_ok());
    }
}

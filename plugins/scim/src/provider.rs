//! The wire: requests to the service, one by one or many in one. A short
//! `Retry-After` is waited for here; a longer one is for the host.

use std::thread;
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use orgsync_http_client::http::{HeaderValue, Request};
use orgsync_http_client::{Answer, Client, Plain, Settings, address};
use orgsync_plugin_api::{ErrorClass, PluginError, Secret, tracing};
use serde_json::{Value, json};

use crate::fault::{Fault, Reach};
use crate::features::{Features, Updates, Versions};
use crate::operation::{self, Method, Operation, Reply};
use crate::options::{Bulk, Options};
use crate::reading;
use crate::search::Searches;

/// A group with very many members is longer than anything else.
const LONGEST_ANSWER: u64 = 32 << 20;
/// The longest time to wait within a request, and how often.
const PATIENCE: Duration = Duration::from_secs(10);
const PATIENT_TRIES: usize = 3;
/// The host takes silence for death.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// A SCIM service.
#[derive(Debug)]
pub(crate) struct Provider {
    /// The address, without a slash at its end.
    url: String,
    client: Client,
    authorization: Option<HeaderValue>,
    bulk: Bulk,
    features: Option<Features>,
    pub(crate) searches: Searches,
    /// Whether groups show their members, once that is known.
    pub(crate) shows_members: Option<bool>,
    /// Whether the last request was not answered, or only with a plea for patience.
    was_silent: bool,
    requests: u64,
    sign: Instant,
}

/// What a request is about.
struct Call<'a> {
    method: Method,
    path: &'a str,
    version: Option<&'a str>,
    body: &'a Value,
}

impl Provider {
    /// Knows where the service is; nothing is sent yet.
    pub(crate) fn new(options: &Options) -> Result<Self, PluginError> {
        let plain = if options.allow_http { Plain::Allowed } else { Plain::Refused };
        let url = address("url", &options.url, plain)?;
        if url.query().is_some() {
            return Err(PluginError::config("`url` has a ? in it; it is the address below which /Users is"));
        }
        let settings = Settings {
            ca_file: options.ca_file.as_deref(),
            ca_pem: options.ca_pem.as_deref(),
            connect_timeout: Duration::from_secs(options.connect_timeout.into()),
            timeout: Duration::from_secs(options.timeout.into()),
            longest_answer: LONGEST_ANSWER,
        };
        let secrets = [&options.token, &options.password].into_iter().flatten().map(Secret::expose);
        Ok(Self {
            url: url.as_str().trim_end_matches('/').to_owned(),
            client: Client::new(&settings, secrets)?,
            authorization: authorization(options)?,
            bulk: options.bulk,
            features: None,
            searches: Searches::Together,
            shows_members: None,
            was_silent: false,
            requests: 0,
            sign: Instant::now(),
        })
    }

    /// What the service says that it can do; it is asked once. Without an answer that can be used, nothing can be
    /// done: that says nothing about any change.
    pub(crate) fn features(&mut self) -> Result<Features, Fault> {
        if let Some(features) = self.features {
            return Ok(features);
        }
        const PATH: &str = "/ServiceProviderConfig";
        let mut features = match self.get(PATH) {
            Ok(config) => Features::read(&config),
            Err(fault) if fault.is(&[403, 404, 405, 501]) => {
                tracing::info!("the service does not tell what it can do: {}", fault.error.message);
                Features::USUAL
            }
            Err(fault) => return Err(of_service(fault)),
        };
        if self.bulk == Bulk::Never {
            features.bulk = None;
        }
        tracing::debug!(?features, "read what the service can do");
        Ok(*self.features.insert(features))
    }

    /// Goes on without PATCH, whatever the service said of it.
    pub(crate) fn go_without_patch(&mut self) {
        if let Some(features) = &mut self.features
            && features.updates == Updates::Patch
        {
            tracing::info!("the service knows no PATCH: whole resources are sent from now on");
            features.updates = Updates::Put;
        }
    }

    /// Binds changes to versions from now on, whatever the service said of them.
    pub(crate) fn want_versions(&mut self) {
        if let Some(features) = &mut self.features {
            features.versions = Versions::Wanted;
        }
    }

    /// Reads a resource; its version stands in it wherever the service told it.
    pub(crate) fn get(&mut self, path: &str) -> Result<Value, Fault> {
        let answer = self.ask(path)?;
        let mut body = reading::resource(parse(&answer, path)?);
        let version = answer.header("etag");
        if let (Some(version), Some(resource)) = (version, body.as_object_mut())
            && resource.get("meta").is_none_or(|meta| meta["version"].is_null())
        {
            let meta = resource.entry("meta").or_insert_with(|| json!({}));
            if !meta.is_object() {
                *meta = json!({});
            }
            if let Some(meta) = meta.as_object_mut() {
                meta.insert("version".into(), json!(version));
            }
        }
        Ok(body)
    }

    /// Reads something. Reading twice does no harm, so a lost answer is asked for again.
    fn ask(&mut self, path: &str) -> Result<Answer, Fault> {
        let call = Call { method: Method::Get, path, version: None, body: &Value::Null };
        let answer = match self.send(&call) {
            Err(fault) if fault.refusal.is_none() && fault.reach == Reach::This => self.send(&call),
            result => result,
        };
        answer.map_err(Fault::of_reading)
    }

    /// The version of a group, to bind a change of its members to: `*` is any.
    pub(crate) fn version_of(&mut self, path: &str) -> Result<String, Fault> {
        let resource = self.get(&format!("{path}?excludedAttributes=members"))?;
        Ok(resource["meta"]["version"].as_str().unwrap_or("*").to_owned())
    }

    /// Sends one request that writes.
    pub(crate) fn write(&mut self, operation: &Operation) -> Result<Reply, Fault> {
        let Operation { method, path, version, body } = operation;
        let answer = self.send(&Call { method: *method, path, version: version.as_deref(), body })?;
        // Some services answer a change with a body, others with none.
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        Ok(reply(body, answer.header("location")))
    }

    /// Sends many, in their order, and gives an answer for each. After one that says that no other would be
    /// done, no other is tried.
    pub(crate) fn write_all(&mut self, operations: &[Operation]) -> Vec<Result<Reply, Fault>> {
        let limits = self.features.and_then(|features| features.bulk);
        let Some(limits) = limits.filter(|_| operations.len() > 1) else {
            return self.write_each(operations);
        };
        let mut replies = Vec::with_capacity(operations.len());
        for part in operation::cut(operations, limits) {
            let part = &operations[part];
            match replies.last() {
                Some(Err(fault @ Fault { reach: Reach::All, .. })) => {
                    let fault = fault.clone();
                    replies.extend(part.iter().map(|_| Err(fault.clone())));
                }
                _ => replies.extend(self.write_bulk(part)),
            }
        }
        replies
    }

    fn write_each(&mut self, operations: &[Operation]) -> Vec<Result<Reply, Fault>> {
        let mut replies: Vec<Result<Reply, Fault>> = Vec::with_capacity(operations.len());
        for operation in operations {
            let reply = match replies.last() {
                Some(Err(fault @ Fault { reach: Reach::All, .. })) => Err(fault.clone()),
                _ => self.write(operation),
            };
            replies.push(reply);
        }
        replies
    }

    fn write_bulk(&mut self, operations: &[Operation]) -> Vec<Result<Reply, Fault>> {
        let body = operation::bulk(operations);
        let call = Call { method: Method::Post, path: "/Bulk", version: None, body: &body };
        let response = self.send(&call).and_then(|answer| parse(&answer, "/Bulk"));
        let response = match response {
            Ok(response) => response,
            Err(fault) if fault.is(&[413]) && operations.len() > 1 => {
                let (first, second) = operations.split_at(operations.len() / 2);
                let mut replies = self.write_bulk(first);
                replies.extend(self.write_bulk(second));
                return replies;
            }
            Err(fault) if fault.is(&[400, 403, 404, 405, 413, 501]) => {
                tracing::warn!(
                    "the service offers bulk requests and refuses one; going on without them: {}",
                    fault.error.message
                );
                if let Some(features) = &mut self.features {
                    features.bulk = None;
                }
                return self.write_each(operations);
            }
            // Whatever was done of it: each change can be sent again.
            Err(fault) => return operations.iter().map(|_| Err(fault.clone())).collect(),
        };
        let answers = operation::bulk_answers(&response, operations.len());
        operations.iter().zip(answers).map(|(operation, answer)| self.bulk_reply(operation, answer)).collect()
    }

    fn bulk_reply(&self, operation: &Operation, answer: Option<&Value>) -> Result<Reply, Fault> {
        let what = format!("{} {}", operation.method.as_str(), operation.path);
        let status = answer.and_then(|answer| Some((answer, operation::bulk_status(answer)?)));
        match status {
            Some((answer, 200..=299)) => {
                let location = answer.get("location").and_then(Value::as_str);
                Ok(reply(answer.get("response").cloned().unwrap_or_default(), location))
            }
            Some((answer, status)) => {
                Err(Fault::refused_in_bulk(status, &answer["response"], &what, &self.client))
            }
            None => Err(Fault::nonsense(format!("{what}: the service left it out of its answer to many"))),
        }
    }

    /// Sends a request. What befalls one may be about what is in it; if the next one fares no better, it is the
    /// service.
    fn send(&mut self, call: &Call<'_>) -> Result<Answer, Fault> {
        let mut result = self.send_patiently(call);
        let is_silent = matches!(&result, Err(fault) if fault.reach == Reach::Next);
        if let Err(fault) = &mut result
            && is_silent
        {
            fault.reach = if self.was_silent { Reach::All } else { Reach::This };
        }
        self.was_silent = is_silent;
        result
    }

    fn send_patiently(&mut self, call: &Call<'_>) -> Result<Answer, Fault> {
        // A filter is long, and says nothing to an operator.
        let path = call.path.split('?').next().unwrap_or_default();
        let what = format!("{} {path}", call.method.as_str());
        for patience in (0..PATIENT_TRIES).rev() {
            self.give_sign();
            let answer = self.client.send(self.request(call)?).map_err(Fault::unanswered)?;
            let now = SystemTime::now();
            match answer.status {
                200..=299 => return Ok(answer),
                429 | 503 if patience > 0 => match answer.retry_after(now) {
                    Some(wait) if wait <= PATIENCE => {
                        tracing::debug!(?wait, "the service asks to be left alone");
                        thread::sleep(wait);
                    }
                    _ => return Err(Fault::refused(&answer, &what, &self.client, now)),
                },
                _ => return Err(Fault::refused(&answer, &what, &self.client, now)),
            }
        }
        Err(Fault::unreached(PluginError::transient(format!(
            "{what}: the service asks for patience without end"
        ))))
    }

    fn request(&self, call: &Call<'_>) -> Result<Request<Vec<u8>>, Fault> {
        let mut request =
            Request::builder().method(call.method.as_str()).uri(format!("{}{}", self.url, call.path));
        request = request.header("accept", "application/scim+json, application/json;q=0.9");
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        if let Some(version) = call.version {
            request = request.header("if-match", version);
        }
        let mut bytes = Vec::new();
        if !call.body.is_null() {
            request = request.header("content-type", "application/scim+json");
            bytes = call.body.to_string().into_bytes();
        }
        request.body(bytes).map_err(|error| {
            Fault::of_change(PluginError::config(format!("no request can be made of `url`: {error}")))
        })
    }

    fn give_sign(&mut self) {
        self.requests += 1;
        if self.sign.elapsed() >= SIGN_OF_LIFE {
            self.sign = Instant::now();
            tracing::info!(requests = self.requests, "still writing to the service");
        }
    }
}

fn authorization(options: &Options) -> Result<Option<HeaderValue>, PluginError> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let secret =
        |secret: &Option<Secret>| secret.as_ref().map(|s| s.expose().to_owned()).filter(|s| !s.is_empty());
    let value = match (secret(&options.token), text(&options.username), secret(&options.password)) {
        (None, None, None) => return Ok(None),
        (Some(token), None, None) => format!("Bearer {}", token.trim()),
        (None, Some(user), Some(password)) => {
            format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
        }
        (None, Some(_), None) => return Err(PluginError::config("`username` is set, but `password` is not")),
        (None, None, Some(_)) => return Err(PluginError::config("`password` is set, but `username` is not")),
        (Some(_), ..) => {
            return Err(PluginError::config(
                "there is a `token`, and also `username` or `password`: give one",
            ));
        }
    };
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| PluginError::config("`token` has characters in it that no token has"))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// A fault that says nothing about any change: the service as a whole can't be used.
fn of_service(fault: Fault) -> Fault {
    let error = match fault.error.class {
        ErrorClass::Transient | ErrorClass::Config => fault.error,
        _ => PluginError::config(format!(
            "{}: look whether `url` is the address of a SCIM service",
            fault.error.message
        )),
    };
    Fault { error, reach: Reach::All, ..fault }
}

fn parse(answer: &Answer, path: &str) -> Result<Value, Fault> {
    let path = path.split('?').next().unwrap_or_default();
    serde_json::from_slice(&answer.body).map_err(|error| {
        let hint = "look whether `url` is the address of a SCIM service";
        Fault::of_change(PluginError::config(format!("{path} is answered with no json ({error}): {hint}")))
    })
}

/// The id stands in the resource, or else at the end of where it is.
fn reply(body: Value, location: Option<&str>) -> Reply {
    let of_location = || location?.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    let id = reading::text(&body["id"]).or_else(of_location).filter(|id| !id.is_empty());
    Reply { id, body: reading::resource(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(more: Value) -> Result<Provider, PluginError> {
        let mut options =
            json!({"url": "https://x/scim/v2/", "caPem": include_str!("../tests/authority.pem")});
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Provider::new(&serde_json::from_value(options).unwrap())
    }

    #[test]
    fn credentials_are_one_of_two_kinds_and_never_printed() {
        let sent = |more: Value| provider(more).unwrap().authorization.unwrap().to_str().unwrap().to_owned();
        assert_eq!(sent(json!({"token": "t0ken"})), "Bearer t0ken");
        assert_eq!(sent(json!({"username": "u", "password": "p"})), "Basic dTpw");
        assert!(!format!("{:?}", provider(json!({"token": "t0ken"})).unwrap()).contains("t0ken"));
        let check = |more: Value, expected: &str| {
            assert_eq!(provider(more).unwrap_err(), PluginError::config(expected));
        };
        check(json!({"username": "u"}), "`username` is set, but `password` is not");
        check(json!({"password": "p"}), "`password` is set, but `username` is not");
        check(
            json!({"token": "t", "username": "u", "password": "p"}),
            "there is a `token`, and also `username` or `password`: give one",
        );
        check(
            json!({"url": "https://x/?a=b"}),
            "`url` has a ? in it; it is the address below which /Users is",
        );
    }

    #[test]
    fn ids_are_in_the_body_or_in_the_location() {
        let id = |body: Value, location: Option<&str>| reply(body, location).id;
        assert_eq!(id(json!({"id": "7"}), Some("https://x/Users/8")).as_deref(), Some("7"));
        assert_eq!(id(json!({"id": 7}), None).as_deref(), Some("7"));
        assert_eq!(id(Value::Null, Some("https://x/Users/8")).as_deref(), Some("8"));
        assert_eq!(id(Value::Null, None), None);
    }
}

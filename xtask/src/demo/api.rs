//! The few calls of the daemon's HTTP API that the demo makes, as docs/http-api.md has them. An answer
//! outside 2xx is an error that carries the answer's own words.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Request;

const CALL_LIMIT: Duration = Duration::from_secs(30);
const SYNC_LIMIT: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(super) struct Api {
    agent: Agent,
    base: String,
    authorization: String,
}

/// What the API says of a task.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task {
    pub(super) status: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) message: String,
    cost_ms: Option<u64>,
    #[serde(default)]
    counts: Value,
}

/// The answer to a sync that was accepted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Accepted {
    task_id: u64,
}

impl Api {
    pub(super) fn new(address: &str, token: &str) -> Api {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(CALL_LIMIT))
            // The daemon is on this machine, whatever proxy the environment names.
            .proxy(None)
            .build();
        Api {
            agent: config.new_agent(),
            base: format!("{address}/api/v1"),
            authorization: format!("Bearer {token}"),
        }
    }

    pub(super) fn has_source(&self, name: &str) -> Result<bool> {
        match self.call("GET", &format!("sources/{name}"), None)? {
            (404, _) => Ok(false),
            answer => expect_success("GET", &format!("sources/{name}"), answer).map(|_| true),
        }
    }

    pub(super) fn create_source(&self, source: &Value) -> Result<()> {
        expect_success("POST", "sources", self.call("POST", "sources", Some(source))?).map(drop)
    }

    /// Syncs a source and waits for the task's end, whatever it is.
    pub(super) fn sync(&self, source: &str) -> Result<Task> {
        let path = format!("sources/{source}/sync");
        let body = json!({ "mode": "full", "dryRun": false });
        let answer = expect_success("POST", &path, self.call("POST", &path, Some(&body))?)?;
        let accepted: Accepted = serde_json::from_str(&answer)
            .with_context(|| format!("failed to read the answer to POST {path}: {answer}"))?;
        let path = format!("tasks/{}", accepted.task_id);
        let start = Instant::now();
        loop {
            let answer = expect_success("GET", &path, self.call("GET", &path, None)?)?;
            let task: Task = serde_json::from_str(&answer)
                .with_context(|| format!("failed to read the answer to GET {path}: {answer}"))?;
            if !matches!(task.status.as_str(), "init" | "processing") {
                return Ok(task);
            }
            ensure!(start.elapsed() < SYNC_LIMIT, "the sync did not end in {SYNC_LIMIT:?}: {answer}");
            thread::sleep(POLL);
        }
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, String)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.base))
            .header("Authorization", &self.authorization);
        let answer = match body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json").body(body.to_string())?;
                self.agent.run(request)
            }
            None => self.agent.run(request.body(())?),
        };
        let mut answer = answer.with_context(|| format!("failed to {method} {}/{path}", self.base))?;
        let text = answer.body_mut().read_to_string();
        Ok((
            answer.status().as_u16(),
            text.with_context(|| format!("failed to read the answer to {method} {path}"))?,
        ))
    }
}

fn expect_success(method: &str, path: &str, (status, text): (u16, String)) -> Result<String> {
    if !(200..300).contains(&status) {
        bail!("{method} {path} was answered with {status}: {text}");
    }
    Ok(text)
}

fn null_is_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl fmt::Display for Task {
    /// One line of the outcome, and one per data type: `user  all 1000, created 1000`; zeros are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the sync ended: {}", self.status)?;
        if let Some(cost) = self.cost_ms {
            write!(f, " in {cost} ms")?;
        }
        if !self.message.is_empty() {
            write!(f, " ({})", self.message)?;
        }
        for data_type in ["department", "user"] {
            let Some(counts) = self.counts[data_type].as_object() else { continue };
            const ORDER: [&str; 7] =
                ["all", "created", "updated", "unchanged", "disabled", "deleted", "failed"];
            let counts = ORDER.iter().filter_map(|name| match counts.get(*name)?.as_u64()? {
                0 if *name != "all" => None,
                count => Some(format!("{name} {count}")),
            });
            write!(f, "\n  {data_type:<12}{}", counts.collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// Serves one answer per connection, in order; gives the requests' first lines and bodies.
    fn serve(answers: &'static [(u16, &'static str)]) -> (String, thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            answers.iter().map(|answer| answer_one(listener.accept().unwrap().0, *answer)).collect()
        });
        (address, server)
    }

    fn answer_one(mut stream: TcpStream, (status, text): (u16, &str)) -> String {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut first, mut length, mut token) = (String::new(), 0, false);
        reader.read_line(&mut first).unwrap();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            token |= line == "authorization: bearer t0ken";
            if let Some(number) = line.strip_prefix("content-length: ") {
                length = number.parse().unwrap();
            }
        }
        assert!(token, "a call without the token");
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        );
        stream.write_all(answer.as_bytes()).unwrap();
        format!("{} {}", first.trim_end().trim_end_matches(" HTTP/1.1"), String::from_utf8(body).unwrap())
    }

    #[test]
    fn a_sync_is_followed_to_its_end() {
        let (address, server) = serve(&[
            (202, r#"{"taskId":7,"batch":"1"}"#),
            (200, r#"{"id":7,"status":"processing","message":null,"costMs":null,"counts":{}}"#),
            (
                200,
                r#"{"id":7,"status":"success","message":null,"costMs":41,"counts":{"user":{"all":3,"created":2,"updated":0,"failed":0,"unchanged":1},"department":{"all":1,"created":1}}}"#,
            ),
        ]);
        let task = Api::new(&address, "t0ken").sync("company").unwrap();
        assert_eq!(
            task.to_string(),
            "the sync ended: success in 41 ms\n  department  all 1, created 1\n  user        all 3, created 2, unchanged 1"
        );
        assert_eq!(
            server.join().unwrap(),
            [
                r#"POST /api/v1/sources/company/sync {"dryRun":false,"mode":"full"}"#,
                "GET /api/v1/tasks/7 ",
                "GET /api/v1/tasks/7 ",
            ]
        );
    }

    #[test]
    fn an_answer_that_refuses_is_an_error_in_its_own_words() {
        let (address, server) = serve(&[(422, r#"{"detail":"options: unknown key"}"#)]);
        let error = Api::new(&address, "t0ken").create_source(&json!({"name": "company"})).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"POST sources was answered with 422: {"detail":"options: unknown key"}"#
        );
        assert_eq!(server.join().unwrap(), [r#"POST /api/v1/sources {"name":"company"}"#]);
    }

    #[test]
    fn a_source_is_there_or_not() {
        let (address, server) = serve(&[(200, "{}"), (404, "{}"), (500, "oops")]);
        let api = Api::new(&address, "t0ken");
        assert!(api.has_source("a").unwrap());
        assert!(!api.has_source("b").unwrap());
        assert!(api.has_source("c").is_err());
        server.join().unwrap();
    }
}

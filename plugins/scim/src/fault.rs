//! Why a request was not done: what the service says (RFC 7644, 3.12), and what that means for the change and
//! for those after it. Pure.

use std::time::SystemTime;

use orgsync_http_client::{Answer, Client};
use orgsync_plugin_api::{Effect, PluginError};
use serde_json::Value;

/// The statuses that ask for patience. Without `Retry-After`, they may be about one request alone.
const PATIENCE: [u16; 4] = [408, 425, 429, 503];

/// A request that was not done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    /// What the host gets to know.
    pub(crate) error: PluginError,
    /// What the service refused it for; `None` if it did not answer.
    pub(crate) refusal: Option<Refusal>,
    pub(crate) reach: Reach,
}

/// The parts of an answer that tell refusals apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// `uniqueness`, `noTarget`… (RFC 7644, table 9).
    pub(crate) kind: String,
}

/// How far a fault goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Other requests may be done.
    This,
    /// The next request tells: if it fares no better, no other would be done now.
    Next,
    /// No other request would be done now.
    All,
}

impl Fault {
    /// Nothing more is asked of the service now.
    pub(crate) fn unreached(error: PluginError) -> Self {
        Self { error, refusal: None, reach: Reach::All }
    }

    /// The service did not answer; perhaps because of what it was asked, if it was.
    pub(crate) fn unanswered(error: PluginError) -> Self {
        let reach = if error.effect() == Effect::Nothing { Reach::All } else { Reach::Next };
        Self { error, refusal: None, reach }
    }

    /// The same, of a request that changes nothing.
    pub(crate) fn of_reading(self) -> Self {
        Self { error: self.error.with_effect(Effect::Nothing), ..self }
    }

    /// The same, about a change of which a part may be done.
    pub(crate) fn of_part(self) -> Self {
        Self { error: self.error.with_effect(Effect::Unknown), ..self }
    }

    /// The service answered, and what it answered can't be used.
    pub(crate) fn nonsense(message: impl std::fmt::Display) -> Self {
        Self { error: PluginError::transient(message), refusal: None, reach: Reach::This }
    }

    /// Something about this change.
    pub(crate) fn of_change(error: PluginError) -> Self {
        Self { error, refusal: None, reach: Reach::This }
    }

    /// The service answered with a status that is none of success; `what` was tried.
    pub(crate) fn refused(answer: &Answer, what: &str, client: &Client, now: SystemTime) -> Self {
        let said = format!("{what}: the service {}", client.describe(answer));
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let fault = Self::of_status(answer.status, kind(&body), said);
        match answer.retry_after(now) {
            Some(wait) => Self { error: fault.error.retry_after(wait), ..fault },
            None if fault.reach == Reach::All && fault.is(&PATIENCE) => Self { reach: Reach::Next, ..fault },
            None => fault,
        }
    }

    /// One operation of many was answered with a status that is none of success.
    pub(crate) fn refused_in_bulk(status: u16, response: &Value, what: &str, client: &Client) -> Self {
        let said = match response.get("detail").and_then(Value::as_str) {
            Some(detail) => format!("{what}: the service answered with {status} ({})", client.mask(detail)),
            None => format!("{what}: the service answered with {status}"),
        };
        // It answered for the others, too.
        Self { reach: Reach::This, ..Self::of_status(status, kind(response), said) }
    }

    fn of_status(status: u16, kind: String, said: String) -> Self {
        let (error, reach) = match status {
            401 => {
                let hint = "look at `token`, or `username` and `password`";
                (PluginError::config(format!("{said}: {hint}")), Reach::All)
            }
            408 | 425 | 429 | 503 => (PluginError::transient(said), Reach::All),
            412 | 428 | 500.. => (PluginError::transient(said), Reach::This),
            400 | 409 | 413 | 422 => (PluginError::invalid(said), Reach::This),
            300..=399 => {
                let hint = "redirects are not followed: put the address that it points to into `url`";
                (PluginError::config(format!("{said}: {hint}")), Reach::All)
            }
            _ => (PluginError::config(said), Reach::This),
        };
        Self { error, refusal: Some(Refusal { status, kind }), reach }
    }

    /// Whether the service answered with one of these.
    pub(crate) fn is(&self, statuses: &[u16]) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| statuses.contains(&refusal.status))
    }

    /// Whether something else has a value that only one may have.
    pub(crate) fn is_conflict(&self) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| refusal.status == 409 || refusal.kind == "uniqueness")
    }

    /// Whether what was to be taken away is not there.
    pub(crate) fn is_no_target(&self) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| refusal.status == 400 && refusal.kind == "noTarget")
    }

    /// Whether the request is refused for what is in it.
    pub(crate) fn is_of_content(&self) -> bool {
        self.is(&[400, 404, 409, 413, 422])
    }

    /// Whether things may be as they should be all the same: services refuse in many ways to do what is done
    /// already, and some fail only after they did it.
    pub(crate) fn leaves_open(&self) -> bool {
        self.reach == Reach::This
            && match &self.refusal {
                None => true,
                Some(refusal) => {
                    self.is_of_content()
                        || self.is(&[403, 410])
                        || (refusal.status >= 500 && refusal.status != 501)
                }
            }
    }

    /// Whether the service knows no such method.
    pub(crate) fn is_of_method(&self) -> bool {
        self.is(&[405, 501])
    }

    /// Whether the change has to be bound to the version that it is for.
    pub(crate) fn is_of_version(&self) -> bool {
        self.is(&[412, 428])
    }
}

fn kind(body: &Value) -> String {
    body.get("scimType").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use orgsync_plugin_api::ErrorClass;

    use super::*;

    #[test]
    fn statuses_have_classes_and_reach() {
        let check = |status: u16, class: ErrorClass, reach: Reach| {
            let fault = Fault::of_status(status, String::new(), "x".into());
            assert_eq!((fault.error.class, fault.reach), (class, reach), "{status}");
        };
        check(401, ErrorClass::Config, Reach::All);
        check(302, ErrorClass::Config, Reach::All);
        for status in [403, 404, 405] {
            check(status, ErrorClass::Config, Reach::This);
        }
        for status in [400, 409, 413, 422] {
            check(status, ErrorClass::Invalid, Reach::This);
        }
        for status in [429, 503] {
            check(status, ErrorClass::Transient, Reach::All);
        }
        for status in [412, 500, 502] {
            check(status, ErrorClass::Transient, Reach::This);
        }
    }

    #[test]
    fn conflicts_come_with_either_status() {
        let fault = |status: u16, kind: &str| Fault::of_status(status, kind.into(), "x".into());
        assert!(fault(409, "").is_conflict() && fault(400, "uniqueness").is_conflict());
        assert!(!fault(400, "invalidValue").is_conflict() && fault(400, "noTarget").is_no_target());
    }
}

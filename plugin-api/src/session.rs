//! Turns a vendor's [`Source`] or [`Target`] into what the boundary knows: a session that answers operations.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::batches::Batches;
use crate::host::Host;
use crate::message::{self, APPLY, Applied, Apply, CHECK, Checked, OfferKind, READ};
use crate::{PluginError, ReadRequest, Source, Target};

/// An opened source or target, before panics are guarded against.
pub trait Session: Send {
    /// Carries out one operation of [`crate::message`].
    ///
    /// # Errors
    /// The vendor's own, or `unsupported` for an operation that it doesn't know.
    fn call(&mut self, op: &str, payload: &[u8]) -> Result<Vec<u8>, PluginError>;
}

#[doc(hidden)]
pub fn source<S>(options: &str, host: &Arc<Host>) -> Result<Box<dyn Session>, PluginError>
where
    S: Source + Send + 'static,
{
    Ok(Box::new(SourceSession { source: S::open(parse(options)?)?, host: Arc::clone(host) }))
}

#[doc(hidden)]
pub fn target<T>(options: &str, _: &Arc<Host>) -> Result<Box<dyn Session>, PluginError>
where
    T: Target + Send + 'static,
{
    Ok(Box::new(TargetSession { target: T::open(parse(options)?)? }))
}

#[doc(hidden)]
pub fn not_offered(kind: OfferKind, name: &str) -> PluginError {
    PluginError::unsupported(format!("this plugin offers no {} `{name}`", kind.as_str()))
}

struct SourceSession<S> {
    source: S,
    host: Arc<Host>,
}

impl<S: Source + Send> Session for SourceSession<S> {
    fn call(&mut self, op: &str, payload: &[u8]) -> Result<Vec<u8>, PluginError> {
        match op {
            CHECK => {
                self.source.check()?;
                match self.source.notes() {
                    notes if notes.is_empty() => Ok(Vec::new()),
                    notes => message::encode(&Checked { notes }),
                }
            }
            READ => {
                let request: ReadRequest = message::decode(op, payload)?;
                let mut host = &*self.host;
                let mut out = Batches::new(&mut host);
                let end = self.source.read(&request, &mut out)?;
                out.finish()?;
                message::encode(&end)
            }
            _ => Err(message::unsupported(op)),
        }
    }
}

struct TargetSession<T> {
    target: T,
}

impl<T: Target + Send> Session for TargetSession<T> {
    fn call(&mut self, op: &str, payload: &[u8]) -> Result<Vec<u8>, PluginError> {
        match op {
            CHECK => self.target.check().map(|()| Vec::new()),
            APPLY => {
                let Apply { changes } = message::decode(op, payload)?;
                let outcomes = self.target.apply(&changes)?;
                if outcomes.len() != changes.len() {
                    let (got, wanted) = (outcomes.len(), changes.len());
                    let message = format!("the target answered {got} outcomes to {wanted} changes");
                    return Err(PluginError::invalid(message));
                }
                message::encode(&Applied { outcomes })
            }
            _ => Err(message::unsupported(op)),
        }
    }
}

fn parse<O: DeserializeOwned>(options: &str) -> Result<O, PluginError> {
    serde_json::from_str(options)
        .map_err(|error| PluginError::config(format!("the options are not as the schema says: {error}")))
}

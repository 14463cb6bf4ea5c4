//! A SCIM service within the test: a real HTTP server on loopback, its state in memory, where a test can look
//! and make changes by hand. Its [`Quirks`] are those of services that people have; they can be changed while
//! it runs, and a test decides the [`Fate`] of any request.

mod filter;
mod patch;
mod quirks;
mod shelves;
mod state;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use super::receiver::{Receiver, Reply, Request};
pub(crate) use quirks::{Quirks, Versions};
use state::State;

/// What becomes of a request, whatever it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered,
    /// It is done, and the connection breaks before the answer.
    AnswerLost,
    /// The connection breaks before anything is done.
    Unheard,
    /// Nothing is done, and this status is answered.
    Refused(u16),
    /// It is done, and this status is answered all the same.
    Denied(u16),
}

/// `/Users` or `/Groups`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shelf {
    Users,
    Groups,
}

type Oracle = dyn FnMut(&Request) -> Fate + Send;

/// The running service.
pub(crate) struct ScimStandIn {
    receiver: Receiver,
    state: Arc<Mutex<State>>,
    oracle: Arc<Mutex<Box<Oracle>>>,
}

impl ScimStandIn {
    pub(crate) fn start(quirks: Quirks) -> Self {
        let state = Arc::new(Mutex::new(State::new(quirks)));
        let answered: Box<Oracle> = Box::new(|_| Fate::Answered);
        let oracle = Arc::new(Mutex::new(answered));
        let (served, asked) = (state.clone(), oracle.clone());
        let receiver = Receiver::start(move |request| {
            let fate = asked.lock().unwrap()(request);
            match fate {
                Fate::Unheard => Reply::lost(),
                Fate::Refused(status) => shelves::refused(status, "out of order", None),
                Fate::Answered => shelves::answer(&mut served.lock().unwrap(), request),
                Fate::AnswerLost => {
                    shelves::answer(&mut served.lock().unwrap(), request);
                    Reply::lost()
                }
                Fate::Denied(status) => {
                    shelves::answer(&mut served.lock().unwrap(), request);
                    shelves::refused(status, "done, and then something broke", None)
                }
            }
        });
        Self { receiver, state, oracle }
    }

    pub(crate) fn url(&self) -> String {
        self.receiver.url()
    }

    /// Decides what becomes of requests from now on.
    pub(crate) fn decide(&self, oracle: impl FnMut(&Request) -> Fate + Send + 'static) {
        *self.oracle.lock().unwrap() = Box::new(oracle);
    }

    /// Every request is answered again.
    pub(crate) fn recover(&self) {
        self.decide(|_| Fate::Answered);
    }

    /// The next of those requests has this fate, and all others are answered.
    pub(crate) fn once(&self, fate: Fate, which: impl Fn(&Request) -> bool + Send + 'static) {
        let mut left = 1;
        self.decide(move |request| {
            if left > 0 && which(request) {
                left -= 1;
                return fate;
            }
            Fate::Answered
        });
    }

    /// Changes the quirks.
    pub(crate) fn quirks(&self, change: impl FnOnce(&mut Quirks)) {
        change(&mut self.state().quirks);
    }

    /// All users as they are, by id, whatever is shown of them.
    pub(crate) fn users(&self) -> BTreeMap<String, Value> {
        self.state().all(Shelf::Users)
    }

    /// All groups as they are, by id, with their members.
    pub(crate) fn groups(&self) -> BTreeMap<String, Value> {
        self.state().all(Shelf::Groups)
    }

    /// The user names of a group's members, sorted; whoever is no user is shown by id.
    pub(crate) fn members(&self, group: &str) -> Vec<String> {
        let users = self.users();
        let groups = self.groups();
        let name =
            |id: &str| users.get(id).and_then(|user| user["userName"].as_str()).unwrap_or(id).to_owned();
        let members = groups.get(group).map(state::member_ids).unwrap_or_default();
        let mut names: Vec<String> = members.iter().map(|id| name(id)).collect();
        names.sort();
        names
    }

    /// Makes a resource by hand, and gives its id.
    pub(crate) fn insert(&self, shelf: Shelf, resource: Value) -> String {
        self.state().insert(shelf, resource)
    }

    /// Changes a resource by hand.
    pub(crate) fn change(&self, shelf: Shelf, id: &str, change: impl FnOnce(&mut Value)) {
        let mut state = self.state();
        let mut resource = state.get(shelf, id).cloned().unwrap();
        change(&mut resource);
        state.write(shelf, id, resource);
    }

    /// Deletes a resource by hand.
    pub(crate) fn remove(&self, shelf: Shelf, id: &str) {
        assert!(self.state().remove(shelf, id), "there is no {id}");
    }

    /// The requests since this was asked last.
    pub(crate) fn take_requests(&self) -> Vec<Request> {
        self.receiver.take()
    }

    /// Those of them that write.
    pub(crate) fn take_writes(&self) -> Vec<Request> {
        self.take_requests().into_iter().filter(|request| request.method != "GET").collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

//! Keeps panics on the plugin's side of the boundary: across it they would abort the process without a word.

use std::any::Any;
use std::cell::RefCell;
use std::mem;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use crate::message::CLOSE;
use crate::session::Session;
use crate::{ErrorClass, PluginError};

thread_local! {
    /// What the panic hook saw in this thread, while [`run`] is on its stack.
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// A session that outlives its own panics: after one, it answers only that it panicked.
pub struct Guarded(Option<Box<dyn Session>>);

impl Guarded {
    /// Guards a session.
    pub fn new(session: Box<dyn Session>) -> Self {
        Self(Some(session))
    }

    /// Carries out one operation; [`CLOSE`] drops the session.
    ///
    /// # Errors
    /// The session's own, or one of class `panic`.
    pub fn call(&mut self, op: &str, payload: &[u8]) -> Result<Vec<u8>, PluginError> {
        let Some(session) = self.0.take() else {
            return Err(PluginError::new(ErrorClass::Panic, "it panicked or was closed before"));
        };
        if op == CLOSE {
            return run(|| {
                drop(session);
                Ok(Vec::new())
            });
        }
        // A session that panicked is leaked rather than dropped: its state can't be trusted.
        let mut session = mem::ManuallyDrop::new(session);
        let answer = run(|| session.call(op, payload));
        if !matches!(&answer, Err(PluginError { class: ErrorClass::Panic, .. })) {
            self.0 = Some(mem::ManuallyDrop::into_inner(session));
        }
        answer
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(session) = self.0.take()
            && let Err(error) = run(|| {
                drop(session);
                Ok(())
            })
        {
            tracing::error!("{error}");
        }
    }
}

impl std::fmt::Debug for Guarded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guarded").field("open", &self.0.is_some()).finish()
    }
}

/// Runs code of the vendor's. Its panics become errors that say where they happened.
pub(crate) fn run<T>(code: impl FnOnce() -> Result<T, PluginError>) -> Result<T, PluginError> {
    let outer = SEEN.replace(Some(Seen::default()));
    let result = panic::catch_unwind(AssertUnwindSafe(code));
    let seen = SEEN.replace(outer).unwrap_or_default();
    result.unwrap_or_else(|payload| {
        let message = seen.message.unwrap_or_else(|| format!("panicked: {}", text(&*payload)));
        // Dropping a payload may panic again.
        mem::forget(payload);
        Err(PluginError::new(ErrorClass::Panic, message))
    })
}

/// Notes where panics happen. Those in threads of the vendor's own, which nothing catches, go to stderr as
/// ever.
pub(crate) fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let default = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let guarded = SEEN.with_borrow_mut(|seen| seen.as_mut().map(|seen| seen.note(info)).is_some());
            // Where panics abort, nobody will come to tell what was noted.
            if !guarded || cfg!(panic = "abort") {
                default(info);
            }
        }));
    });
}

#[derive(Default)]
struct Seen {
    message: Option<String>,
}

impl Seen {
    fn note(&mut self, info: &PanicHookInfo<'_>) {
        let place = info.location().map(|place| format!(" at {place}")).unwrap_or_default();
        self.message = Some(format!("panicked{place}: {}", text(info.payload())));
    }
}

fn text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Faulty;

    impl Session for Faulty {
        fn call(&mut self, op: &str, _: &[u8]) -> Result<Vec<u8>, PluginError> {
            match op {
                "fine" => Ok(b"ok".to_vec()),
                "panic" => panic!("{} and {}", 1, 2),
                _ => Err(crate::message::unsupported(op)),
            }
        }
    }

    impl Drop for Faulty {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }

    fn faulty() -> Guarded {
        install_hook();
        Guarded::new(Box::new(Faulty))
    }

    #[test]
    fn a_panic_says_where_and_poisons() {
        let mut session = faulty();
        assert_eq!(session.call("fine", b"").unwrap(), b"ok");
        let error = session.call("panic", b"").unwrap_err();
        assert_eq!(error.class, ErrorClass::Panic);
        assert!(error.message.starts_with("panicked at plugin-api/src/guard.rs:"), "{error}");
        assert!(error.message.ends_with(": 1 and 2"), "{error}");
        assert_eq!(session.call("fine", b"").unwrap_err().message, "it panicked or was closed before");
    }

    #[test]
    fn a_panic_in_drop_is_the_answer_to_close() {
        let error = faulty().call(CLOSE, b"").unwrap_err();
        assert!(error.message.ends_with(": in drop"), "{error}");
    }

    #[test]
    fn dropping_without_close_does_not_unwind() {
        drop(faulty());
    }

    #[test]
    fn unknown_operations_are_unsupported_and_harmless() {
        let mut session = faulty();
        assert_eq!(session.call("fly", b"").unwrap_err().class, ErrorClass::Unsupported);
        assert!(session.call("fine", b"").is_ok());
    }
}

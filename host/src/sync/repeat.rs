//! Pushes that a client may repeat: under the same key, the same push is taken once, however often it
//! arrives, and answered by the task that it began.

use tokio::sync::oneshot;

use crate::domain::ids::TokenId;
use crate::domain::task::Task;

/// Milliseconds for which a key is kept.
pub const KEPT: i64 = 24 * 60 * 60 * 1_000;

/// How a client may repeat a push.
#[derive(Debug)]
pub struct Repeatable {
    /// Whose the key is; none for the admin token.
    pub holder: Option<TokenId>,
    /// The key.
    pub key: String,
    /// Told what the push was, once it has been received completely; dropped if it breaks off.
    pub fingerprint: oneshot::Receiver<String>,
}

/// A push that came before, under the key of the one that was to be taken now.
#[derive(Debug)]
pub struct Repeated {
    /// The task that it began.
    pub task: Task,
    /// What it was; none as long as it is still being received.
    pub sealed: Option<String>,
    /// What the one is that came now.
    pub fingerprint: oneshot::Receiver<String>,
}

/// How the holder of a key is kept.
pub(crate) fn holder_number(holder: Option<TokenId>) -> i64 {
    holder.map_or(0, |token| token.0)
}

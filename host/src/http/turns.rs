//! How many answers are made at once: what the database gives is in memory until the answer is written out, so those
//! who ask take turns. A client has its own share of the turns, so that one that asks for much only waits for itself.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::clients::client_of;
use super::problem::Problem;

/// Fewer than there are connections that read, so that one is left for what is not asked for by requests to read.
pub(crate) const TURNS: usize = 3;
/// Those of one client.
const OF_CLIENT: usize = 2;
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far apart the turns of clients are that do not read.
const PAUSE: Duration = Duration::from_millis(50);

/// The turns of all clients.
#[derive(Debug)]
pub(crate) struct Turns {
    all: Arc<Semaphore>,
    /// The one turn of those who do not read.
    slow: tokio::sync::Mutex<()>,
    by_client: Mutex<HashMap<IpAddr, Weak<Semaphore>>>,
}

/// A turn, until the answer is counted among those that are sent.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    _permits: Arc<[OwnedSemaphorePermit; 2]>,
}

impl Turns {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            all: Arc::new(Semaphore::new(TURNS)),
            slow: tokio::sync::Mutex::default(),
            by_client: Mutex::default(),
        })
    }

    /// A turn, in the order of arrival among the requests of the same client.
    /// A client that does not read what it has (`is_slow`) may still ask for something small, but waits before each turn, so
    /// that little is made which then has no room.
    pub(crate) async fn take(&self, peer: IpAddr, is_slow: bool) -> Result<Turn, Problem> {
        let own = self.of_client(client_of(peer));
        let both = async {
            // First its own, so that whoever waits for others of its client holds up nobody else.
            let own = own.acquire_owned().await.ok()?;
            if is_slow {
                let _one = self.slow.lock().await;
                tokio::time::sleep(PAUSE).await;
            }
            let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some([own, all])
        };
        let permits = timeout(PATIENCE, both).await.ok().flatten().ok_or_else(|| {
            Problem::unavailable(format!(
                "{OF_CLIENT} requests of one client are answered at once, and this one waited {PATIENCE:?} for those before \
                 it; send fewer at a time"
            ))
        })?;
        Ok(Turn { _permits: Arc::new(permits) })
    }

    fn of_client(&self, client: IpAddr) -> Arc<Semaphore> {
        let mut clients = self.by_client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = clients.get(&client).and_then(Weak::upgrade) {
            return own;
        }
        clients.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(OF_CLIENT));
        clients.insert(client, Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_has_a_share_of_the_turns_and_waits_for_itself() {
        let turns = Turns::new();
        let mut held = Vec::new();
        for _ in 0..OF_CLIENT {
            held.push(turns.take(client(1), false).await.unwrap());
        }
        let waiting = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move { turns.take(client(1), false).await }
        });
        tokio::task::yield_now().await;
        let other = turns.take(client(2), true).await.unwrap();
        assert!(!waiting.is_finished());
        drop(held.pop());
        held.push(waiting.await.unwrap().unwrap());
        let refused = turns.take(client(1), false).await.unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.detail.contains("send fewer")), (503, true));
        drop((held, other));
        assert_eq!(turns.all.available_permits(), TURNS);
        drop(turns.take(client(3), false).await.unwrap());
        assert_eq!(turns.by_client.lock().unwrap().len(), 1, "those who have left are forgotten");
    }
}

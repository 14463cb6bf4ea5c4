//! How many bytes of answers may wait for their clients to take them, for all together and for each client. An answer
//! for which there is no room is not kept: whoever does not read must not fill the memory.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;

use crate::metrics;

use super::clients::client_of;
use super::fair::may_have;
use super::problem::Problem;

/// Answers up to this size are not counted: every connection may hold one.
const FREE: usize = 64 << 10;

/// The answers that are being sent.
#[derive(Debug)]
pub(super) struct Answers {
    most: usize,
    held: Mutex<Holding>,
}

#[derive(Debug, Default)]
struct Holding {
    all: usize,
    by_client: HashMap<IpAddr, Own>,
}

/// What one client has not read yet.
#[derive(Debug, Default, Clone, Copy)]
struct Own {
    bytes: usize,
    answers: usize,
}

/// Room for one answer, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    answers: Arc<Answers>,
    client: IpAddr,
    bytes: usize,
}

impl Answers {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, held: Mutex::default() })
    }

    /// Room for an answer; none is needed for a small one.
    pub(super) fn room(self: &Arc<Self>, peer: IpAddr, bytes: usize) -> Result<Option<Arc<Room>>, Problem> {
        if bytes <= FREE {
            return Ok(None);
        }
        let client = client_of(peer);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.by_client.get(&client).copied().unwrap_or_default();
        if !may_have(own.bytes, bytes, self.most.saturating_sub(held.all)) {
            drop(held);
            return Err(self.refused());
        }
        held.all += bytes;
        held.by_client.insert(client, Own { bytes: own.bytes + bytes, answers: own.answers + 1 });
        metrics::answers_held(held.all);
        Ok(Some(Arc::new(Room { answers: Arc::clone(self), client, bytes })))
    }

    /// Whether one more answer to a client has room if it is as large as those that it has not read.
    pub(super) fn has_room(&self, peer: IpAddr) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(own) = held.by_client.get(&client_of(peer)) else { return true };
        let usual = own.bytes / own.answers.max(1);
        may_have(own.bytes, usual, self.most.saturating_sub(held.all))
    }

    fn refused(&self) -> Problem {
        metrics::answer_refused();
        let most = self.most;
        Problem::unavailable(format!(
            "answers that their clients have not read yet fill the memory that there is for them ({most} bytes, and \
             less for one client); read answers before you ask for more, or ask for fewer rows with `limit`"
        ))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut held = self.answers.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.all -= self.bytes;
        if let Some(own) = held.by_client.get_mut(&self.client) {
            own.bytes -= self.bytes;
            own.answers -= 1;
            if own.answers == 0 {
                held.by_client.remove(&self.client);
            }
        }
        metrics::answers_held(held.all);
    }
}

/// A piece of an answer that keeps the room for it until it is sent and nobody holds it any more.
pub(super) fn kept_in(room: &Arc<Room>, piece: Bytes) -> Bytes {
    Bytes::from_owner(Kept { piece, _room: Arc::clone(room) })
}

struct Kept {
    piece: Bytes,
    _room: Arc<Room>,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_nobody_reads_have_a_bound_for_one_client_and_for_all() {
        let answers = Answers::new(16 * FREE);
        let room = |last: u8, bytes: usize| answers.room(IpAddr::from([192, 0, 2, last]), bytes);
        assert!(room(1, FREE).unwrap().is_none(), "a small one is free");
        let large = 2 * FREE;
        let first: Vec<_> = std::iter::from_fn(|| room(1, large).ok().flatten()).collect();
        let second: Vec<_> = std::iter::from_fn(|| room(2, large).ok().flatten()).collect();
        assert_eq!((first.len(), second.len()), (4, 2));
        let refused = room(1, large).unwrap_err();
        assert_eq!(
            [1, 2, 3].map(|last| answers.has_room(IpAddr::from([192, 0, 2, last]))),
            [false, false, true]
        );
        assert_eq!((refused.status.as_u16(), refused.detail.contains("read answers")), (503, true));
        let third = room(3, large).unwrap().unwrap();
        assert!(room(4, 16 * FREE).is_err());
        drop((first, second));
        let piece = kept_in(&third, Bytes::from(vec![0; large]));
        let part = piece.slice(..1);
        drop((third, piece));
        assert!(room(4, 16 * FREE).is_err(), "it is held until the last byte is sent");
        drop(part);
        drop(room(4, 16 * FREE).unwrap());
        let held = answers.held.lock().unwrap();
        assert_eq!((held.all, held.by_client.len()), (0, 0));
    }
}

//! How much of the daemon pushes may take: places for pushes under way, and memory for bodies that are held
//! whole, for all together and for those to one source. A push beyond that is told to come back, before its
//! body is read, so that the clients of a few sources never take what those of another need.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::extract::{Extension, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::config::HttpConfig;
use crate::domain::ids::TokenId;
use crate::metrics;
use crate::store::sources;
use crate::sync::error::SyncError;

use super::auth::Grant;
use super::fair::may_have;
use super::problem::Problem;
use super::router::App;

/// What pushes share.
#[derive(Debug)]
pub(crate) struct Admission {
    /// How many places are taken.
    placed: Mutex<usize>,
    /// Told when a place is given back.
    given_back: Notify,
    limits: HttpConfig,
    /// Bytes of bodies that are held now.
    held: AtomicUsize,
    /// What each party has, as long as it has anything or waits for it.
    shares: Mutex<HashMap<Party, Weak<Share>>>,
}

/// Whose pushes are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Party {
    /// Those to one source.
    Source(String),
    /// Those of one token, as long as only their bodies tell their sources. None is the admin token.
    Token(Option<TokenId>),
}

impl Party {
    /// The party of a push with this grant to the source that its path names, if it names one.
    pub(crate) fn of(grant: &Grant, named: Option<&str>) -> Self {
        let source = grant.source.as_deref().or(named);
        source.map_or(Self::Token(grant.token), |name| Self::Source(name.to_owned()))
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(name) => write!(f, "to source `{name}`"),
            Self::Token(_) => f.write_str("with this token"),
        }
    }
}

/// What one party has.
#[derive(Debug)]
struct Share {
    party: Party,
    places: Arc<Semaphore>,
    /// Held by the one of its pushes that waits for a place of those of all, so that they get them in their order.
    first: tokio::sync::Mutex<()>,
    /// How many of the places of all it has.
    placed: AtomicUsize,
    /// Bytes of its bodies that are held now.
    held: AtomicUsize,
}

/// A place of a push, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _of_party: OwnedSemaphorePermit,
    _share: Arc<Share>,
    _of_all: Option<OfAll>,
}

/// One of the places of all, given back when it is dropped.
#[derive(Debug)]
struct OfAll {
    admission: Arc<Admission>,
    share: Arc<Share>,
}

/// Bytes that one push holds; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    admission: Arc<Admission>,
    share: Arc<Share>,
    bytes: usize,
}

impl Admission {
    pub(crate) fn new(limits: &HttpConfig) -> Arc<Self> {
        Arc::new(Self {
            placed: Mutex::default(),
            given_back: Notify::new(),
            limits: *limits,
            held: AtomicUsize::new(0),
            shares: Mutex::default(),
        })
    }

    fn share(&self, party: Party) -> Arc<Share> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(&party).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let places = Arc::new(places(self.limits.pushes_per_source()));
        let share = Arc::new(Share {
            party: party.clone(),
            places,
            first: tokio::sync::Mutex::default(),
            placed: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
        });
        shares.insert(party, Arc::downgrade(&share));
        share
    }

    /// A place for a push, in the order of arrival among those of its party; none if there is none for too long. It
    /// waits for one of its party first, so that a party without a place takes none of the others'.
    async fn place(self: &Arc<Self>, party: Party) -> Result<Place, Problem> {
        let share = self.share(party);
        let until = Instant::now() + self.limits.push_timeout;
        let of_party = self.place_of(&share, until).await?;
        let of_all = timeout_at(until, self.place_of_all(&share)).await;
        let of_all = of_all.map_err(|_| crowded(None, self.limits.max_pushes))?;
        Ok(Place { _of_party: of_party, _share: share, _of_all: Some(of_all) })
    }

    /// One of the places of all, once there is one for this party.
    async fn place_of_all(self: &Arc<Self>, share: &Arc<Share>) -> OfAll {
        let _first = share.first.lock().await;
        loop {
            let mut given_back = std::pin::pin!(self.given_back.notified());
            // What is given back after this look is told.
            given_back.as_mut().enable();
            if let Some(place) = self.take_place(share) {
                return place;
            }
            given_back.await;
        }
    }

    /// Takes one of the places of all, if its party may have one more.
    fn take_place(self: &Arc<Self>, share: &Arc<Share>) -> Option<OfAll> {
        let mut placed = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own) = (self.limits.max_pushes, share.placed.load(Ordering::Relaxed));
        let free = all.saturating_sub(*placed);
        if free == 0 || self.limits.pushes_per_source() < all && !may_have(own, 1, free) {
            return None;
        }
        *placed += 1;
        share.placed.fetch_add(1, Ordering::Relaxed);
        Some(OfAll { admission: Arc::clone(self), share: Arc::clone(share) })
    }

    /// A place among those to a source, for a push that has one already but not of that source.
    pub(crate) async fn join(&self, source: &str) -> Result<Place, Problem> {
        let share = self.share(Party::Source(source.to_owned()));
        let of_party = self.place_of(&share, Instant::now() + self.limits.push_timeout).await?;
        Ok(Place { _of_party: of_party, _share: share, _of_all: None })
    }

    async fn place_of(&self, share: &Share, until: Instant) -> Result<OwnedSemaphorePermit, Problem> {
        let place = timeout_at(until, Arc::clone(&share.places).acquire_owned()).await;
        place.ok().and_then(Result::ok).ok_or_else(|| {
            let (most, all) = (self.limits.pushes_per_source(), self.limits.max_pushes);
            crowded(Some(&share.party).filter(|_| most < all), most)
        })
    }

    /// What a push of a party holds that has read nothing yet.
    pub(crate) fn hold(self: &Arc<Self>, party: Party) -> Held {
        Held { admission: Arc::clone(self), share: self.share(party), bytes: 0 }
    }
}

fn places(count: usize) -> Semaphore {
    Semaphore::new(count.min(Semaphore::MAX_PERMITS))
}

impl Drop for OfAll {
    fn drop(&mut self) {
        let mut placed = self.admission.placed.lock().unwrap_or_else(PoisonError::into_inner);
        *placed -= 1;
        self.share.placed.fetch_sub(1, Ordering::Relaxed);
        drop(placed);
        self.admission.given_back.notify_waiters();
    }
}

impl Held {
    /// Takes room for more.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        let (of_party, of_all) = self.limits();
        let taken = take(&self.share.held, bytes, of_party);
        let before_of_party = taken.ok_or_else(|| full(Some(&self.share.party), of_party))?;
        let room = self.room(before_of_party, bytes);
        let Some(before) = take(&self.admission.held, bytes, room) else {
            self.share.held.fetch_sub(bytes, Ordering::Relaxed);
            return Err(full(None, of_all));
        };
        metrics::buffered(before + bytes);
        self.bytes += bytes;
        Ok(())
    }

    /// Refuses a body for which there is no room now. It gets none yet: a client that announces much and
    /// sends little must not take the room of others.
    pub(crate) fn has_room_for(&self, bytes: usize) -> Result<(), Problem> {
        let (of_party, of_all) = self.limits();
        let fits =
            |held: &AtomicUsize, most: usize| bytes <= most.saturating_sub(held.load(Ordering::Relaxed));
        if !fits(&self.share.held, of_party) {
            return Err(full(Some(&self.share.party), of_party));
        }
        let before = self.share.held.load(Ordering::Relaxed);
        if fits(&self.admission.held, self.room(before, bytes)) { Ok(()) } else { Err(full(None, of_all)) }
    }

    /// How many bytes all may hold once its party holds so many more than before: a party leaves as much as it has, so
    /// that a few parties never have it all. As long as nobody else holds anything, it may have what is its own.
    fn room(&self, before: usize, bytes: usize) -> usize {
        let (of_party, of_all) = self.limits();
        let is_alone = self.admission.held.load(Ordering::Relaxed) <= before;
        let left = if is_alone || of_party == of_all { 0 } else { before.saturating_add(bytes) };
        of_all.saturating_sub(left)
    }

    /// The most bytes of its party and of all.
    fn limits(&self) -> (usize, usize) {
        let limits = &self.admission.limits;
        (limits.buffered_bytes_per_source(), limits.max_buffered_bytes)
    }
}

/// Adds bytes unless there are too many then; tells how many there were before.
fn take(held: &AtomicUsize, bytes: usize, most: usize) -> Option<usize> {
    let more = |held: usize| held.checked_add(bytes).filter(|held| *held <= most);
    held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()
}

fn crowded(party: Option<&Party>, most: usize) -> Problem {
    metrics::push_refused(if party.is_some() { metrics::Lack::SourcePlaces } else { metrics::Lack::Places });
    let whose = party.map(|party| format!(" {party}")).unwrap_or_default();
    Problem::unavailable(format!(
        "as many pushes{whose} are under way as may be at once ({most}); try again in a while"
    ))
}

fn full(party: Option<&Party>, most: usize) -> Problem {
    metrics::push_refused(if party.is_some() { metrics::Lack::SourceMemory } else { metrics::Lack::Memory });
    let whose = party.map(|party| format!(" {party}")).unwrap_or_default();
    Problem::unavailable(format!(
        "pushes{whose} that are under way fill the {most} bytes that there are for them; try again in a while"
    ))
}

impl Drop for Held {
    fn drop(&mut self) {
        self.share.held.fetch_sub(self.bytes, Ordering::Relaxed);
        let before = self.admission.held.fetch_sub(self.bytes, Ordering::Relaxed);
        metrics::buffered(before - self.bytes);
    }
}

/// Lets a push through once there is a place for it, and keeps the place until it is answered.
pub(crate) async fn admit(
    State(app): State<App>,
    Extension(grant): Extension<Grant>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let named = params.iter().find(|(key, _)| *key == "name").map(|(_, value)| value);
    let placed = async {
        // Names that anyone can invent have no places of their own.
        if let (None, Some(name)) = (&grant.source, named)
            && sources::by_name(app.engine.store().reader(), name).await?.is_none()
        {
            return Err(SyncError::NoSource(name.to_owned()).into());
        }
        app.admission.place(Party::of(&grant, named)).await
    };
    match placed.await {
        Ok(_place) => {
            let _counted = metrics::push();
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn source(name: &str) -> Party {
        Party::Source(name.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_place_is_told_to_come_back() {
        let limits = HttpConfig {
            max_pushes: 2,
            max_pushes_per_source: Some(2),
            push_timeout: Duration::from_secs(3),
            ..HttpConfig::default()
        };
        let admission = Admission::new(&limits);
        let first = admission.place(source("a")).await.unwrap();
        let second = admission.place(source("b")).await.unwrap();
        let refused = admission.place(source("c")).await.unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.detail.contains("(2)")), (503, true));
        let waiting = admission.place(source("c"));
        let (waited, ()) = tokio::join!(waiting, async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            drop(first);
        });
        assert!(waited.is_ok(), "a place that comes free in time is taken");
        drop(second);
    }

    #[tokio::test(start_paused = true)]
    async fn one_party_takes_a_quarter_of_the_places_and_waits_for_its_own() {
        let limits =
            HttpConfig { max_pushes: 8, push_timeout: Duration::from_secs(3), ..HttpConfig::default() };
        let admission = Admission::new(&limits);
        let many = futures_util::future::join_all((0..20).map(|_| admission.place(source("a")))).await;
        let (placed, refused): (Vec<_>, Vec<_>) = many.into_iter().partition(Result::is_ok);
        assert_eq!((placed.len(), refused.len()), (2, 18));
        let said = refused.into_iter().map(|refused| refused.unwrap_err().detail);
        let expected =
            "as many pushes to source `a` are under way as may be at once (2); try again in a while";
        assert!(said.into_iter().all(|said| said == expected));
        let others = ["b", "c", "d"].map(|name| admission.place(source(name)));
        let others = futures_util::future::join_all(others).await;
        assert!(others.iter().all(Result::is_ok), "others find places at once");
        let joined = admission.join("a").await.unwrap_err();
        assert_eq!(joined.detail, expected);
        drop((placed, others));
        admission.join("a").await.unwrap();
        admission.place(source("z")).await.unwrap();
        assert_eq!(admission.shares.lock().unwrap().len(), 1, "nothing is kept of who has nothing");
    }

    #[test]
    fn room_is_given_back_and_never_given_twice() {
        let limits = HttpConfig { max_push_bytes: 1, max_buffered_bytes: 200, ..HttpConfig::default() };
        let limits = HttpConfig { max_buffered_bytes_per_source: Some(100), ..limits };
        let admission = Admission::new(&limits);
        let hold = |name: &str| admission.hold(source(name));
        let (mut first, mut second, mut third) = (hold("a"), hold("a"), hold("b"));
        first.grow(60).unwrap();
        assert!(second.has_room_for(41).is_err());
        assert!(second.has_room_for(40).is_ok());
        second.grow(40).unwrap();
        let full = first.grow(1).unwrap_err();
        assert_eq!((full.status.as_u16(), full.detail.contains("to source `a`")), (503, true));
        assert!(second.grow(usize::MAX).is_err());
        assert!(third.has_room_for(51).is_err(), "it leaves as much as it has");
        assert!(third.has_room_for(50).is_ok());
        let refused = third.grow(51).unwrap_err();
        assert!(refused.detail.starts_with("pushes that are under way fill the 200 "), "{}", refused.detail);
        third.grow(50).unwrap();
        let mut fourth = hold("c");
        fourth.grow(25).unwrap();
        assert!(fourth.grow(1).is_err());
        drop(second);
        fourth.grow(1).unwrap();
        drop((first, third));
        fourth.grow(74).unwrap();
        drop(fourth);
        assert_eq!(admission.held.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn who_is_alone_may_hold_what_is_its_own() {
        let limits = HttpConfig { max_push_bytes: 90, max_buffered_bytes: 100, ..HttpConfig::default() };
        let admission = Admission::new(&limits);
        let mut alone = admission.hold(source("a"));
        assert!(alone.has_room_for(90).is_ok());
        alone.grow(40).unwrap();
        alone.grow(50).unwrap();
        let mut other = admission.hold(source("b"));
        other.grow(5).unwrap();
        assert!(other.grow(1).is_err());
    }

    /// Opens as many pushes of each of many parties as there are places for.
    async fn crowd(max_pushes: usize, parties: usize) -> (Arc<Admission>, Vec<Vec<Place>>) {
        let limits = HttpConfig { max_pushes, push_timeout: Duration::ZERO, ..HttpConfig::default() };
        let admission = Admission::new(&limits);
        let mut all = Vec::new();
        for number in 0..parties {
            let mut places = Vec::new();
            while let Ok(place) = admission.place(source(&number.to_string())).await {
                places.push(place);
            }
            all.push(places);
        }
        (admission, all)
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_parties_leave_places_for_others() {
        let (admission, mut all) = crowd(256, 8).await;
        let counts: Vec<usize> = all.iter().map(Vec::len).collect();
        assert_eq!(counts, [64, 64, 64, 32, 16, 8, 4, 2]);
        admission.place(source("newcomer")).await.unwrap();
        all.clear();
        assert_eq!(*admission.placed.lock().unwrap(), 0);
        assert_eq!(crowd(256, 1).await.1[0].len(), 64);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_place_of_all_gets_what_is_given_back() {
        let limits = HttpConfig {
            max_pushes: 4,
            max_pushes_per_source: Some(3),
            push_timeout: Duration::from_secs(3),
            ..HttpConfig::default()
        };
        let admission = Admission::new(&limits);
        let mut places = vec![admission.place(source("a")).await.unwrap()];
        places.push(admission.place(source("a")).await.unwrap());
        assert!(admission.place(source("a")).await.is_err(), "it has as many as are free");
        places.push(admission.place(source("b")).await.unwrap());
        let last = admission.place(source("c")).await.unwrap();
        let (waited, ()) = tokio::join!(admission.place(source("d")), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            drop(last);
        });
        assert!(waited.is_ok());
    }
}

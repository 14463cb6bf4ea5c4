//! Who gets what several want: the last step of planning, for the state that the task leaves. Usernames and
//! e-mails go to those who have them, unless the plan takes them away, and else to the first in the order of
//! applying, which is what writing the plan would come to. Whoever can't have a value fails in the plan.
//! Nothing is read again unless `wants` says that something is contested.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::fields::Fields;
use crate::domain::fold;
use crate::domain::ids::LocalId;
use crate::domain::policy::MatchKey;
use crate::domain::record::Record;
use crate::store::{StoreError, changes, users};

use super::claim::WriteError;
use super::holder::{Holder, holders};
use super::plan::linked_already;
use super::planner::Planner;
use super::wants::{Before, Good, Want, Wanted, wants_of};

/// How many changes are looked at together.
const PAGE: u64 = 5_000;

/// A change that wants something that others want or have.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Contestant {
    uid: String,
    op: Op,
    switches_off: bool,
    adopts: bool,
    /// What it wants, with the user who has that, if another one than its own does.
    wants: Vec<(Want, Option<LocalId>)>,
    /// What must be given away so that it matches nobody else by it, with a user who has that. Only a phone
    /// number may have several.
    waits: Vec<(Want, LocalId)>,
}

impl Contestant {
    /// Whether it is a record without a link, that makes or adopts a user.
    fn is_new(&self) -> bool {
        self.op == Op::Create || self.adopts
    }
}

/// Why a change can't have what it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    /// This user has it.
    Held(LocalId),
    /// The record with this uid, of the same task, gets it.
    Given(String),
}

/// A contestant, what it wants of one thing, and who has that.
type Claimant<'a> = (usize, &'a Want, Option<LocalId>);

/// What a change can't have, and why.
type Refusal = (Want, Why);

/// What the plan takes from users who have it: from whom, and by which of the contestants, if it is one.
type Freed = HashMap<(LocalId, Good), Option<usize>>;

/// Decides who gets what is contested; `contestants` are in the order of applying. Returns those that can't have
/// what they want. Values may go round in a ring; a refusal is passed on to whoever waited for a value that the
/// refused change would have given away.
fn settle(contestants: &[Contestant], freed: &Freed) -> BTreeMap<usize, Refusal> {
    let mut wanted: BTreeMap<(Good, &str), Vec<Claimant<'_>>> = BTreeMap::new();
    for (index, contestant) in contestants.iter().enumerate() {
        for (want, holder) in &contestant.wants {
            wanted.entry((want.good, want.key.as_str())).or_default().push((index, want, *holder));
        }
    }
    let mut refused: Vec<(usize, Refusal)> = Vec::new();
    let mut gifts: HashMap<usize, Vec<(usize, Refusal)>> = HashMap::new();
    for ((good, _), mut wanting) in wanted {
        if good == Good::Value(MatchKey::Phone) {
            // Many may have one phone. Of those who match by it, the first to come would be matched.
            let matches = |index: usize| contestants[index].is_new();
            let has_it = wanting.iter().position(|(index, ..)| !matches(*index));
            wanting.swap(0, has_it.unwrap_or(0));
            let first = wanting[0].0;
            wanting.retain(|(index, ..)| *index == first || matches(*index));
        }
        let (winner, want, holder) = wanting[0];
        let source = holder.map(|holder| (holder, freed.get(&(holder, good)).copied()));
        for (loser, want, _) in &wanting[1..] {
            let why = match source {
                Some((holder, None)) => Why::Held(holder),
                _ => Why::Given(contestants[winner].uid.clone()),
            };
            refused.push((*loser, ((*want).clone(), why)));
        }
        match source {
            None | Some((_, Some(None))) => {}
            Some((holder, None)) => refused.push((winner, (want.clone(), Why::Held(holder)))),
            Some((holder, Some(Some(giver)))) => {
                gifts.entry(giver).or_default().push((winner, (want.clone(), Why::Held(holder))));
            }
        }
    }
    for (index, contestant) in contestants.iter().enumerate() {
        for (want, holder) in &contestant.waits {
            let refusal = (want.clone(), Why::Held(*holder));
            match freed.get(&(*holder, want.good)) {
                None => refused.push((index, refusal)),
                Some(None) => {}
                Some(Some(giver)) => gifts.entry(*giver).or_default().push((index, refusal)),
            }
        }
    }
    let mut all = BTreeMap::new();
    while let Some((index, refusal)) = refused.pop() {
        if let Entry::Vacant(entry) = all.entry(index) {
            entry.insert(refusal);
            refused.extend(gifts.remove(&index).into_iter().flatten());
        }
    }
    all
}

impl Planner<'_> {
    /// Fails the planned changes of users that can't have what they want in the state that the task leaves.
    /// Returns a sentence about those whom a match key would help.
    pub(super) async fn settle_contests(&mut self) -> Result<Option<String>, WriteError> {
        let contested = self.wants.contested();
        if contested.is_empty() {
            return Ok(None);
        }
        let mut helped = Helped::default();
        let mut contestants: Vec<Contestant> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let (reader, ops) = (&self.desk.reader(), [Op::Create, Op::Update]);
            let page =
                changes::page_of(reader, self.task, DataType::User, &ops, after.as_deref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.uid.clone());
            // Most of those who can't be helped can be told at once: the user who has the value stays as it is.
            let mut refused = Vec::new();
            for contestant in self.contestants(page, &contested).await? {
                let stays = |(want, holder): &&(Want, Option<LocalId>)| {
                    let holder = holder.filter(|id| !self.touched.contains(id.0.unsigned_abs()));
                    holder.is_some() && matches!(want.good, Good::Value(MatchKey::Username | MatchKey::Email))
                };
                match contestant.wants.iter().find(stays) {
                    Some((want, Some(holder))) => {
                        let refusal = (want.clone(), Why::Held(*holder));
                        refused.push((contestant, refusal));
                    }
                    _ => contestants.push(contestant),
                }
            }
            self.refuse(refused, &mut helped).await?;
        }
        let freed = self.freed(&contestants).await?;
        let refused = settle(&contestants, &freed);
        let mut contestants: Vec<Option<Contestant>> = contestants.into_iter().map(Some).collect();
        let refused = refused.into_iter().filter_map(|(index, refusal)| {
            let contestant = contestants[index].take()?;
            Some((contestant, refusal))
        });
        let refused: Vec<(Contestant, Refusal)> = refused.collect();
        self.refuse(refused, &mut helped).await?;
        Ok(helped.sentence())
    }

    /// Those of these changes that want something contested.
    async fn contestants(
        &self,
        page: Vec<Change>,
        contested: &HashSet<u64>,
    ) -> Result<Vec<Contestant>, StoreError> {
        let page: Vec<Change> = page.into_iter().filter(|change| change.outcome.is_none()).collect();
        let ids = page.iter().filter_map(|change| change.local_id);
        let mut rows: HashMap<LocalId, (Fields, bool)> = HashMap::new();
        for (id, row) in users::by_ids(&self.desk.reader(), self.scope.dialect, ids).await? {
            rows.insert(id, (users::to_fields(&row)?, row.deleted_at.is_some()));
        }
        let mut found: Vec<(Change, Vec<Want>)> = Vec::new();
        for change in page {
            let row = change.local_id.and_then(|id| rows.get(&id));
            let row = row.map(|(fields, deleted)| Before { fields, deleted: *deleted });
            let given = given(&change);
            let wants = wants_of(&change, &given, row, self.match_key);
            let wants: Vec<Want> =
                wants.filter(|want| contested.contains(&want.mark())).map(Wanted::kept).collect();
            if !wants.is_empty() {
                found.push((change, wants));
            }
        }
        let held = self.held(found.iter().flat_map(|(_, wants)| wants).collect()).await?;
        let contestant = |(change, wants): (Change, Vec<Want>)| {
            let adopts = change.op == Op::Update && change.cause == Cause::Given && change.base.is_none();
            let is_new = change.op == Op::Create || adopts;
            let of_others = |want: &Want| {
                let holders = held.get(&(want.good, want.key.clone())).into_iter().flatten().copied();
                holders.filter(|holder| Some(*holder) != change.local_id).collect::<Vec<_>>()
            };
            let (mut wanted, mut waits) = (Vec::new(), Vec::new());
            for want in wants {
                let holders = of_others(&want);
                if want.good != Good::Value(MatchKey::Phone) {
                    wanted.push((want, holders.first().copied()));
                    continue;
                }
                waits.extend(holders.into_iter().filter(|_| is_new).map(|holder| (want.clone(), holder)));
                wanted.push((want, None));
            }
            let switches_off = change.switches_off();
            Contestant { uid: change.uid, op: change.op, switches_off, adopts, wants: wanted, waits }
        };
        Ok(found.into_iter().map(contestant).collect())
    }

    /// The users who have what is wanted. Nobody has a phone number for himself: there it is those whom a new
    /// record would match, if the task matches by it.
    pub(super) async fn held(
        &self,
        wanted: Vec<&Want>,
    ) -> Result<HashMap<(Good, String), Vec<LocalId>>, StoreError> {
        let mut held: HashMap<(Good, String), Vec<LocalId>> = HashMap::new();
        for key in MatchKey::ALL.iter().copied() {
            let of_key = wanted.iter().filter(|want| want.good == Good::Value(key));
            let values: Vec<&str> = of_key.map(|want| want.key.as_str()).collect();
            if values.is_empty() {
                continue;
            }
            let holders = users::holders(&self.desk.reader(), self.scope.dialect, key, values).await?;
            for (value, id) in holders {
                held.entry((Good::Value(key), value)).or_default().push(id);
            }
        }
        Ok(held)
    }

    /// What the plan takes from those who have what these want.
    async fn freed(&self, contestants: &[Contestant]) -> Result<Freed, StoreError> {
        let mut held: HashMap<LocalId, Vec<&Want>> = HashMap::new();
        for contestant in contestants {
            let wants = contestant.wants.iter().filter_map(|(want, holder)| Some((want, (*holder)?)));
            for (want, holder) in wants.chain(contestant.waits.iter().map(|(want, holder)| (want, *holder))) {
                held.entry(holder).or_default().push(want);
            }
        }
        let mut freed = Freed::new();
        if held.is_empty() {
            return Ok(freed);
        }
        let places: HashMap<&str, usize> = contestants
            .iter()
            .enumerate()
            .map(|(index, contestant)| (contestant.uid.as_str(), index))
            .collect();
        let (mut adopted, mut after) = (HashSet::new(), String::new());
        loop {
            let (reader, dialect, ids) = (&self.desk.reader(), self.scope.dialect, held.keys().copied());
            let page = (after.as_str(), PAGE);
            let page = changes::of_rows(reader, dialect, self.task, DataType::User, ids, page).await?;
            let Some(last) = page.last() else { return Ok(freed) };
            after.clone_from(&last.uid);
            for change in page {
                let Some(id) = change.local_id else { continue };
                let Some(wants) = held.get(&id) else { continue };
                // Where a record takes the place of another, what it says counts, and not that the other goes.
                let adopts = change.op == Op::Update && change.base.is_none();
                if adopts {
                    adopted.insert(id);
                    freed.retain(|(of, _), _| *of != id);
                } else if adopted.contains(&id) {
                    continue;
                }
                let given = given(&change);
                for want in wants {
                    let Good::Value(key) = want.good else { continue };
                    let goes = match given.get(key.as_str()) {
                        _ if change.op == Op::Delete => true,
                        Some(value) => {
                            fold::key_of(key, value.as_str()).as_deref() != Some(want.key.as_str())
                        }
                        None => false,
                    };
                    if goes {
                        freed.insert((id, want.good), places.get(change.uid.as_str()).copied());
                    }
                }
            }
        }
    }

    /// Fails changes in the plan.
    async fn refuse(
        &mut self,
        refused: Vec<(Contestant, Refusal)>,
        helped: &mut Helped,
    ) -> Result<(), WriteError> {
        if refused.is_empty() {
            return Ok(());
        }
        let ids: BTreeSet<LocalId> = refused
            .iter()
            .filter_map(|(_, (_, why))| match why {
                Why::Held(id) => Some(*id),
                Why::Given(_) => None,
            })
            .collect();
        let holders = holders(&self.desk.reader(), self.scope, ids).await?;
        let mut marks = Vec::with_capacity(refused.len());
        for (contestant, (want, why)) in refused {
            let counts = &mut self.counts.user;
            *counts.of(contestant.op) -= 1;
            counts.switched_off -= u64::from(contestant.switches_off);
            counts.failed += 1;
            let reason = match &why {
                Why::Held(id) => {
                    let holder = holders.get(id);
                    helped.note(&want, holder, self.known_key(&want));
                    taken(&want, *id, holder, self.known_key(&want))
                }
                Why::Given(uid) => given_twice(&want, uid, self.match_key),
            };
            let reason = format!("uid {}: {reason}", contestant.uid);
            marks.push((DataType::User, contestant.uid, Outcome::Failed, Some(reason)));
        }
        let plan = self.desk.begin().await?;
        changes::mark(plan.tx(), self.scope.dialect, self.task, &marks).await?;
        Ok(plan.commit("write the plan").await?)
    }

    /// The match key that the task goes by already. An undo matches nobody, so nothing is advised.
    fn known_key(&self, want: &Want) -> Option<MatchKey> {
        match want.good {
            Good::Value(key) if self.is_undo => Some(key),
            _ => self.match_key,
        }
    }
}

/// The fields that a change writes.
fn given(change: &Change) -> Fields {
    let record = change.record.as_deref().and_then(|text| Record::from_stored(&change.uid, text));
    record.map(|record| record.fields).unwrap_or_default()
}

/// «username: Ann is already used by user 3 (uid 7 of source hr)».
pub(super) fn taken(
    want: &Want,
    id: LocalId,
    holder: Option<&Holder>,
    match_key: Option<MatchKey>,
) -> String {
    let Good::Value(key) = want.good else { return format!("user {id} is not to be had") };
    if key == MatchKey::Phone {
        let own = holder.and_then(|holder| holder.links.iter().find(|link| link.source.is_none()));
        return linked_already(key.as_str(), id, own.map_or("", |link| link.uid.as_str()));
    }
    let explained = holder.map(|holder| holder.explain(key, match_key)).unwrap_or_default();
    format!("{key}: {} is already used by user {id}{explained}", want.given)
}

fn given_twice(want: &Want, uid: &str, match_key: Option<MatchKey>) -> String {
    match want.good {
        Good::Value(key) => {
            format!("{key}: {} is given to another record of this task as well (uid {uid})", want.given)
        }
        Good::User => {
            let id = LocalId(want.key.parse().unwrap_or_default());
            linked_already(match_key.map_or("", MatchKey::as_str), id, uid)
        }
    }
}

/// Records that failed and would not have if the source matched by a key: how many, and of which sources the users
/// are who have the value.
#[derive(Debug, Default)]
struct Helped(BTreeMap<&'static str, (u64, BTreeSet<String>)>);

impl Helped {
    fn note(&mut self, want: &Want, holder: Option<&Holder>, match_key: Option<MatchKey>) {
        let (Good::Value(key), Some(holder)) = (want.good, holder) else { return };
        if !holder.could_be_matched(key, match_key) {
            return;
        }
        let (count, sources) = self.0.entry(key.as_str()).or_default();
        *count += 1;
        let source = holder.links.first();
        sources.extend(source.map(|link| link.source.clone().unwrap_or_else(|| "this one".into())));
    }

    /// «967 values of username are already used by users of source hr; …»; nothing if there are none.
    fn sentence(&self) -> Option<String> {
        let of_key = |(key, (count, sources)): (&&str, &(u64, BTreeSet<String>))| {
            let by = match sources.iter().collect::<Vec<_>>().as_slice() {
                [source] if *source == "this one" => "users whom this source no longer gives".to_owned(),
                [source] => format!("users of source {source}"),
                _ => "other users".to_owned(),
            };
            let records = if *count == 1 { "1 record" } else { &format!("{count} records") };
            format!(
                "{records} failed because their {key} is already used by {by}; if they are the same people, set \
                 matchKey to {key} in this source's policy"
            )
        };
        let parts: Vec<String> = self.0.iter().map(of_key).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

#[cfg(test)]
#[path = "contest_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "foretold_property_tests.rs"]
mod foretold_property_tests;

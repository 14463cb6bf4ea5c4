//! What an operator does about a user whom no source gives any more: free its username and e-mail, or give the
//! user to another record of a source, whose next sync then goes on with it.

use bytes::Bytes;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;
use crate::domain::link::{self, State};
use crate::domain::source::Source;
use crate::domain::starter::Starter;
use crate::domain::task::{Kind, Mode, Task};
use crate::store::records::{self, Link};
use crate::store::{StoreError, commit, sources, users};

use super::arrivals::{Newcomer, Taken};
use super::engine::Engine;
use super::error::SyncError;
use super::intake::{Format, Piece};
use super::queue::Order;

/// A record that leads to a user, and its source if that has not been deleted.
struct Lead {
    link: Link,
    source: Option<Source>,
}

impl Lead {
    /// The name of the source that still gives the user.
    fn given_by(&self) -> Option<String> {
        self.source.as_ref().filter(|_| self.link.is_present()).map(|source| source.name.clone())
    }
}

impl Engine {
    /// Deletes a user whom no source gives any more, so that its username and e-mail are free, by a task like any
    /// other: it is as if the source from which the user is missing said that the record is deleted.
    pub async fn free_user(&self, id: LocalId, by: Starter) -> Result<Task, SyncError> {
        let leads = self.leads(id).await?;
        let given_by: Vec<String> = leads.iter().filter_map(Lead::given_by).collect();
        if !given_by.is_empty() {
            return Err(SyncError::StillGiven(id, given_by.join(", ")));
        }
        let missing = leads.into_iter().find_map(|lead| {
            let is_missing = lead.link.state == State::Missing.code();
            lead.source.filter(|_| is_missing).map(|source| (source, lead.link.uid))
        });
        let (source, uid) = missing.ok_or(SyncError::NotMissing(id))?;
        let source = self.enabled(&source.name).await?;
        let order = Order {
            kind: Kind::Push,
            mode: Mode::Incremental,
            data_type: Some(DataType::User),
            match_key: None,
            dry_run: false,
            undoes: None,
            target: None,
            by,
        };
        let (sender, pieces) = mpsc::channel(2);
        let record = json!({"uid": uid, "isDeleted": true}).to_string();
        for piece in [Piece::Body(Bytes::from(record)), Piece::End] {
            // There is room for both, and nobody has closed the channel yet.
            let _ = sender.send(piece).await;
        }
        let (planned, is_planned) = oneshot::channel();
        let (told, is_told) = oneshot::channel();
        let format = Format::Lines(DataType::User);
        self.arrive(Newcomer { source, order, format, pieces, repeatable: None, planned, told });
        match is_told.await.unwrap_or(Err(SyncError::Stopping))? {
            Taken::Repeated(repeated) => Ok(repeated.task),
            Taken::Begun(task, _) => {
                is_planned.await.map(|executed| executed.task).map_err(|_| SyncError::Broken(task))
            }
        }
    }

    /// Gives a user to the record of a source with this uid, in the place of the one that the source no longer
    /// gives: the source's next record of that uid goes on with the user.
    pub async fn adopt_user(&self, id: LocalId, source: &str, uid: &str) -> Result<(), SyncError> {
        let source = self.enabled(source).await?;
        let own = self.leads(id).await?.into_iter().find(|lead| lead.link.source_id == source.id.0);
        let state = match own.as_ref().map(|lead| &lead.link) {
            Some(link) if link.is_present() => return Err(SyncError::StillGiven(id, source.name)),
            Some(link) => State::from_code(link.state).unwrap_or(State::Deleted),
            None => State::Deleted,
        };
        let (dialect, now) = (self.inner.store.dialect(), self.inner.now());
        let tx = self.inner.store.begin().await?;
        let known = records::by_uids(&tx, dialect, source.id, DataType::User, [uid]).await?;
        if let Some(known) = known.first().filter(|known| known.local_id != id || own.is_none()) {
            let (source, uid) = (source.name, uid.to_owned());
            return Err(SyncError::UidTaken { source_name: source, uid, user: known.local_id });
        }
        if let Some(own) = own {
            records::remove(&tx, dialect, source.id, DataType::User, [own.link.uid.as_str()]).await?;
        }
        let record = (uid.to_owned(), link::given_by_hand(), state, id);
        records::write(&tx, dialect, source.id, DataType::User, now, [record].into_iter()).await?;
        Ok(commit(tx, "give the user to a record").await?)
    }

    /// The records that lead to a user who is not deleted.
    async fn leads(&self, id: LocalId) -> Result<Vec<Lead>, SyncError> {
        let (reader, dialect) = (self.inner.store.reader(), self.inner.store.dialect());
        let row = users::by_ids(reader, dialect, [id]).await?.remove(&id).ok_or(SyncError::NoUser(id))?;
        if row.deleted_at.is_some() {
            return Err(SyncError::UserDeleted(id));
        }
        let mut leads = Vec::new();
        for link in records::links(reader, dialect, DataType::User, [id]).await? {
            let source = self.live_source(link.source_id).await?;
            leads.push(Lead { link, source });
        }
        Ok(leads)
    }

    async fn live_source(&self, id: i64) -> Result<Option<Source>, StoreError> {
        let reader = self.inner.store.reader();
        let names = sources::names(reader).await?;
        let Some(name) = names.get(&id) else { return Ok(None) };
        let found = sources::by_name(reader, name).await?;
        Ok(found.filter(|source| source.id.0 == id))
    }
}

#[cfg(test)]
#[path = "release_tests.rs"]
mod tests;

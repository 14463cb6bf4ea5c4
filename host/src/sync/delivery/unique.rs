//! No remote id belongs to two records: a target that answers for one record with the id of another has mixed
//! them up, or one of them would be changed and deleted with the other. Pure.

use std::collections::HashMap;

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;
use crate::store::deliveries::DeliveryRow;

use super::outlet::{Cause, Effect, Refusal};
use super::settle::{Reply, Sent};

/// That a record gets a remote id which it did not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) id: LocalId,
    pub(super) remote_id: String,
}

impl Claim {
    /// What is claimed by an answer, if anything is.
    pub(super) fn of(id: LocalId, sent: &Sent, stored: &HashMap<LocalId, DeliveryRow>) -> Option<Self> {
        match &sent.reply {
            Reply::Done(remote_id) if sent.record.is_some() => {
                let known = stored.get(&id)?.remote_id.as_ref();
                (known != Some(remote_id)).then(|| Self { id, remote_id: remote_id.clone() })
            }
            _ => None,
        }
    }
}

/// Refuses those who claim what belongs to another; `owners` says whose the claimed ids are by now. Of two who
/// claim the same, the first gets it. An id is free once its record is gone from the target.
pub(super) fn refuse_shared(
    data_type: DataType,
    mut sent: Vec<(LocalId, Sent)>,
    claims: &[Claim],
    mut owners: HashMap<String, LocalId>,
) -> Vec<(LocalId, Sent)> {
    let gone = sent.iter().filter(|(_, sent)| sent.record.is_none() && matches!(sent.reply, Reply::Done(_)));
    let gone: Vec<LocalId> = gone.map(|(id, _)| *id).collect();
    owners.retain(|_, owner| !gone.contains(owner));
    for Claim { id, remote_id } in claims {
        let owner = *owners.entry(remote_id.clone()).or_insert(*id);
        if owner == *id {
            continue;
        }
        let message = format!(
            "the target answered with the id {remote_id:?}, under which it has the {data_type} {owner} already: \
             it takes two records for one"
        );
        let refusal = Refusal { cause: Cause::Record, message, retry_after: None, effect: Effect::Unknown };
        for (_, sent) in sent.iter_mut().filter(|(sent, _)| sent == id) {
            sent.reply = Reply::Fails(refusal.clone());
        }
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(record: Option<&str>, id: &str) -> Sent {
        let reply = Reply::Done(id.to_owned());
        Sent { generation: 1, record: record.map(str::to_owned), in_doubt: None, reply }
    }

    /// Who is refused, of those who are answered with these ids (none for the record: a delete).
    fn refused(answers: &[(i64, Option<&str>, &str)], owners: &[(&str, i64)]) -> Vec<i64> {
        let sent: Vec<_> =
            answers.iter().map(|(id, record, remote)| (LocalId(*id), sent(*record, remote))).collect();
        let claims: Vec<Claim> = answers
            .iter()
            .filter(|(_, record, _)| record.is_some())
            .map(|(id, _, remote)| Claim { id: LocalId(*id), remote_id: (*remote).to_owned() })
            .collect();
        let owners = owners.iter().map(|(remote, id)| ((*remote).to_owned(), LocalId(*id))).collect();
        let judged = refuse_shared(DataType::User, sent, &claims, owners);
        let refused = judged.into_iter().filter(|(_, sent)| matches!(sent.reply, Reply::Fails(_)));
        refused.map(|(id, _)| id.0).collect()
    }

    #[test]
    fn an_id_has_one_owner() {
        assert_eq!(refused(&[(1, Some("{}"), "a"), (2, Some("{}"), "b")], &[]), [0; 0]);
        assert_eq!(refused(&[(1, Some("{}"), "a"), (2, Some("{}"), "a")], &[]), [2]);
        assert_eq!(refused(&[(2, Some("{}"), "a")], &[("a", 1)]), [2]);
        assert_eq!(refused(&[(1, None, "a"), (2, Some("{}"), "a")], &[("a", 1)]), [0; 0], "1 is gone");
    }
}

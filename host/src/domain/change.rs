//! The planned create, update, disable, delete or unlink of one record, with before and after, and
//! what became of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::data_type::DataType;
use super::fields::Fields;
use super::ids::LocalId;
use super::link::{Kept, LinkMove};
use super::record::Record;
use super::task::Watermark;

macro_rules! words {
    (
        $(#[doc = $doc:literal])*
        $name:ident { $($(#[doc = $word_doc:literal])* $variant:ident = $word:literal),* $(,)? }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[doc = $word_doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// Every variant, in the order of their declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word used in the database, the API and messages.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// For the description of the API: the words, and what each means.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let words = concat!($("\n- `", $word, "`:", $($word_doc,)*)*);
                let description = format!("{}\n{words}", concat!($($doc,)*).trim());
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($word),*]))
                    .description(Some(description))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|word| word.as_str()).collect();
                    format!("`{text}` is not one of {}", known.join(", "))
                })
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What a change does to the target.
    Op {
        /// A new row.
        Create = "create",
        /// Other values in an existing row; also one that comes back after a delete or a disable.
        Update = "update",
        /// The row stays, switched off.
        Disable = "disable",
        /// The row leaves the lists; it keeps its id and can come back.
        Delete = "delete",
        /// This source lets go; the row stays, because another source still gives it.
        Unlink = "unlink",
        /// Nothing: the record can't be understood.
        Reject = "reject",
    }
}

words! {
    /// Why a change was planned.
    Cause {
        /// A record that the source gave.
        Given = "given",
        /// The record was absent from a full read.
        Missing = "missing",
        /// The parent department is deleted by the same plan, so this one moves to the root.
        ParentDeleted = "parentDeleted",
        /// A create is undone.
        UndoCreate = "undoCreate",
        /// An update is undone.
        UndoUpdate = "undoUpdate",
        /// A disable is undone.
        UndoDisable = "undoDisable",
        /// A delete is undone.
        UndoDelete = "undoDelete",
        /// An unlink is undone.
        UndoUnlink = "undoUnlink",
    }
}

words! {
    /// What became of a change.
    Outcome {
        /// Not yet applied: the task is running, held, or was a dry run.
        Pending = "pending",
        /// Written.
        Applied = "applied",
        /// Refused or impossible; the error says why.
        Failed = "failed",
        /// Not needed any more when its turn came; the error says why.
        Skipped = "skipped",
    }
}

/// One row of a task's plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Users or departments.
    pub data_type: DataType,
    /// The record's uid; for a record whose uid could not be read, a key made by [`unidentified`].
    pub uid: String,
    /// Where in the task it was planned, from 0; unique within the task.
    pub position: i64,
    /// What it does.
    pub op: Op,
    /// Why.
    pub cause: Cause,
    /// The record in stored form (see `Record::to_stored`); as received for one that can't be
    /// understood; the values to go back to for one that undoes; `None` when no record gave it.
    pub record: Option<String>,
    /// The values that it replaces; `None` for a create.
    pub before: Option<Fields>,
    /// The row that it touches, if there was one when it was planned.
    pub local_id: Option<LocalId>,
    /// What was kept of the record when this was planned; `None` if its source had given nothing. When
    /// the hash is another one by the time of applying, the record has been given anew since.
    pub base: Option<Kept>,
    /// What a change that undoes leaves of the record; `None` if that leads nowhere any more. The others
    /// leave what follows from their record and cause; but for one that failed and switched its row off all
    /// the same, of which this is what that left.
    pub leaves: Option<Kept>,
    /// The record of the same source that the row passes on from, or back to.
    pub link_move: Option<LinkMove>,
    /// Set when it is known and differs from what the task's watermark says.
    pub outcome: Option<Outcome>,
    /// Why it failed or was skipped.
    pub error: Option<String>,
}

impl Change {
    /// Whether it failed, or was not needed any more, and had switched its row off all the same.
    pub fn is_lock(&self) -> bool {
        let is_over = matches!(self.outcome, Some(Outcome::Failed | Outcome::Skipped));
        is_over && self.op == Op::Update && self.cause == Cause::Given && self.leaves.is_some()
    }

    /// Its place in the order of applying.
    pub fn place(&self) -> Watermark {
        Watermark { data_type: self.data_type, uid: self.uid.clone() }
    }
}

impl Change {
    /// Whether it is an update by which the source switches a row off.
    pub fn switches_off(&self) -> bool {
        let was_on =
            self.before.as_ref().and_then(|before| before.get("enabled")) == Some(&Value::Bool(true));
        self.op == Op::Update && was_on
    }

    /// Whether it is an update by which the source takes a user out of all departments that it had put them in,
    /// and does not switch them off as well.
    pub fn empties(&self) -> bool {
        let had = self.before.as_ref().and_then(|before| before.get("departments")).and_then(Value::as_array);
        if self.op != Op::Update || self.switches_off() || had.is_none_or(Vec::is_empty) {
            return false;
        }
        let record = self.record.as_deref().and_then(|text| Record::from_stored(&self.uid, text));
        let given = record.and_then(|mut record| record.fields.remove("departments"));
        given.as_ref().and_then(Value::as_array).is_some_and(Vec::is_empty)
    }
}

impl Cause {
    /// Why a change is planned that undoes one of this kind; `None` for one that does nothing.
    pub fn of_undoing(op: Op) -> Option<Self> {
        match op {
            Op::Create => Some(Self::UndoCreate),
            Op::Update => Some(Self::UndoUpdate),
            Op::Disable => Some(Self::UndoDisable),
            Op::Delete => Some(Self::UndoDelete),
            Op::Unlink => Some(Self::UndoUnlink),
            Op::Reject => None,
        }
    }

    /// Whether the change belongs to an undo.
    pub fn undoes(self) -> bool {
        match self {
            Self::Given | Self::Missing | Self::ParentDeleted => false,
            Self::UndoCreate | Self::UndoUpdate | Self::UndoDisable | Self::UndoDelete | Self::UndoUnlink => {
                true
            }
        }
    }
}

/// The values after the change, for the fields that [`Change::before`] names; all given fields for a
/// create; `None` for one that takes the row away.
pub fn after(op: Op, record: Option<&Fields>, before: Option<&Fields>) -> Option<Fields> {
    match op {
        Op::Create | Op::Reject => record.cloned(),
        Op::Delete | Op::Unlink => None,
        Op::Update | Op::Disable => {
            let settled = |name: &str| match (op, name) {
                (Op::Disable, "enabled") => Value::Bool(false),
                (Op::Update, "enabled") => Value::Bool(true),
                (Op::Update, "isDeleted") => Value::Bool(false),
                _ => Value::Null,
            };
            // A value that is given and equal to the one before does not decide: something else does.
            let value = |(name, before): (&String, &Value)| {
                let given = record.and_then(|record| record.get(name)).filter(|given| *given != before);
                (name.clone(), given.cloned().unwrap_or_else(|| settled(name)))
            };
            Some(before?.iter().map(value).collect())
        }
    }
}

/// The key of a record whose uid could not be read: nothing that a real uid can be, because uids
/// have no control characters.
pub fn unidentified(position: i64) -> String {
    format!("\u{1}{position:019}")
}

/// The uid, unless it is a key made by [`unidentified`].
pub fn identified(uid: &str) -> Option<&str> {
    (!uid.starts_with('\u{1}')).then_some(uid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn after_shows_what_before_replaces() {
        let fields = |value: Value| value.as_object().cloned().unwrap();
        let check = |op, record: Option<Value>, before: Option<Value>, expected: Option<Value>| {
            let (record, before) = (record.map(fields), before.map(fields));
            assert_eq!(after(op, record.as_ref(), before.as_ref()).map(Value::Object), expected);
        };
        check(Op::Create, Some(json!({"email": "a"})), None, Some(json!({"email": "a"})));
        check(
            Op::Update,
            Some(json!({"email": "a", "phone": "1"})),
            Some(json!({"email": "b", "enabled": false, "isDeleted": true})),
            Some(json!({"email": "a", "enabled": true, "isDeleted": false})),
        );
        check(Op::Update, None, Some(json!({"parentUid": "p"})), Some(json!({"parentUid": null})));
        check(Op::Disable, None, Some(json!({"enabled": true})), Some(json!({"enabled": false})));
        check(Op::Delete, None, Some(json!({"email": "b"})), None);
    }

    #[test]
    fn an_unidentified_key_is_no_uid() {
        assert_eq!(identified(&unidentified(3)), None);
        assert_eq!(identified("3"), Some("3"));
    }
}

//! Targets and deliveries as they are shown: secrets masked, with what is still to be delivered.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::data_type::DataType;
use crate::domain::target::{self, DeliveryState};
use crate::http::options;
use crate::store::StoreError;
use crate::store::deliveries::{DeliveryRow, Tally};
use crate::sync::delivery::outlet;

use super::Time;

/// A configured target of changes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    /// Unique; 1 to 64 of `a-z`, `0-9`, `-` and `_`, beginning with a letter or digit. It never changes.
    #[schema(examples("crm"))]
    pub(crate) name: String,
    /// A target type of a plugin. It never changes.
    #[serde(rename = "type")]
    #[schema(examples("webhook"))]
    pub(crate) target_type: String,
    /// What people read instead of the name.
    #[schema(required)]
    pub(crate) display_name: Option<String>,
    /// Whether changes are delivered to it. While it is not, none are noted for it.
    pub(crate) enabled: bool,
    /// As its type's `optionsSchema` says, with `********` in the place of secrets.
    #[schema(value_type = Object)]
    pub(crate) options: Value,
    /// What it accepts.
    pub(crate) data_types: Vec<DataType>,
    pub(crate) deliveries: DeliveryCounts,
    pub(crate) state: TargetState,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

/// Whether changes reach a target.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TargetState {
    /// Whether it can be served, as far as is known.
    pub(crate) reachable: bool,
    /// What went wrong last, or why it is not served.
    #[schema(required)]
    pub(crate) message: Option<String>,
    /// When it is tried again.
    #[schema(required)]
    pub(crate) retry_at: Option<Time>,
}

/// How many users and departments stand where with a target.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub(crate) struct DeliveryCounts {
    /// To be sent, now or, after a failure that may pass, later.
    pub(crate) pending: i64,
    /// The target has confirmed the latest state.
    pub(crate) delivered: i64,
    /// The target refuses them.
    pub(crate) failed: i64,
}

/// How the deliveries to one target stand that a task caused.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TargetCounts {
    /// The target's name.
    pub(crate) target: String,
    pub(crate) deliveries: DeliveryCounts,
}

/// What a target can be made of.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TargetType {
    /// What stands in a target's `type`.
    pub(crate) name: String,
    /// The plugin that offers it.
    pub(crate) plugin: String,
    /// What people read.
    pub(crate) title: String,
    /// The JSON Schema of a target's `options`. `"format":"password"` and `"writeOnly":true` mark secrets.
    #[schema(value_type = Object)]
    pub(crate) options_schema: Value,
    /// What such a target accepts.
    pub(crate) data_types: Vec<DataType>,
    /// The target types that are served before it; `users` and `departments` always are.
    pub(crate) after: Vec<String>,
}

/// What a target has of one user or department.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivery {
    pub(crate) data_type: DataType,
    /// The user's or department's id.
    pub(crate) id: i64,
    pub(crate) state: DeliveryState,
    /// The target's own id of it, if it has it.
    #[schema(required)]
    pub(crate) remote_id: Option<String>,
    /// The task that changed it last.
    pub(crate) task: i64,
    /// How often it failed since it was changed.
    pub(crate) attempts: i32,
    /// When it is sent, if it is pending: in the past if it only waits for its turn.
    #[schema(required)]
    pub(crate) due_at: Option<Time>,
    /// What went wrong last.
    #[schema(required)]
    pub(crate) error: Option<String>,
}

/// How many deliveries are tried again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Retried {
    pub(crate) retried: u64,
}

impl Target {
    /// `schema` is that of its options, where its type is known; `hindrance` says why it can't be used now.
    pub(crate) fn new(
        target: &target::Target,
        schema: Option<&Value>,
        deliveries: DeliveryCounts,
        hindrance: Option<String>,
    ) -> Self {
        let trouble = target.trouble.as_ref().filter(|_| target.enabled);
        let message = hindrance.or_else(|| trouble.map(|trouble| trouble.message.clone()));
        Self {
            name: target.name.clone(),
            target_type: target.target_type.clone(),
            display_name: target.display_name.clone(),
            enabled: target.enabled,
            options: options::mask(schema, &target.options),
            data_types: target.takes.clone(),
            deliveries,
            state: TargetState {
                reachable: message.is_none(),
                message,
                retry_at: trouble.and_then(|trouble| trouble.retry_at).map(Time),
            },
            created_at: Time(target.created_at),
            updated_at: Time(target.updated_at),
        }
    }
}

impl DeliveryCounts {
    /// Adds what was counted.
    pub(crate) fn add(&mut self, tally: &Tally) {
        match tally.state.parse() {
            Ok(DeliveryState::Pending) => self.pending += tally.n,
            Ok(DeliveryState::Delivered) => self.delivered += tally.n,
            Ok(DeliveryState::Failed) => self.failed += tally.n,
            Err(_) => {}
        }
    }
}

impl TargetCounts {
    /// None yet.
    pub(crate) fn of(target: &str) -> Self {
        Self { target: target.to_owned(), deliveries: DeliveryCounts::default() }
    }

    /// Whose they are.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// Adds what was counted.
    pub(crate) fn add(&mut self, tally: &Tally) {
        self.deliveries.add(tally);
    }
}

impl From<outlet::TargetType> for TargetType {
    fn from(offer: outlet::TargetType) -> Self {
        let outlet::TargetType { name, plugin, title, options_schema, data_types, after } = offer;
        Self { name, plugin, title, options_schema, data_types, after }
    }
}

impl Delivery {
    /// A row as it is shown.
    pub(crate) fn new(row: DeliveryRow) -> Result<Self, StoreError> {
        let state = row.state()?;
        let data_type = DataType::from_code(row.data_type);
        let data_type = data_type
            .ok_or_else(|| StoreError::Damaged(format!("deliveries.data_type is {}", row.data_type)))?;
        Ok(Self {
            data_type,
            id: row.local_id,
            state,
            remote_id: row.remote_id,
            task: row.task_id,
            attempts: row.attempts,
            due_at: (state == DeliveryState::Pending).then_some(Time(row.due_at)),
            error: row.error,
        })
    }
}

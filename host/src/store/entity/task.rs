//! Table `tasks`: one row per task, with its counts and its watermark over the plan.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tasks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub source_id: i64,
    pub batch: i64,
    pub kind: String,
    pub undoes: Option<i64>,
    pub target_id: Option<i64>,
    pub mode: String,
    pub data_type: Option<i16>,
    pub match_key: Option<String>,
    pub dry_run: bool,
    pub started_by: Option<String>,
    pub status: String,
    pub phase: String,
    pub message: Option<String>,
    pub held_by: Option<String>,
    pub attempt: i32,
    pub begun: i32,
    pub retries_failed: bool,
    pub owner: Option<String>,
    pub lease_until: Option<i64>,
    pub counts: String,
    pub watermark_type: Option<i16>,
    pub watermark_uid: Option<String>,
    pub cost_ms: i64,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub created: i64,
    pub updated: i64,
    pub removed: i64,
    pub failed: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

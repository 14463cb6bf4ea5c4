//! Table `sources`: the configured sources; a deleted one keeps its row, because links name it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub name: String,
    pub name_key: Option<String>,
    pub source_type: String,
    pub display_name: Option<String>,
    pub enabled: bool,
    pub options: String,
    pub schedule: Option<String>,
    pub policy: String,
    pub last_batch: i64,
    pub last_full_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `targets`: the configured targets; a deleted one keeps its row, because deliveries name it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "targets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub name: String,
    pub name_key: Option<String>,
    pub target_type: String,
    pub display_name: Option<String>,
    pub enabled: bool,
    pub options: String,
    pub takes_departments: bool,
    pub takes_users: bool,
    pub trouble: Option<String>,
    pub failures: i32,
    pub retry_at: Option<i64>,
    pub begun: i32,
    pub owner: Option<String>,
    pub lease_until: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

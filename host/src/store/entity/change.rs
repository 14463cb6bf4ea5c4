//! Table `changes`: the plan of every task, one row per record that differs; clustered in the order of applying.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub data_type: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub uid: String,
    pub position: i64,
    pub op: String,
    pub cause: String,
    pub record: Option<String>,
    pub before_json: Option<String>,
    pub local_id: Option<i64>,
    pub base: Option<i64>,
    pub base_state: Option<i16>,
    pub leaves_hash: Option<i64>,
    pub leaves_state: Option<i16>,
    pub outcome: Option<String>,
    pub error: Option<String>,
    pub link_move: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `deliveries`: what each target has, or is to have, of each user and department.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub target_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub data_type: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub local_id: i64,
    pub state: String,
    pub task_id: i64,
    pub generation: i64,
    pub attempts: i32,
    pub due_at: i64,
    pub remote_id: Option<String>,
    pub confirmed: Option<String>,
    pub in_doubt: Option<String>,
    pub error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `records`: what each source has given, and the row of the built-in target that it leads to.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "records")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub data_type: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub uid: String,
    pub hash: i64,
    pub state: i16,
    pub local_id: i64,
    pub gone_at: Option<i64>,
    /// Set when the row may have what another source gave it that has let it go, so that the record is compared
    /// with the row although its source gives it unchanged.
    pub due: Option<bool>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! The database schema, as an ordered list of migrations. A migration that has been released never
//! changes; what comes later is a new one.

use sea_orm_migration::prelude::*;

mod m20261120_000001_create_tables;
mod m20261120_000002_tokens_and_leases;
mod m20261120_000003_undo;
mod m20261120_000004_search;
mod m20261120_000005_cursors;
mod m20261121_000006_targets;
mod m20261121_000007_sessions;
mod m20261121_000008_pages;
mod m20261121_000009_started_by;
mod m20261130_000010_delivery_ids;
mod m20261130_000011_adoptions;
mod m20261130_000015_identity;
mod m20261130_000032_numbers_and_phones;
mod m20261130_000040_due;
mod m20261201_000041_begun;
mod m20261201_000042_passes;
mod m20261201_000050_beside_keys;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261120_000001_create_tables::Migration),
            Box::new(m20261120_000002_tokens_and_leases::Migration),
            Box::new(m20261120_000003_undo::Migration),
            Box::new(m20261120_000004_search::Migration),
            Box::new(m20261120_000005_cursors::Migration),
            Box::new(m20261121_000006_targets::Migration),
            Box::new(m20261121_000007_sessions::Migration),
            Box::new(m20261121_000008_pages::Migration),
            Box::new(m20261121_000009_started_by::Migration),
            Box::new(m20261130_000010_delivery_ids::Migration),
            Box::new(m20261130_000011_adoptions::Migration),
            Box::new(m20261130_000015_identity::Migration),
            Box::new(m20261130_000032_numbers_and_phones::Migration),
            Box::new(m20261130_000040_due::Migration),
            Box::new(m20261201_000041_begun::Migration),
            Box::new(m20261201_000042_passes::Migration),
            Box::new(m20261201_000050_beside_keys::Migration),
        ]
    }
}

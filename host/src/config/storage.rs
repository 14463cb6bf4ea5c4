//! The section `[storage]` of `orgsync.toml`: how much is kept, in the database and in the logs, each with a default
//! that is safe to leave. Sizes are bytes.

use serde::Deserialize;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorageConfig {
    /// How many bytes the fields of one user or department may have, memberships aside.
    pub max_row_bytes: u64,
    /// How many records one task may have.
    pub max_task_records: u64,
    /// How many bytes stay free on the disks of the database and of the logs; 0: any.
    pub min_free_bytes: u64,
    /// How large the raw-record log of a day may become.
    pub max_raw_records_day_bytes: u64,
    /// How large the raw-record logs of all days together may become; the oldest go.
    pub max_raw_records_bytes: u64,
    /// How large the system logs of all days together may become; the oldest go.
    pub max_log_bytes: u64,
}

impl Default for StorageConfig {
    fn default() -> Self {
        Self {
            max_row_bytes: 256 << 10,
            max_task_records: 10_000_000,
            min_free_bytes: 64 << 20,
            max_raw_records_day_bytes: 2 << 30,
            max_raw_records_bytes: 10 << 30,
            max_log_bytes: 2 << 30,
        }
    }
}

impl StorageConfig {
    /// Refuses values under which nothing would work; tells the key and what it must be.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let least = [
            ("storage.max_row_bytes", self.max_row_bytes, 1 << 10),
            ("storage.max_task_records", self.max_task_records, 1),
            ("storage.max_raw_records_day_bytes", self.max_raw_records_day_bytes, 1 << 20),
            ("storage.max_log_bytes", self.max_log_bytes, 1 << 20),
        ];
        if let Some((key, _, least)) = least.iter().find(|(_, value, least)| value < least) {
            return Err((key, format!("must be at least {least}")));
        }
        if self.max_raw_records_bytes < self.max_raw_records_day_bytes {
            let least = self.max_raw_records_day_bytes;
            let reason = format!("must be at least storage.max_raw_records_day_bytes, {least}");
            return Err(("storage.max_raw_records_bytes", reason));
        }
        Ok(())
    }
}

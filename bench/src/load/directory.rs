//! What there is in the end, as the API tells it.

use std::collections::HashMap;

use anyhow::Context;
use serde_json::Value;

use crate::daemon::Client;

/// All users, by source and uid.
pub(crate) type Found = HashMap<(String, String), Value>;

pub(crate) fn read(admin: &Client) -> anyhow::Result<Found> {
    let (mut found, mut cursor) = (Found::new(), String::new());
    loop {
        let path = format!("/api/v1/users?limit=1000&cursor={cursor}");
        let mut page = admin.get(&path)?.expect(200)?;
        for user in page["data"].as_array_mut().context("no page of users")? {
            let user = user.take();
            let text = |name: &str| user["links"][0][name].as_str().map(str::to_owned);
            let (source, uid) = text("source").zip(text("uid")).context("a user without a link")?;
            found
                .insert((source, uid), serde_json::json!({"custom": {"version": user["custom"]["version"]}}));
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return Ok(found),
        }
    }
}

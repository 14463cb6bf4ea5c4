//! The tree of departments as the page opens it: the branches below one, with who leads them; and the way down to one.

use std::collections::HashMap;

use crate::domain::ids::LocalId;
use crate::store::members::{self, Owner};
use crate::store::tree;

use super::directory::department_views;
use super::problem::Problem;
use super::router::App;
use super::view;

/// How many who lead a department are named.
const OWNERS: i64 = 3;
/// A way up that is longer is no way: departments of different sources may stand in a circle.
const DEPTH: usize = 64;

/// A branch of the tree.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) department: view::Department,
    pub(crate) has_children: bool,
    /// Who leads it; the first few.
    pub(crate) owners: Vec<Owner>,
}

/// The branches right below `parent`, or the roots, after that with the id `after`; and whether there are more.
pub(crate) async fn branches(
    app: &App,
    parent: Option<LocalId>,
    after: Option<LocalId>,
    limit: usize,
) -> Result<(Vec<Branch>, bool), Problem> {
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let mut found = tree::children(reader, dialect, parent, after, limit as u64 + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let ids = || found.iter().map(|branch| LocalId(branch.department.id));
    let mut owners: HashMap<i64, Vec<Owner>> = HashMap::new();
    for owner in members::owners(reader, dialect, ids(), OWNERS).await? {
        owners.entry(owner.department_id).or_default().push(owner);
    }
    let has_children: Vec<bool> = found.iter().map(|branch| branch.has_children).collect();
    let rows: Vec<_> = found.into_iter().map(|branch| branch.department).collect();
    let views = department_views(app, &rows).await?;
    let branches = views.into_iter().zip(has_children).map(|(department, has_children)| Branch {
        owners: owners.remove(&department.id).unwrap_or_default(),
        department,
        has_children,
    });
    Ok((branches.collect(), more))
}

/// The departments above one, the topmost first.
pub(crate) async fn above(app: &App, of: &view::Department) -> Result<Vec<(i64, String)>, Problem> {
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let (mut way, mut next) = (Vec::new(), of.parent_id);
    while let Some(id) = next.take()
        && way.len() < DEPTH
        && way.iter().all(|(seen, _)| *seen != id)
    {
        let mut found = crate::store::departments::by_ids(reader, dialect, [LocalId(id)]).await?;
        let Some(row) = found.remove(&LocalId(id)) else { break };
        way.push((id, row.title));
        next = crate::store::departments::parents(reader, dialect, [LocalId(id)]).await?.remove(&id);
    }
    way.reverse();
    Ok(way)
}

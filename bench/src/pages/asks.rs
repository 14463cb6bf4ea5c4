//! The pages that are asked for, as a list: a new page is a new line.

use anyhow::Context;

use crate::daemon::Client;

use super::population::{self, Population};

/// One page.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) name: &'static str,
    pub(super) path: String,
    /// What shows who asks: a bearer token or a cookie.
    pub(super) headers: Vec<(String, String)>,
    /// Whether it must be quick.
    pub(super) has_bar: bool,
}

pub(super) fn all(client: &Client, population: &Population) -> anyhow::Result<Vec<Ask>> {
    let seen = vec![client.cookie()?];
    let pages = pages(client, population)?.into_iter().map(|(name, path)| Ask {
        name,
        path,
        headers: seen.clone(),
        has_bar: true,
    });
    let headers = vec![client.bearer()];
    let ask = |has_bar: bool| {
        let headers = headers.clone();
        move |(name, path): (&'static str, String)| Ask {
            name,
            path: format!("/api/v1{path}"),
            headers: headers.clone(),
            has_bar,
        }
    };
    let asks = quick(client, population)?.into_iter().map(ask(true));
    Ok(pages.chain(asks).chain(patient(population).into_iter().map(ask(false))).collect())
}

fn department(client: &Client, title: &str) -> anyhow::Result<i64> {
    let path = format!("/api/v1/departments?limit=1&search={title}");
    let found = client.get(&path)?.expect(200)?;
    found["data"][0]["id"].as_i64().with_context(|| format!("there is no department {title}"))
}

/// What a person sees in a browser. A search there looks as long as a page can wait, and goes on by itself.
fn pages(client: &Client, population: &Population) -> anyhow::Result<Vec<(&'static str, String)>> {
    let (half, task) = (population.size.users / 2, population.task);
    let everybody = department(client, population::EVERYBODY)?;
    let branch = department(client, "Department+1+")?;
    let rare = population::RARE.replace(' ', "+");
    Ok(vec![
        ("page: overview", "/".into()),
        ("page: sources", "/sources".into()),
        ("page: add a source", "/sources/new".into()),
        ("page: a source", "/sources/company".into()),
        ("page: edit a source", "/sources/company/edit".into()),
        ("page: tasks", "/tasks".into()),
        ("page: tasks, partial, of a source", "/tasks?source=branch&status=partial".into()),
        ("page: the large task", format!("/tasks/{task}")),
        ("page: users", "/users".into()),
        ("page: users, in the middle", format!("/users?cursor={half}")),
        ("page: users, common search", "/users?search=example.com".into()),
        ("page: users, search that finds one, the last", format!("/users?search={rare}")),
        ("page: users, search that finds nobody", "/users?search=nobody-is-called-so".into()),
        ("page: users, two characters, nobody", "/users?search=%E9%BE%98%E9%BE%98".into()),
        ("page: users, of a source with few", "/users?source=tiny".into()),
        ("page: users, deleted", "/users?deleted=true".into()),
        ("page: users, of everybody's department", format!("/users?department={everybody}")),
        ("page: a user", format!("/users/{half}")),
        ("page: departments", "/departments".into()),
        ("page: departments, below one", format!("/departments/{branch}/branches")),
        ("page: departments, search", "/departments?search=department".into()),
        ("page: a department", format!("/departments/{branch}")),
        ("page: everybody's department", format!("/departments/{everybody}")),
        ("page: plugins", "/plugins".into()),
        ("page: logs", "/logs".into()),
        ("page: raw records", "/logs/records".into()),
        ("page: tokens", "/tokens".into()),
    ])
}

fn quick(client: &Client, population: &Population) -> anyhow::Result<Vec<(&'static str, String)>> {
    let half = population.size.users / 2;
    let everybody = department(client, population::EVERYBODY)?;
    let branch = department(client, "Department+1+")?;
    let leaf = department(client, &format!("Department+{}+", population.size.departments - 1))?;
    let task = population.task;
    let changes = |filter: &str| format!("/tasks/{task}/changes?{filter}");
    Ok(vec![
        ("users", "/users".into()),
        ("users, 1,000 of them", "/users?limit=1000".into()),
        ("users, in the middle", format!("/users?cursor={half}")),
        ("users, deleted", "/users?deleted=true".into()),
        ("users, of the large source", "/users?source=company".into()),
        ("users, of the large source, in the middle", format!("/users?source=company&cursor={half}")),
        ("users, of a source with few", "/users?source=tiny".into()),
        ("users, of a source that came last", "/users?source=branch".into()),
        ("users, of a small department", format!("/users?department={leaf}")),
        ("users, of everybody's department", format!("/users?department={everybody}")),
        ("users, of everybody's department, middle", format!("/users?department={everybody}&cursor={half}")),
        ("users, of a department and a source", format!("/users?department={everybody}&source=tiny")),
        ("users, common search", "/users?search=example.com".into()),
        ("a user", format!("/users/{half}")),
        ("departments", "/departments".into()),
        ("departments, 1,000 of them", "/departments?limit=1000".into()),
        ("departments, roots", "/departments?parent=root".into()),
        ("departments, below one", format!("/departments?parent={branch}")),
        ("departments, common search", "/departments?search=department".into()),
        ("departments, search that finds none", "/departments?search=nothing-is-called-so".into()),
        ("departments, of a source with none", "/departments?source=tiny".into()),
        ("departments, deleted", "/departments?deleted=true".into()),
        ("a department", format!("/departments/{branch}")),
        ("everybody's department", format!("/departments/{everybody}")),
        ("tasks", "/tasks".into()),
        ("tasks, failed", "/tasks?status=failed".into()),
        ("tasks, partial", "/tasks?status=partial".into()),
        ("tasks, of a source", "/tasks?source=tiny".into()),
        ("tasks, of a source, partial", "/tasks?source=branch&status=partial".into()),
        ("the large task", format!("/tasks/{task}")),
        ("changes of the large task", changes("")),
        ("changes, in the middle", changes(&format!("cursor=user:E{half:07}"))),
        ("changes, failed: three at the end", changes("outcome=failed")),
        ("changes, skipped: none", changes("outcome=skipped")),
        ("changes, pending: none", changes("outcome=pending")),
        ("changes, applied", changes("outcome=applied")),
        ("sources", "/sources".into()),
    ])
}

/// What has to look at all users, or all changes, before the API can answer; pages show what was found in time.
fn patient(population: &Population) -> Vec<(&'static str, String)> {
    let rare = population::RARE.replace(' ', "+");
    let task = population.task;
    vec![
        ("users, search that finds one, the last", format!("/users?search={rare}")),
        ("users, search that finds nobody", "/users?search=nobody-is-called-so".into()),
        ("users, search of two characters, nobody", "/users?search=%E9%BE%98%E9%BE%98".into()),
        ("users, search in a department, nobody", "/users?department=1&search=nobody-is-called-so".into()),
        ("changes, reject: three at the end", format!("/tasks/{task}/changes?op=reject")),
        ("changes, delete: none", format!("/tasks/{task}/changes?op=delete")),
    ]
}

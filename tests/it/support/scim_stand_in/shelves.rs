//! Requests and their answers (RFC 7644, 3).

use serde_json::{Value, json};

use super::filter::{parse, unescape};
use super::patch;
use super::state::State;
use super::{Reply, Request, Shelf, Versions};

/// Does what a request asks for.
pub(super) fn answer(state: &mut State, request: &Request) -> Reply {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    if path == "/ServiceProviderConfig" {
        return config(state);
    }
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let shelf = match parts.next() {
        Some("Users") => Shelf::Users,
        Some("Groups") => Shelf::Groups,
        _ => return refused(404, "there is no such endpoint", None),
    };
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    if let Some(status) = state.quirks.refuses(&body) {
        return refused(status, "a value is refused", None);
    }
    let id = parts.next().map(unescape);
    match (request.method.as_str(), id) {
        ("GET", None) => list(state, shelf, query),
        ("GET", Some(id)) => read(state, shelf, &id, query),
        ("POST", None) => create(state, shelf, body),
        ("PATCH", Some(_)) if state.quirks.no_patch => refused(501, "there is no PATCH", None),
        ("PATCH" | "PUT" | "DELETE", Some(id)) => change(state, shelf, &id, request, &body),
        _ => refused(405, "there is no such method", None),
    }
}

/// A refusal as SCIM has it.
pub(super) fn refused(status: u16, detail: &str, kind: Option<&str>) -> Reply {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
    Reply::json(
        status,
        &json!({"schemas": schemas, "status": status.to_string(), "detail": detail, "scimType": kind}),
    )
}

fn config(state: &State) -> Reply {
    if let Some(status) = state.quirks.config_status {
        return refused(status, "no configuration", None);
    }
    Reply::json(
        200,
        &json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": {"supported": !state.quirks.no_patch || state.quirks.claims_patch},
            "bulk": {"supported": false}, "filter": {"supported": true, "maxResults": 1000},
            "etag": {"supported": state.quirks.versions == Versions::Offered},
        }),
    )
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn without_members(resource: &mut Value, query: &str) {
    if parameter(query, "excludedAttributes") == Some("members")
        && let Some(resource) = resource.as_object_mut()
    {
        resource.remove("members");
    }
}

fn list(state: &State, shelf: Shelf, query: &str) -> Reply {
    let filter = match parameter(query, "filter").map(|text| parse(&unescape(text))) {
        Some(None) => return refused(400, "this filter is not understood", Some("invalidFilter")),
        Some(Some(filter)) => Some(filter),
        None => None,
    };
    let by_member =
        |filter: &Vec<super::filter::Equals>| filter.iter().any(|one| one.attribute == "members.value");
    if state.quirks.no_member_filter && filter.as_ref().is_some_and(by_member) {
        return refused(400, "this filter is not understood", Some("invalidFilter"));
    }
    let mut found = Vec::new();
    for (id, resource) in state.all(shelf) {
        let is_hidden = state.quirks.hides_inactive && shelf == Shelf::Users && resource["active"] == false;
        let matches = filter.as_ref().is_none_or(|filter| filter.iter().any(|one| one.matches(&resource)));
        if matches && !is_hidden {
            let mut shown = state.shown(shelf, &id).unwrap();
            without_members(&mut shown, query);
            let times = if state.quirks.lists_twice { 2 } else { 1 };
            found.extend(std::iter::repeat_n(shown, times));
        }
    }
    let number = |name: &str| parameter(query, name).and_then(|text| text.parse::<usize>().ok());
    let (start, count) = (number("startIndex").unwrap_or(1).max(1), number("count").unwrap_or(100));
    let total = found.len();
    let page: Vec<Value> = found.into_iter().skip(start - 1).take(count).collect();
    let total = if state.quirks.text_totals { json!(total.to_string()) } else { json!(total) };
    let page = if page.is_empty() && state.quirks.null_lists { Value::Null } else { Value::Array(page) };
    Reply::json(200, &json!({"totalResults": total, "startIndex": start, "Resources": page}))
}

fn read(state: &State, shelf: Shelf, id: &str, query: &str) -> Reply {
    match state.shown(shelf, id) {
        Some(mut resource) => {
            without_members(&mut resource, query);
            with_version(state, shelf, id, Reply::json(200, &resource))
        }
        None => refused(404, "it is not there", None),
    }
}

fn with_version(state: &State, shelf: Shelf, id: &str, reply: Reply) -> Reply {
    match state.version(shelf, id) {
        Some(version) if state.quirks.versions != Versions::None => reply.with("etag", version),
        _ => reply,
    }
}

fn create(state: &mut State, shelf: Shelf, body: Value) -> Reply {
    if let Some(refusal) = what_is_wrong(state, shelf, &body, "") {
        return refusal;
    }
    let id = state.insert(shelf, body);
    with_version(state, shelf, &id, Reply::json(201, &state.shown(shelf, &id).unwrap()))
}

fn change(state: &mut State, shelf: Shelf, id: &str, request: &Request, body: &Value) -> Reply {
    let Some(mut resource) = state.get(shelf, id).cloned() else {
        return refused(state.quirks.absent_resource.unwrap_or(404), "it is not there", None);
    };
    let given = request.headers.get("if-match").filter(|_| state.quirks.versions != Versions::None);
    match given {
        None if state.quirks.versions == Versions::Wanted => return refused(428, "If-Match is needed", None),
        Some(given) if given != "*" && Some(given) != state.version(shelf, id).as_ref() => {
            return refused(412, "it has been changed", None);
        }
        _ => {}
    }
    match request.method.as_str() {
        "DELETE" => {
            state.remove(shelf, id);
            return Reply::status(204);
        }
        "PUT" => resource = body.clone(),
        _ => {
            if let Err((status, kind)) = patch::apply(&state.quirks, &mut resource, body) {
                return refused(status, "the change is refused", Some(kind));
            }
        }
    }
    if let Some(refusal) = what_is_wrong(state, shelf, &resource, id) {
        return refusal;
    }
    if resource != *state.get(shelf, id).unwrap() {
        state.write(shelf, id, resource);
    }
    with_version(state, shelf, id, Reply::json(200, &state.shown(shelf, id).unwrap()))
}

fn what_is_wrong(state: &State, shelf: Shelf, resource: &Value, id: &str) -> Option<Reply> {
    let name = if shelf == Shelf::Users { "userName" } else { "displayName" };
    if resource[name].as_str().is_none_or(str::is_empty) {
        return Some(refused(400, &format!("there is no {name}"), Some("invalidValue")));
    }
    if state.is_name_taken(shelf, resource, id) {
        return Some(refused(409, &format!("the {name} is taken"), Some("uniqueness")));
    }
    if shelf == Shelf::Groups {
        let unknown =
            super::state::member_ids(resource).into_iter().find(|id| state.get(Shelf::Users, id).is_none());
        if let Some(id) = unknown {
            return Some(refused(400, &format!("there is no user {id}"), Some("invalidValue")));
        }
    }
    None
}

//! /openapi.json: the description of this API, gathered from the handlers that the routes are made of.
//! What holds for many of them is said here, by the same rules by which the router treats requests: the
//! token and its scope, the problems that any request can meet, and the shape that problems have.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::Extension;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::Value;
use utoipa::openapi::path::{Operation, PathItem, Paths};
use utoipa::openapi::schema::{ArrayItems, Object, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use crate::domain::token::Scope;

use super::compat;
use super::problem::Told;
use super::view::{CompatibleError, Data};

/// The name of the security scheme.
const TOKEN: &str = "token";

/// The description, before there is a route in it.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "orgsync",
        description = "Keeps an organisation's users and departments in step.\n\n\
            JSON is in camelCase. Times are RFC 3339 in UTC. A query parameter or a key of a body that is not \
            known is an error that names it; an empty query parameter counts as absent. Text has no NUL \
            character in it. Problems are RFC 9457 `application/problem+json`, but for `/api/userData:…`. Every \
            answer has an `X-Request-Id`, which a client may choose; the daemon's log names it.",
    ),
    tags(
        (name = "push", description = "Records in"),
        (name = "sources", description = "Where records come from"),
        (name = "targets", description = "Where changes go, besides users and departments"),
        (name = "tasks", description = "What became of them: syncs, their plans, and what is done about them"),
        (name = "directory", description = "The result: users and departments"),
        (name = "plugins", description = "What reads sources and serves targets"),
        (name = "tokens", description = "Who may do what"),
        (name = "compatible", description = "The push API that existing clients know"),
        (name = "health", description = "For supervisors and tools"),
    ),
    components(schemas(Told, CompatibleError, Data<CompatibleError>)),
    modifiers(&Token),
)]
pub(crate) struct Description;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "`admin` may do everything; `operate` what `read` may, and check and sync sources, retry, approve, \
             reject, cancel and undo tasks; `read` every GET but that of tokens; `push` nothing but push, to \
             one source if it is bound to that.",
        ));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(TOKEN, SecurityScheme::Http(bearer.build()));
    }
}

/// Any request with a token can be answered so.
const COMMON: [(&str, &str); 6] = [
    ("400", "a query parameter or the body makes no sense"),
    ("401", "there is no token, or it is not valid"),
    (
        "403",
        "the token's scope does not allow this, it is good for another source only, or the source's policy \
         does not allow the match key",
    ),
    ("429", "too many tokens from this address were not valid"),
    ("500", "something went wrong inside the daemon; its log has the cause under the request's id"),
    ("503", "the daemon is stopping, or its database can't be reached just now"),
];

/// Says of operations that they take a token of this scope.
pub(crate) fn behind(scope: Scope, mut paths: Paths) -> Paths {
    for operation in paths.paths.values_mut().flat_map(operations) {
        operation.security = Some(vec![SecurityRequirement::new(TOKEN, [scope.as_str()])]);
        let told =
            operation.description.take().map(|text| format!("{}\n\n", text.trim())).unwrap_or_default();
        operation.description = Some(format!("{told}Takes a token of scope `{}`.", scope.as_str()));
        for (status, description) in COMMON {
            let said = || ResponseBuilder::new().description(description).build().into();
            operation.responses.responses.entry(status.into()).or_insert_with(said);
        }
    }
    paths
}

/// Gives all problems the shape and the headers that they have, and wrapped answers a reference to what
/// they wrap.
pub(crate) fn finish(document: &mut utoipa::openapi::OpenApi) {
    if let Some(components) = &mut document.components {
        let names: BTreeSet<String> = components.schemas.keys().cloned().collect();
        for (name, schema) in &mut components.schemas {
            // The name of a `Page<Task>` is `Page_Task`.
            if let (Some((_, wrapped)), RefOr::T(Schema::Object(wrapper))) = (name.rsplit_once('_'), schema)
                && names.contains(wrapped)
            {
                refer(wrapper, wrapped);
            }
        }
    }
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response {
                    finish_response(path, status, response);
                }
            }
        }
    }
}

/// What is derived for a generic type repeats the whole of what it is made of; this refers to it.
fn refer(wrapper: &mut Object, wrapped: &str) {
    let reference = || RefOr::Ref(Ref::from_schema_name(wrapped));
    match wrapper.properties.get_mut("data") {
        Some(RefOr::T(Schema::Array(list))) => list.items = ArrayItems::RefOrSchema(Box::new(reference())),
        Some(data) => *data = reference(),
        None => {}
    }
}

fn finish_response(path: &str, status: &str, response: &mut Response) {
    if status < "400" || !response.content.is_empty() {
        return;
    }
    let (media, schema) = if compat::is_compatible(path) {
        ("application/json", "Data_CompatibleError")
    } else {
        ("application/problem+json", "Problem")
    };
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    response.content.insert(media.into(), content.into());
    let header = match status {
        "401" => ("www-authenticate", Type::String, "`Bearer`, and what is wrong with the token"),
        "429" | "503" => ("retry-after", Type::Integer, "after how many seconds to try again"),
        _ => return,
    };
    let (name, kind, description) = header;
    let header = HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(kind).build()))
        .description(Some(description))
        .build();
    response.headers.insert(name.into(), header.into());
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
    [get, put, post, delete, options, head, patch, trace].into_iter().flatten()
}

/// The document as it is served.
#[derive(Debug, Clone)]
pub(crate) struct Document(Bytes);

impl Document {
    pub(crate) fn new(document: &utoipa::openapi::OpenApi) -> Self {
        let mut document =
            serde_json::to_value(document).expect("a description is made of text, lists and maps");
        let items = document["paths"].as_object_mut().into_iter().flat_map(serde_json::Map::values_mut);
        let operations = items.filter_map(Value::as_object_mut).flat_map(serde_json::Map::values_mut);
        for operation in operations {
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            parameters.into_iter().flatten().for_each(finish_parameter);
        }
        Self(document.to_string().into())
    }
}

/// Says of a parameter what holds for all of them: none is null, and none in the query has a NUL character
/// in it; there, one that is empty is absent, for which what the document is built of has no word.
fn finish_parameter(parameter: &mut Value) {
    let schema = &mut parameter["schema"];
    if let Some(kind) = schema["type"].as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null"))
    {
        schema["type"] = kind.clone();
    }
    if parameter["in"] != "query" {
        return;
    }
    let schema = &mut parameter["schema"];
    if schema["type"] == "string" && schema.get("enum").is_none() && schema.get("pattern").is_none() {
        schema["pattern"] = "^[^\\u0000]*$".into();
    }
    if parameter["required"] != true {
        parameter["allowEmptyValue"] = true.into();
    }
}

/// Describes this API: OpenAPI 3.1.
#[utoipa::path(
    get, path = "/openapi.json", tag = "health", operation_id = "getOpenapi",
    responses((status = 200, description = "this document", body = Object)),
)]
pub(crate) async fn document(Extension(Document(text)): Extension<Document>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], text)
}

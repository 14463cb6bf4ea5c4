//! /openapi.json against the routes: it has every one of them, it is sound, and what the tests of this
//! folder are answered is what it says.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;

use super::*;

/// What /openapi.json says.
pub(super) struct Description {
    document: Value,
    /// Its schemas, read strictly: a key that they do not name may not be there.
    strict: Value,
}

/// An operation as it is described.
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) id: String,
    /// The scope that it takes; none for those that take no token.
    pub(super) scope: Option<String>,
    /// The names of its query parameters.
    pub(super) query: Vec<String>,
}

impl Description {
    /// What these routes say of themselves.
    pub(super) async fn of(router: &Router) -> Self {
        let request = Request::builder().uri("/openapi.json").body(Body::empty()).unwrap();
        let answer = send(router, request).await;
        assert_eq!(
            (answer.status, &answer.headers["content-type"]),
            (200, &"application/json".parse().unwrap())
        );
        let mut strict = answer.body["components"].clone();
        forbid_others(&mut strict);
        Self { document: answer.body, strict }
    }

    /// All operations, sorted by path.
    pub(super) fn operations(&self) -> Vec<Operation> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut operations = Vec::new();
        for (path, item) in self.document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                operations.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    id: text(&operation["operationId"]),
                    scope: operation.get("security").map(|security| text(&security[0]["token"][0])),
                    query: parameters
                        .filter(|parameter| parameter["in"] == "query")
                        .map(|parameter| text(&parameter["name"]))
                        .collect(),
                });
            }
        }
        operations
    }

    /// Fails unless an answer of this operation may look like this. Paths and methods that there are none
    /// of are not described.
    pub(super) fn check(&self, method: &Method, path: &str, answer: &Answer) {
        let Some(operation) = self.operation(method, path) else { return };
        let status = answer.status.to_string();
        let Some(response) = operation["responses"].get(&status) else {
            panic!("{method} {path}: {status} is not described: {}", answer.body);
        };
        for header in response["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
            let may_lack = header == "preference-applied";
            assert!(
                may_lack || answer.headers.contains_key(header),
                "{method} {path}: {status} lacks {header}"
            );
        }
        let Some(content) = response["content"].as_object() else {
            return assert_eq!(answer.body, Value::Null, "{method} {path}: {status} has no body");
        };
        let media = answer.headers["content-type"].to_str().unwrap();
        let Some(described) = content.get(media) else {
            panic!("{method} {path}: {status} is described as {:?}, is {media}", content.keys());
        };
        let schema = json!({"allOf": [described["schema"]], "components": self.strict});
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&answer.body)
            .map(|error| format!("{}: {error}", error.instance_path().as_str()))
            .collect();
        assert!(errors.is_empty(), "{method} {path}: {status}: {}\n{}", errors.join("\n"), answer.body);
    }

    fn operation(&self, method: &Method, path: &str) -> Option<&Value> {
        let fits = |template: &str| {
            let (wanted, given) = (template.split('/'), path.split('/'));
            wanted.clone().count() == given.clone().count()
                && wanted.zip(given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
        };
        let (_, item) = self.document["paths"].as_object()?.iter().find(|(template, _)| fits(template))?;
        item.get(method.as_str().to_lowercase())
    }
}

/// Has objects take no keys but those that they name.
fn forbid_others(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(forbid_others),
        Value::Object(object) => {
            object.values_mut().for_each(forbid_others);
            if object.get("type") == Some(&json!("object")) && object.contains_key("properties") {
                object.entry("additionalProperties").or_insert(json!(false));
            }
        }
        _ => {}
    }
}

/// Every value below one, with the keys that lead there.
fn walk<'a>(value: &'a Value, place: &str, visit: &mut impl FnMut(&str, &'a Value)) {
    visit(place, value);
    let mut below = |key: &str, value: &'a Value| walk(value, &format!("{place}/{key}"), visit);
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(list) => list.iter().for_each(|value| below("-", value)),
        _ => {}
    }
}

#[tokio::test]
async fn operations_have_these_names_and_scopes() {
    let operations = Bench::new().await.description.operations();
    let ids: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(ids.len(), operations.len(), "no two operations share an id");
    let told = |operation: &Operation| {
        let scope = operation.scope.as_deref().unwrap_or("-");
        format!("{scope:8} {:24} {} {}", operation.id, operation.method, operation.path)
    };
    let told: Vec<String> = operations.iter().map(told).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    read     compatibleListSyncTypes  GET /api/userData:listSyncTypes
    operate  compatiblePull           POST /api/userData:pull
    push     compatiblePush           POST /api/userData:push
    operate  compatibleRetry          POST /api/userData:retry
    read     listDeletedSources       GET /api/v1/deleted-sources
    admin    restoreSource            POST /api/v1/deleted-sources/{id}/restore
    admin    takeAwayRecords          POST /api/v1/deleted-sources/{id}/take-away
    read     listDepartments          GET /api/v1/departments
    read     getDepartment            GET /api/v1/departments/{id}
    read     listPlugins              GET /api/v1/plugins
    admin    rescanPlugins            POST /api/v1/plugins/rescan
    read     listSourceTypes          GET /api/v1/source-types
    read     listSources              GET /api/v1/sources
    admin    createSource             POST /api/v1/sources
    admin    deleteSource             DELETE /api/v1/sources/{name}
    read     getSource                GET /api/v1/sources/{name}
    admin    changeSource             PATCH /api/v1/sources/{name}
    operate  checkSource              POST /api/v1/sources/{name}/check
    push     pushRecords              POST /api/v1/sources/{name}/records
    operate  syncSource               POST /api/v1/sources/{name}/sync
    read     listTargetTypes          GET /api/v1/target-types
    read     listTargets              GET /api/v1/targets
    admin    createTarget             POST /api/v1/targets
    admin    deleteTarget             DELETE /api/v1/targets/{name}
    read     getTarget                GET /api/v1/targets/{name}
    admin    changeTarget             PATCH /api/v1/targets/{name}
    operate  backfillTarget           POST /api/v1/targets/{name}/backfill
    operate  checkTarget              POST /api/v1/targets/{name}/check
    read     listDeliveries           GET /api/v1/targets/{name}/deliveries
    operate  retryTarget              POST /api/v1/targets/{name}/retry
    read     listTasks                GET /api/v1/tasks
    read     getTask                  GET /api/v1/tasks/{id}
    operate  approveTask              POST /api/v1/tasks/{id}/approve
    operate  cancelTask               POST /api/v1/tasks/{id}/cancel
    read     listChanges              GET /api/v1/tasks/{id}/changes
    read     followTask               GET /api/v1/tasks/{id}/events
    operate  rejectTask               POST /api/v1/tasks/{id}/reject
    operate  retryTask                POST /api/v1/tasks/{id}/retry
    operate  undoTask                 POST /api/v1/tasks/{id}/undo
    admin    listTokens               GET /api/v1/tokens
    admin    createToken              POST /api/v1/tokens
    admin    revokeToken              DELETE /api/v1/tokens/{id}
    read     listUsers                GET /api/v1/users
    read     getUser                  GET /api/v1/users/{id}
    operate  adoptUser                POST /api/v1/users/{id}/adopt
    operate  freeUser                 POST /api/v1/users/{id}/free
    -        getHealth                GET /healthz
    read     getMetrics               GET /metrics
    -        getOpenapi               GET /openapi.json
    -        getReadiness             GET /readyz
    ");
}

#[tokio::test]
async fn every_route_is_described() {
    let bench = Bench::new().await;
    let mut described: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Operation { method, path, .. } in bench.description.operations() {
        let methods = described.entry(path).or_default();
        if method == "GET" {
            methods.insert("HEAD".into());
        }
        methods.insert(method);
    }
    // A router does not list its routes, but what it prints for debugging has them as `RouteId(7): "/path"`.
    let printed = format!("{:?}", bench.router);
    let routes = printed.split("RouteId(").filter_map(|rest| {
        let (id, rest) = rest.split_once("): \"")?;
        id.parse::<u32>().ok()?;
        Some(rest.split_once('"')?.0.to_owned())
    });
    // The fallback stands at these two.
    let is_ours = |path: &String| path != "/" && !path.contains("{*");
    let routes: BTreeSet<String> = routes.filter(is_ours).collect();
    assert_eq!(routes, described.keys().cloned().collect());
    for (path, methods) in described {
        let path = path.replace("{name}", "api").replace("{id}", "1");
        let refused = bench.send(request("TRACE", &path, &[], Body::empty())).await;
        let allowed = refused.headers["allow"].to_str().unwrap().split(',').map(str::to_owned);
        assert_eq!((refused.status, allowed.collect::<BTreeSet<_>>()), (405, methods), "{path}");
    }
}

#[tokio::test]
async fn the_document_is_sound() {
    let Description { document, .. } = Bench::new().await.description;
    assert_eq!(document["openapi"], "3.1.0");
    walk(&document, "", &mut |place, value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            assert!(target.is_some(), "{place}: {reference} leads nowhere");
        }
        // What the derive macros make of `inline` beside a description or default: nothing satisfies it.
        assert!(!place.ends_with("/allOf"), "{place}");
    });
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let schema = json!({"allOf": [schema], "components": document["components"]});
        let built = jsonschema::validator_for(&schema);
        built.unwrap_or_else(|error| panic!("{name} is no JSON Schema: {error}"));
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        let wanted: BTreeSet<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path} says what it does");
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let in_path = parameters.filter(|parameter| parameter["in"] == "path");
            let given: BTreeSet<&str> =
                in_path.map(|parameter| parameter["name"].as_str().unwrap()).collect();
            assert_eq!(given, wanted, "{method} {path}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["schema"]["type"].is_string(), "a parameter is never null: {parameter}");
                let may_be_empty = parameter["in"] == "query" && parameter["required"] == false;
                assert_eq!(parameter["allowEmptyValue"] == true, may_be_empty, "{parameter}");
            }
        }
    }
}

#[tokio::test]
async fn answers_have_all_their_keys_but_these() {
    let Description { document, .. } = Bench::new().await.description;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    // What clients send leaves keys out as it likes.
    let mut sent = BTreeSet::new();
    let mut pending: Vec<&Value> = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        pending.extend(item.as_object().unwrap().values().map(|operation| &operation["requestBody"]));
    }
    while let Some(value) = pending.pop() {
        walk(value, "", &mut |_, value| {
            let name = value.get("$ref").and_then(|name| name.as_str()?.rsplit_once('/'));
            if let Some((_, name)) = name
                && sent.insert(name)
            {
                pending.push(&schemas[name]);
            }
        });
    }
    let mut optional = Vec::new();
    for (name, schema) in schemas.iter().filter(|(name, _)| !sent.contains(name.as_str())) {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let keys = schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys());
        optional
            .extend(keys.filter(|key| !required.contains(&key.as_str())).map(|key| format!("{name}.{key}")));
    }
    insta::assert_snapshot!(optional.join("\n"), @r"
    Checked.message
    Checked.notes
    CompatibleError.taskId
    Counts.targets
    Department.danglingParent
    Link.sourceDeleted
    Problem.errors
    Problem.field
    Problem.taskId
    PushTaken.counts
    PushTaken.failedRecords
    PushTaken.message
    Readiness.databaseDetail
    Readiness.diskDetail
    Readiness.pluginsDetail
    Readiness.tls
    Token.token
    User.danglingDepartments
    ");
}

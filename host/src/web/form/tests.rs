//! Forms of the schemas that orgsync's own plugins have, and of shapes that other vendors' may have.

use axum::body::Body;
use axum::http::Request;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::shape::{Kind, Shape, Trail};
use super::*;
use crate::http::options::{self, MASK};
use crate::web::fields::Fields;
use crate::web::frame::Frame;
use crate::web::tests::html;

/// How many fields a form has at most, unless a test says otherwise.
const MOST: usize = 500;

/// The schemas of the plugins that come with orgsync, as their manifests have them.
fn schemas() -> [(&'static str, Value); 4] {
    [
        ("ldap", include_str!("schemas/ldap.json")),
        ("files", include_str!("schemas/files.json")),
        ("scim", include_str!("schemas/scim.json")),
        ("webhook", include_str!("schemas/webhook.json")),
    ]
    .map(|(name, text)| (name, serde_json::from_str(text).unwrap()))
}

/// A form as it is drawn.
fn page(schema: &Value, filled: &Filled) -> String {
    page_of(schema, filled, MOST)
}

/// A form of at most so many fields as it is drawn.
fn page_of(schema: &Value, filled: &Filled, most: usize) -> String {
    let frame = Frame::of(&Request::get("/x").body(Body::empty()).unwrap());
    let fields = draw(schema, "options", Some("en"), filled, most);
    let drawn: String = fields.iter().map(|field| frame.field(field).to_string()).collect();
    format!("<form>{drawn}</form>")
}

/// What comes back after some fields were changed; those of which there is none are added.
fn sent(schema: &Value, filled: &Filled, changes: &[(&str, &str)]) -> Filled {
    let mut fields = html::fields(&page(schema, filled), "<form>");
    for (name, value) in changes {
        let found = fields.iter_mut().rev().find(|(known, _)| known == name);
        match found.filter(|_| !name.starts_with('_')) {
            Some((_, old)) => *old = (*value).to_owned(),
            None => fields.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    read(schema, "options", &Fields::parse(html::encode(&fields).as_bytes()))
}

fn unchanged(schema: &Value, value: &Value) -> Value {
    let filled = sent(schema, &Filled::of(value.clone()), &[]);
    assert_eq!(filled.errors, [], "{value}");
    filled.value
}

/// Values that the shape of a schema allows, none where it may be left out.
fn values(root: &Value, schema: &Value, required: bool, trail: &Trail) -> BoxedStrategy<Option<Value>> {
    let shape = Shape::of(root, schema, trail);
    let text = |pattern: &'static str| pattern.prop_map(|text: String| Value::from(text)).boxed();
    let given: BoxedStrategy<Value> = match shape.kind {
        Kind::Text { multiline: true } => text("[ -~\n]{0,20}"),
        Kind::Text { multiline: false } if required => text("[ -~äż]{1,12}"),
        Kind::Text { multiline: false } => text("[ -~äż]{0,12}"),
        Kind::Secret => Just(Value::from(MASK)).boxed(),
        Kind::Number => (0..1_000_000_i64).prop_map(Value::from).boxed(),
        Kind::Flag => any::<bool>().prop_map(Value::from).boxed(),
        Kind::One(ways) => select(ways).prop_map(|way| way.value).boxed(),
        Kind::Any(ways) => {
            let all: Vec<Value> = ways.into_iter().map(|way| way.value).collect();
            let most = all.len();
            subsequence(all, 0..=most).prop_map(Value::from).boxed()
        }
        Kind::Object { members, .. } => {
            let each = members.into_iter().map(|member| {
                let value = values(root, &member.schema, member.required, &shape.inner);
                value.prop_map(move |value| (member.key.clone(), value)).boxed()
            });
            let all: Vec<_> = each.collect();
            let object = |pairs: Vec<(String, Option<Value>)>| {
                pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect::<Map<_, _>>()
            };
            all.prop_map(move |pairs| Value::Object(object(pairs))).boxed()
        }
        Kind::Map(inner) => {
            let value = if inner.kind == Kind::Secret { text("[*]{8}") } else { text("[ -~]{0,6}") };
            prop::collection::btree_map("[a-zA-Z/~ .]{1,6}", value, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect()))
                .boxed()
        }
        Kind::Lines(_) => {
            prop::collection::vec("[!-~]{1,6}", usize::from(required)..4).prop_map(Value::from).boxed()
        }
        Kind::List(items) => prop::collection::vec(values(root, &items, true, &shape.inner), 0..3)
            .prop_map(|items| items.into_iter().flatten().collect::<Value>())
            .boxed(),
        Kind::Json => Just(json!({"a": [1, null]})).boxed(),
    };
    match (required, shape.nullable) {
        (true, _) => given.prop_map(Some).boxed(),
        (false, false) => prop::option::of(given).boxed(),
        (false, true) => {
            prop_oneof![3 => given.prop_map(Some), 2 => Just(None), 1 => Just(Some(Value::Null))].boxed()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_sent_back_unchanged_is_the_same(value in schemas().map(|(_, schema)| {
        values(&schema, &schema, true, &Trail::default())
    })) {
        for ((name, schema), value) in schemas().into_iter().zip(value) {
            let value = value.unwrap();
            prop_assert_eq!(&unchanged(&schema, &value), &value, "{}", name);
        }
    }
}

#[test]
fn a_new_form_is_empty_and_says_what_is_missing() {
    for (name, schema) in schemas() {
        assert_eq!(unchanged(&schema, &json!({})), json!({}), "{name}");
        assert_eq!(unchanged(&schema, &Value::Null), json!({}), "{name}");
    }
}

#[test]
fn what_is_filled_in_has_the_types_of_the_schema() {
    let [(_, ldap), ..] = schemas();
    let changes = [
        ("options/url", "ldaps://x"),
        ("options/connectTimeout", " 20 "),
        ("options/startTls", "true"),
        ("options/preset", "active-directory"),
        ("options/password", "secret"),
        ("options/users", "on"),
        ("options/users/bases", " ou=a \r\n\r\nou=b\r\n"),
        ("_item", "options/users/custom/0"),
        ("options/users/custom/0/attribute", "mail"),
    ];
    // A box that is not ticked sends only its marker, so the tick has to come beside it.
    let mut fields = html::fields(&page(&ldap, &Filled::default()), "<form>");
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name || name == "options/startTls");
        fields.push((name.to_owned(), value.to_owned()));
    }
    let filled = read(&ldap, "options", &Fields::parse(html::encode(&fields).as_bytes()));
    let expected = json!({
        "url": "ldaps://x", "connectTimeout": 20, "startTls": true, "preset": "active-directory",
        "password": "secret", "users": {"bases": ["ou=a", "ou=b"], "custom": [{"attribute": "mail"}]},
    });
    assert_eq!((filled.value.clone(), filled.errors), (expected, Vec::new()));
    assert_eq!(options::check(&ldap, &filled.value).unwrap(), []);
}

#[test]
fn a_secret_is_kept_forgotten_or_replaced_and_never_shown() {
    let [(_, ldap), ..] = schemas();
    let stored = Filled::of(json!({"url": "x", "password": MASK}));
    let check = |changes: &[(&str, &str)], expected: Option<&str>| {
        let filled = sent(&ldap, &stored, changes);
        assert_eq!(filled.value["password"].as_str(), expected, "{changes:?}");
        let again = page(&ldap, &filled);
        assert!(!again.contains("s3cret") && !again.contains(MASK), "{again}");
        filled
    };
    check(&[], Some(MASK));
    check(&[("_forget", "options/password")], None);
    let typed = check(&[("options/password", "s3cret")], Some("s3cret"));
    // What was typed is lost with the page, so what is stored would be kept: that is said.
    assert!(page(&ldap, &typed).contains("Type it again"));
    assert_eq!(sent(&ldap, &typed, &[]).value["password"], MASK);
}

#[test]
fn secrets_in_json_are_not_shown_either() {
    let schema = json!({"type": "object", "properties": {"either": {"anyOf": [
        {"type": "object", "properties": {"key": {"type": "string", "format": "password"}}}, {"type": "string"},
    ]}}});
    let check = |text: &str, value: Value| {
        let filled = sent(&schema, &Filled::default(), &[("options/either/_json", text)]);
        assert_eq!(filled.value, value, "{text}");
        assert!(!page(&schema, &filled).contains("s3cret"), "{text}");
    };
    check(r#"{"key": "s3cret"}"#, json!({"either": {"key": "s3cret"}}));
    check(r#"{"key": "s3cret""#, json!({}));
}

#[test]
fn lists_grow_and_shrink() {
    let [(_, ldap), ..] = schemas();
    let custom = |names: &[&str]| -> Value {
        let items: Vec<_> = names.iter().map(|name| json!({"attribute": name})).collect();
        json!({"url": "x", "users": {"bases": ["b"], "custom": items}})
    };
    let check = |button: (&str, &str), expected: Value| {
        let filled = sent(&ldap, &Filled::of(custom(&["a", "b", "c"])), &[button]);
        assert_eq!(filled.value["users"]["custom"], expected, "{button:?}");
    };
    check((REMOVE, "options/users/custom/1"), json!([{"attribute": "a"}, {"attribute": "c"}]));
    let more = json!([{"attribute": "a"}, {"attribute": "b"}, {"attribute": "c"}, {}]);
    check((ADD, "options/users/custom"), more);
    check((ADD, "options/groups/custom"), custom(&["a", "b", "c"])["users"]["custom"].clone());
}

#[test]
fn what_makes_no_sense_stays_and_is_told_at_its_field() {
    let [(_, ldap), _, _, (_, webhook)] = schemas();
    let mut filled = sent(&ldap, &Filled::of(json!({"url": "x"})), &[("options/pageSize", "many")]);
    assert_eq!(filled.value["pageSize"], "many");
    filled.errors = options::check(&ldap, &filled.value).unwrap();
    let drawn = page(&ldap, &filled);
    let field = &drawn[drawn.find("id=\"f-options-pageSize\"").unwrap()..];
    let field = &field[..field.find("</div>").unwrap()];
    assert!(field.contains("value=\"many\"") && field.contains("aria-invalid=\"true\""), "{field}");
    assert!(field.contains("id=\"f-options-pageSize-error\""), "{field}");
    let found = draw(&ldap, "options", None, &filled, MOST).into_iter().find_map(|field| {
        field.find("options/pageSize").map(|(field, labels)| (field.id.clone(), labels.join("/")))
    });
    assert_eq!(found, Some(("f-options-pageSize".into(), "Page size".into())));

    let nameless = [("options/headers/_value0", "v")];
    let filled = sent(&webhook, &Filled::default(), &nameless);
    assert_eq!(filled.errors[0].message, "has no name");
}

#[test]
fn options_that_the_schema_does_not_know_stay() {
    let [(_, ldap), ..] = schemas();
    let value = json!({"url": "x", "old": {"deep": [1, 2]}});
    assert_eq!(unchanged(&ldap, &value), value);
    let without = sent(&ldap, &Filled::of(value), &[("options/_more", "")]);
    assert_eq!(without.value, json!({"url": "x"}));
}

#[test]
fn references_and_combinations_are_followed() {
    let root = json!({
        "$defs": {
            "mode": {"enum": ["a", "b"]},
            "tree": {"type": "object", "properties": {"below": {"$ref": "#/$defs/tree"}, "n": {"type": "integer"}}},
            "circle": {"$ref": "#/$defs/circle"},
        },
    });
    let check = |schema: Value, expected: &str| {
        let shape = Shape::of(&root, &schema, &Trail::default());
        let kind = format!("{:?}", shape.kind);
        assert!(kind.starts_with(expected), "{schema}: {kind}");
    };
    check(json!({"$ref": "#/$defs/mode", "title": "Mode"}), "One");
    check(json!({"allOf": [{"$ref": "#/$defs/mode"}]}), "One");
    check(json!({"anyOf": [{"$ref": "#/$defs/mode"}, {"type": "null"}]}), "One");
    check(json!({"type": "array", "items": {"$ref": "#/$defs/mode"}}), "Any");
    check(json!({"$ref": "#/$defs/tree"}), "Object");
    check(json!({"$ref": "#/$defs/circle"}), "Json");
    check(json!({"$ref": "#/$defs/nowhere"}), "Json");
    check(json!({"oneOf": [{"type": "object", "properties": {"a": {}}}, {"type": "string"}]}), "Json");
    check(json!({"type": ["string", "integer"]}), "Json");
    check(json!(true), "Json");
    let tree = json!({"n": 1, "below": {"n": 2, "below": {"n": 3}}});
    let schema =
        json!({"type": "object", "properties": {"tree": {"$ref": "#/$defs/tree"}}, "$defs": root["$defs"]});
    assert_eq!(unchanged(&schema, &json!({"tree": tree})), json!({"tree": tree}));
}

#[test]
fn fields_come_in_the_order_of_the_vendor() {
    let [(_, mut ldap), ..] = schemas();
    let names = |schema: &Value| -> Vec<String> {
        let fields = draw(schema, "o", None, &Filled::default(), MOST);
        fields.iter().take(3).map(|field| field.name.clone()).collect()
    };
    assert_eq!(names(&ldap), ["o/url", "o/startTls", "o/caFile"]);
    ldap.as_object_mut().unwrap().remove("x-order");
    assert_eq!(names(&ldap), ["o/url", "o/allowEmptyBases", "o/bindDn"]);
}

/// How many fields there are, those within others included.
fn count(fields: &[&Field]) -> usize {
    fields.iter().map(|field| 1 + count(&field.parts())).sum()
}

fn fields_of(schema: &Value, filled: &Filled, most: usize) -> Vec<Field> {
    draw(schema, "options", None, filled, most)
}

/// Ten filters that hold ten filters each, and so on without an end.
#[test]
fn a_part_of_itself_is_asked_for_as_json() {
    let names = (0..10).map(|n| format!("p{n}"));
    let parts: Map<String, Value> = names.map(|name| (name, json!({"$ref": "#/$defs/n"}))).collect();
    let node = json!({"type": "object", "properties": parts});
    let mut schemas = vec![
        json!({"type": "object", "properties": {"filter": {"$ref": "#/$defs/n"}}, "$defs": {"n": node}}),
        json!({"$ref": "#/$defs/n", "$defs": {"n": node}}),
    ];
    // The same by way of combinations, and of a second definition.
    let combined = json!({"allOf": (0..10).map(|_| json!({"$ref": "#/$defs/n"})).collect::<Value>()});
    schemas.push(json!({"type": "object", "properties": {"x": combined}, "$defs": {"n": combined}}));
    let there = json!({"type": "object", "properties": {"back": {"$ref": "#/$defs/n"}}});
    let both = json!({"n": {"type": "object", "properties": {"on": {"$ref": "#/$defs/m"}}}, "m": there});
    schemas.push(json!({"type": "object", "properties": {"x": {"$ref": "#/$defs/n"}}, "$defs": both}));
    for schema in &schemas {
        let fields = fields_of(schema, &Filled::default(), MOST);
        let count = count(&fields.iter().collect::<Vec<_>>());
        assert!((1..=21).contains(&count), "{count} fields of {schema}");
        assert_eq!(unchanged(schema, &json!({})), json!({}));
    }
    let value = json!({"filter": {"p0": {"p1": {"p2": {}}}, "p9": {}}});
    assert_eq!(unchanged(&schemas[0], &value), value);
    let typed = [("options/filter/p3/_json", r#"{"p4": {}}"#)];
    let filled = sent(&schemas[0], &Filled::default(), &typed);
    assert_eq!((filled.value, filled.errors), (json!({"filter": {"p3": {"p4": {}}}}), Vec::new()));
}

/// Definitions that are used more than once, but never within themselves, have fields of their own.
#[test]
fn what_is_used_twice_is_no_part_of_itself() {
    let login = json!({"type": "object", "properties": {"user": {"type": "string"}}});
    let server = json!({"type": "object", "properties": {"login": {"$ref": "#/$defs/login"}}});
    let schema = json!({
        "type": "object", "$defs": {"login": login, "server": server},
        "properties": {"main": {"allOf": [{"$ref": "#/$defs/login"}, {"$ref": "#/$defs/server"}]}},
    });
    let drawn = page(&schema, &Filled::default());
    assert!(drawn.contains("name=\"options/main/login/user\""), "{drawn}");
}

/// Without any circle: eight levels of ten parts each.
#[test]
fn a_form_has_a_bound_and_the_rest_of_it_is_json() {
    let level = |n: usize| {
        let target =
            if n == 8 { json!({"type": "string"}) } else { json!({"$ref": format!("#/$defs/l{}", n + 1)}) };
        let parts: Map<String, Value> = (0..10).map(|p| (format!("p{p}"), target.clone())).collect();
        (format!("l{n}"), json!({"type": "object", "properties": parts, "required": ["p0", "p1", "p2"]}))
    };
    let definitions: Map<String, Value> = (1..=8).map(level).collect();
    let schema = json!({"$ref": "#/$defs/l1", "$defs": definitions});
    for most in [10, 11, 60, 500] {
        let fields = fields_of(&schema, &Filled::default(), most);
        let count = count(&fields.iter().collect::<Vec<_>>());
        assert!(count <= most && fields.len() == 10, "{count} fields where {most} are allowed");
    }
    let whole = fields_of(&schema, &Filled::default(), 9);
    assert_eq!((whole.len(), whole[0].name.as_str()), (1, "options"));
    let drawn = page_of(&schema, &Filled::of(json!({"p1": {"p2": {}}})), 9);
    let fields = html::fields(&drawn, "<form>");
    let back = read(&schema, "options", &Fields::parse(html::encode(&fields).as_bytes()));
    assert_eq!((back.value, back.errors), (json!({"p1": {"p2": {}}}), Vec::new()));
    // Nothing that was sent is lost, however much else there could be.
    let filled = sent(&schema, &Filled::default(), &[("options/p9/_json", r#"{"p0": 1}"#)]);
    assert_eq!(filled.value["p9"], json!({"p0": 1}));
    let many: Vec<Value> = (0..600).map(|n| json!({"a": n.to_string()})).collect();
    let item = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let schema = json!({"type": "object", "properties": {"list": {"type": "array", "items": item}}});
    assert_eq!(unchanged(&schema, &json!({"list": many})), json!({"list": many}));
    assert_eq!(fields_of(&schema, &Filled::of(json!({"list": many})), MOST).len(), 1);
}

//! Property: whatever the order and the batching in which records arrive, the directory ends as a
//! small in-memory model says.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::testing::Bench;
use super::*;
use crate::domain::task::Status;

/// A record of either data type.
type Given = (DataType, Value);

/// What the directory must hold once all records of `given` have arrived, each uid once.
fn model(given: &[Given]) -> Value {
    let titles: BTreeMap<&str, &str> = given
        .iter()
        .filter(|(data_type, record)| {
            *data_type == DataType::Department && record["isDeleted"] != json!(true)
        })
        .map(|(_, record)| (text(&record["uid"]), text(&record["title"])))
        .collect();
    let mut departments = Map::new();
    let mut users = Map::new();
    for (data_type, record) in given.iter().filter(|(_, record)| record["isDeleted"] != json!(true)) {
        match data_type {
            DataType::Department => {
                let parent = record["parentUid"].as_str().and_then(|uid| titles.get(uid));
                departments.insert(text(&record["title"]).into(), json!(parent));
            }
            DataType::User => {
                let mut wanted: Vec<&str> = Vec::new();
                for uid in record["departments"].as_array().into_iter().flatten() {
                    if !wanted.contains(&text(uid)) {
                        wanted.push(text(uid));
                    }
                }
                let mut shown: Vec<(bool, &str)> = wanted
                    .iter()
                    .enumerate()
                    .filter_map(|(place, uid)| Some((place != 0, *titles.get(uid)?)))
                    .collect();
                shown.sort_unstable();
                let shown: Vec<String> = shown
                    .iter()
                    .map(|(other, title)| format!("{title}{}", if *other { "" } else { "*" }))
                    .collect();
                let mut fields = record.as_object().cloned().unwrap_or_default();
                fields.retain(|name, value| name != "uid" && !value.is_null());
                fields.insert("departments".into(), json!(shown));
                fields.insert("enabled".into(), json!(true));
                users.insert(text(&record["username"]).into(), Value::Object(fields));
            }
        }
    }
    json!({"departments": departments, "users": users})
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A company: departments whose parents come anywhere in the list, users in any of them and in some
/// that nobody knows; every uid once.
fn company() -> impl Strategy<Value = Vec<Given>> {
    let department = (any::<prop::sample::Index>(), any::<bool>(), 0..10_u8);
    let departments = prop::collection::vec(department, 1..8);
    let user = (prop::collection::vec(0..10_usize, 0..4), proptest::option::of("[a-zßİ]{0,3}"), 0..10_u8);
    let users = prop::collection::vec(user, 1..12);
    (departments, users).prop_map(|(departments, users)| {
        let department = |(n, (parent, rooted, fate)): (usize, &(prop::sample::Index, bool, u8))| {
            let parent = (n > 0 && !rooted).then(|| format!("d{}", parent.index(n.max(1))));
            let mut record = json!({"uid": format!("d{n}"), "title": format!("D{n}"), "parentUid": parent});
            if *fate == 0 {
                record["isDeleted"] = json!(true);
            }
            (DataType::Department, record)
        };
        let user = |(n, (departments, nickname, fate)): (usize, &(Vec<usize>, Option<String>, u8))| {
            let departments: Vec<String> = departments.iter().map(|d| format!("d{d}")).collect();
            let mut record =
                json!({"uid": format!("u{n}"), "username": format!("u{n}"), "departments": departments, "nickname": nickname});
            if *fate == 0 {
                record["isDeleted"] = json!(true);
            }
            (DataType::User, record)
        };
        departments.iter().enumerate().map(department).chain(users.iter().enumerate().map(user)).collect()
    })
}

/// The records in another order, cut into pushes; a push is of one data type.
fn pushes(given: Vec<Given>) -> impl Strategy<Value = (Vec<Given>, Vec<Vec<Given>>)> {
    let cuts = prop::collection::vec(any::<bool>(), given.len());
    (Just(given.clone()), Just(given).prop_shuffle(), cuts).prop_map(|(given, shuffled, cuts)| {
        let mut pushes: Vec<Vec<Given>> = Vec::new();
        for (record, cut) in shuffled.into_iter().zip(cuts) {
            match pushes.last_mut().filter(|push| !cut && push[0].0 == record.0) {
                Some(push) => push.push(record),
                None => pushes.push(vec![record]),
            }
        }
        (given, pushes)
    })
}

async fn arrive(bench: &Bench, pushes: &[Vec<Given>]) {
    for push in pushes {
        let records: Vec<Value> = push.iter().map(|(_, record)| record.clone()).collect();
        let task = bench.push("api", push[0].0, &records).await;
        assert_eq!(task.status, Status::Success, "{:?}", task.message);
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_batching_ends_in_the_same_directory((given, pushes) in company().prop_flat_map(pushes)) {
        block_on(async {
            let bench = Bench::new().await;
            arrive(&bench, &pushes).await;
            assert_eq!(bench.directory().await, model(&given));
            // Once more, in one push a data type: nothing is left to do.
            for data_type in DataType::ALL {
                let records: Vec<Value> =
                    given.iter().filter(|(of, _)| *of == data_type).map(|(_, record)| record.clone()).collect();
                let again = bench.push("api", data_type, &records).await;
                assert_eq!(again.counts.get(data_type).unchanged, records.len() as u64, "{:?}", again.counts);
            }
        });
    }

    /// Partial records of few users in a row: one push with all of them, or each on its own.
    #[test]
    fn batching_does_not_change_what_a_row_of_records_means(
        row in prop::collection::vec((0..3_u8, 0..3_usize, proptest::option::of(0..3_u8), 0..6_u8), 1..12),
    ) {
        let record = |(uid, field, value, fate): &(u8, usize, Option<u8>, u8)| {
            let mut record = json!({"uid": uid.to_string(), "username": format!("u{uid}")});
            record[["nickname", "phone", "room"][*field]] = json!(value.map(|value| value.to_string()));
            if *fate == 0 {
                record["isDeleted"] = json!(true);
            }
            (DataType::User, record)
        };
        let row: Vec<Given> = row.iter().map(record).collect();
        block_on(async {
            let (one_by_one, at_once) = (Bench::new().await, Bench::new().await);
            let singles: Vec<Vec<Given>> = row.iter().map(|given| vec![given.clone()]).collect();
            arrive(&one_by_one, &singles).await;
            arrive(&at_once, &[row]).await;
            assert_eq!(one_by_one.directory().await, at_once.directory().await);
        });
    }
}

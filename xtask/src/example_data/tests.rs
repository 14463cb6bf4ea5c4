//! The example company as a reader of its files sees it.

use std::collections::{BTreeMap, HashMap};

use super::*;

type Row = BTreeMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn all<'a>(rows: &'a [Row], column: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[column].as_str()).collect()
}

fn assert_unique(column: &str, values: Vec<&str>) {
    let mut seen = BTreeSet::new();
    for value in values {
        assert!(seen.insert(value), "{column} {value} stands twice");
    }
}

#[test]
fn the_committed_files_are_what_the_generator_writes() {
    let folder = workspace::root().join("examples/company");
    let read = |name| fs::read_to_string(folder.join(name)).unwrap();
    let committed = Company { departments: read("departments.csv"), users: read("users.csv") };
    assert!(committed == company().unwrap(), "run `cargo xtask example-data` and commit what it writes");
}

#[test]
fn what_identifies_a_record_is_unique() {
    let company = company().unwrap();
    assert_unique("uid", all(&rows(&company.departments), "uid"));
    let users = rows(&company.users);
    for column in ["uid", "username", "email"] {
        assert_unique(column, all(&users, column).into_iter().filter(|value| !value.is_empty()).collect());
    }
    for user in &users {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.';
        assert!(!user["uid"].is_empty() && user["username"].chars().all(plain), "{user:?}");
    }
}

#[test]
fn every_reference_resolves_and_the_tree_has_one_root() {
    let company = company().unwrap();
    let departments = rows(&company.departments);
    let parents: HashMap<&str, &str> =
        departments.iter().map(|row| (row["uid"].as_str(), row["parentUid"].as_str())).collect();
    let mut depths = Vec::new();
    for uid in parents.keys() {
        let (mut depth, mut at) = (1, parents[uid]);
        while !at.is_empty() {
            at = parents.get(at).unwrap_or_else(|| panic!("{uid} lies below {at}, which does not exist"));
            depth += 1;
            assert!(depth < 10, "{uid} lies in a circle");
        }
        depths.push(depth);
    }
    assert_eq!(depths.iter().filter(|depth| **depth == 1).count(), 1);
    assert_eq!(depths.iter().max(), Some(&5));

    for user in rows(&company.users) {
        let list: Vec<&str> = user["departments"].split(';').collect();
        assert!(list.iter().all(|uid| parents.contains_key(uid)), "{user:?}");
        assert!(list.contains(&user["mainDepartment"].as_str()), "{user:?}");
        assert!(user["ownerOf"].is_empty() || list.contains(&user["ownerOf"].as_str()), "{user:?}");
    }
}

#[test]
fn it_is_a_company_of_a_thousand_in_many_scripts() {
    let company = company().unwrap();
    let (departments, users) = (rows(&company.departments), rows(&company.users));
    assert!((950..=1050).contains(&users.len()), "{} users", users.len());
    assert!((55..=70).contains(&departments.len()), "{} departments", departments.len());
    let mut owned = all(&users, "ownerOf");
    owned.retain(|uid| !uid.is_empty());
    assert_eq!(owned.len(), departments.len());
    assert!(users.iter().filter(|user| user["departments"].contains(';')).count() > 40);
    for (script, letters) in [
        ("Turkish", "ğışİ"),
        ("Polish", "łńśż"),
        ("German", "äöüß"),
        ("Cyrillic", "іїєж"),
        ("Devanagari", "अकमश"),
        ("Chinese", "王李张伟"),
        ("Arabic", "محمد"),
    ] {
        let has = |user: &Row| user["nickname"].contains(|c| letters.contains(c));
        assert!(users.iter().filter(|user| has(user)).count() >= 15, "hardly a {script} name");
    }
}

#[test]
fn nobody_in_it_can_be_reached() {
    for user in rows(&company().unwrap().users) {
        let email = &user["email"];
        assert!(
            email.is_empty() || email.ends_with("@example.com") || email.ends_with("@example.org"),
            "{email}"
        );
        let phone = &user["phone"];
        let fictional = ["+494066969", "+498999998", "+3532091", "+161755501", "+447700900"];
        assert!(phone.is_empty() || fictional.iter().any(|range| phone.starts_with(range)), "{phone}");
    }
}

#[test]
fn a_name_that_is_taken_gets_the_next_number() {
    let mut taken = BTreeSet::new();
    let names: Vec<String> = (0..3).map(|_| free_username("wang.wei", &mut taken)).collect();
    assert_eq!(names, ["wang.wei", "wang.wei2", "wang.wei3"]);
}

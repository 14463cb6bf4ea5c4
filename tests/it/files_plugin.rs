//! The files plugin in a worker, as operators run it.

use std::fs;
use std::path::PathBuf;

use orgsync::worker::{Worker, WorkerError};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::support::worker::{Read, read, source, spec};

/// A directory with the files of one test.
struct Place(TempDir);

impl Place {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (name, content) in files {
            fs::write(directory.path().join(name), content).unwrap();
        }
        Self(directory)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Reads the users of one file or, with an empty name, of the whole directory.
    async fn users(&self, name: &str, options: Value) -> Result<Read, WorkerError> {
        let mut users = json!({"path": self.path(name)});
        users.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        read(&spec("files"), &source("files", json!({"users": users}))).await
    }

    /// Reads the users of one file, which fails; `DIR` in `expected` is the directory.
    async fn fails(&self, name: &str, options: Value, expected: &str) {
        let error = self.users(name, options).await.unwrap_err().to_string();
        assert_eq!(
            error.replace(self.0.path().to_str().unwrap(), "DIR"),
            format!("plugin files: {expected}")
        );
    }
}

#[tokio::test]
async fn csv_of_both_data_types() {
    let place = Place::new(&[
        (
            "users.csv",
            b"\xef\xbb\xbfuid;nickname;email;departments;ownerOf;badge\n1;\"Lovelace; Ada\";;d1,d2;d2;B7\n",
        ),
        ("departments.csv", b"uid,title,parentUid,sort\r\nd1,Sales,,1\r\nd2,\"Re\"\"search\",d1,2\r\n"),
    ]);
    let options = json!({
        "users": {"path": place.path("users.csv"), "delimiter": ";", "listSeparator": ","},
        "departments": {"path": place.path("departments.csv")},
    });
    let read = read(&spec("files"), &source("files", options)).await.unwrap();
    assert_eq!(
        read.users,
        [json!({
            "uid": "1", "nickname": "Lovelace; Ada", "email": null, "badge": "B7",
            "departments": ["d1", {"uid": "d2", "isOwner": true}],
        })]
    );
    assert_eq!(
        read.departments,
        [
            json!({"uid": "d1", "title": "Sales", "parentUid": null, "sort": 1}),
            json!({"uid": "d2", "title": "Re\"search", "parentUid": "d1", "sort": 2}),
        ]
    );
    assert!(read.end.cursor.is_some());
}

#[tokio::test]
async fn json_lines_with_renamed_keys() {
    let place =
        Place::new(&[("users.ndjson", b"\xef\xbb\xbf{\"id\":1,\"email\":null}\n\n{\"id\":2,\"floor\":3}")]);
    let read = place.users("users.ndjson", json!({"columns": {"uid": "id"}})).await.unwrap();
    assert_eq!(read.users, [json!({"uid": 1, "email": null}), json!({"uid": 2, "floor": 3})]);
}

#[tokio::test]
async fn a_directory_in_the_order_of_names() {
    let place = Place::new(&[
        ("b.jsonl", b"{\"uid\":\"2\"}\n"),
        ("a.csv", b"uid\n1\n"),
        ("c.CSV", b"uid\n3\n"),
        (".hidden.csv", b"uid\n9\n"),
        ("readme.txt", b"not this one"),
    ]);
    let read = place.users("", json!({})).await.unwrap();
    assert_eq!(read.users, [json!({"uid": "1"}), json!({"uid": "2"}), json!({"uid": "3"})]);
}

#[tokio::test]
async fn a_row_without_uid_is_for_the_host_to_refuse() {
    let place = Place::new(&[("u.csv", b"uid,nickname\n1,Ada\n,Nobody\n")]);
    let read = place.users("u.csv", json!({})).await.unwrap();
    assert_eq!(read.users, [json!({"uid": "1", "nickname": "Ada"}), json!({"nickname": "Nobody"})]);
}

#[tokio::test]
async fn files_that_may_be_cut_off_fail() {
    let place = Place::new(&[
        ("row.csv", b"uid,nickname,email\n1,Ada,a@b.c\n2,Grace\n"),
        ("quote.csv", b"uid,nickname\n1,Ada\n2,\"Gra"),
        ("line.jsonl", b"{\"uid\":\"1\"}\n{\"uid\":\"2\",\"nick"),
        ("list.jsonl", b"[{\"uid\":\"1\"}]\n"),
        ("empty.csv", b""),
        ("empty.jsonl", b""),
        ("latin1.csv", b"uid,nickname\n1,Ada\n2,Andr\xe9\n"),
        ("latin1.jsonl", b"{\"uid\":\"1\"}\n{\"uid\":\"Andr\xe9\"}\n"),
    ]);
    let check = async |name: &str, expected: &str| {
        place.fails(name, json!({}), &format!("invalid data: DIR/{name}: {expected}")).await;
    };
    check("row.csv", "line 3: the row has 2 cells and the header 3").await;
    check("quote.csv", "line 3: the file ends inside a quoted cell: it may be cut off").await;
    check("line.jsonl", "line 2: not json (column 16): eof while parsing a string").await;
    check("list.jsonl", "line 1: not a json object").await;
    check("empty.csv", "the file is empty").await;
    check("empty.jsonl", "the file is empty").await;
    check("latin1.csv", "line 3: it is not utf-8").await;
    check("latin1.jsonl", "line 2: it is not utf-8").await;
}

#[tokio::test]
async fn quotes_out_of_place_fail_with_their_line() {
    let header = "uid,username,nickname\n";
    let files = [
        ("stray.csv", "1,a,Ann\n2,b,\"Bob\n3,c,\"Cy\n4,d,Dora\n"),
        ("two.csv", "1,a,Ann\n2,b,\"Bob\n3,c,24\"\n4,d,Dora\n"),
        ("inch.csv", "1,e,24\" screen\n2,f,\"Bob\"\n3,g,\"Cy\"\n4,h,\"Dora\"\n5,i,\"Eve\"\n"),
        ("cut.csv", "1,e,24\" screen\n2,f,\"Bob\"\n3,g,\"Cy\"\n4,h,\"Do"),
        ("lines.csv", "1,a,\"Ann\nLee\"\n2,b,\"Main St 1\r\nBerlin, Germany\"\n"),
    ];
    let files = files.map(|(name, rows)| (name, format!("{header}{rows}")));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let place = Place::new(&files);
    let check = async |name: &str, expected: &str| {
        place.fails(name, json!({}), &format!("invalid data: DIR/{name}: {expected}")).await;
    };
    check(
        "stray.csv",
        "line 4: text follows the closing quote of the cell that opens in line 3 in column `nickname`: a quote is \
         missing or too many there, and quotes inside a quoted cell are doubled",
    )
    .await;
    check(
        "two.csv",
        "line 3: the quoted cell that opens here in column `nickname` goes on over lines that look like rows of \
         their own: close its quote, or remove it",
    )
    .await;
    check("cut.csv", "line 5: the file ends inside a quoted cell: it may be cut off").await;
    let names = async |name: &str| -> Vec<String> {
        let read = place.users(name, json!({})).await.unwrap();
        read.users.iter().map(|user| user["nickname"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("inch.csv").await, ["24\" screen", "Bob", "Cy", "Dora", "Eve"]);
    assert_eq!(names("lines.csv").await, ["Ann\nLee", "Main St 1\r\nBerlin, Germany"]);
}

#[tokio::test]
async fn tables_as_spreadsheets_write_them() {
    let place = Place::new(&[
        (
            "users.csv",
            b"\xef\xbb\xbf\"UID\", \"Username\" ,E-mail,Main Department,Departments,,\r\n\
              1, \"ann\" ,a@x.example,dev;ops,hr,,\r\n,,,,,,\r\n\"\",\"\", ,,,,\r\n2,bob,,,,,\r\n \r\n\x1a",
        ),
        ("departments.csv", b"uid;Title;SORT\rdev;D;01\rops;O;+4\rhr;H;.5\rx;X;1,500\r;;\r"),
        ("utf16.csv", b"\xff\xfeu\0i\0d\0\n\0"),
        ("nul.csv", b"uid\n1\n\0\0\0\0"),
        ("unnamed.csv", b"uid,\n1,x\n"),
    ]);
    let options = json!({
        "users": {"path": place.path("users.csv")},
        "departments": {"path": place.path("departments.csv"), "delimiter": ";"},
    });
    let read = read(&spec("files"), &source("files", options)).await.unwrap();
    assert_eq!(
        read.users,
        [
            json!({
                "uid": "1", "username": "ann", "email": "a@x.example",
                "departments": ["hr", {"uid": "dev", "isMain": true}, "ops"],
            }),
            json!({"uid": "2", "username": "bob", "email": null, "departments": []}),
        ]
    );
    let sorts: Vec<&Value> = read.departments.iter().map(|department| &department["sort"]).collect();
    assert_eq!(sorts, [&json!(1), &json!(4), &json!(0.5), &json!("1,500")]);

    let fails = async |name: &str, expected: &str| {
        place.fails(name, json!({}), &format!("invalid data: DIR/{name}: {expected}")).await;
    };
    fails("utf16.csv", "it is UTF-16: save it as UTF-8, which spreadsheets call «CSV UTF-8»").await;
    fails(
        "nul.csv",
        "line 3: it has a NUL character: it is UTF-16 and has to be saved as UTF-8, or it is damaged",
    )
    .await;
    let unnamed = "there is something in column 2, which has no name: name it, or drop it by `customColumns`";
    fails("unnamed.csv", &format!("line 2: {unnamed}")).await;
    let read = place.users("unnamed.csv", json!({"customColumns": "drop"})).await.unwrap();
    assert_eq!(read.users, [json!({"uid": "1"})]);
}

#[tokio::test]
async fn mistakes_of_the_operator_are_named() {
    let place = Place::new(&[("u.csv", b"No,name\n1,Ada\n"), ("u.txt", b"uid\n1\n")]);
    let check = async |name: &str, options: Value, expected: &str| {
        place.fails(name, options, &format!("configuration error: {expected}")).await;
    };
    check("gone.csv", json!({}), "DIR/gone.csv: No such file or directory (os error 2)").await;
    check("u.txt", json!({}), "DIR/u.txt: its extension is none of csv, jsonl and ndjson: set `format`")
        .await;
    check("u.csv", json!({"delimiter": "--"}), "`delimiter` has to be one ASCII character, and no quote")
        .await;
    for separator in ["", "e"] {
        check(
            "u.csv",
            json!({"listSeparator": separator}),
            "`listSeparator` has to be one or more characters, and no letters, digits and quotes",
        )
        .await;
    }
    check(
        "u.csv",
        json!({"columns": {"uid": "No", "email": "mail"}}),
        "DIR/u.csv: line 1: there is no column `mail` for the field `email`: the header has `No`, `name`",
    )
    .await;
    check(
        "u.csv",
        json!({}),
        "DIR/u.csv: line 1: there is no column `uid`, and `columns` names no other for it: the header has `No`, `name`",
    )
    .await;
    let empty = Place::new(&[("readme.txt", b"")]);
    empty
        .fails(
            "",
            json!({}),
            "configuration error: DIR/: there is no *.csv, *.jsonl or *.ndjson file in this directory",
        )
        .await;
    let read = place.users("u.txt", json!({"format": "csv"})).await.unwrap();
    assert_eq!(read.users, [json!({"uid": "1"})]);
}

#[tokio::test]
async fn checking_looks_at_every_file() {
    let place = Place::new(&[("a.csv", b"uid\n1\n"), ("b.csv", b"name\nAda\n")]);
    let check = async |options: Value| {
        let mut worker =
            Worker::spawn(&spec("files"), &source("files", options), CancellationToken::new()).await?;
        let notes = worker.check().await?;
        worker.close().await?;
        Ok::<_, WorkerError>(notes)
    };
    let path = place.path("a.csv");
    let notes = check(json!({"users": {"path": path}})).await.unwrap();
    assert_eq!(notes, [format!("{}: fields: uid", path.display())]);
    let error = check(json!({"users": {"path": place.path("")}})).await.unwrap_err().to_string();
    assert!(error.contains("b.csv: line 1: there is no column `uid`"), "{error}");
    let error = check(json!({})).await.unwrap_err().to_string();
    assert_eq!(error, "plugin files: configuration error: neither `users` nor `departments` is set");
}

#[tokio::test]
async fn a_hundred_thousand_users() {
    let rows: String =
        (0..100_000).map(|n| format!("{n},user{n},user{n}@example.org,d{}\n", n % 100)).collect();
    let place = Place::new(&[("u.csv", format!("uid,username,email,departments\n{rows}").as_bytes())]);
    let read = place.users("u.csv", json!({})).await.unwrap();
    assert_eq!(read.users.len(), 100_000);
    let last = json!({
        "uid": "99999", "username": "user99999", "email": "user99999@example.org", "departments": ["d99"],
    });
    assert_eq!(read.users[99_999], last);
}

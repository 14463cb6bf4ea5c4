//! `cargo xtask example-data`: writes examples/company, a made-up maker of measuring instruments with a
//! thousand people, as departments.csv and users.csv. The same every time: the seed is fixed and the
//! generator of numbers is our own, since those of libraries change their sequence between versions.
//! Nobody in it is real, nor can be reached: e-mails are at example.com and example.org, and phone
//! numbers are of ranges that Germany, Ireland, Britain and North America keep for fiction.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};

use crate::workspace;
use departments::{DEPARTMENTS, Department, Site, Trade};
use names::Locale;

mod departments;
mod names;

const SEED: u64 = 0x6f72_6773_796e_6301;
const FIRST_UID: usize = 1001;

/// The two files' contents.
#[derive(Debug, PartialEq)]
struct Company {
    departments: String,
    users: String,
}

#[derive(Debug)]
struct Person {
    uid: String,
    username: String,
    nickname: String,
    email: Option<String>,
    phone: Option<String>,
    departments: Vec<&'static str>,
    owner_of: Option<&'static str>,
    title: String,
    location: &'static str,
    employment: Employment,
    cost_centre: usize,
    hired_on: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Employment {
    Permanent,
    Contractor,
    Trainee,
}

/// SplitMix64 (Steele, Lea, Flood 2014): eight bytes of state, and plenty for this.
#[derive(Debug)]
struct Numbers(u64);

pub(crate) fn run() -> Result<()> {
    let folder = workspace::root().join("examples/company");
    fs::create_dir_all(&folder).with_context(|| format!("failed to create {}", folder.display()))?;
    let company = company()?;
    for (name, text) in [("departments.csv", company.departments), ("users.csv", company.users)] {
        let file = folder.join(name);
        fs::write(&file, &text).with_context(|| format!("failed to write {}", file.display()))?;
        println!("{}: {} records", file.display(), text.lines().count() - 1);
    }
    Ok(())
}

fn company() -> Result<Company> {
    Ok(Company { departments: departments_csv()?, users: users_csv(&people())? })
}

/// Ordered by uid, so that some departments stand before their parents, as in real exports.
fn departments_csv() -> Result<String> {
    let mut rows: Vec<&Department> = DEPARTMENTS.iter().collect();
    rows.sort_by_key(|department| department.uid);
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["uid", "title", "parentUid", "sort"])?;
    for department in rows {
        let Department { uid, title, parent, sort, .. } = department;
        csv.write_record([*uid, *title, *parent, &sort.to_string()])?;
    }
    Ok(String::from_utf8(csv.into_inner()?)?)
}

fn users_csv(people: &[Person]) -> Result<String> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "uid",
        "username",
        "nickname",
        "email",
        "phone",
        "departments",
        "mainDepartment",
        "ownerOf",
        "title",
        "location",
        "employment",
        "costCentre",
        "hiredOn",
    ])?;
    for person in people {
        csv.write_record([
            &person.uid,
            &person.username,
            &person.nickname,
            person.email.as_deref().unwrap_or_default(),
            person.phone.as_deref().unwrap_or_default(),
            &person.departments.join(";"),
            person.departments[0],
            person.owner_of.unwrap_or_default(),
            &person.title,
            person.location,
            person.employment.word(),
            &person.cost_centre.to_string(),
            &person.hired_on,
        ])?;
    }
    Ok(String::from_utf8(csv.into_inner()?)?)
}

/// Everybody, by department; the first of each department is its owner.
fn people() -> Vec<Person> {
    let mut numbers = Numbers(SEED);
    let mut taken = BTreeSet::new();
    let mut people = Vec::new();
    for (index, department) in DEPARTMENTS.iter().enumerate() {
        for place in 0..department.people {
            let uid = format!("E{}", FIRST_UID + people.len());
            people.push(person(uid, index, place == 0, &mut taken, &mut numbers));
        }
    }
    people
}

fn person(
    uid: String,
    index: usize,
    is_owner: bool,
    taken: &mut BTreeSet<String>,
    numbers: &mut Numbers,
) -> Person {
    let department = &DEPARTMENTS[index];
    let employment = match numbers.below(100) {
        0..6 if !is_owner => Employment::Contractor,
        6..10 if !is_owner => Employment::Trainee,
        _ => Employment::Permanent,
    };
    let locale = numbers.weighted(department.site.locales());
    let (given, family) = (numbers.pick(locale.given()), numbers.pick(locale.family()));
    let username = free_username(&format!("{}.{}", given.ascii, family.ascii), taken);
    let email_domain = if employment == Employment::Contractor { "example.org" } else { "example.com" };
    // Some who work at machines have no mailbox: an empty e-mail must match nobody.
    let has_email = is_owner || department.trade != Trade::Production || numbers.below(8) != 0;
    let has_phone = is_owner || numbers.below(25) != 0;
    let phone = department.site.phone(numbers);
    let mut departments = vec![department.uid];
    if numbers.below(12) == 0 {
        let second = numbers.pick(DEPARTMENTS).uid;
        if second != department.uid {
            departments.push(second);
        }
    }
    let title = match employment {
        _ if is_owner => department.head.to_owned(),
        Employment::Trainee => format!("Trainee, {}", numbers.pick(department.trade.titles())),
        Employment::Permanent | Employment::Contractor => {
            (*numbers.pick(department.trade.titles())).to_owned()
        }
    };
    Person {
        email: has_email.then(|| format!("{username}@{email_domain}")),
        phone: has_phone.then_some(phone),
        nickname: locale.full_name(given.native, family.native),
        departments,
        owner_of: is_owner.then_some(department.uid),
        title,
        location: department.site.city(),
        employment,
        cost_centre: 4000 + 10 * index,
        hired_on: numbers.date(employment),
        uid,
        username,
    }
}

/// The name itself, or with the first free number from 2 on.
fn free_username(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let mut username = wanted.to_owned();
    let mut number = 2;
    while !taken.insert(username.clone()) {
        username = format!("{wanted}{number}");
        number += 1;
    }
    username
}

impl Employment {
    fn word(self) -> &'static str {
        match self {
            Employment::Permanent => "permanent",
            Employment::Contractor => "contractor",
            Employment::Trainee => "trainee",
        }
    }
}

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..limit`; its bias is far below what a thousand rows could show.
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(items.len() as u64)).expect("an index into a slice fits");
        &items[index]
    }

    fn weighted(&mut self, weights: &[(Locale, u64)]) -> Locale {
        let mut number = self.below(weights.iter().map(|(_, weight)| weight).sum());
        for (locale, weight) in weights {
            if number < *weight {
                return *locale;
            }
            number -= weight;
        }
        unreachable!("the number is below the sum of the weights")
    }

    /// A day of hiring, as `YYYY-MM-DD`; trainees came lately.
    fn date(&mut self, employment: Employment) -> String {
        let (first, years) = match employment {
            Employment::Permanent => (1996, 30),
            Employment::Contractor => (2019, 7),
            Employment::Trainee => (2023, 3),
        };
        let (year, month, day) = (first + self.below(years), 1 + self.below(12), 1 + self.below(28));
        format!("{year}-{month:02}-{day:02}")
    }
}

impl Site {
    /// A number of the range that the site's country keeps for fiction; where it keeps none that we know
    /// of, one of the company's mobile numbers, from the British range. Two people may share a number.
    fn phone(self, numbers: &mut Numbers) -> String {
        match self {
            Site::Hamburg => format!("+494066969{:03}", numbers.below(1000)),
            Site::Munich => format!("+498999998{:03}", numbers.below(1000)),
            Site::Dublin => format!("+3532091{:05}", numbers.below(100_000)),
            Site::Boston => format!("+1617555{:04}", 100 + numbers.below(100)),
            Site::Istanbul
            | Site::Krakow
            | Site::Turin
            | Site::Lviv
            | Site::Pune
            | Site::Shanghai
            | Site::Cairo => {
                format!("+447700900{:03}", numbers.below(1000))
            }
        }
    }
}

#[cfg(test)]
mod tests;

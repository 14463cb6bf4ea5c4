//! LDIF (RFC 2849): entries and changes for a directory, and a company of people with names in five scripts,
//! in departments below each other.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What everything lies below.
pub(crate) const SUFFIX: &str = "dc=example,dc=org";
/// What the company lies below.
pub(crate) const COMPANY: &str = "ou=company,dc=example,dc=org";

/// A text in LDIF.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ldif(String);

/// A person or department of the company.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) dn: String,
    pub(crate) uid: String,
    /// The person's name, or the department's.
    pub(crate) name: String,
}

/// The company in memory, as it is in the directory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Company {
    pub(crate) ldif: Ldif,
    pub(crate) departments: Vec<Member>,
    pub(crate) people: Vec<Member>,
}

const NAMES: [(&str, &str); 10] = [
    ("Işıl", "Çağlayan"),
    ("İbrahim", "Öztürk"),
    ("आरव", "शर्मा"),
    ("Priya", "देशपांडे"),
    ("Zażółć", "Gęślą-Jaźń"),
    ("Łucja", "Święcicka"),
    ("王", "小明"),
    ("李", "娜"),
    ("Алёна", "Щербакова"),
    ("Ada", "Lovelace, Countess"),
];

const DEPARTMENTS: [&str; 10] = [
    "Sales, EMEA",
    "Разработка",
    "研发部",
    "İnsan Kaynakları",
    "Łódź + \"Kraków\"",
    "बिक्री",
    "Support",
    "#1 Team",
    "R&D = Future",
    "Back\\office; <late>",
];

impl Ldif {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds an entry.
    pub(crate) fn entry(&mut self, dn: &str, attributes: &[(&str, &[u8])]) {
        self.line("dn", dn.as_bytes());
        for (name, value) in attributes {
            self.line(name, value);
        }
        self.0.push('\n');
    }

    /// Adds an entry of texts.
    pub(crate) fn texts(&mut self, dn: &str, attributes: &[(&str, &str)]) {
        let bytes: Vec<_> = attributes.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        self.entry(dn, &bytes);
    }

    /// Adds an entry to a directory that is served.
    pub(crate) fn new_entry(&mut self, dn: &str, attributes: &[(&str, &str)]) {
        let change = [("changetype", "add")];
        self.texts(dn, &[change.as_slice(), attributes].concat());
    }

    /// Adds a value to an attribute.
    pub(crate) fn add(&mut self, dn: &str, name: &str, value: &[u8]) {
        self.line("dn", dn.as_bytes());
        self.line("changetype", b"modify");
        self.line("add", name.as_bytes());
        self.line(name, value);
        self.0.push_str("-\n\n");
    }

    /// Sets an attribute to one value, or to none.
    pub(crate) fn replace(&mut self, dn: &str, name: &str, value: Option<&str>) {
        self.line("dn", dn.as_bytes());
        self.line("changetype", b"modify");
        self.line("replace", name.as_bytes());
        if let Some(value) = value {
            self.line(name, value.as_bytes());
        }
        self.0.push_str("-\n\n");
    }

    /// Gives an entry another name, below another one if that is named.
    pub(crate) fn rename(&mut self, dn: &str, name: &str, superior: Option<&str>) {
        self.rename_to(dn, name, superior, "1");
    }

    /// The same, and the values of the old name stay, as with `ldapmodrdn` without `-r`.
    pub(crate) fn rename_and_keep(&mut self, dn: &str, name: &str, superior: Option<&str>) {
        self.rename_to(dn, name, superior, "0");
    }

    fn rename_to(&mut self, dn: &str, name: &str, superior: Option<&str>, delete: &str) {
        self.line("dn", dn.as_bytes());
        self.line("changetype", b"modrdn");
        self.line("newrdn", name.as_bytes());
        self.line("deleteoldrdn", delete.as_bytes());
        if let Some(superior) = superior {
            self.line("newsuperior", superior.as_bytes());
        }
        self.0.push('\n');
    }

    pub(crate) fn delete(&mut self, dn: &str) {
        self.line("dn", dn.as_bytes());
        self.line("changetype", b"delete");
        self.0.push('\n');
    }

    fn line(&mut self, name: &str, value: &[u8]) {
        let plain = value.iter().all(|byte| matches!(byte, b' '..=b'~'))
            && !matches!(value.first(), None | Some(b' ' | b':' | b'<'))
            && value.last() != Some(&b' ');
        let _ = match std::str::from_utf8(value) {
            Ok(text) if plain => writeln!(self.0, "{name}: {text}"),
            _ => writeln!(self.0, "{name}:: {}", STANDARD.encode(value)),
        };
    }
}

/// A value as part of a DN (RFC 4514, 2.4); some with hexadecimal digits, which mean the same.
pub(crate) fn escaped(value: &str, hexadecimal: bool) -> String {
    let mut text = String::new();
    for (at, character) in value.char_indices() {
        match character {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' if hexadecimal => {
                let _ = write!(text, "\\{:02X}", u32::from(character));
            }
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' => text.extend(['\\', character]),
            '#' if at == 0 => text.push_str("\\#"),
            other => text.push(other),
        }
    }
    text
}

/// The identity of the nth entry of a kind.
pub(crate) fn uuid(kind: u16, number: usize) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

/// The entry above all, and the account that reads.
pub(crate) fn suffix(password: &str) -> Ldif {
    let mut ldif = Ldif::default();
    let top =
        [("objectClass", "dcObject"), ("objectClass", "organization"), ("o", "Example"), ("dc", "example")];
    ldif.texts(SUFFIX, &top);
    let reader =
        [("objectClass", "organizationalRole"), ("objectClass", "simpleSecurityObject"), ("cn", "reader")];
    ldif.texts(&format!("cn=reader,{SUFFIX}"), &[reader.as_slice(), &[("userPassword", password)]].concat());
    ldif
}

/// A company: departments in a tree six wide, of ten names in all, people spread evenly over them. Every tenth person has a photo
/// and several addresses, every hundredth no e-mail.
pub(crate) fn company(password: &str, departments: usize, people: usize) -> Company {
    let mut company = Company { ldif: suffix(password), ..Company::default() };
    for number in 0..departments {
        let (name, above) = match number {
            0 => ("company".to_owned(), SUFFIX.to_owned()),
            _ => {
                let parent = (number - 1) / 6;
                let name = DEPARTMENTS[number % DEPARTMENTS.len()];
                (name.to_owned(), company.departments[parent].dn.clone())
            }
        };
        let dn = format!("ou={},{above}", escaped(&name, number.is_multiple_of(2)));
        let uid = uuid(1, number);
        company.ldif.texts(
            &dn,
            &[
                ("objectClass", "organizationalUnit"),
                ("objectClass", "extensibleObject"),
                ("ou", &name),
                ("entryUUID", &uid),
            ],
        );
        company.departments.push(Member { dn, uid, name });
    }
    for number in 0..people {
        let above = company.departments[number % departments].dn.clone();
        company.person(number, &above, &[]);
    }
    company
}

impl Company {
    /// Adds a person below a department; `more` comes in addition to what everybody has, and `uid` and `mail`
    /// in its place.
    pub(crate) fn person(&mut self, number: usize, above: &str, more: &[(&str, &str)]) {
        let (given, family) = NAMES[number % NAMES.len()];
        let name = format!("{given} {family} {number}");
        let login = format!("user{number}");
        let rdn = match number % 7 {
            0 => format!("cn={}", escaped(&name, number.is_multiple_of(2))),
            1 => format!("uid={login}+cn={}", escaped(&name, number.is_multiple_of(2))),
            _ => format!("uid={login}"),
        };
        let (dn, uid) = (format!("{rdn},{above}"), uuid(2, number));
        let mail = format!("{login}@example.org");
        let mut attributes = vec![
            ("objectClass", "inetOrgPerson".as_bytes()),
            ("cn", name.as_bytes()),
            ("sn", family.as_bytes()),
            ("givenName", given.as_bytes()),
            ("entryUUID", uid.as_bytes()),
        ];
        let own = |wanted: &str| more.iter().any(|(name, _)| *name == wanted);
        if !own("uid") {
            attributes.push(("uid", login.as_bytes()));
        }
        if !number.is_multiple_of(100) && !own("mail") {
            attributes.push(("mail", mail.as_bytes()));
        }
        if number.is_multiple_of(10) {
            attributes.push(("jpegPhoto", b"\xff\xd8\xff\xe0photo\0"));
            attributes.push(("postalAddress", "Ulica Łódzka 1".as_bytes()));
            attributes.push(("postalAddress", "北京市".as_bytes()));
        }
        attributes.extend(more.iter().map(|(name, value)| (*name, value.as_bytes())));
        // Values of one attribute have to follow each other.
        attributes.sort_by_key(|(name, _)| *name);
        self.ldif.entry(&dn, &attributes);
        self.people.push(Member { dn, uid, name });
    }
}

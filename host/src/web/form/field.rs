//! A field as it stands in a page.

use askama::Template;

use crate::web::frame::Frame;

/// A field with all that is said of it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::web) struct Field {
    /// What it is sent as.
    pub(in crate::web) name: String,
    /// Where links to it lead.
    pub(in crate::web) id: String,
    pub(in crate::web) label: String,
    /// The language of label and help, if that is not the page's.
    pub(in crate::web) lang: Option<&'static str>,
    pub(in crate::web) help: Vec<Piece>,
    /// What counts where it is left empty.
    pub(in crate::web) default: Option<String>,
    pub(in crate::web) required: bool,
    pub(in crate::web) errors: Vec<String>,
    /// What it means, `_empty` or `_null`, if it stays empty.
    pub(in crate::web) blank: Option<&'static str>,
    pub(in crate::web) control: Control,
}

/// Some text of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) enum Piece {
    Plain(String),
    Code(String),
}

/// How it is filled in.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::web) enum Control {
    Text {
        value: String,
        placeholder: String,
        multiline: bool,
        numeric: bool,
    },
    Secret {
        /// There is one that an empty field keeps.
        stored: bool,
        /// One was typed, and is not sent back.
        typed: bool,
    },
    Flag {
        ticked: bool,
        /// Whether it is sent as it stands even if that is what an absent one means.
        explicit: bool,
    },
    One(Vec<Choice>),
    Any(Vec<Choice>),
    Json {
        /// Under which name, so that it is known to be JSON.
        sent: String,
        text: String,
    },
    /// Parts that are always there.
    Group {
        fields: Vec<Field>,
        open: bool,
    },
    /// Parts that are there if it is switched on.
    Switch {
        on: bool,
        fields: Vec<Field>,
    },
    List(Vec<Item>),
    Map {
        entries: Vec<Entry>,
        secret: bool,
    },
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct Choice {
    pub(in crate::web) word: String,
    pub(in crate::web) label: String,
    pub(in crate::web) chosen: bool,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::web) struct Item {
    pub(in crate::web) name: String,
    pub(in crate::web) field: Field,
}

/// A key that the operator chooses, with its value.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::web) struct Entry {
    /// The names of the two fields.
    pub(in crate::web) key_name: String,
    pub(in crate::web) value_name: String,
    pub(in crate::web) key: String,
    pub(in crate::web) value: String,
    /// Of a secret: there is one that an empty field keeps.
    pub(in crate::web) stored: bool,
    pub(in crate::web) errors: Vec<String>,
}

impl Field {
    /// The fields right in it.
    pub(in crate::web) fn parts(&self) -> Vec<&Field> {
        match &self.control {
            Control::Group { fields, .. } | Control::Switch { fields, .. } => fields.iter().collect(),
            Control::List(items) => items.iter().map(|item| &item.field).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether something is wrong with it or in it.
    pub(in crate::web) fn is_wrong(&self) -> bool {
        let in_map = matches!(&self.control, Control::Map { entries, .. }
            if entries.iter().any(|entry| !entry.errors.is_empty()));
        !self.errors.is_empty() || in_map || self.parts().into_iter().any(Field::is_wrong)
    }

    /// The innermost field that stands for what is called so, and its labels from the outermost.
    pub(in crate::web) fn find(&self, called: &str) -> Option<(&Field, Vec<&str>)> {
        let rest = called.strip_prefix(self.name.as_str())?;
        if !rest.is_empty() && !rest.starts_with('/') {
            return None;
        }
        let inner = self.parts().into_iter().find_map(|part| part.find(called));
        let (found, mut labels) = inner.unwrap_or((self, Vec::new()));
        labels.insert(0, &self.label);
        Some((found, labels))
    }

    /// How many lines a text of several lines gets.
    fn rows(&self) -> usize {
        match &self.control {
            Control::Text { value, .. } => (value.lines().count() + 1).clamp(3, 12),
            _ => 3,
        }
    }

    /// The elements that say how it is to be filled in, and what is wrong.
    fn described_by(&self) -> String {
        let help = (!self.help.is_empty() || self.default.is_some()).then(|| format!("{}-help", self.id));
        let error = (!self.errors.is_empty()).then(|| format!("{}-error", self.id));
        [error, help].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// A field as HTML.
#[derive(Template)]
#[template(path = "field.html")]
pub(in crate::web) struct Drawn<'a> {
    pub(in crate::web) frame: &'a Frame,
    pub(in crate::web) field: &'a Field,
}

impl<'a> Drawn<'a> {
    fn part(&self, field: &'a Field) -> Drawn<'a> {
        Drawn { frame: self.frame, field }
    }

    /// What stands in an item: the parts of an object, or the one thing that it is.
    fn inside(&self, item: &'a Item) -> Vec<&'a Field> {
        match &item.field.control {
            Control::Group { fields, .. } => fields.iter().collect(),
            _ => vec![&item.field],
        }
    }
}

impl Frame {
    /// A field as HTML.
    pub(in crate::web) fn field<'a>(&'a self, field: &'a Field) -> Drawn<'a> {
        Drawn { frame: self, field }
    }
}

//! The header of a CSV file: which fields its columns become, and what of that an operator should know.

use std::collections::BTreeMap;

use crate::mapping::{Field, Mapping};
use crate::names::{readable, told};
use crate::options::CustomColumns;

/// A [`Mapping`] applied to the header of a CSV file.
#[derive(Debug)]
pub(crate) struct Header<'m> {
    pub(crate) mapping: &'m Mapping,
    /// The columns' names, empty where there is none.
    pub(crate) names: Vec<String>,
    pub(crate) columns: Vec<Column>,
}

/// What a column becomes.
#[derive(Debug, PartialEq)]
pub(crate) enum Column {
    /// These fields.
    Fields(Vec<Field>),
    /// Nothing.
    Dropped,
    /// It has no name; if there is something in it, nobody knows what.
    Unnamed,
}

impl<'m> Header<'m> {
    /// Maps a header.
    ///
    /// # Errors
    /// If two columns become one field, one that the operator named is not there, or none is the uid.
    pub(crate) fn new<'c>(
        mapping: &'m Mapping,
        columns: impl Iterator<Item = &'c str>,
    ) -> Result<Self, String> {
        let names: Vec<String> =
            columns.map(|column| column.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let mut named: BTreeMap<usize, Vec<Field>> = BTreeMap::new();
        for (field, column) in &mapping.columns {
            let at = find(&names, column).map_err(|twice| two_columns(&names, twice, field))?;
            let missing = || {
                let listed = listed(&names);
                format!("there is no column `{column}` for the field `{field}`: the header {listed}")
            };
            named.entry(at.ok_or_else(missing)?).or_default().push(mapping.field(field));
        }
        let becomes = |(at, name): (usize, &String)| match named.remove(&at) {
            Some(fields) => Column::Fields(fields),
            None if name.is_empty() && mapping.custom == CustomColumns::Keep => Column::Unnamed,
            None => mapping.unnamed(name).map_or(Column::Dropped, |field| Column::Fields(vec![field])),
        };
        let columns: Vec<Column> = names.iter().enumerate().map(becomes).collect();
        let header = Self { mapping, names, columns };
        let mut from: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, field) in header.fields() {
            if let Some(other) = from.insert(&field.name, at) {
                return Err(two_columns(&header.names, [other, at], &field.name));
            }
        }
        if !from.contains_key("uid") {
            return Err(format!(
                "there is no column `uid`, and `columns` names no other for it: the header {}{}",
                listed(&header.names),
                advice(&header.names)
            ));
        }
        Ok(header)
    }

    /// Whether the cells of a row are those of this header. Cells that are too many, but empty, do no harm.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn fits<'r>(&self, cells: impl ExactSizeIterator<Item = &'r str>) -> Result<(), String> {
        let needed = self.names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let (count, mut excess) = (cells.len(), false);
        for (at, _) in cells.enumerate().filter(|(_, cell)| !cell.is_empty()) {
            excess |= at >= self.columns.len();
            if self.columns.get(at) == Some(&Column::Unnamed) {
                return Err(format!(
                    "there is something in column {}, which has no name: name it, or drop it by `customColumns`",
                    at + 1
                ));
            }
        }
        if excess || count < needed {
            return Err(format!("the row has {count} cells and the header {}", self.columns.len()));
        }
        Ok(())
    }

    /// Which columns become what.
    pub(crate) fn summary(&self) -> String {
        let (mut standard, mut custom) = (Vec::new(), Vec::new());
        for (at, field) in self.fields() {
            let is_named_so = field.name == self.names[at];
            let told = match readable(&field.name) {
                Some(name) if is_named_so => name.to_owned(),
                Some(name) => format!("{name} (column {})", told(&self.names, at)),
                None => format!("column {}", told(&self.names, at)),
            };
            if self.mapping.is_standard(&field.name) { &mut standard } else { &mut custom }.push(told);
        }
        let dropped: Vec<String> = self.without_field().map(|at| self.plain(at)).collect();
        let mut summary = format!("fields: {}", standard.join(", "));
        if !custom.is_empty() {
            summary += &format!("; custom fields: {}", custom.join(", "));
        }
        if !dropped.is_empty() {
            summary += &format!("; dropped columns: {}", dropped.join(", "));
        }
        summary
    }

    /// What may be a mistake: a name that is nearly that of a field which has no column.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let custom = self.fields().filter(|(_, field)| !self.mapping.is_standard(&field.name));
        let kept = custom
            .filter(|(at, field)| field.name == self.names[*at])
            .map(|(at, _)| (at, "becomes a custom field"));
        let others = kept.chain(self.without_field().map(|at| (at, "is dropped")));
        let told = others.filter_map(|(at, what)| {
            let has_column = |field: &str| self.fields().any(|(_, with)| with.name == field);
            let near = self.mapping.near(&self.names[at]).find(|field| !has_column(field))?;
            let name = told(&self.names, at);
            Some(format!("the column {name} {what}: if it is meant as `{near}`, say so in `columns`"))
        });
        told.collect()
    }

    /// The fields with the columns that they come from.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.columns.iter().enumerate().flat_map(|(at, column)| {
            let fields = match column {
                Column::Fields(fields) => fields.as_slice(),
                Column::Dropped | Column::Unnamed => &[],
            };
            fields.iter().map(move |field| (at, field))
        })
    }

    /// The columns with a name that become nothing.
    fn without_field(&self) -> impl Iterator<Item = usize> {
        let is_one = |at: &usize| self.columns[*at] == Column::Dropped && !self.names[*at].is_empty();
        (0..self.columns.len()).filter(is_one)
    }

    /// A column in a list of names.
    fn plain(&self, at: usize) -> String {
        readable(&self.names[at]).map_or_else(|| told(&self.names, at), str::to_owned)
    }
}

/// A name without what people vary: case, blanks, hyphens, underscores and the like.
pub(crate) fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The column of this name or, if there is none, the one whose name differs only in what people vary.
///
/// # Errors
/// Two of them, if there are several.
fn find(names: &[String], wanted: &str) -> Result<Option<usize>, [usize; 2]> {
    let one = |is_wanted: &dyn Fn(&String) -> bool| {
        let mut found = (0..names.len()).filter(|at| is_wanted(&names[*at]));
        match (found.next(), found.next()) {
            (Some(one), Some(other)) => Err([one, other]),
            (found, _) => Ok(found),
        }
    };
    let folded = fold(wanted);
    match one(&|name| name == wanted.trim())? {
        None if !folded.is_empty() => one(&|name| fold(name) == folded),
        found => Ok(found),
    }
}

fn two_columns(names: &[String], [one, other]: [usize; 2], field: &str) -> String {
    let is_twice = names[one] == names[other];
    if let Some(name) = readable(&names[one]).filter(|_| is_twice) {
        return format!("there are two columns `{name}`");
    }
    let (one, other) = (told(names, one), told(names, other));
    if is_twice {
        return format!("the columns {one} and {other} have the same name");
    }
    format!("the columns {one} and {other} both become the field `{field}`: say in `columns` which it is")
}

/// What columns a header has. The only one is more likely something else, so its name is not told.
fn listed(names: &[String]) -> String {
    if names.len() == 1 {
        return "is one column".to_owned();
    }
    let names: Vec<String> =
        (0..names.len()).filter(|at| !names[*at].is_empty()).map(|at| told(names, at)).collect();
    format!("has {}", names.join(", "))
}

/// What to do about a header that is one column.
fn advice(names: &[String]) -> String {
    let [name] = names else { return String::new() };
    let delimiter = [';', '\t', ',', '|'].into_iter().find(|delimiter| name.contains(*delimiter));
    delimiter.map_or_else(String::new, |delimiter| {
        format!("; if `{}` stands between the columns, set `delimiter`", delimiter.escape_default())
    })
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;

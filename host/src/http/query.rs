//! Query parameters: taken one by one, each with a message of its own, and none left over. A parameter
//! that is not known or given twice is refused, so that a misspelt filter never lists everything.

use std::convert::Infallible;
use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::problem::Problem;

/// The parameters of a request that have not been taken yet.
#[derive(Debug)]
pub(crate) struct Parameters {
    given: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Pairs of strings are what every query string is.
        let given = Query::try_from_uri(&parts.uri).map(|Query(given)| given).unwrap_or_default();
        Ok(Self { given, known: Vec::new() })
    }
}

impl Parameters {
    /// Takes a parameter; an empty one counts as absent.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        self.known.push(name);
        let mut values = self.given.extract_if(.., |(given, _)| given == name).map(|(_, value)| value);
        let first = values.next();
        if values.next().is_some() {
            return Err(at(name, "is given more than once"));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// Takes a word of the domain, whose own message says which there are.
    pub(crate) fn word<T: FromStr<Err = impl Display>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Problem> {
        let text = self.text(name)?;
        text.map(|text| text.parse().map_err(|reason: T::Err| at(name, &reason.to_string()))).transpose()
    }

    /// Takes a whole number from 0.
    pub(crate) fn number(&mut self, name: &'static str) -> Result<Option<i64>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| *number >= 0);
        number.map(Some).ok_or_else(|| at(name, &format!("`{text}` is no whole number")))
    }

    /// Takes `true` or `false`; absent is false.
    pub(crate) fn flag(&mut self, name: &'static str) -> Result<bool, Problem> {
        match self.text(name)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(at(name, &format!("`{other}` is neither true nor false"))),
        }
    }

    /// Refuses what has not been taken.
    pub(crate) fn end(self) -> Result<(), Problem> {
        let Some((name, _)) = self.given.first() else { return Ok(()) };
        let known = match self.known.as_slice() {
            [] => "this path takes none".to_owned(),
            known => format!("this path takes {}", known.join(", ")),
        };
        let detail = format!("there is no query parameter `{name}`; {known}");
        Err(Problem::bad_request(detail).with_field(name.clone()))
    }
}

/// A problem with one parameter.
pub(crate) fn at(name: &str, reason: &str) -> Problem {
    Problem::bad_request(format!("query parameter {name}: {reason}")).with_field(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::data_type::DataType;

    fn read(query: &str) -> Result<String, String> {
        let uri = format!("http://x/?{query}").parse().unwrap();
        let Query(given) = Query::try_from_uri(&uri).unwrap();
        let mut parameters = Parameters { given, known: Vec::new() };
        let mut read = || {
            let (data_type, search) = (parameters.word::<DataType>("type")?, parameters.text("search")?);
            Ok(format!("{data_type:?} {search:?} {:?} {}", parameters.number("n")?, parameters.flag("f")?))
        };
        let read: Result<String, Problem> = read();
        let read = read.and_then(|read| parameters.end().map(|()| read));
        read.map_err(|problem| problem.detail)
    }

    #[test]
    fn parameters_are_known_single_and_well_formed() {
        let check = |query: &str, expected: Result<&str, &str>| {
            assert_eq!(read(query), expected.map(str::to_owned).map_err(str::to_owned), "{query}");
        };
        check("", Ok("None None None false"));
        check("type=user&search=a%20b&n=7&f=true", Ok("Some(User) Some(\"a b\") Some(7) true"));
        check("search=&n=&f=", Ok("None None None false"));
        check("serach=x", Err("there is no query parameter `serach`; this path takes type, search, n, f"));
        check("n=1&n=2", Err("query parameter n: is given more than once"));
        check("n=-1", Err("query parameter n: `-1` is no whole number"));
        check("f=yes", Err("query parameter f: `yes` is neither true nor false"));
        check("type=x", Err("query parameter type: `x` is no data type: use `user` or `department`"));
    }
}

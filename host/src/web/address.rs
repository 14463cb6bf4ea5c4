//! What the address of a page asks for. People keep addresses, send them to each other and edit them, and programs on
//! the way add to them: so what a page does not know is ignored, and what makes no sense is left out and told.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

use crate::http::page::Paging;
use crate::http::problem::Problem;
use crate::http::query::Forgiving;

use super::frame::Frame;

/// The frame of a page, and what its address asks for.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) Frame, pub(super) T);

/// The frame of a list, which page of it, and which of its items.
#[derive(Debug)]
pub(super) struct AskedList<C: ToSchema, T>(pub(super) Frame, pub(super) Paging<C>, pub(super) T);

/// Something that is read from the text of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String", bound = "T: FromStr, T::Err: Display")]
pub(super) struct Written<T>(pub(super) T);

impl<T: FromStr> TryFrom<String> for Written<T> {
    type Error = T::Err;

    fn try_from(text: String) -> Result<Self, T::Err> {
        text.parse().map(Self)
    }
}

/// Whether this is what was asked for.
pub(super) fn is_chosen<T: PartialEq>(chosen: &Option<Written<T>>, value: &T) -> bool {
    chosen.as_ref().is_some_and(|Written(chosen)| chosen == value)
}

impl<S: Send + Sync, T: DeserializeOwned + IntoParams> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let frame = Frame::from_request_parts(parts, state).await?;
        let mut address = Forgiving::new(parts.uri.query().unwrap_or_default());
        let asked = address.read()?;
        Ok(Self(frame.reading(address), asked))
    }
}

impl<S, C, T> FromRequestParts<S> for AskedList<C, T>
where
    S: Send + Sync,
    C: DeserializeOwned + ToSchema,
    T: DeserializeOwned + IntoParams,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let frame = Frame::from_request_parts(parts, state).await?;
        let mut address = Forgiving::new(parts.uri.query().unwrap_or_default());
        let (filter, paging) = (address.read()?, address.read()?);
        Ok(Self(frame.reading(address), paging, filter))
    }
}

/// A name as it stands in a path, whatever characters are in it.
pub(super) fn segment(name: &str) -> String {
    let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    // In a path, a space is written otherwise than in a form.
    name.replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_part_of_a_path() {
        let check = |name: &str, expected: &str| assert_eq!(segment(name), expected);
        check("hr-2.so", "hr-2.so");
        check("a b/c?d#e%f+g", "a%20b%2Fc%3Fd%23e%25f%2Bg");
        check("é", "%C3%A9");
    }
}

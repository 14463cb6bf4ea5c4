//! Query parameters: one type is what a query string is read as and what the description of the API
//! tells of it. A parameter that is not known or given twice is refused, so that a misspelt filter
//! never lists everything; an empty one counts as absent. Addresses of pages, which people keep, share and
//! edit, are read by [`Forgiving`] instead.

use axum::extract::{self, FromRequestParts};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde::de::{self, Deserializer, Error as _, IntoDeserializer};
use serde::de::{DeserializeOwned, Visitor};
use serde::forward_to_deserialize_any;
use serde_path_to_error::Segment;
use utoipa::openapi::Required;
use utoipa::openapi::path::Parameter;
use utoipa::{IntoParams, ToSchema};

use super::page::Paging;
use super::problem::Problem;

/// The parameters of a request.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

/// The parameters of a list: which page of it, and which of its items.
#[derive(Debug)]
pub(crate) struct Listed<C: ToSchema, T>(pub(crate) Paging<C>, pub(crate) T);

/// No parameters at all.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

impl IntoParams for Nothing {
    fn into_params(_: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>) -> Vec<Parameter> {
        Vec::new()
    }
}

impl<S: Send + Sync, T: DeserializeOwned + IntoParams> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let known = described::<T>();
        let given = given(parts, &known)?;
        read(given, &known).map(Self)
    }
}

impl<S, C, T> FromRequestParts<S> for Listed<C, T>
where
    S: Send + Sync,
    C: DeserializeOwned + ToSchema,
    T: DeserializeOwned + IntoParams,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let (paging, filter) = (described::<Paging<C>>(), described::<T>());
        let given = given(parts, &[paging.as_slice(), &filter].concat())?;
        let of_paging = |(name, _): &(String, String)| paging.iter().any(|known| known.name == *name);
        let (page, rest) = given.into_iter().partition(of_paging);
        Ok(Self(read(page, &paging)?, read(rest, &filter)?))
    }
}

/// Reads what an address asks for as far as it makes sense: a parameter that is not known says nothing, and of one that is
/// given several times the last counts. One whose value makes no sense is left out, and named.
#[derive(Debug)]
pub(crate) struct Forgiving {
    /// The parameters that are known and make sense, as they were given.
    pub(crate) kept: Vec<(String, String)>,
    /// The names of those that make no sense.
    pub(crate) left_out: Vec<String>,
    /// What was given and not read yet.
    rest: Vec<(String, String)>,
}

impl Forgiving {
    pub(crate) fn new(query: &str) -> Self {
        let rest = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { kept: Vec::new(), left_out: Vec::new(), rest }
    }

    /// Reads the parameters that this type knows.
    pub(crate) fn read<T: DeserializeOwned + IntoParams>(&mut self) -> Result<T, Problem> {
        let known = described::<T>();
        let is_own = |(name, _): &(String, String)| known.iter().any(|known| known.name == *name);
        let (own, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.rest).into_iter().partition(is_own);
        self.rest = rest;
        let mut last: Vec<(String, String)> = Vec::with_capacity(own.len());
        for (name, value) in own {
            last.retain(|(earlier, _)| *earlier != name);
            match value.contains('\0') {
                true => self.left_out.push(name),
                false => last.push((name, value)),
            }
        }
        last.retain(|(_, value)| !value.is_empty());
        let value = loop {
            let problem = match read(last.clone(), &known) {
                Ok(value) => break value,
                Err(problem) => problem,
            };
            let of_problem = |(name, _): &(String, String)| Some(name.as_str()) == problem.field.as_deref();
            let Some(place) = last.iter().position(of_problem) else { return Err(problem) };
            self.left_out.push(last.remove(place).0);
        };
        self.kept.append(&mut last);
        Ok(value)
    }
}

/// A problem with one parameter.
pub(crate) fn at(name: &str, reason: &str) -> Problem {
    Problem::bad_request(format!("query parameter {name}: {reason}")).with_field(name)
}

fn described<T: IntoParams>() -> Vec<Parameter> {
    T::into_params(|| None)
}

/// What the query string gives, each parameter once and each of them known.
fn given(parts: &Parts, known: &[Parameter]) -> Result<Vec<(String, String)>, Problem> {
    // Pairs of strings are what every query string is.
    let given = extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let given = given.map(|extract::Query(given)| given).unwrap_or_default();
    for (place, (name, value)) in given.iter().enumerate() {
        if !known.iter().any(|known| known.name == *name) {
            return Err(unknown(name, known));
        }
        if given[..place].iter().any(|(earlier, _)| earlier == name) {
            return Err(at(name, "is given more than once"));
        }
        if value.contains('\0') {
            return Err(at(name, "has a NUL character in it"));
        }
    }
    Ok(given.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

fn unknown(name: &str, known: &[Parameter]) -> Problem {
    let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
    let known = match names.as_slice() {
        [] => "this path takes none".to_owned(),
        names => format!("this path takes {}", names.join(", ")),
    };
    let detail = format!("there is no query parameter `{name}`; {known}");
    Problem::bad_request(detail).with_field(name)
}

fn read<T: DeserializeOwned>(given: Vec<(String, String)>, known: &[Parameter]) -> Result<T, Problem> {
    for known in known.iter().filter(|known| known.required == Required::True) {
        if !given.iter().any(|(name, _)| *name == known.name) {
            return Err(at(&known.name, "is missing"));
        }
    }
    let pairs = given.into_iter().map(|(name, value)| (name, Text(value)));
    serde_path_to_error::deserialize(MapDeserializer::new(pairs)).map_err(|error| {
        let name = match error.path().iter().next() {
            Some(Segment::Map { key }) => key.clone(),
            _ => String::new(),
        };
        at(&name, &error.into_inner().to_string())
    })
}

/// The value of a parameter, read as whatever is wanted of it.
struct Text(String);

impl<'de> IntoDeserializer<'de, de::value::Error> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Text {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    /// A whole number from 0.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0.parse() {
            Ok(number @ 0..) => visitor.visit_i64(number),
            _ => Err(Self::Error::custom(format!("`{}` is no whole number", self.0))),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0.as_str() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            other => Err(Self::Error::custom(format!("`{other}` is neither true nor false"))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        if !words.contains(&self.0.as_str()) {
            return Err(Self::Error::custom(format!("`{}` is not one of {}", self.0, words.join(", "))));
        }
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::data_type::DataType;

    /// One parameter of every kind.
    #[derive(Debug, Deserialize, IntoParams)]
    #[serde(rename_all = "camelCase")]
    #[into_params(parameter_in = Query)]
    struct Wanted {
        #[serde(rename = "type")]
        data_type: DataType,
        search_for: Option<String>,
        n: Option<i64>,
        #[serde(default)]
        f: bool,
    }

    async fn read(query: &str) -> Result<String, String> {
        let (mut parts, ()) =
            axum::http::Request::builder().uri(format!("http://x/?{query}")).body(()).unwrap().into_parts();
        match Query::<Wanted>::from_request_parts(&mut parts, &()).await {
            Ok(Query(Wanted { data_type, search_for, n, f })) => {
                Ok(format!("{data_type} {search_for:?} {n:?} {f}"))
            }
            Err(problem) => Err(problem.detail),
        }
    }

    #[test]
    fn an_address_is_read_as_far_as_it_makes_sense() {
        let check = |query: &str, expected: &str, kept: &str, left_out: &[&str]| {
            let mut address = Forgiving::new(query);
            let Wanted { data_type, search_for, n, f } = address.read().unwrap();
            assert_eq!(format!("{data_type} {search_for:?} {n:?} {f}"), expected, "{query}");
            let pairs: Vec<String> =
                address.kept.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(pairs.join("&"), kept, "{query}");
            assert_eq!(address.left_out, left_out, "{query}");
        };
        let all = "type=user&searchFor=a b&n=7&f=true";
        check(all, "user Some(\"a b\") Some(7) true", all, &[]);
        check("utm_source=mail&type=user&x=1&x=2", "user None None false", "type=user", &[]);
        check("type=user&n=1&n=2", "user None Some(2) false", "type=user&n=2", &[]);
        check("type=user&n=2&n=", "user None None false", "type=user", &[]);
        check("type=user&n=x&f=maybe", "user None None false", "type=user", &["n", "f"]);
        check("type=user&searchFor=%00", "user None None false", "type=user", &["searchFor"]);
        check(
            "type=user&searchFor=%ff&%ff=1",
            "user Some(\"\u{fffd}\") None false",
            "type=user&searchFor=\u{fffd}",
            &[],
        );
        // What can't be done without is missed.
        assert_eq!(
            Forgiving::new("type=x").read::<Wanted>().unwrap_err().detail,
            "query parameter type: is missing"
        );
    }

    #[tokio::test]
    async fn parameters_are_known_single_and_well_formed() {
        let check = async |query: &str, expected: Result<&str, &str>| {
            assert_eq!(read(query).await, expected.map(str::to_owned).map_err(str::to_owned), "{query}");
        };
        check("type=user", Ok("user None None false")).await;
        check("type=user&searchFor=a%20b&n=7&f=true", Ok("user Some(\"a b\") Some(7) true")).await;
        check("type=user&searchFor=&n=&f=", Ok("user None None false")).await;
        let unknown = "there is no query parameter `serach`; this path takes type, searchFor, n, f";
        check("serach=x", Err(unknown)).await;
        check("n=1&n=2", Err("query parameter n: is given more than once")).await;
        check("type=user&searchFor=a%00", Err("query parameter searchFor: has a NUL character in it")).await;
        check("type=user&n=-1", Err("query parameter n: `-1` is no whole number")).await;
        check("type=user&f=yes", Err("query parameter f: `yes` is neither true nor false")).await;
        check("type=x", Err("query parameter type: `x` is not one of department, user")).await;
        check("type=", Err("query parameter type: is missing")).await;
    }
}

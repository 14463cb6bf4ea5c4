//! The address of a service as an operator gives it. Without encryption only the machine itself is talked to,
//! unless the operator says so; credentials have options of their own.

use std::net::IpAddr;

use orgsync_plugin_api::PluginError;
use url::{Host, Url};

/// Whether `http://` may lead to another machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// Only to this one.
    Refused,
    /// The operator says so.
    Allowed,
}

/// Reads an address; `option` is what the operator calls it.
///
/// # Errors
/// Of class `config`, if it is none that may be used.
pub fn address(option: &str, text: &str, plain: Plain) -> Result<Url, PluginError> {
    let refuse = |what: String| Err(PluginError::config(format!("`{option}` {what}")));
    let url = match Url::parse(text.trim()) {
        Ok(url) => url,
        Err(error) => return refuse(format!("is no address like https://host/path: {error}")),
    };
    match url.scheme() {
        "https" => {}
        "http" if plain == Plain::Allowed || is_this_machine(&url) => {}
        "http" => {
            return refuse("is not encrypted: use https://, or allow it with `allowHttp`".to_owned());
        }
        other => return refuse(format!("begins with {other}://, not with https://")),
    }
    if url.host().is_none() {
        return refuse("names no host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("has a user name or password in it, which have options of their own".to_owned());
    }
    if url.fragment().is_some() {
        return refuse("has a # in it, which no server gets to see".to_owned());
    }
    Ok(url)
}

/// Scheme, host and port: what messages may show of an address, whose path may be a secret.
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_talked_to() {
        for good in
            ["https://scim.example/v2", "http://127.0.0.1:80/", "http://localhost/x", "http://[::1]:9/"]
        {
            address("url", good, Plain::Refused).unwrap();
        }
        address("url", "http://scim.example/v2", Plain::Allowed).unwrap();
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |text: &str, expected: &str| {
            assert_eq!(address("url", text, Plain::Refused).unwrap_err(), PluginError::config(expected));
        };
        check("scim.example", "`url` is no address like https://host/path: relative URL without a base");
        check("http://scim.example", "`url` is not encrypted: use https://, or allow it with `allowHttp`");
        check("ldap://x", "`url` begins with ldap://, not with https://");
        check("https://ann:pw@x", "`url` has a user name or password in it, which have options of their own");
        check("https://x/#a", "`url` has a # in it, which no server gets to see");
    }

    #[test]
    fn only_the_origin_is_shown() {
        let url = Url::parse("https://hooks.example/services/s3cret?k=v").unwrap();
        assert_eq!(origin(&url), "https://hooks.example");
    }
}

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
    let text = text.trim();
    // What stands between :// and the path; addresses are taken apart more leniently than people read them.
    let authority = match text.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?', '#', '\\']).next().unwrap_or_default(),
        None if text.is_empty() => {
            return refuse("is empty: it has to be an address like https://host/path".into());
        }
        None => {
            return refuse(format!(
                "is no address like https://host/path: https:// is missing before {text:?}"
            ));
        }
    };
    if authority.is_empty() {
        return refuse("names no host".to_owned());
    }
    if authority.contains('@') {
        return refuse("has a user name or password in it, which have options of their own".to_owned());
    }
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return refuse("has a blank, a line break or a \\ in it".to_owned());
    }
    let url = match Url::parse(text) {
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
        for same in [" https://scim.example/v2\n", "HTTPS://Scim.Example/v2"] {
            assert_eq!(address("url", same, Plain::Refused).unwrap().as_str(), "https://scim.example/v2");
        }
        address("url", "http://scim.example/v2", Plain::Allowed).unwrap();
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |text: &str, expected: &str| {
            assert_eq!(address("url", text, Plain::Refused).unwrap_err(), PluginError::config(expected));
        };
        for text in ["scim.example", "scim.example:8443/v2", "localhost:80", "https:scim.example", "/v2"] {
            let expected =
                format!("`url` is no address like https://host/path: https:// is missing before {text:?}");
            check(text, &expected);
        }
        check(" ", "`url` is empty: it has to be an address like https://host/path");
        for text in ["https://", "https:///v2", "https://?a"] {
            check(text, "`url` names no host");
        }
        check("https://x y/", "`url` has a blank, a line break or a \\ in it");
        check("https://x/a\nb", "`url` has a blank, a line break or a \\ in it");
        check("https://x:port/", "`url` is no address like https://host/path: invalid port number");
        check("ftp://x/", "`url` begins with ftp://, not with https://");
        check("https://@x", "`url` has a user name or password in it, which have options of their own");
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

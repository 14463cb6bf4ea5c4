//! The address of a server: a URL with a scheme, a host and perhaps a port, and nothing else.

use orgsync_plugin_api::PluginError;
use url::Url;

use crate::options::Options;

/// The address, if it is one that can be connected to.
pub(crate) fn address(options: &Options) -> Result<Url, PluginError> {
    let wrong = |what: &str| Err(PluginError::config(format!("`url` {what}")));
    let Ok(url) = Url::parse(options.url.trim()) else {
        return wrong("is no address such as ldaps://ldap.example.org");
    };
    match url.scheme() {
        "ldap" => {}
        "ldaps" if options.start_tls => {
            return wrong(
                "is ldaps://, which is encrypted without `startTls`: switch that off, or use ldap://",
            );
        }
        "ldaps" => {}
        _ => return wrong("has to begin with ldap:// or ldaps://"),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return wrong("has no host, as in ldaps://ldap.example.org");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("has a user in it: use `bindDn` and `password`");
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return wrong("has more than host and port: bases and filters are options of their own");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_that_make_no_sense() {
        let check = |url: &str, start_tls: bool, expected: &str| {
            let options = serde_json::from_value(json!({"url": url, "startTls": start_tls})).unwrap();
            assert_eq!(address(&options).unwrap_err(), PluginError::config(format!("`url` {expected}")));
        };
        check("ldap.example.org", false, "is no address such as ldaps://ldap.example.org");
        check("https://x", false, "has to begin with ldap:// or ldaps://");
        check("ldap:///", false, "has no host, as in ldaps://ldap.example.org");
        check("ldap:x", false, "has no host, as in ldaps://ldap.example.org");
        check("ldap://cn=a:secret@x", false, "has a user in it: use `bindDn` and `password`");
        check(
            "ldap://x/dc=x",
            false,
            "has more than host and port: bases and filters are options of their own",
        );
        check(
            "ldaps://x",
            true,
            "is ldaps://, which is encrypted without `startTls`: switch that off, or use ldap://",
        );
        let options = serde_json::from_value(json!({"url": " ldaps://x:1636/ "})).unwrap();
        assert_eq!(address(&options).unwrap().port(), Some(1636));
    }
}

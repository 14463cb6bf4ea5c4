//! Which texts can be e-mail addresses. Directories write `n/a` or `-` where somebody has none; that is no address,
//! and two people who have none do not share one.

/// Whether a text can be an e-mail address: a local part, `@`, and a domain. Addresses in every script are, also
/// those that mail servers write and RFC 5321 does not have, such as two dots in a row; nobody is refused an address
/// that works.
pub fn is_address(text: &str) -> bool {
    // What is quoted may have an `@` in it.
    text.rsplit_once('@').is_some_and(|(local, domain)| is_local(local) && is_domain(domain))
}

fn is_local(local: &str) -> bool {
    if let Some(quoted) = local.strip_prefix('"') {
        return quoted.strip_suffix('"').is_some_and(|quoted| !quoted.is_empty() && is_quoted(quoted));
    }
    let is_special = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;,\\\"@".contains(c);
    !local.is_empty() && !local.contains(is_special)
}

/// A quote or backslash within quotes stands behind a backslash.
fn is_quoted(text: &str) -> bool {
    let mut escaped = false;
    for c in text.chars() {
        escaped = match c {
            _ if escaped => false,
            '\\' => true,
            '"' => return false,
            _ => false,
        };
    }
    !escaped
}

fn is_domain(domain: &str) -> bool {
    if let Some(address) = domain.strip_prefix('[') {
        let literal = address.strip_suffix(']').unwrap_or_default();
        let literal = literal.strip_prefix("IPv6:").unwrap_or(literal);
        return literal.parse::<std::net::IpAddr>().is_ok();
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii();
    let is_label = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(is_part)
    };
    !domain.contains(char::is_whitespace) && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for address in [
            "ann@example.org",
            "ann@localhost",
            "Ann.Lee+x@Sub.Example.ORG",
            "o'brien!#$%&*/=?^`{|}~@example.org",
            "用户@例子.广告",
            "jörg@müller.example",
            "\"ann lee\"@example.org",
            "\"a@b\\\"c\"@example.org",
            "ann@[192.0.2.1]",
            "ann@[IPv6:2001:db8::1]",
            "ann..lee.@docomo.ne.jp",
            "_@a_b.example",
        ] {
            assert!(is_address(address), "{address}");
        }
        for text in [
            "",
            "-",
            "n/a",
            "none",
            "null",
            "unknown@",
            "@x",
            "@",
            "@@",
            "a@b@c",
            "a b@x.org",
            "a@x org",
            "a@x..org",
            "a@.org",
            "a@org.",
            "a@-x.org",
            "Ann <ann@x.org>",
            "mailto:ann@x.org",
            "a@x.org;b@x.org",
            "a@x.org, b@x.org",
            "ann@",
            "ann.example.org",
            "\"ann@x.org",
            "\"\"@x.org",
            "\"a\"b\"@x.org",
            "a@[x]",
            "a@x.org>",
            "a@x/y",
            "/o=Org/cn=ann",
            "a\u{a0}b@x.org",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}

//! What went wrong, and what an operator can do about it: results of the server (RFC 4511, appendix A) and
//! failures of the connection, as [`PluginError`]s. Pure. What the server says in words is passed on, unless
//! it repeats the password.

use std::fmt;
use std::io;

use ldap3::{LdapError, LdapResult};
use orgsync_plugin_api::{PluginError, Secret};

use crate::options::Options;

/// What the client was about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing<'a> {
    Connecting,
    Binding,
    /// Looking whether a base is there.
    Looking {
        base: &'a str,
    },
    /// Searching below a base, for the option named.
    Searching {
        option: &'a str,
        base: &'a str,
    },
}

/// Makes errors of one source's connection.
#[derive(Debug, Clone)]
pub(crate) struct Errors {
    url: String,
    account: String,
    anonymous: bool,
    encrypted: bool,
    connect_timeout: u32,
    operation_timeout: u32,
    password: Option<Secret>,
}

impl fmt::Display for Doing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doing::Connecting => f.write_str("failed to connect"),
            Doing::Binding => f.write_str("failed to bind"),
            Doing::Looking { base } => write!(f, "failed to look at the base `{base}`"),
            Doing::Searching { option, base } => write!(f, "failed to read {option} below `{base}`"),
        }
    }
}

impl Errors {
    /// Who reads.
    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    pub(crate) fn new(options: &Options) -> Self {
        let dn = options.bind_dn.as_deref().map(str::trim).unwrap_or_default();
        Self {
            url: options.url.trim().to_owned(),
            account: if dn.is_empty() { "anonymous".to_owned() } else { format!("`{dn}`") },
            anonymous: dn.is_empty(),
            encrypted: options.start_tls || options.url.trim().to_ascii_lowercase().starts_with("ldaps:"),
            connect_timeout: options.connect_timeout,
            operation_timeout: options.operation_timeout,
            password: options.password.clone(),
        }
    }

    /// A failure of the library or the connection.
    pub(crate) fn failure(&self, doing: Doing<'_>, error: LdapError) -> PluginError {
        let at = |what: String| format!("{}: {doing}: {what}", self.url);
        match error {
            LdapError::LdapResult { result } if doing == Doing::Connecting => {
                let said = self.said(&result);
                PluginError::config(at(format!(
                    "the server refused StartTLS: {said}; enable TLS there, or use ldaps://"
                )))
            }
            LdapError::LdapResult { result } => self.result(doing, &result),
            LdapError::Timeout { .. } => {
                let (seconds, option) = match doing {
                    Doing::Connecting => (self.connect_timeout, "connectTimeout"),
                    _ => (self.operation_timeout, "operationTimeout"),
                };
                PluginError::transient(at(format!(
                    "no answer within {seconds} seconds; see whether a firewall is in between and whether the \
                     server is overloaded, or raise `{option}`"
                )))
            }
            LdapError::Io { source } => self.io(doing, &source),
            LdapError::Rustls { source } => PluginError::config(at(tls(&source))),
            LdapError::DNSName { .. } => PluginError::config(at(
                "TLS needs a host name or an IPv4 address in `url`, as the server's certificate has it"
                    .into(),
            )),
            LdapError::FilterParsing => PluginError::config(at("the filter is no LDAP filter".into())),
            LdapError::EndOfStream
            | LdapError::ResultRecv { .. }
            | LdapError::OpSend { .. }
            | LdapError::IdScrubSend { .. } => PluginError::transient(at(self.broken())),
            other => PluginError::transient(at(other.to_string())),
        }
    }

    /// A result other than success.
    pub(crate) fn result(&self, doing: Doing<'_>, result: &LdapResult) -> PluginError {
        let (advice, transient) = self.advice(doing, result);
        let message = format!("{}: {doing}: {}; {advice}", self.url, self.said(result));
        if transient { PluginError::transient(message) } else { PluginError::config(message) }
    }

    /// A base that the server says nothing about, although it reports no error.
    pub(crate) fn invisible(&self, base: &str) -> PluginError {
        let doing = Doing::Looking { base };
        let (url, account) = (&self.url, &self.account);
        PluginError::config(format!(
            "{url}: {doing}: the server shows no such entry to {account}; see whether the base is right and the \
             account may read it"
        ))
    }

    /// A base that gave nothing, and that the server does not show either, although it reports no error.
    pub(crate) fn lost(&self, option: &str, base: &str) -> PluginError {
        let doing = Doing::Searching { option, base };
        let (url, account) = (&self.url, &self.account);
        PluginError::config(format!(
            "{url}: {doing}: there are none, and the server does not show the base itself to {account}, which \
             lacks the right to read it and to list what is below: give it that right, or take the base out of \
             `{option}.bases`"
        ))
    }

    /// A base that gave nothing while another one did.
    pub(crate) fn empty(&self, option: &str, base: &str) -> PluginError {
        let doing = Doing::Searching { option, base };
        let (url, account) = (&self.url, &self.account);
        PluginError::config(format!(
            "{url}: {doing}: there are none, although other bases have some; see whether {account} still has the \
             right to list and read what is below this base. If nothing is there, take the base out of \
             `{option}.bases`, or set `allowEmptyBases`"
        ))
    }

    /// An entry that a search found does not show what identifies it.
    pub(crate) fn unidentified(&self, option: &str, dn: &str, attribute: &str) -> PluginError {
        let (url, account) = (&self.url, &self.account);
        PluginError::config(format!(
            "{url}: `{dn}` does not show {account} the attribute `{attribute}`, which is to identify {option}: see \
             whether `preset` and `{option}.attributes.uid` are right and the account may read it"
        ))
    }

    /// An attribute that an option names and nobody can have.
    pub(crate) fn unknown(&self, set: &str, option: &str, attribute: &str) -> PluginError {
        PluginError::config(format!(
            "{}: `{set}.{option}`: the server's schema has no attribute `{attribute}`, and no entry shows one: correct \
             the name, or take it out",
            self.url
        ))
    }

    /// Only a part of a paged result came.
    pub(crate) fn paging_stopped(&self, doing: Doing<'_>) -> PluginError {
        PluginError::transient(format!(
            "{}: {doing}: the server stopped giving pages half-way, so some entries may be missing; sync again",
            self.url
        ))
    }

    fn advice(&self, doing: Doing<'_>, result: &LdapResult) -> (String, bool) {
        let account = &self.account;
        let limits = "OpenLDAP: `limits`, Active Directory: the LDAP policies, 389 Directory Server: nsLookThroughLimit, \
                      nsSizeLimit and nsTimeLimit";
        let config = |advice: String| (advice, false);
        match result.rc {
            // Active Directory's word for a search without a bind.
            1 if self.anonymous => {
                config("the server may want a bind first: set `bindDn` and `password`".into())
            }
            3 => config(format!(
                "the search took longer than the server allows {account}: raise its time limit there ({limits}), \
                 make `pageSize` smaller, or index what the filter asks for"
            )),
            4 => config(format!(
                "the server gives {account} no more entries than this: raise its size limit there ({limits}), \
                 allow it paged results, or read fewer by other bases and filters"
            )),
            11 => config(format!(
                "the server looks through no more entries for {account}: raise its limit there ({limits}), make \
                 `pageSize` smaller, or index what the filter asks for"
            )),
            8 | 13 => config("the server wants encryption: use ldaps://, or set `startTls`".into()),
            10 => {
                let to = result.refs.join(", ");
                let to = if to.is_empty() { "another server".to_owned() } else { to };
                config(format!(
                    "it refers to {to}, and referrals are not followed: set `url` and the bases to that"
                ))
            }
            32 => config(format!(
                "there is no such entry, or {account} may not see it: correct the base, or let the account read it"
            )),
            34 => config("the server takes it for no distinguished name: correct it".into()),
            49 if doing == Doing::Binding => config(
                "`bindDn` or `password` is wrong, or the account is locked, disabled or expired".into(),
            ),
            48 | 53 if self.anonymous => {
                config("the server may not let anonymous clients in: set `bindDn` and `password`".into())
            }
            48 | 49 | 53 => config(format!("see whether {account} may log in and search")),
            50 => config(format!("let {account} read there")),
            7 => config("the server takes no simple binds".into()),
            12 | 18 => config("the server does not do what this source needs of it".into()),
            51 | 52 | 80 => ("try again later, and look at the server's log".into(), true),
            _ => config("look at the server's log".into()),
        }
    }

    /// The result's name, with what the server says about it.
    fn said(&self, result: &LdapResult) -> String {
        let name = name(result.rc);
        let text = result.text.trim_end_matches('\0').trim();
        let secret = self.password.as_ref().map(Secret::expose);
        let repeats = secret.is_some_and(|secret| !secret.is_empty() && text.contains(secret));
        match text {
            "" => format!("{name} ({})", result.rc),
            _ if repeats => format!("{name} ({})", result.rc),
            text => format!("{name} ({}, \"{text}\")", result.rc),
        }
    }

    fn io(&self, doing: Doing<'_>, error: &io::Error) -> PluginError {
        let at = |what: String| format!("{}: {doing}: {what}", self.url);
        if let Some(error) = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>()) {
            return PluginError::config(at(tls(error)));
        }
        if doing != Doing::Connecting {
            return PluginError::transient(at(self.broken()));
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof if self.encrypted => PluginError::config(at(
                "the server ended the connection during the TLS handshake; see whether this port speaks TLS"
                    .into(),
            )),
            // What the resolver says is no error of the operating system.
            _ if error.raw_os_error().is_none() => PluginError::transient(at(format!(
                "{error}; see whether the host name is right and known here"
            ))),
            _ => PluginError::transient(at(format!(
                "{error}; see whether host and port are right, and whether the server runs and can be reached"
            ))),
        }
    }

    fn broken(&self) -> String {
        let hint = if self.encrypted { "" } else { ", and whether the port is one that wants ldaps://" };
        format!(
            "the connection broke before the answer was complete; sync again, and look at the server's log{hint}"
        )
    }
}

/// What is wrong about a handshake.
fn tls(error: &rustls::Error) -> String {
    use rustls::CertificateError as Certificate;
    let advice = match error {
        rustls::Error::InvalidCertificate(Certificate::UnknownIssuer) => {
            "nobody who is trusted here signed the server's certificate: give the CA's in `caFile` or `caPem`"
        }
        rustls::Error::InvalidCertificate(Certificate::BadSignature) => {
            "an authority of the same name as the trusted one signed the server's certificate, with another key: \
             give its present certificate in `caFile` or `caPem`"
        }
        rustls::Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => {
            "the server's certificate is for another name: use that one in `url`, or have the certificate \
              reissued with this one as subjectAltName"
        }
        rustls::Error::InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => {
            "the server's certificate has expired: have it renewed"
        }
        rustls::Error::InvalidCertificate(_) => "the server's certificate is not valid",
        rustls::Error::InvalidMessage(_) => {
            "what answers does not speak TLS: use ldap:// with `startTls`, or the port of ldaps"
        }
        _ => "see which versions and ciphers of TLS the server offers; 1.2 is the lowest",
    };
    format!("no encryption was agreed on ({error}): {advice}")
}

fn name(code: u32) -> &'static str {
    match code {
        1 => "operationsError",
        2 => "protocolError",
        3 => "timeLimitExceeded",
        4 => "sizeLimitExceeded",
        7 => "authMethodNotSupported",
        8 => "strongerAuthRequired",
        10 => "referral",
        11 => "adminLimitExceeded",
        12 => "unavailableCriticalExtension",
        13 => "confidentialityRequired",
        32 => "noSuchObject",
        34 => "invalidDNSyntax",
        48 => "inappropriateAuthentication",
        49 => "invalidCredentials",
        50 => "insufficientAccessRights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        80 => "other",
        _ => "an LDAP error",
    }
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;

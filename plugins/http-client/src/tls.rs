//! Whom connections trust: the authorities that an operator names, or else those of the operating system.
//! The server's certificate and name are always verified; there is no option to switch that off.

use std::fs;
use std::sync::Arc;

use orgsync_plugin_api::{PluginError, tracing};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The client's side of TLS: rustls with ring, TLS 1.2 and 1.3.
pub(crate) fn config(file: Option<&str>, text: Option<&str>) -> Result<TlsConfig, PluginError> {
    let certificates: Vec<_> =
        roots(file, text)?.iter().map(|der| Certificate::from_der(der.as_ref()).to_owned()).collect();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

fn roots(file: Option<&str>, text: Option<&str>) -> Result<Vec<CertificateDer<'static>>, PluginError> {
    let file = file.filter(|path| !path.trim().is_empty());
    let text = text.filter(|text| !text.trim().is_empty());
    let mut roots = Vec::new();
    if let Some(path) = file {
        let pem =
            fs::read(path).map_err(|error| PluginError::config(format!("`caFile`: {path}: {error}")))?;
        let found = read(&pem);
        roots.extend(found.map_err(|what| PluginError::config(format!("`caFile`: {path}: {what}")))?);
    }
    if let Some(text) = text {
        let found = read(text.as_bytes());
        roots.extend(found.map_err(|what| PluginError::config(format!("`caPem`: {what}")))?);
    }
    if file.is_none() && text.is_none() {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!("failed to read some of the system's certificates: {error}");
        }
        if found.certs.is_empty() {
            let message = "the system trusts no certificate authorities: install its ca-certificates, or give \
                           the server's authority in `caFile` or `caPem`";
            return Err(PluginError::config(message));
        }
        roots = found.certs;
    }
    Ok(roots)
}

/// All certificates of a PEM text; there has to be one at least, and each can be used.
fn read(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let mut certificates = Vec::new();
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| format!("it is no PEM text: {error}"))?;
        store
            .add(certificate.clone())
            .map_err(|error| format!("its certificate {} can't be used: {error}", certificates.len() + 1))?;
        certificates.push(certificate);
    }
    if certificates.is_empty() {
        return Err("there is no certificate in it (-----BEGIN CERTIFICATE-----)".to_owned());
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_that_cannot_be_read_are_named() {
        let check = |file: Option<&str>, text: Option<&str>, expected: &str| {
            assert_eq!(config(file, text).unwrap_err(), PluginError::config(expected));
        };
        check(
            Some("/no/such/file.pem"),
            None,
            "`caFile`: /no/such/file.pem: No such file or directory (os error 2)",
        );
        check(
            None,
            Some("certificate"),
            "`caPem`: there is no certificate in it (-----BEGIN CERTIFICATE-----)",
        );
        check(
            Some(""),
            Some("-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n"),
            "`caPem`: its certificate 1 can't be used: invalid peer certificate: BadEncoding",
        );
    }
}

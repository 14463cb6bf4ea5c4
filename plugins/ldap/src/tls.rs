//! How connections are encrypted: rustls with ring, TLS 1.2 and 1.3. The server's certificate and name are
//! always verified; there is no option to switch that off.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use orgsync_plugin_api::{PluginError, tracing};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::options::Options;

/// The client's side of TLS, with the authorities that the options name or else those of the system.
pub(crate) fn config(options: &Options) -> Result<Arc<ClientConfig>, PluginError> {
    let failed = |error: rustls::Error| PluginError::config(format!("TLS can't be set up: {error}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(failed)?;
    Ok(Arc::new(builder.with_root_certificates(roots(options)?).with_no_client_auth()))
}

fn roots(options: &Options) -> Result<RootCertStore, PluginError> {
    let file = options.ca_file.as_deref().filter(|path| !path.trim().is_empty());
    let text = options.ca_pem.as_deref().filter(|text| !text.trim().is_empty());
    let mut roots = RootCertStore::empty();
    if let Some(path) = file {
        let pem = fs::read(Path::new(path))
            .map_err(|error| PluginError::config(format!("`caFile`: {path}: {error}")))?;
        add(&mut roots, &pem).map_err(|what| PluginError::config(format!("`caFile`: {path}: {what}")))?;
    }
    if let Some(text) = text {
        add(&mut roots, text.as_bytes()).map_err(|what| PluginError::config(format!("`caPem`: {what}")))?;
    }
    if file.is_none() && text.is_none() {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!("failed to read some of the system's certificates: {error}");
        }
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let message = "the system trusts no certificate authorities: install its ca-certificates, or give \
                           the server's authority in `caFile` or `caPem`";
            return Err(PluginError::config(message));
        }
    }
    Ok(roots)
}

/// Adds all certificates of a PEM text; there has to be one at least.
fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), String> {
    let mut certificates = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| format!("it is no PEM text: {error}"))?;
        certificates += 1;
        roots
            .add(certificate)
            .map_err(|error| format!("its certificate {certificates} can't be used: {error}"))?;
    }
    if certificates == 0 {
        return Err("there is no certificate in it (-----BEGIN CERTIFICATE-----)".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(options: Value, expected: &str) {
        let mut all = json!({"url": "ldaps://x"});
        all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let error = config(&serde_json::from_value(all).unwrap()).unwrap_err();
        assert_eq!(error, PluginError::config(expected));
    }

    #[test]
    fn authorities_that_cannot_be_read_are_named() {
        check(
            json!({"caFile": "/no/such/file.pem"}),
            "`caFile`: /no/such/file.pem: No such file or directory (os error 2)",
        );
        check(
            json!({"caPem": "certificate"}),
            "`caPem`: there is no certificate in it (-----BEGIN CERTIFICATE-----)",
        );
        check(
            json!({"caPem": "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n"}),
            "`caPem`: its certificate 1 can't be used: invalid peer certificate: BadEncoding",
        );
    }
}

//! TLS: a certificate chain and its private key out of two PEM files, looked at again while the daemon
//! runs. A pair that can't be used is refused at the start; later it is reported, and the pair that was
//! in use stays. TLS 1.2 and 1.3, HTTP/1.1 only; no client certificates.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{InconsistentKeys, ServerConfig};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use tracing::{info, warn};
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// What an operator does about a pair of files that can't be used.
const DO: &str = "put a certificate and its own key there, both in PEM";

/// Why a certificate and key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read.
    #[error("failed to read the TLS {what} {}: {source}", path.display())]
    Read {
        /// Certificate or key.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is nothing of the kind in it.
    #[error("the TLS {what} {} is of no use: {reason}; {DO}", path.display())]
    Content {
        /// Certificate or key.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The key is another certificate's.
    #[error("the TLS key {} does not belong to the certificate {}; {DO}", key.display(), certificate.display())]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// Nobody would accept the certificate any more.
    #[error("the TLS certificate {} expired at {since}; renew it", path.display())]
    Expired {
        /// The file.
        path: PathBuf,
        /// The end of its validity.
        since: Timestamp,
    },
    /// Nobody would accept the certificate yet.
    #[error("the TLS certificate {} is not valid before {from}; is the clock right?", path.display())]
    NotYet {
        /// The file.
        path: PathBuf,
        /// The beginning of its validity.
        from: Timestamp,
    },
}

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those between it and its authority.
    pub certificate: PathBuf,
    /// Its private key, not encrypted.
    pub key: PathBuf,
}

/// How sure one must be that a bad pair is not one that is just being replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Somebody said that the files have changed.
    Asked,
    /// The clock: files are replaced one after the other, so a pair is bad only when it is twice in a row.
    Tick,
}

/// How the certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What is in the files is in use.
    Good,
    /// The files can't be used; the pair from before is in use.
    Stale,
    /// The pair in use has expired.
    Expired,
}

impl Standing {
    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Stale => "stale",
            Self::Expired => "expired",
        }
    }
}

/// The pair in use.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    pair: Pair,
    /// The content that could not be used, and whether that has been reported.
    bad: Option<(Fingerprint, Told)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    NotYet,
    Done,
}

/// A certificate and key that belong together and are valid now.
#[derive(Debug)]
pub struct Pair {
    config: Arc<ServerConfig>,
    /// The end of the certificate's validity.
    pub expires: Timestamp,
    fingerprint: Fingerprint,
}

/// Tells one content of the two files from another.
type Fingerprint = [u8; 32];

impl Tls {
    /// Reads certificate and key.
    pub fn open(files: TlsFiles, now: Timestamp) -> Result<Self, TlsError> {
        let pair = load(&files, now)?;
        if let Some(warning) = exposed(&files.key) {
            warn!("{warning}");
        }
        info!("TLS with the certificate {}, valid until {}", files.certificate.display(), pair.expires);
        Ok(Self { files, state: Mutex::new(State { pair, bad: None }) })
    }

    /// What takes new connections, with the pair that is in use now.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.lock().pair.config))
    }

    /// Looks at the files, and takes what is in them into use if it has changed and is good.
    pub fn look(&self, look: Look, now: Timestamp) {
        let found = read(&self.files);
        let fingerprint = fingerprint(&found);
        let mut state = self.lock();
        if fingerprint == state.pair.fingerprint {
            state.bad = None;
            return;
        }
        match found.and_then(|(certificate, key)| pair(&self.files, &certificate, &key, now)) {
            Ok(pair) => {
                let (path, expires) = (self.files.certificate.display(), pair.expires);
                info!("took the certificate {path} into use, valid until {expires}");
                *state = State { pair, bad: None };
            }
            Err(reason) => {
                let seen = state.bad.filter(|(bad, _)| *bad == fingerprint).map(|(_, told)| told);
                let told = match (seen, look) {
                    (Some(Told::Done), _) => Told::Done,
                    (Some(Told::NotYet), _) | (None, Look::Asked) => {
                        warn!("{reason}; the certificate from before stays in use");
                        Told::Done
                    }
                    (None, Look::Tick) => Told::NotYet,
                };
                state.bad = Some((fingerprint, told));
            }
        }
    }

    /// How the certificate stands.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let state = self.lock();
        match state.bad {
            _ if state.pair.expires <= now => Standing::Expired,
            Some((_, Told::Done)) => Standing::Stale,
            Some((_, Told::NotYet)) | None => Standing::Good,
        }
    }

    /// When the certificate in use expires.
    pub(crate) fn expires(&self) -> Timestamp {
        self.lock().pair.expires
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads certificate and key and sees whether they can be used.
pub fn load(files: &TlsFiles, now: Timestamp) -> Result<Pair, TlsError> {
    let (certificate, key) = read(files)?;
    pair(files, &certificate, &key, now)
}

/// What to say of a key that others can read.
pub fn exposed(key: &Path) -> Option<String> {
    let mode = std::fs::metadata(key).ok()?.permissions().mode();
    let others = mode & 0o007 != 0;
    others.then(|| {
        let (path, mode) = (key.display(), mode & 0o777);
        format!("the TLS key {path} can be read by others (mode {mode:03o}); run chmod o= on it")
    })
}

/// The cryptography behind TLS, on either side.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn read(files: &TlsFiles) -> Result<(Vec<u8>, Vec<u8>), TlsError> {
    let read = |what, path: &Path| {
        std::fs::read(path).map_err(|source| TlsError::Read { what, path: path.to_owned(), source })
    };
    Ok((read("certificate", &files.certificate)?, read("key", &files.key)?))
}

fn fingerprint(found: &Result<(Vec<u8>, Vec<u8>), TlsError>) -> Fingerprint {
    let mut digest = Sha256::new();
    match found {
        Ok((certificate, key)) => {
            digest.update((certificate.len() as u64).to_le_bytes());
            digest.update(certificate);
            digest.update(key);
        }
        Err(reason) => digest.update(reason.to_string()),
    }
    digest.finalize().into()
}

fn pair(files: &TlsFiles, certificate: &[u8], key: &[u8], now: Timestamp) -> Result<Pair, TlsError> {
    let of_certificate =
        |reason: String| TlsError::Content { what: "certificate", path: files.certificate.clone(), reason };
    let of_key = |reason: String| TlsError::Content { what: "key", path: files.key.clone(), reason };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate).collect();
    let chain = chain.map_err(|reason| of_certificate(format!("it is no PEM ({reason})")))?;
    let Some(leaf) = chain.first() else {
        return Err(of_certificate("it has no certificate in it".into()));
    };
    let (from, expires) = validity(leaf).map_err(of_certificate)?;
    let private = PrivateKeyDer::from_pem_slice(key).map_err(|_| {
        of_key("it has no private key in it, or an encrypted one, which can't be used".into())
    })?;
    let config = ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13, &TLS12]);
    let config = config.map_err(|reason| of_key(reason.to_string()))?;
    let config = config.with_no_client_auth().with_single_cert(chain, private);
    let mut config = config.map_err(|reason| match reason {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            TlsError::Mismatch { certificate: files.certificate.clone(), key: files.key.clone() }
        }
        rustls::Error::InvalidCertificate(reason) => of_certificate(reason.to_string()),
        other => of_key(other.to_string()),
    })?;
    if now >= expires {
        return Err(TlsError::Expired { path: files.certificate.clone(), since: expires });
    }
    if now < from {
        return Err(TlsError::NotYet { path: files.certificate.clone(), from });
    }
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let found = Ok((certificate.to_vec(), key.to_vec()));
    Ok(Pair { config: Arc::new(config), expires, fingerprint: fingerprint(&found) })
}

/// From when until when a certificate is valid.
fn validity(certificate: &[u8]) -> Result<(Timestamp, Timestamp), String> {
    let certificate =
        Certificate::from_der(certificate).map_err(|reason| format!("it is damaged ({reason})"))?;
    let validity = certificate.tbs_certificate().validity();
    let time = |time: x509_cert::time::Time| {
        let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        // Year 9999 means: for ever.
        Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
    };
    Ok((time(validity.not_before), time(validity.not_after)))
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;

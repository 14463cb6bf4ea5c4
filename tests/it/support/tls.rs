//! A certificate authority for one test, and what a client sees of a daemon's certificate.

use std::fs;
use std::io::Read;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::daemon::Place;

/// Where the authority's certificate is in a place.
pub(crate) const AUTHORITY: &str = "ca.pem";
const CERTIFICATE: &str = "tls/cert.pem";
const KEY: &str = "tls/key.pem";
/// The settings that go with them.
pub(crate) const SETTINGS: &str = "[tls]\ncertificate = \"tls/cert.pem\"\nkey = \"tls/key.pem\"\n";

/// A certificate authority whose certificate lies in a place.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate for 127.0.0.1 and its key, PEM.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// What a handshake settled.
pub(crate) struct Handshake {
    pub(crate) version: ProtocolVersion,
    pub(crate) protocol: Option<Vec<u8>>,
    /// The daemon's certificate, PEM.
    pub(crate) certificate: Vec<u8>,
}

impl Authority {
    pub(crate) fn of(place: &Place) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        place.write(AUTHORITY, &issuer.pem());
        Self(issuer)
    }

    pub(crate) fn issue(&self) -> Issued {
        self.issue_until(4000)
    }

    /// A certificate that is valid until a year begins.
    pub(crate) fn issue_until(&self, year: i32) -> Issued {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 1, 1);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Issued { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Issued {
    /// Puts certificate and key where the daemon looks for them.
    pub(crate) fn install(&self, place: &Place) {
        use std::os::unix::fs::PermissionsExt;
        place.write(CERTIFICATE, &self.certificate);
        let key = place.write(KEY, &self.key);
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap().to_vec()
    }
}

/// A client's settings that trust an authority, if its certificate is there.
pub(crate) fn trusting(authority: &Path) -> TlsConfig {
    let config = TlsConfig::builder().unversioned_rustls_crypto_provider(provider());
    match fs::read(authority) {
        Ok(pem) => {
            let certificate = Certificate::from_pem(&pem).unwrap();
            config.root_certs(RootCerts::new_with_certs(&[certificate])).build()
        }
        Err(_) => config.build(),
    }
}

/// Shakes hands with a daemon that an authority in its place vouches for.
pub(crate) fn handshake(
    address: &str,
    authority: &Path,
    version: &'static SupportedProtocolVersion,
) -> Result<Handshake, String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[version]).unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    while client.is_handshaking() {
        client.complete_io(&mut stream).map_err(|reason| reason.to_string())?;
    }
    let certificate = client.peer_certificates().unwrap()[0].to_vec();
    let protocol = client.alpn_protocol().map(<[u8]>::to_vec);
    Ok(Handshake { version: client.protocol_version().unwrap(), protocol, certificate })
}

/// Everything that comes until the other side closes; a connection that is reset has an end, too.
pub(crate) fn rest(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

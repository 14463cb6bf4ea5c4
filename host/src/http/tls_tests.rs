//! Pairs of files that can and can't be used, and what becomes of the one in use.

use rcgen::{CertificateParams, KeyPair};

use super::*;

/// A directory with a certificate and its key, valid since 1975 and until 4096.
struct Directory(tempfile::TempDir);

impl Directory {
    fn new() -> Self {
        let directory = Self(tempfile::tempdir().unwrap());
        directory.renew();
        directory
    }

    fn files(&self) -> TlsFiles {
        TlsFiles { certificate: self.0.path().join("cert.pem"), key: self.0.path().join("key.pem") }
    }

    /// Puts a new pair there.
    fn renew(&self) {
        let (certificate, key) = pair();
        self.write(&certificate, &key);
    }

    fn write(&self, certificate: &str, key: &str) {
        let files = self.files();
        std::fs::write(&files.certificate, certificate).unwrap();
        std::fs::write(&files.key, key).unwrap();
        std::fs::set_permissions(&files.key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// What is wrong, with the directory left out.
    fn wrong(&self, now: &str) -> String {
        let reason = load(&self.files(), now.parse().unwrap()).unwrap_err().to_string();
        reason.replace(&format!("{}/", self.0.path().display()), "")
    }
}

fn pair() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

const NOW: &str = "2026-11-20T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

#[test]
fn what_can_not_be_used_names_the_file_and_what_is_wrong() {
    let directory = Directory::new();
    let ((certificate, key), (_, other)) = (pair(), pair());
    let check = |certificate: &str, key: &str, now: &str, expected: &str| {
        directory.write(certificate, key);
        let wrong = directory.wrong(now);
        assert!(wrong.starts_with(expected), "{wrong}");
    };
    check("", &key, NOW, "the TLS certificate cert.pem is of no use: it has no certificate in it; put");
    check("hello", &key, NOW, "the TLS certificate cert.pem is of no use: it has no certificate in it");
    let broken = certificate.replacen("MII", "!!!", 1);
    check(&broken, &key, NOW, "the TLS certificate cert.pem is of no use: it is no PEM (");
    let cut = format!("{}\n-----END CERTIFICATE-----\n", &certificate[..90]);
    check(&cut, &key, NOW, "the TLS certificate cert.pem is of no use: it is ");
    check(&certificate, "", NOW, "the TLS key key.pem is of no use: it has no private key in it");
    check(&certificate, &certificate, NOW, "the TLS key key.pem is of no use: it has no private key");
    check(&certificate, &other, NOW, "the TLS key key.pem does not belong to the certificate cert.pem; put");
    check(
        &certificate,
        &key,
        "4097-01-01T00:00:00Z",
        "the TLS certificate cert.pem expired at 4096-01-01T00:00:00Z",
    );
    check(
        &certificate,
        &key,
        "1970-01-01T00:00:00Z",
        "the TLS certificate cert.pem is not valid before 1975-01-01",
    );
    std::fs::remove_file(directory.files().key).unwrap();
    assert!(directory.wrong(NOW).starts_with("failed to read the TLS key key.pem: No such file"));
    std::fs::remove_file(directory.files().certificate).unwrap();
    assert!(directory.wrong(NOW).starts_with("failed to read the TLS certificate cert.pem: No such file"));
}

#[test]
fn a_new_pair_is_taken_into_use_and_a_bad_one_is_not() {
    let directory = Directory::new();
    let tls = Tls::open(directory.files(), now()).unwrap();
    let in_use = || tls.lock().pair.fingerprint;
    let first = in_use();
    tls.look(Look::Asked, now());
    assert_eq!((in_use(), tls.standing(now())), (first, Standing::Good));

    directory.renew();
    tls.look(Look::Tick, now());
    let second = in_use();
    assert_ne!(second, first);

    let (certificate, _) = pair();
    std::fs::write(directory.files().certificate, certificate).unwrap();
    tls.look(Look::Tick, now());
    assert_eq!((in_use(), tls.standing(now())), (second, Standing::Good), "it may be half written");
    tls.look(Look::Tick, now());
    assert_eq!((in_use(), tls.standing(now())), (second, Standing::Stale));
    std::fs::remove_file(directory.files().key).unwrap();
    tls.look(Look::Asked, now());
    assert_eq!((in_use(), tls.standing(now())), (second, Standing::Stale));

    directory.renew();
    tls.look(Look::Tick, now());
    assert_ne!(in_use(), second);
    assert_eq!(tls.standing(now()), Standing::Good);
    assert_eq!(tls.standing(Timestamp::MAX), Standing::Expired);
    assert_eq!(tls.expires().to_string(), "4096-01-01T00:00:00Z");
}

#[test]
fn a_key_that_others_can_read_is_told() {
    let directory = Directory::new();
    let key = directory.files().key;
    assert_eq!(exposed(&key), None);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(exposed(&key).unwrap().contains("can be read by others (mode 644)"));
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(exposed(&key), None, "a group is somebody's choice");
}

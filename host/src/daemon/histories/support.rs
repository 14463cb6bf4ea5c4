//! The stand-ins of the integration tests, which are used here, too.

#[path = "../../../../tests/it/support/receiver.rs"]
#[expect(dead_code, reason = "not all of it is used here")]
pub(super) mod receiver;
#[path = "../../../../tests/it/support/scim_stand_in/mod.rs"]
#[expect(dead_code, reason = "not all of it is used here")]
pub(super) mod scim_stand_in;

/// What the receiver knows of certificates.
pub(super) mod tls {
    /// A certificate and its key, PEM.
    pub(crate) struct Issued {
        pub(crate) certificate: String,
        pub(crate) key: String,
    }
}

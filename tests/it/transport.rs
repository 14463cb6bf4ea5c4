//! What stands between clients and the routes: TLS, limits on slow and huge clients, metrics.

mod descriptors;
mod limits;
mod metrics;
mod raw;
mod tls;

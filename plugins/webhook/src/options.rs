//! What an operator fills in. This file stands alone: `build.rs` makes the manifest's schema of it.

use std::collections::BTreeMap;

use orgsync_plugin_api::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

/// Changes of users and departments, POSTed as signed JSON.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// Where the changes go: an https:// address; http:// only to this machine, unless `allowHttp` is set.
    #[schemars(title = "Address", extend("x-secret-path" = true, "examples" = ["https://hr.example.org/orgsync"]))]
    pub url: String,
    /// What signs each delivery, so that the receiver knows where it comes from: at least 16 characters, known
    /// to both sides. Make one with `openssl rand -hex 32`.
    #[schemars(title = "Signing secret")]
    pub secret: Secret,
    /// Header fields to send along, an `Authorization`, say. Their values are kept secret.
    #[serde(default)]
    #[schemars(title = "Header fields")]
    pub headers: BTreeMap<String, Secret>,
    /// How many changes a delivery has at most.
    #[serde(default = "a_hundred")]
    #[schemars(title = "Batch size", range(min = 1, max = 500))]
    pub batch_size: u32,
    /// How many bytes a delivery has at most, unless a single change is longer. Many servers refuse bodies of
    /// more than 1 MiB.
    #[serde(default = "a_million")]
    #[schemars(title = "Batch bytes", range(min = 1000, max = 8_000_000))]
    pub batch_bytes: u32,
    /// How long connecting may take, encryption included, in seconds.
    #[serde(default = "ten")]
    #[schemars(title = "Connect time-out (s)", range(min = 1, max = 60))]
    pub connect_timeout: u32,
    /// How long a delivery may take until it is answered, in seconds.
    #[serde(default = "thirty")]
    #[schemars(title = "Time-out (s)", range(min = 1, max = 100))]
    pub timeout: u32,
    /// A PEM file with the certificate of the authority that signed the server's, as the daemon sees it. With
    /// this or `caPem` no other authority is trusted; without, those of the operating system are.
    #[schemars(title = "CA file", extend("format" = "path"))]
    pub ca_file: Option<String>,
    /// The same as text.
    #[schemars(title = "CA certificates (PEM)", extend("x-multiline" = true))]
    pub ca_pem: Option<String>,
    /// Send to another machine without encryption, for everybody on the way to read.
    #[serde(default)]
    #[schemars(title = "Allow http://")]
    pub allow_http: bool,
}

fn ten() -> u32 {
    10
}

fn thirty() -> u32 {
    30
}

fn a_hundred() -> u32 {
    100
}

fn a_million() -> u32 {
    1_000_000
}

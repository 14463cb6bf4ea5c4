//! The `orgsync` binary.

fn main() {}

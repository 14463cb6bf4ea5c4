//! What `cargo xtask fuzz` runs: one function for each thing that reads foreign bytes, to be called with any
//! bytes at all. Each stands beside what it tries (`…_fuzz.rs`) and panics where a property does not hold.
//! The bytes kept in `fuzz/corpus` go through them in every run of the tests.

pub use crate::domain::record::fuzz::record;
pub use crate::domain::text::fuzz::text;
pub use crate::http::{push_body, query, unpack};
pub use crate::registry::{inspect_any as inspect, plugins_toml};
pub use crate::sync::intake::fuzz::intake;
pub use crate::worker::frames;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// Runs a target on everything that is kept for it.
    fn replay(target: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
        let mut inputs = 0;
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            run(&fs::read(path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "there is nothing in {}", folder.display());
    }

    #[test]
    fn kept_bodies_of_pushes_hold() {
        replay("push_body", super::push_body);
        replay("intake", super::intake);
        replay("unpack", super::unpack);
    }

    #[test]
    fn kept_query_strings_hold() {
        replay("query", super::query);
    }

    #[test]
    fn kept_libraries_and_lists_of_plugins_hold() {
        replay("inspect", super::inspect);
        replay("plugins_toml", super::plugins_toml);
    }

    #[test]
    fn kept_records_and_texts_hold() {
        replay("record", super::record);
        replay("text", super::text);
    }

    #[test]
    fn kept_frames_hold() {
        replay("frames", super::frames);
    }
}

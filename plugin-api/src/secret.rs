//! A secret among the options: [`Secret`].

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// A text that is never printed.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("format" = "password", "writeOnly" = true))]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("********")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_read_as_a_text_and_never_printed() {
        let secret: Secret = serde_json::from_value(json!("hunter2")).unwrap();
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "******** Some(********)");
    }

    #[test]
    fn the_manifest_marks_it_also_where_it_may_be_left_out() {
        #[derive(JsonSchema)]
        #[expect(dead_code, reason = "only its schema is of interest")]
        struct Options {
            token: Secret,
            password: Option<Secret>,
        }
        let manifest = crate::build::manifest().name("acme").source::<Options>("acme", "ACME").finish();
        for name in ["token", "password"] {
            let schema = &manifest.sources[0].options["properties"][name];
            assert_eq!(
                (&schema["format"], &schema["writeOnly"]),
                (&json!("password"), &json!(true)),
                "{schema}"
            );
        }
    }
}

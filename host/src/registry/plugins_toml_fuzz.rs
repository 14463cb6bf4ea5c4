//! Lists of plugins out of any text: errors name a line that is there, and what is accepted can be used.

use std::collections::BTreeSet;
use std::time::Instant;

use super::*;

/// Any text.
pub fn plugins_toml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let parsed = outcome(text);
    match &parsed {
        Ok(listed) => listed.iter().for_each(usable),
        Err((line, message)) => {
            assert!((1..=text.matches('\n').count() + 1).contains(line), "line {line} of {text:?}");
            assert!(!message.is_empty() && !message.contains('\n'), "one line: {message:?}");
        }
    }
    if let Ok(listed) = &parsed {
        let names: BTreeSet<_> = listed.iter().map(|plugin| &plugin.name).collect();
        assert_eq!(names.len(), listed.len(), "each name once");
    }
    if text.starts_with('\u{feff}') {
        // A byte order mark may stand at the very beginning only.
        return;
    }
    // A line before it changes nothing but the line.
    let further = outcome(&format!("# plugins\n{text}"));
    let expected = parsed.map_err(|(line, message)| (line + 1, message));
    assert_eq!(further, expected, "after a comment");
}

fn outcome(text: &str) -> Result<Vec<Listed>, (usize, String)> {
    parse(text, Path::new("/etc/orgsync/plugins.toml")).map_err(|error| match error {
        PluginsTomlError::Content { line, message, .. } => (line, message),
        PluginsTomlError::Io { source, .. } => panic!("there is no file to fail: {source}"),
    })
}

fn usable(plugin: &Listed) {
    let Listed { name, sha256, limits, .. } = plugin;
    assert!(!name.is_empty() && !name.contains([' ', '/', '\n']), "{name:?}");
    assert!(
        sha256.as_ref().is_none_or(|pin| pin.len() == 64 && *pin == pin.to_ascii_lowercase()),
        "{sha256:?}"
    );
    assert!(limits.memory >= MIN_MEMORY, "{limits:?}");
    for time in [limits.idle_timeout, limits.task_timeout] {
        assert!(!time.is_zero() && Instant::now().checked_add(time).is_some(), "{time:?}");
    }
}

//! Keys, pressed one after the other on whatever has the focus.

use serde_json::{Value, json};

use super::driver::Driver;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Key {
    Tab,
    Enter,
    Space,
    Escape,
    Up,
    Down,
    /// Tab the other way.
    Back,
    Letter(char),
}

impl Key {
    pub(super) fn press(self, driver: &Driver) {
        let down = |key: char| json!({"type": "keyDown", "value": key});
        let up = |key: char| json!({"type": "keyUp", "value": key});
        let own = self.code();
        let actions: Vec<Value> = match self {
            Self::Back => vec![down(SHIFT), down(own), up(own), up(SHIFT)],
            _ => vec![down(own), up(own)],
        };
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        driver.post("/actions", &json!({"actions": [keyboard]})).unwrap();
    }

    /// As the specification numbers them (17.4.2, keyboard actions).
    fn code(self) -> char {
        match self {
            Self::Tab | Self::Back => '\u{e004}',
            Self::Enter => '\u{e007}',
            Self::Space => ' ',
            Self::Escape => '\u{e00c}',
            Self::Up => '\u{e013}',
            Self::Down => '\u{e015}',
            Self::Letter(letter) => letter,
        }
    }
}

const SHIFT: char = '\u{e008}';

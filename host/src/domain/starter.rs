//! Who started a task, as text: `schedule`, `daemon`, `admin token`, or `token NAME`. It is written down when the task is
//! added, so it stays true when the token is revoked or the schedule changed.

/// What the text of a token begins with; no other starter does.
const TOKEN: &str = "token ";

/// Who started a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Starter {
    /// The source's schedule.
    Schedule,
    /// The daemon itself: it saw that there was something to do.
    Daemon,
    /// Somebody with the admin token, which has no name.
    AdminToken,
    /// Somebody with the token of this name.
    Token(String),
}

impl std::fmt::Display for Starter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Schedule => f.write_str("schedule"),
            Self::Daemon => f.write_str("daemon"),
            Self::AdminToken => f.write_str("admin token"),
            Self::Token(name) => write!(f, "{TOKEN}{name}"),
        }
    }
}

impl std::str::FromStr for Starter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "schedule" => Ok(Self::Schedule),
            "daemon" => Ok(Self::Daemon),
            "admin token" => Ok(Self::AdminToken),
            other => match other.strip_prefix(TOKEN) {
                Some(name) => Ok(Self::Token(name.to_owned())),
                None => Err(format!("`{other}` starts no tasks")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_starter_comes_back_as_it_was_written_down() {
        let named = |name: &str| Starter::Token(name.into());
        let all = [
            Starter::Schedule,
            Starter::Daemon,
            Starter::AdminToken,
            named("HR"),
            named("schedule"),
            named("token x"),
        ];
        for starter in all {
            assert_eq!(starter.to_string().parse(), Ok(starter));
        }
        assert!("somebody".parse::<Starter>().is_err());
    }
}

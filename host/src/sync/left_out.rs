//! What a task left out of records that it took all the same: e-mails that are no addresses. Counted with an example,
//! for the task's message.

/// How much of a value is shown.
const SHOWN: usize = 40;

/// E-mails that are no addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    count: u64,
    example: String,
}

impl LeftOut {
    /// Counts one.
    pub(super) fn add(&mut self, uid: &str, email: &str) {
        self.count += 1;
        if self.count == 1 {
            let shown: String = email.chars().take(SHOWN).collect();
            let cut = if shown.len() < email.len() { "…" } else { "" };
            self.example = format!("uid {uid}: {shown}{cut}");
        }
    }

    /// What a person reads of them at the end of the task.
    pub(super) fn note(&self) -> Option<String> {
        let Self { count, example } = self;
        match count {
            0 => None,
            1 => Some(format!("1 e-mail is not an address and was left out: {example}")),
            _ => Some(format!("{count} e-mails are not addresses and were left out, for example {example}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_counted_with_an_example() {
        let mut left_out = LeftOut::default();
        assert_eq!(left_out.note(), None);
        left_out.add("7", "n/a");
        assert_eq!(left_out.note().unwrap(), "1 e-mail is not an address and was left out: uid 7: n/a");
        left_out.add("8", "-");
        let note = "2 e-mails are not addresses and were left out, for example uid 7: n/a";
        assert_eq!(left_out.note().unwrap(), note);
        let mut left_out = LeftOut::default();
        left_out.add("7", &"ü".repeat(50));
        assert!(left_out.note().unwrap().ends_with(&format!("uid 7: {}…", "ü".repeat(SHOWN))));
    }
}

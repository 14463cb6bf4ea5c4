//! Events on their way into the system log: each is one line, whatever is in it, and of bounded length, so that nobody
//! whose text is logged can write events of his own or steer the terminal of whoever reads them.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

use crate::domain::one_line::{CUT, cut, escaped, told};

/// The longest event, in bytes. What others wrote is cut before, where it comes in.
const LONGEST: usize = 64 << 10;
/// What begins a change of colours.
const ESCAPE: char = '\u{1b}';

/// What ends all colours.
const PLAIN: &str = "\u{1b}[0m";

/// Makes writers of which each takes whole events.
#[derive(Debug, Clone)]
pub(super) struct OneLineEach<M> {
    inner: M,
    /// Whether the daemon colours events itself. What others wrote has lost its escapes by then.
    is_coloured: bool,
}

impl<M> OneLineEach<M> {
    pub(super) fn new(inner: M, is_coloured: bool) -> Self {
        Self { inner, is_coloured }
    }
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for OneLineEach<M> {
    type Writer = OneLine<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        OneLine { inner: self.inner.make_writer(), is_coloured: self.is_coloured }
    }
}

/// Writes an event, which comes at once and ends with a line end.
#[derive(Debug)]
pub(super) struct OneLine<W> {
    inner: W,
    is_coloured: bool,
}

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event.strip_suffix(b"\n").unwrap_or(event));
        let line = match self.is_coloured {
            true => cut(escaped(&text, |c| c == ESCAPE), LONGEST),
            false => told(&text, LONGEST),
        };
        let is_cut = self.is_coloured && line.ends_with(CUT);
        let mut line = line.into_owned();
        if is_cut {
            // What ended the colour may have been cut off.
            line.push_str(PLAIN);
        }
        line.push('\n');
        self.inner.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Debug, Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(is_coloured: bool, log: impl FnOnce()) -> String {
        let kept = Kept::default();
        let made = kept.clone();
        let writer = OneLineEach::new(move || made.clone(), is_coloured);
        let layer =
            tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(is_coloured).without_time();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn an_event_is_one_line_whatever_is_in_it() {
        let forged = "hello\n2026-11-30T18:00:00.000000Z  INFO orgsync: token 9 `root` was made\u{202e}";
        let text = logged(false, || tracing::info!(target: "plugin", value = "a\nb", "{forged}"));
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("hello\\n2026-11-30T18") && text.contains("made\\u{202e}"), "{text}");
        let long = logged(false, || tracing::info!("{}", "x".repeat(1 << 20)));
        assert!(long.len() < LONGEST + 100 && long.ends_with(" bytes cut]\n"), "{}", long.len());
    }

    #[test]
    fn colours_are_the_daemon_s_own() {
        let text = logged(true, || tracing::info!("a\nb {}", "\u{1b}[31mred"));
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert!(text.contains(ESCAPE) && !text.contains("\u{1b}[31mred"), "{text:?}");
        let long = logged(true, || tracing::info!("{}", "x".repeat(1 << 20)));
        assert!(long.len() < LONGEST + 100 && long.ends_with(" bytes cut]\u{1b}[0m\n"), "{}", long.len());
    }
}

//! Sources whose read or check breaks a rule; all take the same options.

use std::fs::File;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::time::{Duration, SystemTime};

use orgsync_plugin_api::{
    Batches, DataType, Department, PluginError, ReadEnd, ReadMode, ReadRequest, Source, User, tracing,
};
use serde_json::Map;

use crate::options::Options;
use crate::server;

/// How long a server is waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// Declares sources: how each checks, and how it reads.
macro_rules! sources {
    ($($(#[$doc:meta])* $name:ident: $check:expr, $read:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name(Options);

        impl Source for $name {
            type Options = Options;

            fn open(options: Options) -> Result<Self, PluginError> {
                Ok(Self(options))
            }

            fn check(&mut self) -> Result<(), PluginError> {
                let check: Check = $check;
                check(&self.0)
            }

            fn read(&mut self, request: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
                let read: Read = $read;
                read(&self.0, request, out)
            }
        }
    )*};
}

type Check = fn(&Options) -> Result<(), PluginError>;
type Read = fn(&Options, &ReadRequest, &mut Batches<'_>) -> Result<ReadEnd, PluginError>;

sources! {
    /// Breaks no rule.
    Good: ask, |options, request, out| {
        out.department(Department::new("d", options.organisation.as_str()))?;
        in_steps(options, request, out, 0)
    };
    /// Finds every server well.
    Trusting: |_| Ok(()), |options, _, out| users(options, out).map(|()| ReadEnd::new());
    /// Waits for an answer for ever.
    Patient: |options| server::ask(options.server.as_deref(), None),
        |options, _, out| users(options, out).map(|()| ReadEnd::new());
    Duplicates: ask, |options, _, out| {
        users(options, out)?;
        users(options, out).map(|()| ReadEnd::new())
    };
    WithoutUids: ask, |_, _, out| out.raw(DataType::User, &Map::new()).map(|()| ReadEnd::new());
    /// Says that it has departments only.
    Undeclared: ask, |options, _, out| users(options, out).map(|()| ReadEnd::new());
    /// Never says the same.
    Unsteady: ask, |_, _, out| {
        let now = format!("{:?}", SystemTime::now());
        out.user(User::new("1").nickname(now)).map(|()| ReadEnd::new())
    };
    /// Cuts its batches by itself.
    HugeBatches: ask, |_, _, _| {
        let header = br#"{"dataType":"user","count":20000}"#.as_slice();
        let lines: Vec<u8> = (0..20_000).flat_map(|n| format!("{{\"uid\":\"{n}\"}}\n").into_bytes()).collect();
        write_batch(&[header, b"\n", &lines].concat());
        Ok(ReadEnd::new())
    };
    /// Keeps something of every record.
    Grows: ask, |options, _, out| {
        let mut kept = Vec::new();
        for n in 0..options.count {
            kept.push(vec![1_u8; 400]);
            out.user(User::new(n.to_string()))?;
        }
        std::hint::black_box(&kept);
        Ok(ReadEnd::new())
    };
    /// Fetches all before it gives any.
    HeapsUp: ask, |options, _, out| {
        let all: Vec<User> = (0..options.count).map(|n| User::new(n.to_string()).nickname("x".repeat(250))).collect();
        all.into_iter().try_for_each(|user| out.user(user)).map(|()| ReadEnd::new())
    };
    /// Gives a cursor and doesn't know it any more.
    ForgetsItsPlace: ask, |options, request, out| match request.mode {
        ReadMode::Full => users(options, out).map(|()| ReadEnd::at("end")),
        ReadMode::Incremental => Err(PluginError::invalid("what is this cursor?")),
    };
    /// Its cursors say more than it has given.
    JumpsAhead: ask, |options, request, out| in_steps(options, request, out, 3);
    LeaksInRecords: ask, |options, _, out| {
        out.user(User::new("1").custom("via", options.token.as_str())).map(|()| ReadEnd::new())
    };
    /// Only when it is wrong.
    LeaksInErrors: |options| match options.token.starts_with("right") || options.token.is_empty() {
        true => Ok(()),
        false => Err(PluginError::config(format!("the token {} is not right", options.token))),
    }, |options, _, out| users(options, out).map(|()| ReadEnd::new());
    LeaksInLogs: ask, |options, _, out| {
        tracing::trace!(token = options.token, "asking");
        users(options, out).map(|()| ReadEnd::new())
    };
    Prints: ask, |options, _, out| {
        // Standard output as C has it; what it takes is of no interest.
        let _ = std::io::stdout().write_all(b"reading\n");
        users(options, out).map(|()| ReadEnd::new())
    };
}

fn ask(options: &Options) -> Result<(), PluginError> {
    server::ask(options.server.as_deref(), Some(PATIENCE))
}

fn users(options: &Options, out: &mut Batches<'_>) -> Result<(), PluginError> {
    (0..options.count).try_for_each(|n| out.user(User::new(n.to_string()).department("d")))
}

/// Gives users from where the cursor is, and cursors between them that are ahead by so many.
fn in_steps(
    options: &Options,
    request: &ReadRequest,
    out: &mut Batches<'_>,
    ahead: u64,
) -> Result<ReadEnd, PluginError> {
    let cursor = request.cursor.as_deref().map(str::parse).transpose();
    let from = cursor.map_err(PluginError::cursor_expired)?.unwrap_or(0);
    let step = (options.count / 10).max(4);
    for n in from..options.count {
        out.user(User::new(n.to_string()).department("d"))?;
        if (n + 1) % step == 0 {
            out.cursor((n + 1 + ahead).to_string())?;
        }
    }
    Ok(ReadEnd::at(options.count.to_string()))
}

/// Writes a batch to the worker's socket, of which a plugin is to know nothing.
fn write_batch(payload: &[u8]) {
    // SAFETY: 3 is the worker's socket, and it isn't closed here.
    let mut socket = ManuallyDrop::new(unsafe { File::from_raw_fd(3) });
    let length = u32::try_from(payload.len()).expect("it is some hundred KiB").to_le_bytes();
    let frame = [length.as_slice(), &[18], payload].concat();
    socket.write_all(&frame).expect("a worker has its socket at 3");
}

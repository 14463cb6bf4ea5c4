//! Tries to get at what is none of its business, and says of each what came of it: one user for each try, whose
//! nickname is `got it` or the error, and one with what stands in `file`.
#![expect(unsafe_code, reason = "some tries go past what std offers")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::Command;

use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, User};

use crate::options::{How, Options, Try};

pub(crate) struct Snoops(Options);

impl Source for Snoops {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        Ok(Self(options))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        for (number, Try { how, what }) in self.0.tries.iter().enumerate() {
            let outcome = attempt(*how, what).map_or_else(|error| error.to_string(), |()| "got it".into());
            out.user(User::new(number.to_string()).nickname(outcome))?;
        }
        if !self.0.file.is_empty() {
            let text = fs::read_to_string(&self.0.file).unwrap_or_else(|error| error.to_string());
            out.user(User::new("file").nickname(text))?;
        }
        Ok(ReadEnd::new())
    }
}

fn attempt(how: How, what: &str) -> io::Result<()> {
    match how {
        How::Read => File::open(what)?.read(&mut [0; 16]).map(drop),
        How::List => fs::read_dir(what)?.next().transpose().map(drop),
        How::Write => {
            OpenOptions::new().create(true).append(true).open(what)?.write_all(b"it was here").map(drop)
        }
        How::Truncate => {
            let path = std::ffi::CString::new(what)?;
            // SAFETY: the path is a text that ends.
            succeeded(unsafe { libc::truncate(path.as_ptr(), 0) })
        }
        How::Run => Command::new(what).spawn()?.wait().map(drop),
        How::Connect => TcpStream::connect((Ipv4Addr::LOCALHOST, number(what)?)).map(drop),
        How::Listen => TcpListener::bind((Ipv4Addr::LOCALHOST, number(what)?)).map(drop),
        How::Socket => UnixStream::connect(what).map(drop),
        // SAFETY: signal 0 is none.
        How::Signal => succeeded(unsafe { libc::kill(number(what)?, 0) }),
        How::Limit => {
            let limit = libc::rlimit { rlim_cur: 3, rlim_max: 3 };
            let file = libc::RLIMIT_NOFILE;
            // SAFETY: the limit is one, and the former one is not asked for.
            succeeded(unsafe { libc::prlimit(number(what)?, file, &raw const limit, std::ptr::null_mut()) })
        }
        How::Trace => {
            let nothing = std::ptr::null_mut::<libc::c_void>();
            // SAFETY: attaching takes a process and looks at nothing else.
            let traced = unsafe { libc::ptrace(libc::PTRACE_SEIZE, number::<i32>(what)?, nothing, nothing) };
            if traced == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
        }
        // SAFETY: these take and give numbers.
        How::Escape => succeeded(unsafe { libc::setpgid(0, libc::getpgid(libc::getppid())) }),
    }
}

fn succeeded(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn number<T: std::str::FromStr>(what: &str) -> io::Result<T> {
    what.parse().map_err(|_| io::Error::other(format!("{what} is no number")))
}

//! A plugin that tries what a sandbox must refuse (to change others' files, to reach other processes, the network and
//! the kernel's rarer parts, to take memory that its limit does not count), and what every program does. It says of
//! each deed what came of it: one user each, whose nickname is `got it` or the error.
#![expect(unsafe_code, reason = "most of this goes past what std offers")]

mod files;
mod kernel;
mod memory;
mod network;
mod options;
mod processes;
mod usual;

use std::io;

use libc::c_long;
use orgsync_plugin_api::{Batches, PluginError, ReadEnd, ReadRequest, Source, User};

use options::{Deed, Options};

orgsync_plugin_api::export_plugin! { sources: { "hostile" => Hostile } }

struct Hostile(Options);

impl Source for Hostile {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        Ok(Self(options))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        Ok(())
    }

    fn read(&mut self, _: &ReadRequest, out: &mut Batches<'_>) -> Result<ReadEnd, PluginError> {
        for (number, deed) in self.0.deeds.iter().enumerate() {
            let outcome = attempt(deed).ok_or_else(|| {
                PluginError::config(format!("there is no deed `{}` on this processor", deed.name))
            })?;
            let outcome = outcome.map_or_else(|error| error.to_string(), |_| "got it".into());
            out.user(User::new(number.to_string()).nickname(outcome))?;
        }
        Ok(ReadEnd::new())
    }
}

/// What came of a deed; `None` if there is none of this name.
fn attempt(Deed { name, to }: &Deed) -> Option<io::Result<usize>> {
    let tables = [
        files::attempt,
        kernel::attempt,
        memory::attempt,
        network::attempt,
        processes::attempt,
        usual::attempt,
    ];
    tables.iter().find_map(|table| table(name, to))
}

/// Makes a system call.
fn call(number: c_long, arguments: &[usize]) -> io::Result<usize> {
    let mut six = [0; 6];
    six[..arguments.len()].copy_from_slice(arguments);
    let [a, b, c, d, e, f] = six;
    // SAFETY: the addresses among the arguments are of things that outlive the call; what else it does to this process
    // is what a test asks for, and the process is there for that.
    let result = unsafe { libc::syscall(number, a, b, c, d, e, f) };
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Where a value is, for a call that looks at it.
fn address<T>(value: &T) -> usize {
    std::ptr::from_ref(value).expose_provenance()
}

/// A flag or a constant as an argument.
fn flag(value: i32) -> usize {
    // As it stands in a register.
    value as usize
}

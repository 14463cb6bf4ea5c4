//! How a worker's process ended, in words.

use nix::sys::signal::Signal;
use nix::sys::wait::WaitStatus;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// It exited by itself.
    Code(i32),
    /// A signal killed it.
    Signal(Signal),
}

impl Exit {
    /// `None` for what is no end.
    pub(super) fn of(status: WaitStatus) -> Option<Self> {
        match status {
            WaitStatus::Exited(_, code) => Some(Exit::Code(code)),
            WaitStatus::Signaled(_, signal, _) => Some(Exit::Signal(signal)),
            _ => None,
        }
    }
}

/// A signal with what it means: `SIGSEGV (segmentation fault)`.
pub(super) fn describe(signal: Signal) -> String {
    let meaning = match signal {
        Signal::SIGABRT => "aborted",
        Signal::SIGBUS => "bus error",
        Signal::SIGFPE => "arithmetic error",
        Signal::SIGILL => "illegal instruction",
        Signal::SIGKILL => "killed from outside, perhaps because the system ran out of memory",
        Signal::SIGSEGV => "segmentation fault",
        Signal::SIGSYS => "forbidden system call",
        Signal::SIGTERM => "terminated from outside",
        Signal::SIGTRAP => "trap",
        Signal::SIGXCPU => "processor time limit",
        _ => return signal.as_str().to_owned(),
    };
    format!("{} ({meaning})", signal.as_str())
}

//! The system calls that a plugin may make: those that programs need for files, memory, threads, time and TCP or UDP,
//! and no others (seccomp). What is not listed fails, so that a call that nobody thought of can't be used to reach past
//! the worker. Which files, ports and processes a listed call reaches is Landlock's matter (`confine.rs`).

mod classes;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use libc::c_long;
use seccompiler::{BackendError, BpfProgram, SeccompAction, SeccompFilter, SeccompRule, TargetArch};

use super::sandbox::{LocalSockets, Network};
use classes::CLASSES;

/// Calls that programs do without if the kernel doesn't have them, and not if they are refused. Their flags are in
/// memory, where no filter sees them; `clone` and `openat` do the same with flags in registers.
const ABSENT: [c_long; 2] = [libc::SYS_clone3, libc::SYS_openat2];

/// The numbers of calls that are newer than these lists (Linux 6.18). A program that is as new tries them first and
/// falls back on older ones if the kernel doesn't have them; so they are as if it didn't.
const UNKNOWN: Range<c_long> = 470..512;

/// Refuses all other calls to this thread and all that it starts.
///
/// # Errors
/// Where the processor or the kernel is not one that this can be done on.
pub(super) fn confine(
    network: Network,
    local_sockets: LocalSockets,
    own_pid: u32,
) -> Result<(), seccompiler::Error> {
    // After the second, no other can be installed.
    seccompiler::apply_filter(&absent()?)?;
    seccompiler::apply_filter(&allowed(network, local_sockets, own_pid)?)
}

/// Lets pass what is listed. Of what `absent` answers, too: the stricter of two filters wins.
fn allowed(network: Network, local_sockets: LocalSockets, own_pid: u32) -> Result<BpfProgram, BackendError> {
    let listed = CLASSES.iter().flat_map(|class| *class).copied().chain(absent_calls());
    let mut rules: BTreeMap<c_long, Vec<SeccompRule>> = listed.map(|call| (call, Vec::new())).collect();
    rules.extend(rules::rules(network, local_sockets, own_pid)?);
    program(rules, SeccompAction::Errno(libc::EPERM.cast_unsigned()), SeccompAction::Allow)
}

/// Answers as a kernel does that has no such call.
fn absent() -> Result<BpfProgram, BackendError> {
    let rules = absent_calls().map(|call| (call, Vec::new())).collect();
    program(rules, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS.cast_unsigned()))
}

fn absent_calls() -> impl Iterator<Item = c_long> {
    ABSENT.into_iter().chain(UNKNOWN)
}

fn program(
    rules: BTreeMap<c_long, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    if_listed: SeccompAction,
) -> Result<BpfProgram, BackendError> {
    let here = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, otherwise, if_listed, here)?.try_into()
}

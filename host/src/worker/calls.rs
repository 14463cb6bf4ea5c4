//! The system calls that no plugin needs and that would reach past its worker: into other processes' memory, limits
//! and keys, out of its process group, to other programs' local sockets, and into the kernel's less tried corners.
//! They fail with EPERM (seccomp). Signals, files and TCP ports are Landlock's matter.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

use super::sandbox::LocalSockets;

/// What fails whatever its arguments are.
const FORBIDDEN: &[c_long] = &[
    // Into the memory and descriptors of other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // Out of the group that is killed when the worker ends.
    libc::SYS_setsid,
    libc::SYS_setpgid,
    // The keys that the kernel keeps for a user.
    libc::SYS_add_key,
    libc::SYS_keyctl,
    libc::SYS_request_key,
    // What only system programs use, and attacks on the kernel begin with.
    libc::SYS_bpf,
    libc::SYS_io_uring_setup,
    libc::SYS_mount,
    libc::SYS_open_by_handle_at,
    libc::SYS_perf_event_open,
    libc::SYS_setns,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
];

/// Forbids them to this thread and all that it starts.
///
/// # Errors
/// Where the processor or the kernel is not one that this can be done on.
pub(super) fn forbid(local_sockets: LocalSockets, own_pid: u32) -> Result<(), seccompiler::Error> {
    seccompiler::apply_filter(&filter(local_sockets, own_pid)?)
}

fn filter(local_sockets: LocalSockets, own_pid: u32) -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<c_long, Vec<SeccompRule>> =
        FORBIDDEN.iter().map(|call| (*call, Vec::new())).collect();
    // The limits of other processes; 0 means one's own.
    let other = [argument(0, SeccompCmpOp::Ne, 0)?, argument(0, SeccompCmpOp::Ne, own_pid)?];
    rules.insert(libc::SYS_prlimit64, vec![SeccompRule::new(other.into())?]);
    match local_sockets {
        LocalSockets::Allowed => {}
        // Pairs of them come from another call.
        LocalSockets::Forbidden => {
            let local = argument(0, SeccompCmpOp::Eq, libc::AF_UNIX.cast_unsigned())?;
            rules.insert(libc::SYS_socket, vec![SeccompRule::new(vec![local])?]);
        }
    }
    let refusal = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let here = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, SeccompAction::Allow, refusal, here)?.try_into()
}

fn argument(index: u8, compare: SeccompCmpOp, value: u32) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, compare, value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_one_that_can_be_installed() {
        let check = |sockets, calls: usize| {
            let program = filter(sockets, 1_234).unwrap();
            assert!(program.len() > 3 * calls && program.len() < 4_096, "{} instructions", program.len());
        };
        check(LocalSockets::Forbidden, FORBIDDEN.len() + 2);
        check(LocalSockets::Allowed, FORBIDDEN.len() + 1);
    }
}

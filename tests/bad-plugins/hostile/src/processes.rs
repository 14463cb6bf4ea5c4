//! Other processes: their memory, descriptors, limits, priorities and processors; and ways out of a worker's own.

use std::io;

use libc::{c_int, c_long};

use crate::{address, call, flag};

/// `to` is a process.
pub(crate) fn attempt(name: &str, to: &str) -> Option<io::Result<usize>> {
    let process = to.parse().unwrap_or(0_usize);
    let parameter = 0_i32;
    let byte = 0_u8;
    let vector = libc::iovec { iov_base: std::ptr::from_ref(&byte).cast_mut().cast(), iov_len: 1 };
    let vectors = [process, address(&vector), 1, address(&vector), 1, 0];
    let pidfd = || call(libc::SYS_pidfd_open, &[process, 0]);
    Some(match name {
        "ptrace" => call(libc::SYS_ptrace, &[libc::PTRACE_SEIZE as usize, process, 0, 0]),
        "process_vm_readv" => call(libc::SYS_process_vm_readv, &vectors),
        "process_vm_writev" => call(libc::SYS_process_vm_writev, &vectors),
        "pidfd_getfd" => pidfd().and_then(|pidfd| call(libc::SYS_pidfd_getfd, &[pidfd, 0, 0])),
        "process_madvise" => {
            pidfd().and_then(|pidfd| call(libc::SYS_process_madvise, &[pidfd, address(&vector), 1, 20, 0]))
        }
        "kcmp" => call(libc::SYS_kcmp, &[process, process, 0, 0, 0]),
        "migrate_pages" => call(libc::SYS_migrate_pages, &[process, 1, address(&1_u64), address(&1_u64)]),
        "move_pages" => call(libc::SYS_move_pages, &[process, 0, 0, 0, 0, 0]),
        "prlimit" => {
            let limit = [3_u64; 2];
            call(libc::SYS_prlimit64, &[process, libc::RLIMIT_NOFILE as usize, address(&limit), 0])
        }
        "setpriority" => call(libc::SYS_setpriority, &[0, process, 19]),
        "setpriority-user" => call(libc::SYS_setpriority, &[2, 0, 19]),
        "sched_setscheduler" => {
            call(libc::SYS_sched_setscheduler, &[process, flag(libc::SCHED_IDLE), address(&parameter)])
        }
        "sched_setparam" => call(libc::SYS_sched_setparam, &[process, address(&parameter)]),
        "sched_setattr" => {
            // Its size and SCHED_IDLE.
            let attributes = [48_u32, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            call(libc::SYS_sched_setattr, &[process, address(&attributes), 0])
        }
        "sched_setaffinity" => call(libc::SYS_sched_setaffinity, &[process, 8, address(&1_u64)]),
        // The idle class.
        "ioprio_set" => call(libc::SYS_ioprio_set, &[1, process, 3 << 13]),
        "kill" => call(libc::SYS_kill, &[process, 0]),
        "tgkill" => call(libc::SYS_tgkill, &[process, process, 0]),
        "tkill" => call(libc::SYS_tkill, &[process, 0]),
        "pidfd_send_signal" => pidfd().and_then(|pidfd| call(libc::SYS_pidfd_send_signal, &[pidfd, 0, 0, 0])),
        "rt_sigqueueinfo" => {
            // Of a signal that one process sends another with a value.
            let info = [
                0_i32, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0,
            ];
            call(libc::SYS_rt_sigqueueinfo, &[process, 0, address(&info)])
        }
        "setsid" => call(libc::SYS_setsid, &[]),
        "setpgid" => call(libc::SYS_setpgid, &[0, process]),
        "dumpable" => call(libc::SYS_prctl, &[flag(libc::PR_SET_DUMPABLE), 1]),
        "unshare" => call(libc::SYS_unshare, &[flag(libc::CLONE_NEWUSER)]),
        "setns" => call(libc::SYS_setns, &[0, 0]),
        "clone3" => clone(libc::SYS_clone3, &[0, 0]),
        _ => return new_process(name),
    })
}

/// A child in other namespaces, or of another parent.
fn new_process(name: &str) -> Option<io::Result<usize>> {
    let flags: c_int = match name {
        "clone-user" => libc::CLONE_NEWUSER,
        "clone-net" => libc::CLONE_NEWUSER | libc::CLONE_NEWNET,
        "clone-mounts" => libc::CLONE_NEWUSER | libc::CLONE_NEWNS,
        "clone-pids" => libc::CLONE_NEWUSER | libc::CLONE_NEWPID,
        "clone-ipc" => libc::CLONE_NEWUSER | libc::CLONE_NEWIPC,
        "clone-names" => libc::CLONE_NEWUSER | libc::CLONE_NEWUTS,
        "clone-cgroup" => libc::CLONE_NEWUSER | libc::CLONE_NEWCGROUP,
        "clone-parent" => libc::CLONE_PARENT,
        "clone" => 0,
        _ => return None,
    };
    Some(clone(libc::SYS_clone, &[flag(flags | libc::SIGCHLD)]))
}

/// Makes a process that ends at once.
fn clone(number: c_long, arguments: &[usize]) -> io::Result<usize> {
    let child = call(number, arguments)?;
    if child == 0 {
        // SAFETY: ending is all that the new process does.
        unsafe { libc::_exit(0) };
    }
    Ok(child)
}

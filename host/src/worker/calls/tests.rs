//! Runs the filters as the kernel does, on calls that are never made.

use std::collections::BTreeSet;

use libc::c_int;

use super::*;

const OWN: u32 = 1_234;
const OTHER: c_int = 1_235;

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Passes,
    Refused,
    Absent,
}
use Fate::{Absent, Passes, Refused};

/// The filters of one worker.
struct Filters([BpfProgram; 2]);

impl Filters {
    fn new(connect: Option<&[u16]>, local_sockets: LocalSockets) -> Self {
        Self([absent().unwrap(), allowed(Network::of(connect), local_sockets, OWN).unwrap()])
    }

    fn fate(&self, call: c_long, arguments: &[c_int]) -> Fate {
        const REFUSED: [u32; 2] =
            [0x5_0000 | libc::EPERM.cast_unsigned(), 0x5_0000 | libc::ENOSYS.cast_unsigned()];
        let answers = self.0.each_ref().map(|program| run(program, call, arguments));
        match answers.into_iter().find(|answer| *answer != 0x7fff_0000) {
            None => Passes,
            Some(answer) if answer == REFUSED[0] => Refused,
            Some(answer) if answer == REFUSED[1] => Absent,
            Some(answer) => panic!("{answer:#x}"),
        }
    }

    #[track_caller]
    fn check(&self, call: c_long, arguments: &[c_int], expected: Fate) {
        assert_eq!(self.fate(call, arguments), expected, "call {call} with {arguments:?}");
    }
}

/// Runs a program of the classic BPF on a call, and gives what it returns.
fn run(program: &BpfProgram, call: c_long, arguments: &[c_int]) -> u32 {
    let arch: u32 = if cfg!(target_arch = "x86_64") { 0xc000_003e } else { 0xc000_00b7 };
    // As in `struct seccomp_data`; the half of each register that an `int` leaves alone holds anything.
    let mut data = vec![u32::try_from(call).unwrap(), arch, 0, 0];
    data.extend(
        (0..6).flat_map(|at| [arguments.get(at).copied().unwrap_or_default().cast_unsigned(), 0xdead]),
    );
    let (mut at, mut value) = (0, 0);
    loop {
        let step = &program[at];
        at += 1;
        let mut jump = |holds: bool| at += usize::from(if holds { step.jt } else { step.jf });
        match step.code {
            0x20 => value = data[step.k as usize / 4],
            0x54 => value &= step.k,
            0x05 => at += step.k as usize,
            0x15 => jump(value == step.k),
            0x25 => jump(value > step.k),
            0x35 => jump(value >= step.k),
            0x06 => return step.k,
            code => panic!("there is no instruction {code:#x}"),
        }
    }
}

#[test]
fn calls_that_reach_past_a_worker_are_refused() {
    let filters = Filters::new(None, LocalSockets::Allowed);
    let refused = [
        // Modes, owners, times and attributes of files.
        libc::SYS_fchmod,
        libc::SYS_fchmodat,
        452, // fchmodat2
        libc::SYS_fchown,
        libc::SYS_fchownat,
        libc::SYS_utimensat,
        libc::SYS_setxattr,
        libc::SYS_lsetxattr,
        libc::SYS_fsetxattr,
        463, // setxattrat
        libc::SYS_removexattr,
        libc::SYS_lremovexattr,
        libc::SYS_fremovexattr,
        466, // removexattrat
        469, // file_setattr
        // What files there are elsewhere, and what they hold.
        libc::SYS_getxattr,
        libc::SYS_inotify_init1,
        libc::SYS_inotify_add_watch,
        libc::SYS_fanotify_init,
        libc::SYS_name_to_handle_at,
        libc::SYS_open_by_handle_at,
        // Memory that its limit does not count.
        libc::SYS_shmget,
        libc::SYS_shmat,
        libc::SYS_semget,
        libc::SYS_msgget,
        libc::SYS_mq_open,
        libc::SYS_memfd_create,
        libc::SYS_memfd_secret,
        // Other processes.
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_process_madvise,
        libc::SYS_pidfd_getfd,
        libc::SYS_kcmp,
        libc::SYS_migrate_pages,
        libc::SYS_move_pages,
        libc::SYS_setsid,
        libc::SYS_setpgid,
        libc::SYS_rt_sigqueueinfo,
        libc::SYS_rt_tgsigqueueinfo,
        // Keys, namespaces, mounts and what else belongs to the system.
        libc::SYS_add_key,
        libc::SYS_keyctl,
        libc::SYS_request_key,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_fsopen,
        libc::SYS_fsconfig,
        libc::SYS_fsmount,
        libc::SYS_fspick,
        libc::SYS_open_tree,
        libc::SYS_move_mount,
        libc::SYS_mount_setattr,
        libc::SYS_bpf,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_io_setup,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_vmsplice,
        libc::SYS_personality,
        libc::SYS_seccomp,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_kexec_load,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_settimeofday,
        libc::SYS_clock_settime,
        libc::SYS_adjtimex,
        libc::SYS_sethostname,
        libc::SYS_syslog,
        libc::SYS_acct,
        libc::SYS_quotactl,
        libc::SYS_setuid,
        libc::SYS_setgroups,
        libc::SYS_capset,
    ];
    for call in refused {
        filters.check(call, &[], Refused);
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_older_forms_of_calls_that_are_refused_are_refused_too() {
    let filters = Filters::new(None, LocalSockets::Allowed);
    for call in [
        libc::SYS_chmod,
        libc::SYS_chown,
        libc::SYS_lchown,
        libc::SYS_utime,
        libc::SYS_utimes,
        libc::SYS_futimesat,
        libc::SYS_inotify_init,
        libc::SYS_modify_ldt,
        libc::SYS_iopl,
        libc::SYS_ioperm,
        libc::SYS_uselib,
    ] {
        filters.check(call, &[], Refused);
    }
    // The calls of x32, which are those of x86-64 with a bit.
    for call in [libc::SYS_read, libc::SYS_ptrace, libc::SYS_chmod] {
        filters.check(call | 0x4000_0000, &[], Refused);
    }
}

#[test]
fn no_call_is_listed_twice() {
    let ruled = rules::rules(Network::Open, LocalSockets::Allowed, OWN).unwrap();
    let listed: Vec<c_long> =
        CLASSES.iter().flat_map(|class| *class).copied().chain(ruled.iter().map(|(call, _)| *call)).collect();
    assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), listed.len(), "a call with a rule has no class");
    assert!(listed.iter().all(|call| !absent_calls().any(|absent| absent == *call)));
}

#[test]
fn calls_that_are_newer_than_the_lists_are_as_if_the_kernel_had_none() {
    let filters = Filters::new(None, LocalSockets::Allowed);
    filters.check(libc::SYS_clone3, &[], Absent);
    filters.check(libc::SYS_openat2, &[], Absent);
    filters.check(470, &[], Absent);
    filters.check(511, &[], Absent);
    filters.check(600, &[], Refused);
}

#[test]
fn files_and_descriptors_keep_their_attributes_and_owners() {
    let filters = Filters::new(None, LocalSockets::Allowed);
    let fcntl = |command| filters.fate(libc::SYS_fcntl, &[3, command]);
    let known = [libc::F_GETFD, libc::F_DUPFD_CLOEXEC, libc::F_SETFL, libc::F_SETLK, libc::F_OFD_SETLKW];
    assert!(known.into_iter().all(|command| fcntl(command) == Passes));
    // Leases make others wait, notifications are inotify's, and owners get signals.
    let others = [libc::F_SETLEASE, libc::F_NOTIFY, libc::F_SETOWN, libc::F_ADD_SEALS];
    assert!(others.into_iter().all(|command| fcntl(command) == Refused));
    let ioctl = |request: u32| filters.fate(libc::SYS_ioctl, &[3, request.cast_signed()]);
    for request in [0x5401, 0x802c_542a, 0x541b, 0x5421] {
        assert_eq!(ioctl(request), Passes, "{request:#x}");
    }
    // TIOCSTI, FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR, FS_IOC_ENABLE_VERITY.
    for request in [0x5412, 0x4008_6602, 0x401c_5820, 0x4080_6685] {
        assert_eq!(ioctl(request), Refused, "{request:#x}");
    }
}

#[test]
fn no_file_is_made_that_lends_its_owner() {
    let filters = Filters::new(None, LocalSockets::Allowed);
    let openat = |flags, mode, expected| {
        filters.check(libc::SYS_openat, &[libc::AT_FDCWD, 0, flags, mode], expected);
    };
    let set_user_id = 0o4755;
    openat(libc::O_CREAT | libc::O_WRONLY, 0o644, Passes);
    openat(libc::O_TMPFILE | libc::O_RDWR, 0o1600, Passes);
    openat(libc::O_CREAT | libc::O_WRONLY, set_user_id, Refused);
    openat(libc::O_TMPFILE | libc::O_RDWR, 0o2700, Refused);
    // Whoever makes no file may leave anything in the register of its mode.
    openat(libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC, set_user_id, Passes);
    for (mode, expected) in [(libc::S_IFIFO as c_int | 0o600, Passes), (set_user_id, Refused)] {
        filters.check(libc::SYS_mknodat, &[libc::AT_FDCWD, 0, mode], expected);
        #[cfg(target_arch = "x86_64")]
        for call in [libc::SYS_mknod, libc::SYS_creat] {
            filters.check(call, &[0, mode], expected);
        }
    }
}

#[test]
fn memory_is_private_or_of_a_file() {
    let filters = Filters::new(None, LocalSockets::Allowed);
    let check = |flags, expected| filters.check(libc::SYS_mmap, &[0, 4_096, 3, flags], expected);
    let anonymous = libc::MAP_ANONYMOUS;
    check(libc::MAP_PRIVATE | anonymous, Passes);
    check(libc::MAP_PRIVATE | anonymous | libc::MAP_STACK | libc::MAP_NORESERVE | libc::MAP_FIXED, Passes);
    check(libc::MAP_PRIVATE, Passes);
    check(libc::MAP_SHARED, Passes);
    check(8 | anonymous, Passes); // MAP_DROPPABLE, with which glibc has random numbers.
    check(libc::MAP_SHARED | anonymous, Refused);
    check(libc::MAP_SHARED_VALIDATE | anonymous | libc::MAP_HUGETLB, Refused);
    check(libc::MAP_PRIVATE | anonymous | libc::MAP_GROWSDOWN, Refused);
    check(libc::MAP_PRIVATE | libc::MAP_GROWSDOWN, Refused);
}

#[test]
fn only_a_process_itself_is_changed() {
    let filters = Filters::new(None, LocalSockets::Allowed);
    let own = OWN.cast_signed();
    for call in [
        libc::SYS_prlimit64,
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setattr,
        libc::SYS_sched_setparam,
        libc::SYS_sched_setscheduler,
    ] {
        for (whose, expected) in [(0, Passes), (own, Passes), (OTHER, Refused), (1, Refused), (-1, Refused)] {
            filters.check(call, &[whose], expected);
        }
    }
    for (call, process) in [(libc::SYS_setpriority, 0), (libc::SYS_ioprio_set, 1)] {
        for (whose, expected) in [(0, Passes), (own, Passes), (OTHER, Refused)] {
            filters.check(call, &[process, whose], expected);
        }
        // Of a group or a user, 0 means all of them.
        filters.check(call, &[2, 0], Refused);
        filters.check(call, &[3, 0], Refused);
    }
    filters.check(libc::SYS_prctl, &[libc::PR_SET_NAME], Passes);
    filters.check(libc::SYS_prctl, &[libc::PR_SET_DUMPABLE, 1], Refused);
    filters.check(libc::SYS_prctl, &[libc::PR_SET_MM], Refused);
}

#[test]
fn threads_and_processes_come_without_namespaces() {
    let filters = Filters::new(None, LocalSockets::Allowed);
    let check = |flags, expected| filters.check(libc::SYS_clone, &[flags], expected);
    let thread = libc::CLONE_VM
        | libc::CLONE_FS
        | libc::CLONE_FILES
        | libc::CLONE_SIGHAND
        | libc::CLONE_THREAD
        | libc::CLONE_SYSVSEM
        | libc::CLONE_SETTLS
        | libc::CLONE_PARENT_SETTID
        | libc::CLONE_CHILD_CLEARTID;
    check(thread, Passes);
    check(libc::SIGCHLD, Passes);
    check(libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD, Passes);
    for namespace in [
        libc::CLONE_NEWNS,
        libc::CLONE_NEWCGROUP,
        libc::CLONE_NEWUTS,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWNET,
    ] {
        check(namespace | libc::SIGCHLD, Refused);
        check(namespace | libc::CLONE_NEWUSER | libc::SIGCHLD, Refused);
    }
    check(libc::CLONE_PARENT | libc::SIGCHLD, Refused);
}

#[test]
fn sockets_are_those_that_landlock_knows() {
    let (ports, names, none) = (Some(&[443_u16][..]), Some(&[443, 53][..]), Some(&[][..]));
    let check = |arguments: &[c_int], expected: [Fate; 4]| {
        let fates = [None, names, ports, none]
            .map(|connect| Filters::new(connect, LocalSockets::Forbidden).fate(libc::SYS_socket, arguments));
        assert_eq!(fates, expected, "{arguments:?}");
    };
    let (stream, datagram, flags) =
        (libc::SOCK_STREAM, libc::SOCK_DGRAM, libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK);
    for family in [libc::AF_INET, libc::AF_INET6] {
        check(&[family, stream, 0], [Passes, Passes, Passes, Refused]);
        check(&[family, stream | flags, libc::IPPROTO_TCP], [Passes, Passes, Passes, Refused]);
        check(&[family, datagram | flags, 0], [Passes, Passes, Refused, Refused]);
        check(&[family, datagram, libc::IPPROTO_UDP], [Passes, Passes, Refused, Refused]);
        check(&[family, stream, libc::IPPROTO_MPTCP], [Refused; 4]);
        check(&[family, stream, libc::IPPROTO_SCTP], [Refused; 4]);
        check(&[family, libc::SOCK_SEQPACKET, 0], [Refused; 4]);
        check(&[family, libc::SOCK_RAW, libc::IPPROTO_TCP], [Refused; 4]);
        check(&[family, datagram, libc::IPPROTO_ICMP], [Refused; 4]);
    }
    check(&[libc::AF_NETLINK, libc::SOCK_RAW | flags, libc::NETLINK_ROUTE], [Passes; 4]);
    check(&[libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_NETFILTER], [Refused; 4]);
    for family in
        [libc::AF_UNIX, libc::AF_VSOCK, libc::AF_PACKET, libc::AF_ALG, libc::AF_BLUETOOTH, libc::AF_TIPC]
    {
        check(&[family, stream, 0], [Refused; 4]);
    }
}

#[test]
fn local_sockets_are_pairs_unless_they_are_allowed() {
    let check = |call, arguments: &[c_int], expected: [Fate; 2]| {
        let fates = [LocalSockets::Forbidden, LocalSockets::Allowed]
            .map(|local| Filters::new(None, local).fate(call, arguments));
        assert_eq!(fates, expected, "call {call} with {arguments:?}");
    };
    check(libc::SYS_socket, &[libc::AF_UNIX, libc::SOCK_STREAM], [Refused, Passes]);
    check(libc::SYS_socketpair, &[libc::AF_UNIX, libc::SOCK_STREAM | libc::SOCK_CLOEXEC], [Passes, Passes]);
    check(libc::SYS_socketpair, &[libc::AF_UNIX, libc::SOCK_SEQPACKET], [Passes, Passes]);
    check(libc::SYS_socketpair, &[libc::AF_UNIX, libc::SOCK_DGRAM], [Refused, Passes]);
    check(libc::SYS_socketpair, &[libc::AF_TIPC, libc::SOCK_STREAM], [Refused, Refused]);
}

#[test]
fn where_ports_are_listed_nothing_is_sent_past_them() {
    let check = |call, arguments: &[c_int], expected: [Fate; 2]| {
        let fates = [None, Some(&[443][..])]
            .map(|connect| Filters::new(connect, LocalSockets::Forbidden).fate(call, arguments));
        assert_eq!(fates, expected, "call {call} with {arguments:?}");
    };
    let (fast, quiet) = (libc::MSG_FASTOPEN, libc::MSG_NOSIGNAL);
    for (call, flags) in [(libc::SYS_sendto, 3), (libc::SYS_sendmsg, 2), (libc::SYS_sendmmsg, 3)] {
        let with = |bits| {
            let mut arguments = vec![fast; flags];
            arguments.push(bits);
            arguments
        };
        check(call, &with(quiet), [Passes, Passes]);
        check(call, &with(quiet | fast), [Passes, Refused]);
    }
    check(libc::SYS_listen, &[3, 8], [Passes, Refused]);
    let option = |level, option| [3, level, option];
    check(libc::SYS_setsockopt, &option(libc::IPPROTO_TCP, libc::TCP_NODELAY), [Passes, Passes]);
    check(libc::SYS_setsockopt, &option(libc::SOL_SOCKET, libc::TCP_FASTOPEN), [Passes, Passes]);
    for fast in
        [libc::TCP_FASTOPEN, libc::TCP_FASTOPEN_CONNECT, libc::TCP_FASTOPEN_KEY, libc::TCP_FASTOPEN_NO_COOKIE]
    {
        check(libc::SYS_setsockopt, &option(libc::IPPROTO_TCP, fast), [Passes, Refused]);
    }
}

#[test]
fn the_filters_are_small_enough_for_the_kernel() {
    for connect in [None, Some(&[53][..]), Some(&[][..])] {
        for program in Filters::new(connect, LocalSockets::Allowed).0 {
            assert!(program.len() < 4_096, "{} instructions", program.len());
        }
    }
}

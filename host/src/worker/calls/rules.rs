//! The system calls that a plugin may make with some arguments and not with others. The kernel compares only what is
//! in registers: numbers, and nothing that a pointer leads to. So no rule here knows an address, a path or a port.

use libc::{c_int, c_long};
use seccompiler::{BackendError, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule};

use super::super::sandbox::{LocalSockets, Network};

/// What every program does to descriptors.
const DESCRIPTOR_COMMANDS: &[c_int] = &[
    libc::F_DUPFD,
    libc::F_DUPFD_CLOEXEC,
    libc::F_GETFD,
    libc::F_SETFD,
    libc::F_GETFL,
    libc::F_SETFL,
    libc::F_GETLK,
    libc::F_SETLK,
    libc::F_SETLKW,
    libc::F_OFD_GETLK,
    libc::F_OFD_SETLK,
    libc::F_OFD_SETLKW,
    libc::F_GETPIPE_SZ,
    libc::F_SETPIPE_SZ,
];

/// What every program asks of a device that may be a terminal or a socket, and how a descriptor is made non-blocking.
/// `FS_IOC_SETFLAGS` and its like, which change the attributes of a file that is open for reading, are not among them.
const DEVICE_REQUESTS: &[c_int] = &[
    0x5401,       // TCGETS
    -0x7fd3_abd6, // TCGETS2, 0x802c542a
    0x5411,       // TIOCOUTQ
    0x5413,       // TIOCGWINSZ
    0x541b,       // FIONREAD
    0x5421,       // FIONBIO
    0x5450,       // FIONCLEX
    0x5451,       // FIOCLEX
    0x8910,       // SIOCGIFNAME
    0x8912,       // SIOCGIFCONF
    0x8913,       // SIOCGIFFLAGS
    0x8915,       // SIOCGIFADDR
    0x8933,       // SIOCGIFINDEX
];

/// What a process may set and ask of itself. `PR_SET_DUMPABLE` is not among them: it would open its memory to others.
const PROCESS_OPTIONS: &[c_int] = &[
    libc::PR_CAPBSET_READ,
    libc::PR_GET_DUMPABLE,
    libc::PR_GET_NAME,
    libc::PR_GET_NO_NEW_PRIVS,
    libc::PR_GET_PDEATHSIG,
    libc::PR_GET_SECCOMP,
    libc::PR_GET_THP_DISABLE,
    libc::PR_GET_TIMERSLACK,
    libc::PR_SET_NAME,
    libc::PR_SET_NO_NEW_PRIVS,
    libc::PR_SET_PDEATHSIG,
    libc::PR_SET_THP_DISABLE,
    libc::PR_SET_TIMERSLACK,
    libc::PR_SET_VMA,
    50,          // PR_SVE_SET_VL, of arm64, as the next ones
    51,          // PR_SVE_GET_VL
    54,          // PR_PAC_RESET_KEYS
    55,          // PR_SET_TAGGED_ADDR_CTRL
    56,          // PR_GET_TAGGED_ADDR_CTRL
    0x4155_5856, // PR_GET_AUXV
];

/// New namespaces, in which a plugin would be root, and with them parts of the kernel that only root reaches; and a
/// child of the daemon's, which nobody would wait for.
const CLONE_REFUSED: c_int = libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_PARENT;

/// The options of TCP by which a connection is made without `connect`, which is what Landlock looks at.
const FAST_OPEN_OPTIONS: [c_int; 4] =
    [libc::TCP_FASTOPEN, libc::TCP_FASTOPEN_CONNECT, libc::TCP_FASTOPEN_KEY, libc::TCP_FASTOPEN_NO_COOKIE];

/// Whoever runs a file with one of these bits is its owner, or in its group.
const SET_ID: c_int = 0o6000;

/// What makes `open` make a file, and look at the mode that it is given.
const MAKES_FILE: c_int = libc::O_CREAT | 0o20_000_000; // O_TMPFILE without O_DIRECTORY

/// The bits of a socket's type that are its type. The others are flags.
const SOCKET_TYPE: c_int = 0xf;

/// Whose attributes `setpriority` and `ioprio_set` change: those of a process or thread.
const PRIO_PROCESS: c_int = 0;
const IOPRIO_WHO_PROCESS: c_int = 1;

/// A call with the rules of which one has to hold.
pub(super) type Ruled = (c_long, Vec<SeccompRule>);

/// The calls with rules. `own_pid` is the process that is confined.
pub(super) fn rules(
    network: Network,
    local_sockets: LocalSockets,
    own_pid: u32,
) -> Result<Vec<Ruled>, BackendError> {
    let mut rules = vec![
        (libc::SYS_fcntl, any_of(1, DESCRIPTOR_COMMANDS)?),
        (libc::SYS_ioctl, any_of(1, DEVICE_REQUESTS)?),
        (libc::SYS_prctl, any_of(0, PROCESS_OPTIONS)?),
        (libc::SYS_clone, vec![rule([without(0, CLONE_REFUSED)])?]),
        (libc::SYS_mmap, private_memory()?),
        (libc::SYS_mknodat, vec![rule([without(2, SET_ID)])?]),
        (libc::SYS_openat, opening(2)?),
        (libc::SYS_socket, sockets(network, local_sockets)?),
        (libc::SYS_socketpair, pairs(local_sockets)?),
        (libc::SYS_setpriority, of_itself(Some(PRIO_PROCESS), own_pid)?),
        (libc::SYS_ioprio_set, of_itself(Some(IOPRIO_WHO_PROCESS), own_pid)?),
    ];
    for call in [
        libc::SYS_prlimit64,
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setattr,
        libc::SYS_sched_setparam,
        libc::SYS_sched_setscheduler,
    ] {
        rules.push((call, of_itself(None, own_pid)?));
    }
    rules.extend(older()?);
    rules.extend(sending(network)?);
    Ok(rules)
}

/// What arm64 never had.
#[cfg(target_arch = "x86_64")]
fn older() -> Result<Vec<Ruled>, BackendError> {
    Ok(vec![
        (libc::SYS_creat, vec![rule([without(1, SET_ID)])?]),
        (libc::SYS_mknod, vec![rule([without(1, SET_ID)])?]),
        (libc::SYS_open, opening(1)?),
    ])
}
#[cfg(not(target_arch = "x86_64"))]
fn older() -> Result<Vec<Ruled>, BackendError> {
    Ok(Vec::new())
}

/// Opening a file, or making one that doesn't lend whom it belongs to. The mode comes after the flags.
fn opening(flags: u8) -> Result<Vec<SeccompRule>, BackendError> {
    Ok(vec![rule([without(flags, MAKES_FILE)])?, rule([without(flags + 1, SET_ID)])?])
}

/// Memory that one process has, and that its limit counts. Of shared memory only that of files; and nothing that grows
/// downwards, which the kernel counts as a stack.
fn private_memory() -> Result<Vec<SeccompRule>, BackendError> {
    Ok(vec![
        rule([without(3, libc::MAP_GROWSDOWN | libc::MAP_ANONYMOUS)])?,
        // Every type that shares has the bit of `MAP_SHARED`.
        rule([without(3, libc::MAP_GROWSDOWN | libc::MAP_SHARED)])?,
    ])
}

/// TCP and UDP; for the resolver the part of netlink that tells the addresses of this computer; local sockets if
/// allowed. What is left out is what Landlock has no say in (MPTCP, SCTP, VSOCK, packets) or plugins have no use for.
fn sockets(network: Network, local: LocalSockets) -> Result<Vec<SeccompRule>, BackendError> {
    let mut rules = vec![rule([is(0, libc::AF_NETLINK), is(2, libc::NETLINK_ROUTE)])?];
    for family in [libc::AF_INET, libc::AF_INET6] {
        if network.has_tcp() {
            for protocol in [0, libc::IPPROTO_TCP] {
                rules.push(rule([is(0, family), typed(1, libc::SOCK_STREAM), is(2, protocol)])?);
            }
        }
        if network.has_udp() {
            for protocol in [0, libc::IPPROTO_UDP] {
                rules.push(rule([is(0, family), typed(1, libc::SOCK_DGRAM), is(2, protocol)])?);
            }
        }
    }
    if local == LocalSockets::Allowed {
        rules.push(rule([is(0, libc::AF_UNIX)])?);
    }
    Ok(rules)
}

/// Pairs within the worker. One of datagrams can send to every other local socket as well.
fn pairs(local: LocalSockets) -> Result<Vec<SeccompRule>, BackendError> {
    match local {
        LocalSockets::Allowed => Ok(vec![rule([is(0, libc::AF_UNIX)])?]),
        LocalSockets::Forbidden => [libc::SOCK_STREAM, libc::SOCK_SEQPACKET]
            .into_iter()
            .map(|type_| rule([is(0, libc::AF_UNIX), typed(1, type_)]))
            .collect(),
    }
}

/// Where ports are limited, nothing is sent before Landlock has seen a `connect`, and nothing listens: a socket that
/// listens without `bind` is given a port by the kernel.
fn sending(network: Network) -> Result<Vec<Ruled>, BackendError> {
    if network == Network::Open {
        let calls =
            [libc::SYS_listen, libc::SYS_sendto, libc::SYS_sendmsg, libc::SYS_sendmmsg, libc::SYS_setsockopt];
        return Ok(calls.map(|call| (call, Vec::new())).into());
    }
    let is_tcp = is(1, libc::IPPROTO_TCP);
    let others = FAST_OPEN_OPTIONS.map(|option| (2, SeccompCmpOp::Ne, option.cast_unsigned()));
    Ok(vec![
        (libc::SYS_sendto, vec![rule([without(3, libc::MSG_FASTOPEN)])?]),
        (libc::SYS_sendmsg, vec![rule([without(2, libc::MSG_FASTOPEN)])?]),
        (libc::SYS_sendmmsg, vec![rule([without(3, libc::MSG_FASTOPEN)])?]),
        (
            libc::SYS_setsockopt,
            vec![
                rule([(1, SeccompCmpOp::Ne, libc::IPPROTO_TCP.cast_unsigned())])?,
                rule([is_tcp].into_iter().chain(others))?,
            ],
        ),
    ])
}

/// A process that is meant by 0 or by its id, and no other. Where the call also says what kind of thing its second
/// number means, that has to be a process.
fn of_itself(kind: Option<c_int>, own_pid: u32) -> Result<Vec<SeccompRule>, BackendError> {
    let own = [0, own_pid].into_iter();
    own.map(|pid| match kind {
        Some(kind) => rule([is(0, kind), (1, SeccompCmpOp::Eq, pid)]),
        None => rule([(0, SeccompCmpOp::Eq, pid)]),
    })
    .collect()
}

/// What is asked of an argument: its place, how it is compared and with what.
type Condition = (u8, SeccompCmpOp, u32);

fn is(argument: u8, value: c_int) -> Condition {
    (argument, SeccompCmpOp::Eq, value.cast_unsigned())
}

/// None of these bits.
fn without(argument: u8, bits: c_int) -> Condition {
    (argument, SeccompCmpOp::MaskedEq(bits.cast_unsigned().into()), 0)
}

fn typed(argument: u8, type_: c_int) -> Condition {
    (argument, SeccompCmpOp::MaskedEq(SOCKET_TYPE.cast_unsigned().into()), type_.cast_unsigned())
}

/// All of the conditions. What a call takes as an `int` is compared as one: the kernel ignores the register's other
/// half.
fn rule(conditions: impl IntoIterator<Item = Condition>) -> Result<SeccompRule, BackendError> {
    let conditions = conditions.into_iter().map(|(argument, compare, value)| {
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, compare, value.into())
    });
    SeccompRule::new(conditions.collect::<Result<_, _>>()?)
}

/// One of these values.
fn any_of(argument: u8, values: &[c_int]) -> Result<Vec<SeccompRule>, BackendError> {
    values.iter().map(|value| rule([is(argument, *value)])).collect()
}

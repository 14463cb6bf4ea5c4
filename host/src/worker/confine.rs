//! Takes from a worker, before it loads a plugin, what the plugin needs not have: privileges, memory without end,
//! system calls (`calls.rs`), and with Landlock the files, ports and processes that are none of its business. What a
//! kernel can't take is reported, and taken nowhere for granted.
//!
//! All of this holds for the calling thread and those that it starts: there must be no other yet.

use std::ffi::CString;
use std::io;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, NetPort, PathBeneath, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, make_bitflags, path_beneath_rules,
};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities};

use super::calls;
use super::granted::{self, GrantError, Granted, Kinds};
use super::protocol::Setup;
use super::sandbox::{Confinement, Grants, Network};

/// What a plugin may have open at once, as far as the system lets it.
const MAX_FILES: rlim_t = 65_536;

/// How large the first thread's stack may become where the system has no limit. It can't be raised later, as memory
/// that a stack takes does not count as data.
const MAX_STACK: rlim_t = 64 << 20;

/// The newest interface of Landlock's whose every part is used here, and tested.
const NEWEST: ABI = ABI::V6;

/// What every program reads: shared libraries, time zones, and the processor's description. `/proc/self` is the
/// worker's own.
const SYSTEM: &[&str] = &[
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/etc/localtime",
    "/etc/timezone",
    "/usr/share/zoneinfo",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
];

/// What finds other computers and knows whom to trust: the resolver's files and certificate stores. Of `/etc/ssl`
/// and `/etc/pki` not all: there are private keys, too.
const NETWORK: &[&str] = &[
    "/etc/resolv.conf",
    "/run/systemd/resolve",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/ssl/certs",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/openssl.cnf",
    "/etc/pki/ca-trust",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/usr/share/crypto-policies",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/usr/share/pki",
    "/var/lib/ca-certificates",
];

/// What is written to be forgotten.
const SINKS: &[&str] = &["/dev/null", "/dev/full"];

/// What reading is; to execute is no more than that, for what can be read can be run.
const READ: BitFlags<AccessFs> = make_bitflags!(AccessFs::{Execute | ReadFile | ReadDir});

/// What writing is: everything but devices, and but executing what was written.
const WRITE: BitFlags<AccessFs> = make_bitflags!(AccessFs::{
    ReadFile | ReadDir | WriteFile | Truncate | RemoveDir | RemoveFile | MakeDir | MakeReg | MakeSock | MakeFifo
        | MakeSym | Refer
});

/// Why a worker does not go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConfineError {
    /// A limit that every system has can't be set.
    #[error("failed to limit the worker: {0}")]
    Limit(#[from] io::Error),
    /// A path in an option or in `[plugin.sandbox]` is not to be granted.
    #[error(transparent)]
    Grant(#[from] GrantError),
}

/// Confines this process, and all that it starts.
///
/// # Errors
/// Where a limit that every system has can't be set, or a path is not to be granted. That a sandbox can't
/// be had is no error.
pub(super) fn confine(setup: &Setup) -> Result<Confinement, ConfineError> {
    let Setup { library, memory, plugin, grants, log_level: _ } = setup;
    // Only for `ps`; the kernel cuts it at 15 bytes.
    if let Ok(name) = CString::new(format!("plugin {plugin}")) {
        prctl::set_name(&name).map_err(io::Error::from)?;
    }
    take_privileges(*memory)?;
    let mut readable = granted::open(&grants.options, &grants.own, Kinds::Plain)?;
    readable.extend(granted::open(&grants.read, &grants.own, Kinds::All)?);
    let writable = granted::open(&grants.write, &grants.own, Kinds::All)?;
    let files = sandbox(library, grants, readable, writable)
        .unwrap_or_else(|error| Confinement::Unavailable(words("Landlock failed", &error)));
    let network = Network::of(grants.connect.as_deref());
    let calls = calls::confine(network, grants.local_sockets, std::process::id()).err();
    Ok(match (files, calls) {
        (confinement, None) => confinement,
        (Confinement::Enforced, Some(error)) => {
            Confinement::Partly(words("system calls are not limited", &error))
        }
        (Confinement::Partly(reason), Some(error)) => {
            Confinement::Partly(format!("{reason}; {}", words("system calls are not limited", &error)))
        }
        (Confinement::Unavailable(reason), Some(error)) => {
            Confinement::Unavailable(format!("{reason}; {}", words("system calls are not limited", &error)))
        }
    })
}

/// Takes privileges, and sets the limits that a plugin can't raise.
fn take_privileges(memory: u64) -> io::Result<()> {
    prctl::set_no_new_privs()?;
    // Other plugins, of the same user, can't look into its memory.
    prctl::set_dumpable(false)?;
    drop_capabilities()?;
    let limit = |resource, at_most: rlim_t| {
        let (_, hard) = getrlimit(resource)?;
        setrlimit(resource, at_most.min(hard), at_most.min(hard))
    };
    limit(Resource::RLIMIT_CORE, 0)?;
    limit(Resource::RLIMIT_DATA, memory)?;
    limit(Resource::RLIMIT_NOFILE, MAX_FILES)?;
    let (stack, _) = getrlimit(Resource::RLIMIT_STACK)?;
    limit(Resource::RLIMIT_STACK, stack.min(MAX_STACK))?;
    Ok(())
}

/// Gives up what root, or a service that was given some of it, may do beyond other users. What remains is to open
/// files whatever their permissions, or else a daemon run by root could read none but root's.
fn drop_capabilities() -> io::Result<()> {
    let CapabilitySets { permitted, .. } = capabilities(None)?;
    let kept = permitted & CapabilitySet::DAC_OVERRIDE;
    let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() };
    Ok(set_capabilities(None, sets)?)
}

fn sandbox(
    library: &PathBuf,
    Grants { scratch, connect, read: _, write: _, options: _, own: _, local_sockets: _ }: &Grants,
    readable: Vec<Granted>,
    writable: Vec<Granted>,
) -> Result<Confinement, RulesetError> {
    let mut ruleset =
        Ruleset::default().handle_access(AccessFs::from_all(NEWEST))?.scope(Scope::from_all(NEWEST))?;
    if connect.is_some() {
        ruleset = ruleset.handle_access(AccessNet::from_all(NEWEST))?;
    }
    // Paths that don't exist are passed over: there is nothing to be granted.
    let mut ruleset = ruleset
        .create()?
        .add_rules(path_beneath_rules(SYSTEM.iter().chain(NETWORK), READ))?
        .add_rules(path_beneath_rules(SINKS, AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate))?
        .add_rules(path_beneath_rules([library], READ))?
        .add_rules(rules(readable, READ))?
        .add_rules(rules(writable, WRITE))?
        .add_rules(path_beneath_rules([scratch], WRITE))?;
    for port in connect.iter().flatten() {
        ruleset = ruleset.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
    }
    let status = ruleset.restrict_self()?;
    let supported = match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, LandlockStatus::NotEnabled) => {
            let reason = "Landlock is switched off: the kernel's parameter `lsm=` leaves it out";
            return Ok(Confinement::Unavailable(reason.into()));
        }
        (RulesetStatus::NotEnforced, LandlockStatus::NotImplemented) => {
            let reason = "the kernel has no Landlock (Linux 5.13 and newer can have it)";
            return Ok(Confinement::Unavailable(reason.into()));
        }
        (_, LandlockStatus::Available { effective_abi, .. }) => effective_abi,
        // Not possible: what is not available is not enforced.
        (_, _) => ABI::Unsupported,
    };
    Ok(judge(supported, connect.is_some()))
}

/// Rules that let a plugin have this access to what was opened, and to no other file that is at its path by now.
fn rules(
    places: Vec<Granted>,
    access: BitFlags<AccessFs>,
) -> impl Iterator<Item = Result<PathBeneath<Granted>, RulesetError>> {
    places.into_iter().map(move |place| {
        let access = if place.is_directory { access } else { access & AccessFs::from_file(NEWEST) };
        Ok(PathBeneath::new(place, access))
    })
}

/// What a kernel with this interface of Landlock's makes of a sandbox.
fn judge(supported: ABI, ports: bool) -> Confinement {
    let lacks: Vec<&str> = [
        (ABI::V3, true, "emptying files (Linux 6.2)"),
        (ABI::V4, ports, "TCP ports (Linux 6.7)"),
        (ABI::V6, true, "signals and abstract sockets (Linux 6.12)"),
    ]
    .into_iter()
    .filter(|(since, wanted, _)| *wanted && supported < *since)
    .map(|(_, _, what)| what)
    .collect();
    if lacks.is_empty() {
        Confinement::Enforced
    } else {
        Confinement::Partly(format!("the kernel is too old to forbid {}", lacks.join(", ")))
    }
}

/// An error with its causes on one line.
fn words(what: &str, error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(format!("{what}: {error}"), |words, cause| {
        let cause = cause.to_string();
        if words.contains(&cause) { words } else { format!("{words}: {cause}") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_kernel_lacks_is_named() {
        let check = |abi, ports, expected: &str| assert_eq!(judge(abi, ports).to_string(), expected);
        check(ABI::V6, true, "enforced");
        check(ABI::V7, true, "enforced");
        check(
            ABI::V5,
            true,
            "partly: the kernel is too old to forbid signals and abstract sockets (Linux 6.12)",
        );
        check(
            ABI::V1,
            true,
            "partly: the kernel is too old to forbid emptying files (Linux 6.2), TCP ports (Linux 6.7), signals and \
             abstract sockets (Linux 6.12)",
        );
        let without = judge(ABI::V3, false);
        assert!(without.reason().is_some_and(|reason| !reason.contains("ports")), "{without}");
    }
}

//! What a worker may reach beyond what every plugin needs, as an operator says it in `[plugin.sandbox]`, and how
//! far the kernel holds it to that. The worker confines itself (`confine.rs`) before it loads the plugin.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What an operator lets a plugin's workers reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Sandbox {
    /// Files, and directories with all that is in them, that they may read and execute.
    pub read: Vec<PathBuf>,
    /// Such as they may also write; their scratch directory is always one.
    pub write: Vec<PathBuf>,
    /// The only TCP ports that they may connect to, and then they may listen on none, and use UDP only if 53 is among
    /// them. `None`: all.
    pub connect: Option<Vec<u16>>,
    /// Whether they may talk to other programs through local (UNIX) sockets.
    pub local_sockets: LocalSockets,
}

/// Whether plugins may talk to other programs on this computer through local (UNIX) sockets. Behind those are
/// databases, container engines and the like, which trust the daemon's user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LocalSockets {
    /// They may.
    Allowed,
    /// They may not.
    #[default]
    Forbidden,
}

/// The same with what else one worker is granted: its scratch directory, and the paths in the options of its
/// source or target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Grants {
    pub(super) read: Vec<PathBuf>,
    /// The paths in options, which may be read as well.
    pub(super) options: Vec<PathBuf>,
    /// What belongs to the daemon: none of the paths beside it may lead there.
    pub(super) own: Vec<PathBuf>,
    pub(super) write: Vec<PathBuf>,
    /// Its scratch directory, which is among what belongs to the daemon, and which it may write to all the same.
    pub(super) scratch: PathBuf,
    pub(super) connect: Option<Vec<u16>>,
    pub(super) local_sockets: LocalSockets,
}

/// What a worker may do in the network, as far as that is told without looking at addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    /// TCP and UDP, with whom it wants.
    Open,
    /// TCP to some ports. UDP to all or none: the kernel can't limit its ports.
    Listed {
        /// Whether it has UDP, which looking names up needs.
        udp: bool,
    },
    /// Nothing.
    Closed,
}

/// The port of name servers.
const DNS: u16 = 53;

impl Network {
    /// What the ports in `connect` make of it.
    pub(super) fn of(connect: Option<&[u16]>) -> Self {
        match connect {
            None => Network::Open,
            Some([]) => Network::Closed,
            Some(ports) => Network::Listed { udp: ports.contains(&DNS) },
        }
    }

    /// Whether there are sockets of TCP.
    pub(super) fn has_tcp(self) -> bool {
        self != Network::Closed
    }

    /// Whether there are sockets of UDP.
    pub(super) fn has_udp(self) -> bool {
        matches!(self, Network::Open | Network::Listed { udp: true })
    }
}

/// How far the kernel keeps a worker in its sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "lowercase")]
pub enum Confinement {
    /// In everything that docs/operations.md says of it.
    Enforced,
    /// In some of it; the reason says what is missing.
    Partly(String),
    /// Not at all, for the reason given.
    Unavailable(String),
}

impl Confinement {
    /// Its name, as in `GET plugins`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Confinement::Enforced => "enforced",
            Confinement::Partly(_) => "partly",
            Confinement::Unavailable(_) => "unavailable",
        }
    }

    /// What is missing, and why.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Confinement::Enforced => None,
            Confinement::Partly(reason) | Confinement::Unavailable(reason) => Some(reason),
        }
    }
}

impl fmt::Display for Confinement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        self.reason().map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_travels_with_its_reason() {
        let check = |confinement: Confinement, json: &str, text: &str| {
            assert_eq!(serde_json::to_string(&confinement).unwrap(), json);
            assert_eq!(serde_json::from_str::<Confinement>(json).unwrap(), confinement);
            assert_eq!(confinement.to_string(), text);
        };
        check(Confinement::Enforced, r#"{"state":"enforced"}"#, "enforced");
        let partly = Confinement::Partly("an old kernel".into());
        check(partly, r#"{"state":"partly","reason":"an old kernel"}"#, "partly: an old kernel");
    }
}

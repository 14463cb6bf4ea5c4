//! Memory that no limit counts, or that stays when a process has gone.

use std::io;

use crate::{address, call, flag};

/// How much is taken of each kind.
const SIZE: usize = 1 << 20;

pub(crate) fn attempt(name: &str, _: &str) -> Option<io::Result<usize>> {
    let new = flag(libc::IPC_CREAT) | 0o600;
    let unlimited = [u64::MAX; 2];
    Some(match name {
        // What was made is removed at once: it would be there until the computer is started again.
        "shmget" => call(libc::SYS_shmget, &[0, SIZE, new])
            .and_then(|id| call(libc::SYS_shmctl, &[id, flag(libc::IPC_RMID), 0])),
        "shmat" => call(libc::SYS_shmat, &[0, 0, 0]),
        "semget" => call(libc::SYS_semget, &[0, 1, new])
            .and_then(|id| call(libc::SYS_semctl, &[id, 0, flag(libc::IPC_RMID)])),
        "msgget" => call(libc::SYS_msgget, &[0, new])
            .and_then(|id| call(libc::SYS_msgctl, &[id, flag(libc::IPC_RMID), 0])),
        "mq_open" => {
            let queue = c"orgsync-hostile".as_ptr().expose_provenance();
            let flags = flag(libc::O_CREAT | libc::O_RDWR);
            call(libc::SYS_mq_open, &[queue, flags, 0o600, 0])
                .and_then(|_| call(libc::SYS_mq_unlink, &[queue]))
        }
        "memfd_create" => call(libc::SYS_memfd_create, &[c"m".as_ptr().expose_provenance(), 0]),
        "memfd_secret" => call(libc::SYS_memfd_secret, &[0]),
        "shared" => map(libc::MAP_SHARED | libc::MAP_ANONYMOUS),
        "downwards" => map(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_GROWSDOWN),
        "stack-limit" => call(libc::SYS_prlimit64, &[0, libc::RLIMIT_STACK as usize, address(&unlimited), 0]),
        "data-limit" => call(libc::SYS_prlimit64, &[0, libc::RLIMIT_DATA as usize, address(&unlimited), 0]),
        "userfaultfd" => call(libc::SYS_userfaultfd, &[1]),
        "private" => map(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS),
        _ => return None,
    })
}

fn map(flags: i32) -> io::Result<usize> {
    call(libc::SYS_mmap, &[0, SIZE, flag(libc::PROT_WRITE), flag(flags), flag(-1), 0])
}

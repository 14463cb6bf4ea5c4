//! What belongs to the system, and where attacks on a kernel begin. The arguments make nothing happen where a call is
//! let through: they are wrong, and the error is another one then.

use std::io;

use libc::c_long;

use crate::{address, call, flag};

pub(crate) fn attempt(name: &str, _: &str) -> Option<io::Result<usize>> {
    let text = c"orgsync".as_ptr().expose_provenance();
    let number: c_long = match name {
        "add_key" => {
            return Some(call(
                libc::SYS_add_key,
                &[c"user".as_ptr().expose_provenance(), text, text, 1, flag(-2)],
            ));
        }
        "keyctl" => return Some(call(libc::SYS_keyctl, &[0, flag(-2), 1])),
        "io_uring_setup" => return Some(call(libc::SYS_io_uring_setup, &[1, address(&[0_u64; 32])])),
        "io_setup" => return Some(call(libc::SYS_io_setup, &[1, address(&0_u64)])),
        "personality" => return Some(call(libc::SYS_personality, &[0xffff_ffff])),
        "fsopen" => return Some(call(libc::SYS_fsopen, &[c"tmpfs".as_ptr().expose_provenance(), 0])),
        "open_tree" => {
            return Some(call(
                libc::SYS_open_tree,
                &[flag(libc::AT_FDCWD), c".".as_ptr().expose_provenance(), 0],
            ));
        }
        "request_key" => libc::SYS_request_key,
        "bpf" => libc::SYS_bpf,
        "perf_event_open" => libc::SYS_perf_event_open,
        "mount" => libc::SYS_mount,
        "umount2" => libc::SYS_umount2,
        "fsconfig" => libc::SYS_fsconfig,
        "fsmount" => libc::SYS_fsmount,
        "fspick" => libc::SYS_fspick,
        "move_mount" => libc::SYS_move_mount,
        "mount_setattr" => libc::SYS_mount_setattr,
        "pivot_root" => libc::SYS_pivot_root,
        "chroot" => libc::SYS_chroot,
        "swapon" => libc::SYS_swapon,
        "reboot" => libc::SYS_reboot,
        "init_module" => libc::SYS_init_module,
        "finit_module" => libc::SYS_finit_module,
        "kexec_load" => libc::SYS_kexec_load,
        "settimeofday" => libc::SYS_settimeofday,
        "sethostname" => libc::SYS_sethostname,
        "syslog" => libc::SYS_syslog,
        "quotactl" => libc::SYS_quotactl,
        "setgroups" => libc::SYS_setgroups,
        "capset" => libc::SYS_capset,
        "seccomp" => libc::SYS_seccomp,
        "vmsplice" => libc::SYS_vmsplice,
        // A call that no kernel has by now.
        "from-the-future" => 500,
        _ => return None,
    };
    Some(call(number, &[]))
}

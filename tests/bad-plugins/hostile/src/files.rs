//! Modes, owners, times and attributes of files, and what tells of files elsewhere.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use crate::{address, call, flag};

/// `to` is a path.
pub(crate) fn attempt(name: &str, to: &str) -> Option<io::Result<usize>> {
    let path = CString::new(to).ok()?;
    let path = path.as_ptr().expose_provenance();
    let attribute = c"user.orgsync".as_ptr().expose_provenance();
    let here = flag(libc::AT_FDCWD);
    let times = [libc::timespec { tv_sec: 1, tv_nsec: 0 }; 2];
    let value = b"1";
    Some(match name {
        #[cfg(target_arch = "x86_64")]
        "chmod" => call(libc::SYS_chmod, &[path, 0o777]),
        "fchmod" => opened(to, |file| call(libc::SYS_fchmod, &[file, 0o777])),
        "fchmodat" => call(libc::SYS_fchmodat, &[here, path, 0o777]),
        "fchmodat2" => call(452, &[here, path, 0o777, 0]),
        #[cfg(target_arch = "x86_64")]
        "chown" => call(libc::SYS_chown, &[path, 65_534, 65_534]),
        #[cfg(target_arch = "x86_64")]
        "lchown" => call(libc::SYS_lchown, &[path, 65_534, 65_534]),
        "fchown" => opened(to, |file| call(libc::SYS_fchown, &[file, 65_534, 65_534])),
        "fchownat" => call(libc::SYS_fchownat, &[here, path, 65_534, 65_534, 0]),
        #[cfg(target_arch = "x86_64")]
        "utime" => call(libc::SYS_utime, &[path, 0]),
        #[cfg(target_arch = "x86_64")]
        "utimes" => call(libc::SYS_utimes, &[path, 0]),
        #[cfg(target_arch = "x86_64")]
        "futimesat" => call(libc::SYS_futimesat, &[here, path, 0]),
        "utimensat" => call(libc::SYS_utimensat, &[here, path, address(&times), 0]),
        "futimens" => opened(to, |file| call(libc::SYS_utimensat, &[file, 0, address(&times), 0])),
        "setxattr" => call(libc::SYS_setxattr, &[path, attribute, address(value), 1, 0]),
        "lsetxattr" => call(libc::SYS_lsetxattr, &[path, attribute, address(value), 1, 0]),
        "fsetxattr" => opened(to, |file| call(libc::SYS_fsetxattr, &[file, attribute, address(value), 1, 0])),
        "setxattrat" => call(463, &[here, path, 0, attribute, 0, 0]),
        "removexattr" => call(libc::SYS_removexattr, &[path, attribute]),
        "fremovexattr" => opened(to, |file| call(libc::SYS_fremovexattr, &[file, attribute])),
        "removexattrat" => call(466, &[here, path, 0, attribute]),
        "getxattr" => call(libc::SYS_getxattr, &[path, attribute, 0, 0]),
        "listxattr" => call(libc::SYS_listxattr, &[path, 0, 0]),
        "file_setattr" => call(469, &[here, path, 0, 0, 0]),
        "set-flags" => opened(to, |file| {
            const NO_DUMP: u64 = 0x40;
            call(libc::SYS_ioctl, &[file, 0x4008_6602, address(&NO_DUMP)])
        }),
        "lease" => {
            opened(to, |file| call(libc::SYS_fcntl, &[file, flag(libc::F_SETLEASE), flag(libc::F_RDLCK)]))
        }
        "inotify" => call(libc::SYS_inotify_init1, &[flag(libc::IN_CLOEXEC)])
            .and_then(|watch| call(libc::SYS_inotify_add_watch, &[watch, path, 0xfff])),
        "fanotify" => call(libc::SYS_fanotify_init, &[0x200, 0]),
        "name_to_handle_at" => {
            let (handle, mount) = ([0_u32; 64], 0_i32);
            call(libc::SYS_name_to_handle_at, &[here, path, address(&handle), address(&mount), 0])
        }
        "open_by_handle_at" => call(libc::SYS_open_by_handle_at, &[here, address(&[0_u32; 64]), 0]),
        "make-set-user-id" => {
            let flags = flag(libc::O_CREAT | libc::O_WRONLY);
            call(libc::SYS_openat, &[here, c"set-user-id".as_ptr().expose_provenance(), flags, 0o4755])
        }
        "make-set-group-id" => {
            call(libc::SYS_mknodat, &[here, c"set-group-id".as_ptr().expose_provenance(), 0o102_755, 0])
        }
        "openat2" => call(libc::SYS_openat2, &[here, path, 0, 0]),
        "read" => File::open(to).and_then(|mut file| io::Read::read(&mut file, &mut [0; 16])),
        _ => return None,
    })
}

/// Does something to a file that is open for reading.
fn opened(path: &str, deed: impl FnOnce(usize) -> io::Result<usize>) -> io::Result<usize> {
    let file = File::open(path)?;
    deed(flag(file.as_raw_fd()))
}

//! What programs, and the libraries that plugins are made with, do every day.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::mem::zeroed;
use std::net::{Ipv4Addr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use libc::c_int;

use crate::{address, call, flag};

/// Done in the working directory, which is the scratch directory.
pub(crate) fn attempt(name: &str, _: &str) -> Option<io::Result<usize>> {
    Some(match name {
        "files" => files(),
        "locks" => locks(),
        "mapped-file" => mapped_file(),
        "copy-by-hand" => copy_by_hand(),
        // Both set the mode or the times of a file that they have made.
        "std-copy" => copy(),
        "std-set-modified" => File::create("modified")
            .and_then(|file| file.set_modified(std::time::SystemTime::UNIX_EPOCH))
            .map(|()| 0),
        "threads" => threads(),
        "waiting" => waiting(),
        "time" => Ok(time()),
        "child" => child(),
        "itself" => itself(),
        "identity" => identity(),
        "pair" => pair(),
        "names" => ("localhost", 80).to_socket_addrs().map(Iterator::count),
        "interfaces" => interfaces(),
        "sockets" => sockets(),
        _ => return None,
    })
}

fn files() -> io::Result<usize> {
    fs::create_dir_all("a/b")?;
    fs::write("a/one", "text")?;
    OpenOptions::new().append(true).open("a/one")?.write_all(b" and more")?;
    File::options().write(true).open("a/one")?.set_len(4)?;
    File::open("a/one")?.sync_all()?;
    fs::rename("a/one", "a/b/two")?;
    fs::hard_link("a/b/two", "a/b/three")?;
    std::os::unix::fs::symlink("three", "a/b/four")?;
    let read = fs::read_to_string("a/b/four")?;
    let listed = fs::read_dir("a/b")?.count();
    call(libc::SYS_mknodat, &[flag(libc::AT_FDCWD), c"fifo".as_ptr().expose_provenance(), 0o10600, 0])?;
    let space = OpenOptions::new().create(true).truncate(true).write(true).open("space")?;
    call(libc::SYS_fallocate, &[flag(space.as_raw_fd()), 0, 0, 4_096])?;
    fs::remove_file("fifo")?;
    fs::remove_dir_all("a")?;
    expect((read.as_str(), listed) == ("text", 3))
}

/// As databases lock a file.
fn locks() -> io::Result<usize> {
    let file = OpenOptions::new().create(true).truncate(true).read(true).write(true).open("locked")?;
    let lock = |kind: c_int| libc::flock { l_type: kind as i16, l_whence: 0, l_start: 0, l_len: 8, l_pid: 0 };
    for command in [libc::F_SETLK, libc::F_OFD_SETLK] {
        for kind in [libc::F_WRLCK, libc::F_UNLCK] {
            call(libc::SYS_fcntl, &[flag(file.as_raw_fd()), flag(command), address(&lock(kind))])?;
        }
    }
    file.lock()?;
    file.unlock()?;
    file.sync_data().map(|()| 0)
}

/// As the index of a write-ahead log is mapped.
fn mapped_file() -> io::Result<usize> {
    let file = OpenOptions::new().create(true).truncate(true).read(true).write(true).open("mapped")?;
    file.set_len(8_192)?;
    let protection = flag(libc::PROT_READ | libc::PROT_WRITE);
    let mapped =
        call(libc::SYS_mmap, &[0, 8_192, protection, flag(libc::MAP_SHARED), flag(file.as_raw_fd()), 0])?;
    call(libc::SYS_msync, &[mapped, 8_192, flag(libc::MS_SYNC)])?;
    call(libc::SYS_mprotect, &[mapped, 4_096, flag(libc::PROT_READ)])?;
    call(libc::SYS_munmap, &[mapped, 8_192])
}

fn copy_by_hand() -> io::Result<usize> {
    fs::write("from", "text")?;
    io::copy(&mut File::open("from")?, &mut File::create("to")?)?;
    expect(fs::read("to")? == b"text")
}

fn copy() -> io::Result<usize> {
    fs::write("from", "text")?;
    fs::copy("from", "copied").map(|_| 0)
}

fn threads() -> io::Result<usize> {
    let started: Vec<_> = (0..8)
        .map(|number| thread::Builder::new().name(format!("t{number}")).spawn(|| vec![1_u8; 1 << 20].len()))
        .collect::<io::Result<_>>()?;
    let sum = started.into_iter().filter_map(|thread| thread.join().ok()).sum::<usize>();
    expect(sum == 8 << 20 && thread::available_parallelism()?.get() > 0)
}

/// As event loops wait.
fn waiting() -> io::Result<usize> {
    let waiter = call(libc::SYS_epoll_create1, &[0])?;
    let event = call(libc::SYS_eventfd2, &[1, 0])?;
    let timer = call(libc::SYS_timerfd_create, &[0, 0])?;
    let wanted = libc::epoll_event { events: libc::EPOLLIN as u32, u64: 7 };
    for source in [event, timer] {
        call(libc::SYS_epoll_ctl, &[waiter, flag(libc::EPOLL_CTL_ADD), source, address(&wanted)])?;
    }
    let found = call(libc::SYS_epoll_pwait, &[waiter, address(&wanted), 1, 1_000, 0, 8])?;
    let signals = 0_u64;
    call(libc::SYS_signalfd4, &[usize::MAX, address(&signals), 8, 0])?;
    let (pipe, _writer) = io::pipe()?;
    call(libc::SYS_ioctl, &[flag(pipe.as_raw_fd()), 0x5421, address(&1)])?;
    expect(found == 1)
}

fn time() -> usize {
    let start = Instant::now();
    thread::sleep(Duration::from_millis(1));
    start.elapsed().subsec_millis() as usize
}

/// Makes a process that ends at once, and waits for it.
fn child() -> io::Result<usize> {
    let child = call(libc::SYS_clone, &[flag(libc::SIGCHLD)])?;
    if child == 0 {
        // SAFETY: ending is all that the new process does.
        unsafe { libc::_exit(0) };
    }
    call(libc::SYS_wait4, &[child, 0, 0, 0])
}

/// What may be changed of the process itself.
fn itself() -> io::Result<usize> {
    let mask = [0_u64; 16];
    let own = std::process::id() as usize;
    for process in [0, own] {
        let length = call(libc::SYS_sched_getaffinity, &[process, 128, address(&mask)])?;
        call(libc::SYS_sched_setaffinity, &[process, length, address(&mask)])?;
        call(libc::SYS_setpriority, &[0, process, 19])?;
        let limits = [0_u64; 2];
        call(libc::SYS_prlimit64, &[process, libc::RLIMIT_NOFILE as usize, 0, address(&limits)])?;
    }
    call(libc::SYS_prctl, &[flag(libc::PR_SET_NAME), c"hostile".as_ptr().expose_provenance()])?;
    call(libc::SYS_membarrier, &[0, 0, 0])
}

fn identity() -> io::Result<usize> {
    // SAFETY: it is filled by the call that comes next.
    let system: libc::utsname = unsafe { zeroed() };
    call(libc::SYS_uname, &[address(&system)])?;
    let mut random = [0_u8; 16];
    call(libc::SYS_getrandom, &[random.as_mut_ptr().expose_provenance(), 16, 0])?;
    call(libc::SYS_gettid, &[])?;
    call(libc::SYS_getuid, &[])
}

fn pair() -> io::Result<usize> {
    let (mut one, mut other) = UnixStream::pair()?;
    one.write_all(b"x")?;
    other.read(&mut [0])
}

fn interfaces() -> io::Result<usize> {
    let mut found = std::ptr::null_mut();
    // SAFETY: it makes a list, and nobody looks at what is in it.
    if unsafe { libc::getifaddrs(&raw mut found) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the list was made just now.
    unsafe { libc::freeifaddrs(found) };
    Ok(0)
}

fn sockets() -> io::Result<usize> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    client.set_nodelay(true)?;
    client.write_all(b"x")?;
    let (mut server, _) = listener.accept()?;
    server.set_nonblocking(false)?;
    let heard = server.read(&mut [0])?;
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    udp.send_to(b"x", udp.local_addr()?)?;
    expect(heard + udp.recv(&mut [0])? == 2 && Path::new(".").exists())
}

fn expect(is_right: bool) -> io::Result<usize> {
    if is_right { Ok(0) } else { Err(io::Error::other("it came out otherwise")) }
}

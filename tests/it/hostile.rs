//! A plugin that tries everything which a sandbox has to refuse, beside what it must not refuse: each deed with what
//! is right. The deeds are in tests/bad-plugins/hostile.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use orgsync::worker::{LocalSockets, Sandbox, WorkerSpec};
use serde_json::{Value, json};

use crate::sandbox::{needs_landlock, text};
use crate::support::daemon::{Daemon, Place};
use crate::support::worker::{read, source, spec};

const DONE: &str = "got it";
/// What the kernel answers to a system call that is not allowed.
const REFUSED: &str = "Operation not permitted (os error 1)";
/// What Landlock answers of files and ports.
const DENIED: &str = "Permission denied (os error 13)";
/// What a kernel answers that has no such call.
const ABSENT: &str = "Function not implemented (os error 38)";

/// A deed: its name, what it is done to, and what is right.
type Row = (&'static str, String, &'static str);

fn options(rows: &[Row], file: &Path) -> Value {
    let deeds: Vec<Value> = rows.iter().map(|(name, to, _)| json!({"name": name, "to": to})).collect();
    json!({"deeds": deeds, "file": file})
}

#[track_caller]
fn compare(rows: &[Row], users: &[Value]) {
    let outcomes: Vec<&str> = users.iter().map(|user| user["nickname"].as_str().unwrap()).collect();
    let wrong: Vec<String> = rows
        .iter()
        .zip(&outcomes)
        .filter(|((_, _, expected), outcome)| outcome != &expected)
        .map(|((name, to, expected), outcome)| format!("{name} {to}: {outcome}, and not: {expected}"))
        .collect();
    assert!(wrong.is_empty() && outcomes.len() == rows.len(), "{wrong:#?}");
}

/// Has a worker without a daemon do all of it.
async fn check(sandbox: Sandbox, rows: &[Row]) {
    let spec = WorkerSpec { sandbox, ..spec("hostile") };
    let read = read(&spec, &source("hostile", options(rows, Path::new("")))).await.unwrap();
    compare(rows, &read.users);
}

fn all_refused(names: &[&'static str], to: &str) -> Vec<Row> {
    names.iter().map(|name| (*name, to.to_owned(), REFUSED)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_reaches_past_a_worker() {
    needs_landlock().await;
    let daemon = Place::new(&["hostile"]).serve();
    let granted = daemon.place.write("granted.csv", "uid\n1\n");
    let database = daemon.place.path("data/orgsync.db");
    let of = |path: &Path| {
        let metadata = fs::metadata(path).unwrap();
        (metadata.mode(), metadata.uid(), metadata.gid())
    };
    let (granted_before, database_before) = (fs::metadata(&granted).unwrap().mtime(), of(&database));

    let mut rows = Vec::new();
    let by_path = [
        "fchmodat",
        "fchmodat2",
        "fchownat",
        "utimensat",
        "setxattr",
        "lsetxattr",
        "setxattrat",
        "removexattr",
        "removexattrat",
        "getxattr",
        "listxattr",
        "file_setattr",
        "inotify",
        "fanotify",
        "name_to_handle_at",
        "open_by_handle_at",
    ];
    let by_older_path: &[&str] = if cfg!(target_arch = "x86_64") {
        &["chmod", "chown", "lchown", "utime", "utimes", "futimesat"]
    } else {
        &[]
    };
    for to in ["data", "data/orgsync.db", "data/admin-token", "data/plugins", "logs", "plugins.toml"] {
        let to = text(daemon.place.path(to));
        rows.extend(all_refused(&by_path, &to));
        rows.extend(all_refused(by_older_path, &to));
    }
    // Of a file that may be read, nothing may be changed either.
    let by_descriptor = ["fchmod", "fchown", "futimens", "fsetxattr", "fremovexattr", "set-flags", "lease"];
    rows.push(("read", text(&granted), DONE));
    rows.push(("openat2", text(&granted), ABSENT));
    rows.extend(all_refused(&["make-set-user-id", "make-set-group-id"], ""));
    rows.extend(all_refused(&by_descriptor, &text(&granted)));

    let processes = [
        "ptrace",
        "process_vm_readv",
        "process_vm_writev",
        "pidfd_getfd",
        "process_madvise",
        "kcmp",
        "migrate_pages",
        "move_pages",
        "prlimit",
        "setpriority",
        "setpriority-user",
        "sched_setscheduler",
        "sched_setparam",
        "sched_setattr",
        "sched_setaffinity",
        "ioprio_set",
        "kill",
        "tgkill",
        "tkill",
        "pidfd_send_signal",
        "rt_sigqueueinfo",
        "setsid",
        "setpgid",
        "dumpable",
    ];
    rows.extend(all_refused(&processes, &daemon.pid().to_string()));
    let new = [
        "unshare",
        "setns",
        "clone-user",
        "clone-net",
        "clone-mounts",
        "clone-pids",
        "clone-ipc",
        "clone-names",
        "clone-cgroup",
        "clone-parent",
    ];
    rows.extend(all_refused(&new, ""));
    rows.push(("clone3", String::new(), ABSENT));
    rows.push(("clone", String::new(), DONE));

    let memory = [
        "shmget",
        "shmat",
        "semget",
        "msgget",
        "mq_open",
        "memfd_create",
        "memfd_secret",
        "shared",
        "downwards",
        "stack-limit",
        "data-limit",
        "userfaultfd",
    ];
    rows.extend(all_refused(&memory, ""));
    rows.push(("private", String::new(), DONE));

    let kernel = [
        "add_key",
        "keyctl",
        "request_key",
        "bpf",
        "io_uring_setup",
        "io_setup",
        "perf_event_open",
        "personality",
        "mount",
        "umount2",
        "fsopen",
        "fsconfig",
        "fsmount",
        "fspick",
        "open_tree",
        "move_mount",
        "mount_setattr",
        "pivot_root",
        "chroot",
        "swapon",
        "reboot",
        "init_module",
        "finit_module",
        "kexec_load",
        "settimeofday",
        "sethostname",
        "syslog",
        "quotactl",
        "setgroups",
        "capset",
        "seccomp",
        "vmsplice",
    ];
    rows.extend(all_refused(&kernel, ""));
    rows.push(("from-the-future", String::new(), ABSENT));

    daemon.add_source("hostile", "hostile", options(&rows, &granted));
    let task = daemon.sync("hostile");
    assert_eq!(task["status"], "success", "{task}");
    let mut users = daemon.all("/api/v1/users?source=hostile");
    users.sort_by_key(|user| user["links"][0]["uid"].as_str().unwrap().parse::<usize>().unwrap());
    compare(&rows, &users);
    assert_eq!(of(&database), database_before);
    assert_eq!(fs::metadata(&granted).unwrap().mtime(), granted_before);
}

#[tokio::test]
async fn no_way_leads_past_the_ports_that_are_listed() {
    needs_landlock().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // Says something to everybody who gets through.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = std::io::Write::write_all(&mut stream.unwrap(), b"hello");
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let local = UnixDatagram::bind(&path).unwrap();
    local.set_nonblocking(true).unwrap();
    let rows = |outcomes: &[(&'static str, &'static str)]| -> Vec<Row> {
        let to = |name: &str| if name.starts_with("unix") { text(&path) } else { port.to_string() };
        outcomes.iter().map(|(name, expected)| (*name, to(name), *expected)).collect()
    };
    let never: Vec<(&str, &str)> = [
        "mptcp",
        "netlink-netfilter",
        "netlink-audit",
        "packet",
        "vsock",
        "alg",
        "tipc",
        "sctp",
        "raw",
        "ping",
        "unix",
        "unix-pair-of-datagrams",
    ]
    .map(|name| (name, REFUSED))
    .into();
    let fast = ["fast-open-sendto", "fast-open-sendmsg", "fast-open-sendmmsg", "fast-open-connect"];
    let with = |connect: Option<Vec<u16>>, outcomes: &[(&'static str, &'static str)]| {
        let rows = rows(&[&never, outcomes].concat());
        let sandbox = Sandbox { connect, ..Sandbox::default() };
        async move { check(sandbox, &rows).await }
    };

    let open = ["tcp", "udp", "listen", "no-delay", "netlink-route", "fast-open-server"];
    with(None, &[open.map(|name| (name, DONE)).as_slice(), &fast.map(|name| (name, DONE))].concat()).await;

    let listed = |tcp, udp| {
        let others = [
            ("tcp", tcp),
            ("udp", udp),
            ("listen", REFUSED),
            ("no-delay", DONE),
            ("fast-open-server", REFUSED),
        ];
        [others.as_slice(), &fast.map(|name| (name, REFUSED))].concat()
    };
    with(Some(vec![port]), &listed(DONE, REFUSED)).await;
    with(Some(vec![1]), &listed(DENIED, REFUSED)).await;
    // Names are looked up with UDP, and its ports can't be told apart.
    with(Some(vec![1, 53]), &listed(DENIED, DONE)).await;

    let closed = ["tcp", "udp", "listen", "no-delay", "fast-open-server"].map(|name| (name, REFUSED));
    with(Some(Vec::new()), &[closed.as_slice(), &fast.map(|name| (name, REFUSED))].concat()).await;

    assert!(local.recv(&mut [0; 16]).is_err(), "nobody got through to the local socket");
    let allowed = Sandbox { local_sockets: LocalSockets::Allowed, ..Sandbox::default() };
    let through = ["unix", "unix-pair-of-datagrams"].map(|name| (name, text(&path), DONE));
    check(allowed, &through).await;
    assert_eq!(local.recv(&mut [0; 16]).unwrap(), 5);
}

#[tokio::test]
async fn what_every_program_does_goes_on() {
    let usual = [
        "files",
        "locks",
        "mapped-file",
        "copy-by-hand",
        "threads",
        "waiting",
        "time",
        "child",
        "itself",
        "identity",
        "pair",
        "names",
        "interfaces",
        "sockets",
    ];
    let mut rows: Vec<Row> = usual.map(|name| (name, String::new(), DONE)).into();
    // They set modes and times, which is never allowed; docs/plugin-guide.md says what to do instead.
    rows.extend(["std-copy", "std-set-modified"].map(|name| (name, String::new(), REFUSED)));
    check(Sandbox::default(), &rows).await;
}

/// A source of files whose export is `exports/users.csv`, or the whole directory.
fn add_files(daemon: &Daemon, name: &str, path: &str) {
    daemon.add_source(name, "files", json!({"users": {"path": path, "format": "csv"}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_in_an_export_leads_to_the_daemon_s_own_files() {
    needs_landlock().await;
    let daemon = Place::new(&["files"]).serve();
    let token = daemon.place.read("data/admin-token");
    let users = daemon.place.write("exports/users.csv", "uid\n1\n");
    add_files(&daemon, "file", "exports/users.csv");
    add_files(&daemon, "directory", "exports");
    for name in ["file", "directory"] {
        assert_eq!(daemon.sync(name)["status"], "success");
    }
    let fails = |name: &str, expected: &str| {
        let task = daemon.sync(name);
        let message = task["message"].as_str().unwrap();
        assert_eq!(task["status"], "failed", "{task}");
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains(token.trim()), "{message}");
    };
    let own = "which belongs to the daemon itself";
    for secret in ["data/admin-token", "data/orgsync.db", "plugins.toml"] {
        fs::remove_file(&users).unwrap();
        symlink(Path::new("..").join(secret), &users).unwrap();
        fails("file", own);
        fails("directory", "Permission denied");
    }
    fs::remove_file(&users).unwrap();
    fs::hard_link(daemon.place.path("data/admin-token"), &users).unwrap();
    fails("file", own);
    fails("directory", own);

    // What is no file is not waited for, and does not fill the memory.
    fs::remove_file(&users).unwrap();
    symlink("/dev/zero", &users).unwrap();
    fails("file", "is a device");
    fs::remove_file(&users).unwrap();
    mkfifo(&users, Mode::S_IRWXU).unwrap();
    fails("file", "is a FIFO");
    fails("directory", "it is no file, but a FIFO");

    for (name, path) in [("data", "data"), ("all", "."), ("list", "plugins.toml")] {
        add_files(&daemon, name, path);
        fails(name, own);
    }
    assert!(!daemon.log().contains(token.trim()));
}

#[tokio::test]
async fn a_file_that_is_none_of_these_is_not_told() {
    let directory = tempfile::tempdir().unwrap();
    let check = async |text: &str, secret: &str| {
        for name in ["u.csv", "u.jsonl"] {
            let path = directory.path().join(name);
            fs::write(&path, text).unwrap();
            let options = json!({"users": {"path": path}});
            let error = read(&spec("files"), &source("files", options)).await.unwrap_err().to_string();
            assert!(error.contains("line 1") && !error.contains(secret), "{error}");
        }
    };
    check("024e9afabc3c54bc746c828cc664cdaf743ef55e0507c526724ac3c417ff48cf\n", "024e9afa").await;
    check("root:$6$saltsalt$hashhash:19000:0:99999:7:::\n", "saltsalt").await;
    check("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIK\n", "MC4CAQ").await;
    check("a,password=hunter2\n1,2\n", "hunter2").await;
}

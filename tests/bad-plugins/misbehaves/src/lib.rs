//! A plugin whose sources each go wrong in one way; `records` and the target `echo` are the well-behaved
//! controls.
#![expect(unsafe_code, reason = "some faults go past the API")]

mod aborts;
mod echo;
mod exits_zero;
mod floods_stdout;
mod has_children;
mod hogs_memory;
mod ignores_cancel;
mod long_errors;
mod loops_forever;
mod mark;
mod node;
mod nonsense_frame;
mod options;
mod oversize_frame;
mod panics;
mod partial_then_error;
mod records;
mod recursive;
mod segfaults;
mod slow;
mod snoops;
mod talks;

use std::fs::File;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;

orgsync_plugin_api::export_plugin! {
    sources: {
        "records" => records::Records,
        "slow" => slow::Slow,
        "partial-then-error" => partial_then_error::PartialThenError,
        "panics" => panics::Panics,
        "segfaults" => segfaults::Segfaults,
        "loops-forever" => loops_forever::LoopsForever,
        "exits-zero" => exits_zero::ExitsZero,
        "aborts" => aborts::Aborts,
        "hogs-memory" => hogs_memory::HogsMemory,
        "oversize-frame" => oversize_frame::OversizeFrame,
        "nonsense-frame" => nonsense_frame::NonsenseFrame,
        "floods-stdout" => floods_stdout::FloodsStdout,
        "ignores-cancel" => ignores_cancel::IgnoresCancel,
        "has-children" => has_children::HasChildren,
        "talks" => talks::Talks,
        "snoops" => snoops::Snoops,
        "long-errors" => long_errors::LongErrors,
        "recursive" => recursive::Recursive,
    },
    targets: { "echo" => echo::Echo },
}

/// Writes to the worker's socket, of which a plugin is to know nothing.
fn write_to_socket(bytes: &[u8]) {
    // SAFETY: 3 is the worker's socket, and it isn't closed here.
    let mut socket = ManuallyDrop::new(unsafe { File::from_raw_fd(3) });
    socket.write_all(bytes).expect("a worker has its socket at 3");
}

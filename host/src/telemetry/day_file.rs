//! What every log with a file a day does to its open file: both logs of the daemon, the system log and the raw records.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Whether the open file is what its path leads to: it may have been removed or replaced.
pub(crate) fn is_in_place(path: &Path, file: &File) -> bool {
    let (Ok(found), Ok(own)) = (std::fs::symlink_metadata(path), file.metadata()) else { return false };
    (found.dev(), found.ino()) == (own.dev(), own.ino())
}

/// Ends a line that a crash has left half written, so that the next one stands on its own. The file is open for
/// reading, too.
pub(crate) fn end_last_line(file: &mut File) -> io::Result<()> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}

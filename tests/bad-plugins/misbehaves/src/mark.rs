//! What tells one build of this plugin from another: the tests change its digit in the library, and have a second
//! version.

use orgsync_plugin_api::User;

use crate::options::Options;

#[used]
static BUILD: [u8; 20] = *b"build-of-misbehaves1";

/// The user, with the build as a custom field if the options ask for it.
pub(crate) fn marked(user: User, options: &Options) -> User {
    if !options.tells_build {
        return user;
    }
    // Read from where it lies in the library, not from what the compiler knew.
    let build = std::hint::black_box(&BUILD);
    user.custom("build", String::from_utf8_lossy(build).into_owned())
}

//! Who may have more of what is for all, be it connections, places of pushes or memory for answers.

/// Whether somebody who has `own` of it may have so much more, with `free` left for all. Whoever has some gets more only as
/// long as it then has no more than is left, so that a few never have it all.
pub(super) fn may_have(own: usize, more: usize, free: usize) -> bool {
    more <= free && (own == 0 || own + more <= free - more)
}

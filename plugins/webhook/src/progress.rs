//! How far a batch has come, and when to stop: after a few answers in a row that were lost, or many changes
//! that failed alone while none was taken, it is not the changes. Pure.

use orgsync_plugin_api::{Effect, ErrorClass, PluginError, TargetOutcome};

/// After so many lost answers in a batch nothing more is tried: each may have taken as long as the time-out.
const MOST_LOST: usize = 3;
/// After so many changes that failed alone, and for no fault of their own, with none taken before.
const MOST_FAILED: usize = 16;

/// What became of a batch's changes so far.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    outcomes: Vec<TargetOutcome>,
    /// Before this place the receiver may have changes that have no outcome yet.
    unsure_before: usize,
    lost: usize,
    failed: usize,
    has_taken: bool,
}

impl Progress {
    /// The next changes were taken, each with an outcome of its own.
    pub(crate) fn taken(&mut self, more: Vec<TargetOutcome>) {
        self.has_taken = true;
        self.outcomes.extend(more);
    }

    /// The answer to a delivery that ends at this place was lost. An error says that it was one too many.
    pub(crate) fn lost(&mut self, end: usize, error: PluginError) -> Result<PluginError, PluginError> {
        self.lost += 1;
        self.unsettled(end, &error);
        if self.lost >= MOST_LOST { Err(error) } else { Ok(error) }
    }

    /// A delivery that ends at this place is cut, because of this.
    pub(crate) fn unsettled(&mut self, end: usize, error: &PluginError) {
        if error.effect() == Effect::Unknown {
            self.unsure_before = self.unsure_before.max(end);
        }
    }

    /// The next change has failed alone. An error says that it is not the changes.
    pub(crate) fn refused(&mut self, error: PluginError) -> Result<(), PluginError> {
        if error.class == ErrorClass::Invalid {
            // Somebody has looked at it.
            self.has_taken = true;
        }
        self.failed += 1;
        self.outcomes.push(TargetOutcome::Failed(error.clone()));
        if !self.has_taken && self.failed >= MOST_FAILED { Err(error) } else { Ok(()) }
    }

    /// The outcomes of `count` changes, of which nothing more is tried: an error if nothing of them was.
    pub(crate) fn stopped(
        mut self,
        count: usize,
        error: PluginError,
    ) -> Result<Vec<TargetOutcome>, PluginError> {
        let unsure = error.clone().with_effect(Effect::Unknown);
        if self.outcomes.is_empty() {
            return Err(if self.unsure_before > 0 { unsure } else { error });
        }
        while self.outcomes.len() < count {
            let error = if self.outcomes.len() < self.unsure_before { &unsure } else { &error };
            self.outcomes.push(TargetOutcome::Failed(error.clone()));
        }
        Ok(self.outcomes)
    }

    pub(crate) fn into_outcomes(self) -> Vec<TargetOutcome> {
        self.outcomes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(outcomes: &[TargetOutcome]) -> Vec<Option<Effect>> {
        let effect = |outcome: &TargetOutcome| match outcome {
            TargetOutcome::Done(_) => None,
            TargetOutcome::Failed(error) => Some(error.effect()),
        };
        outcomes.iter().map(effect).collect()
    }

    #[test]
    fn what_may_have_arrived_is_told_from_what_was_never_sent() {
        let refused = || PluginError::transient("nobody listens").with_effect(Effect::Nothing);
        assert_eq!(Progress::default().stopped(3, refused()), Err(refused()));
        let mut progress = Progress::default();
        progress.lost(4, PluginError::transient("took too long")).unwrap();
        assert_eq!(progress.stopped(6, refused()).unwrap_err().effect(), Effect::Unknown);
        let mut progress = Progress::default();
        progress.taken(vec![TargetOutcome::Done("a".into())]);
        progress.lost(3, PluginError::transient("took too long")).unwrap();
        let outcomes = progress.stopped(5, refused()).unwrap();
        let (unknown, nothing) = (Some(Effect::Unknown), Some(Effect::Nothing));
        assert_eq!(effects(&outcomes), [None, unknown, unknown, nothing, nothing]);
    }

    #[test]
    fn it_stops_when_it_is_not_the_changes() {
        let count = |taken: bool, error: &PluginError| {
            let mut progress = Progress::default();
            if taken {
                progress.taken(Vec::new());
            }
            (1..100).find(|_| progress.refused(error.clone()).is_err())
        };
        let (busy, bad) = (PluginError::transient("500"), PluginError::invalid("422"));
        assert_eq!((count(false, &busy), count(true, &busy), count(false, &bad)), (Some(16), None, None));
        let mut progress = Progress::default();
        let lost: Vec<bool> = (0..3).map(|_| progress.lost(9, busy.clone()).is_ok()).collect();
        assert_eq!(lost, [true, true, false]);
    }
}

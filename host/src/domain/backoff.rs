//! How long to wait before something is tried again.

use std::time::Duration;

/// After the first failure.
const FIRST: Duration = Duration::from_secs(1);
/// However often it failed.
const MOST: Duration = Duration::from_secs(5 * 60);
/// However long the other side asks us to wait.
const MOST_ASKED: Duration = Duration::from_secs(60 * 60);

/// How long to wait after so many failures in a row: twice as long each time, between three quarters and
/// all of that by `chance` (0 to 1), so that those who failed together don't come back together; and not
/// before the other side wants to be asked again.
pub fn delay(failures: i32, asked: Option<Duration>, chance: f64) -> Duration {
    let doublings = failures.clamp(1, 16).cast_unsigned() - 1;
    let full = FIRST.saturating_mul(1 << doublings).min(MOST);
    full.mul_f64(0.75 + chance.clamp(0.0, 1.0) / 4.0).max(asked.unwrap_or_default().min(MOST_ASKED))
}

/// When something is due that was put off until `at`, both in milliseconds since 1970. Nothing is put off for longer
/// than other sides may ask for, so what seems to be was put off before the clock was set back, and is due now.
pub fn due(at: i64, now: i64) -> i64 {
    let longest = i64::try_from(MOST_ASKED.as_millis()).unwrap_or(i64::MAX);
    if at.saturating_sub(now) > longest { now } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_off_for_longer_than_anything_is_was_put_off_by_another_clock() {
        let hour = 60 * 60 * 1_000;
        assert_eq!(due(5, 10), 5);
        assert_eq!(due(10 + hour, 10), 10 + hour);
        assert_eq!(due(11 + hour, 10), 10);
        assert_eq!(due(i64::MAX, -5), -5);
    }

    #[test]
    fn waits_grow_up_to_a_limit_and_heed_the_other_side() {
        let check = |failures, asked: Option<u64>, seconds: u64| {
            let asked = asked.map(Duration::from_secs);
            assert_eq!(delay(failures, asked, 1.0).as_secs(), seconds, "{failures} {asked:?}");
        };
        check(1, None, 1);
        check(2, None, 2);
        check(5, None, 16);
        check(100, None, 300);
        check(1, Some(30), 30);
        check(100, Some(30), 300);
        check(1, Some(1_000_000), 3600);
        assert_eq!(delay(3, None, 0.0), Duration::from_secs(3));
    }
}

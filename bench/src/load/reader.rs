//! Somebody who looks at the users all the time: the first page, a page in the middle, and searches that
//! find many, one and nobody.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::daemon::Client;

use super::Seen;

/// The shortest and the longest pause between two requests.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(20)];

pub(crate) fn read_until(stop: &AtomicBool, client: &Client, pulled: usize) -> Seen {
    let mut seen = Seen::default();
    for turn in 0_usize.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        // Anywhere among the pulled ones, by a multiplier that has no factor in common with their number.
        let anyone = turn * 7_919 % pulled;
        let (path, is_search) = match turn % 8 {
            0 => (format!("&search=person+number+{anyone}"), true),
            2 => ("&search=EXAMPLE".to_owned(), true),
            4 => ("&search=nobody-is-called-so".to_owned(), true),
            6 => (format!("&search=user{anyone:07}%40"), true),
            1 | 5 => (String::new(), false),
            _ => (format!("&cursor={anyone}"), false),
        };
        let start = Instant::now();
        let answer = client.get(&format!("/api/v1/users?limit=100{path}"));
        let took = start.elapsed();
        match answer.and_then(|answer| answer.expect(200)) {
            Ok(_) if is_search => seen.searches.note(took),
            Ok(_) => seen.plain.note(took),
            Err(error) => seen.errors.push(format!("GET users{path}: {error:#}")),
        }
        std::thread::sleep(PAUSES[turn % 2]);
    }
    seen
}

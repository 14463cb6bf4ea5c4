//! Where a list of lines goes on. One look at a log is short: it may end before the page is full, and even before
//! anything was found.

use jiff::civil::Date;

use crate::logs::{Day, Place};

/// What stands below a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Further {
    /// The address of the newest lines, unless these are they.
    pub(super) newest: Option<String>,
    /// The address of those before.
    pub(super) older: Option<String>,
    pub(super) look: Look,
}

/// How a look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// The page is full, or there are no more.
    Done,
    /// It found some, but could not look as far as would fill the page: everything since this day was looked at.
    Paused(Date),
    /// It has found nothing yet, and the page goes on by itself.
    GoingOn(Date),
}

impl Further {
    /// Below this many lines, where reading stopped at a place; addresses are made by `address`.
    pub(super) fn of(
        (found, limit): (usize, usize),
        next: Option<Place>,
        is_newest: bool,
        address: impl Fn(Option<Place>) -> String,
    ) -> Self {
        let look = match next {
            Some(place) if found == 0 => Look::GoingOn(place.day),
            Some(place) if found < limit => Look::Paused(place.day),
            _ => Look::Done,
        };
        Self {
            newest: (!is_newest).then(|| address(None)),
            older: next.map(|place| address(Some(place))),
            look,
        }
    }

    /// The same where nothing is to happen by itself.
    pub(super) fn paused(self) -> Self {
        let look = match self.look {
            Look::GoingOn(day) => Look::Paused(day),
            look => look,
        };
        Self { look, ..self }
    }
}

/// The days to choose from, newest first; with the one that is chosen, even if its file has gone meanwhile.
pub(super) fn choices(mut days: Vec<Day>, chosen: Option<Date>) -> Vec<Day> {
    if let Some(date) = chosen.filter(|chosen| days.iter().all(|day| day.date != *chosen)) {
        days.push(Day { date, bytes: 0 });
    }
    days.sort_by_key(|day| std::cmp::Reverse(day.date));
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_look_that_has_found_nothing_goes_on() {
        let place = Place { day: date(2026, 2, 28), offset: 7 };
        let check = |found: usize, next: Option<Place>, expected: Look| {
            let further = Further::of((found, 10), next, true, |place| format!("{place:?}"));
            assert_eq!((further.look, further.older.is_some()), (expected, next.is_some()), "{found}");
            assert_eq!(further.newest, None);
        };
        check(0, None, Look::Done);
        check(0, Some(place), Look::GoingOn(place.day));
        check(3, Some(place), Look::Paused(place.day));
        check(3, None, Look::Done);
        check(10, Some(place), Look::Done);
    }

    #[test]
    fn the_chosen_day_can_be_chosen() {
        let day = |day: i8| Day { date: date(2026, 2, day), bytes: 5 };
        let dates = |days: Vec<Day>| days.into_iter().map(|day| day.date.day()).collect::<Vec<_>>();
        assert_eq!(dates(choices(vec![day(1), day(3)], Some(date(2026, 2, 2)))), [3, 2, 1]);
        assert_eq!(dates(choices(vec![day(1), day(3)], Some(date(2026, 2, 3)))), [3, 1]);
        assert_eq!(dates(choices(vec![], None)), [0; 0]);
    }
}

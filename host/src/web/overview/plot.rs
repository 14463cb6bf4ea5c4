//! Plots of days as stacked bars, in numbers that a template can draw as SVG; and the same as a table, for those who
//! can't see them or want to know exactly.

use jiff::civil::Date;

use crate::domain::task::Status;
use crate::store::figures::Day;

use crate::web::frame::Frame;

/// The height of the tallest bar.
pub(super) const HEIGHT: f64 = 120.0;
/// The width of a day, of which the bar takes [`BAR`].
const STEP: f64 = 24.0;
const BAR: f64 = 16.0;

/// A plot.
#[derive(Debug)]
pub(super) struct Plot {
    pub(super) title: String,
    pub(super) series: Vec<Series>,
    pub(super) days: Vec<Column>,
    pub(super) width: f64,
    pub(super) height: f64,
    /// What the tallest bar stands for.
    pub(super) most: String,
    pub(super) is_empty: bool,
}

/// What one colour stands for.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) class: &'static str,
    pub(super) word: String,
}

/// A day.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) day: String,
    /// Where the day begins, and its bar.
    pub(super) left: f64,
    pub(super) x: f64,
    pub(super) bars: Vec<Bar>,
    /// What each series is on that day.
    pub(super) values: Vec<String>,
    /// All of it in words.
    pub(super) text: String,
}

#[derive(Debug, PartialEq)]
pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) y: f64,
    pub(super) height: f64,
}

impl Plot {
    pub(super) fn step(&self) -> f64 {
        STEP
    }

    pub(super) fn bar(&self) -> f64 {
        BAR
    }

    /// The first and the last day.
    pub(super) fn first_day(&self) -> &str {
        self.days.first().map_or("", |column| &column.day)
    }

    pub(super) fn last_day(&self) -> &str {
        self.days.last().map_or("", |column| &column.day)
    }
}

/// How many tasks began, by what became of them.
pub(super) fn by_status(frame: &Frame, days: &[(Date, Day)]) -> Plot {
    let series: [(&'static str, &[Status], String); 5] = [
        ("success-fill", &[Status::Success], frame.say("status-success")),
        ("partial-fill", &[Status::Partial], frame.say("status-partial")),
        ("failed-fill", &[Status::Failed], frame.say("status-failed")),
        ("held-fill", &[Status::Held], frame.say("status-held")),
        ("cancelled-fill", &[Status::Cancelled], frame.say("status-cancelled")),
    ];
    let of_day = |day: &Day| {
        let count = |status: &Status| day.tasks.get(status.as_str()).copied().unwrap_or_default();
        series.iter().map(|(_, statuses, _)| statuses.iter().map(count).sum()).collect()
    };
    let values = days.iter().map(|(day, figures)| (*day, of_day(figures))).collect();
    let words = series.iter().map(|(class, _, word)| Series { class, word: word.clone() }).collect();
    plot(frame, frame.say("overview-tasks-by-status"), words, values, &|number| frame.number(number))
}

/// How many records changed.
pub(super) fn changes(frame: &Frame, days: &[(Date, Day)]) -> Plot {
    let words = vec![
        Series { class: "created-fill", word: frame.say("count-created") },
        Series { class: "updated-fill", word: frame.say("count-updated") },
        Series { class: "removed-fill", word: frame.say("overview-removed") },
        Series { class: "failed-fill", word: frame.say("overview-failed-records") },
    ];
    let of_day = |day: &Day| vec![day.created, day.updated, day.removed, day.failed];
    let values = days.iter().map(|(day, figures)| (*day, of_day(figures))).collect();
    plot(frame, frame.say("overview-changes"), words, values, &|number| frame.number(number))
}

/// How long tasks took: the median, and on top of it what the longest took beyond.
pub(super) fn durations(frame: &Frame, days: &[(Date, Day)]) -> Plot {
    let words = vec![
        Series { class: "median-fill", word: frame.say("overview-median") },
        Series { class: "longest-fill", word: frame.say("overview-longest") },
    ];
    let both = |day: &Day| (day.median_ms.unwrap_or_default(), day.longest_ms.unwrap_or_default());
    let stacked = |day: &Day| {
        let (median, longest) = both(day);
        vec![median, (longest - median).max(0)]
    };
    let values = days.iter().map(|(day, figures)| (*day, stacked(figures))).collect();
    let written = |ms: i64| frame.speech.duration(ms);
    let mut plot = plot(frame, frame.say("overview-durations"), words, values, &written);
    // The bars are stacked, and what is told of them are the two times themselves.
    for (column, (_, figures)) in plot.days.iter_mut().zip(days) {
        let (median, longest) = both(figures);
        column.values = vec![written(median), written(longest)];
        column.text = told(&column.day, &plot.series, &column.values, figures.longest_ms.is_some());
    }
    plot
}

fn plot(
    frame: &Frame,
    title: String,
    series: Vec<Series>,
    values: Vec<(Date, Vec<i64>)>,
    written: &dyn Fn(i64) -> String,
) -> Plot {
    let most = values.iter().map(|(_, values)| values.iter().sum::<i64>()).max().unwrap_or_default();
    let scale = if most > 0 { HEIGHT / most as f64 } else { 0.0 };
    let mut days = Vec::with_capacity(values.len());
    for (place, (day, values)) in values.iter().enumerate() {
        let mut bottom = HEIGHT;
        let bars = series.iter().zip(values).filter(|(_, value)| **value > 0).map(|(series, value)| {
            // What is there is seen, however little it is.
            let height = (*value as f64 * scale).max(1.5);
            bottom -= height;
            Bar { class: series.class, y: tenths(bottom.max(0.0)), height: tenths(height) }
        });
        let bars = bars.collect();
        let (day, left) = (frame.speech.day(*day), place as f64 * STEP);
        let numbers: Vec<String> = values.iter().map(|value| written(*value)).collect();
        let text = told(&day, &series, &numbers, values.iter().any(|value| *value > 0));
        days.push(Column { day, left, x: left + (STEP - BAR) / 2.0, bars, values: numbers, text });
    }
    let width = values.len() as f64 * STEP;
    Plot { title, series, days, width, height: HEIGHT, most: written(most), is_empty: most == 0 }
}

fn told(day: &str, series: &[Series], values: &[String], any: bool) -> String {
    if !any {
        return day.to_owned();
    }
    let each: Vec<String> =
        series.iter().zip(values).map(|(series, value)| format!("{}: {value}", series.word)).collect();
    format!("{day} – {}", each.join(", "))
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

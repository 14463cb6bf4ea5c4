//! Numbers that mean something to orgsync, a `sort`, in one form however they were written: `2`, `2.0` and `20e-1` are
//! one number. Numbers in custom fields are left as they were given.

use serde_json::{Number, Value};

/// The number in normal form: a whole number of 64 bits exactly and as an integer, any other one as the nearest
/// double. `None` if it is too large for that.
pub fn normal(given: &Number) -> Option<Number> {
    let text = given.as_str();
    if let Some(whole) = whole(text) {
        return Some(whole);
    }
    let nearest = Number::from_f64(text.parse().ok()?)?;
    // Read again, so that it is written as it will be read: a parser writes an exponent in one way.
    whole(nearest.as_str()).or_else(|| serde_json::from_str(nearest.as_str()).ok())
}

/// A number out of its column, where it stands in normal form.
pub fn stored(text: &str) -> Value {
    let number = serde_json::from_str::<Number>(text).ok().and_then(|number| normal(&number));
    number.map_or(Value::Null, Value::Number)
}

/// The integer of 64 bits that a JSON number is, however it is written.
fn whole(text: &str) -> Option<Number> {
    /// As many digits as the largest integer has.
    const DIGITS: i64 = 20;
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (leading, after) = (before.trim_start_matches('0'), after.trim_end_matches('0'));
    if leading.is_empty() && after.is_empty() {
        return Some(0.into());
    }
    let all = format!("{leading}{after}");
    let digits = all.trim_start_matches('0').trim_end_matches('0');
    // How many of all digits, and zeros behind them, stand before the point.
    let exponent: i64 = exponent.parse().ok()?;
    let skipped = all.len() - all.trim_start_matches('0').len();
    let place = i64::try_from(leading.len()).ok()?.checked_sub(i64::try_from(skipped).ok()?)?;
    let place = place.checked_add(exponent)?;
    if place > DIGITS || place < i64::try_from(digits.len()).ok()? {
        return None;
    }
    let width = usize::try_from(place).ok()?;
    let integer = format!("{sign}{digits:0<width$}");
    integer.parse::<i64>().map(Number::from).or_else(|_| integer.parse::<u64>().map(Number::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form_however_it_is_written() {
        let check = |given: &str, expected: Option<&str>| {
            let found = normal(&serde_json::from_str(given).unwrap());
            assert_eq!(found.as_ref().map(Number::as_str), expected, "{given}");
            if let Some(found) = found {
                assert_eq!(normal(&found).as_ref(), Some(&found), "{given}");
                assert_eq!(stored(found.as_str()), Value::Number(found));
            }
        };
        for (given, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("0e999", "0"),
            ("2", "2"),
            ("2.0", "2"),
            ("20e-1", "2"),
            ("0.2E+1", "2"),
            ("-2.50", "-2.5"),
            ("1.5", "1.5"),
            ("0.001e3", "1"),
            ("100", "100"),
            ("1e3", "1000"),
            ("9007199254740993", "9007199254740993"),
            ("9007199254740993.0", "9007199254740993"),
            ("9223372036854775807", "9223372036854775807"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("18446744073709551615", "18446744073709551615"),
            ("1844674407370955161.5e1", "18446744073709551615"),
            ("0.1000000000000000055", "0.1"),
            ("1e20", "1e+20"),
            ("1E-7", "1e-7"),
            ("1e300", "1e+300"),
            ("1e-400", "0"),
            ("4503599627370497.25", "4503599627370497"),
        ] {
            check(given, Some(expected));
        }
        check("1e400", None);
        check("-1e99999999999999999999", None);
    }
}

//! Numbers as people write them in spreadsheets. What can be read in two ways is none.

use serde_json::Number;

/// Reads a number: with a sign, zeros before it, a point or a comma for decimals, and thousands set apart.
/// `1,500` may be one and a half or fifteen hundred, and is not read.
pub(crate) fn number(cell: &str) -> Option<Number> {
    let cell = cell.replace('\u{2212}', "-");
    let unsigned = cell.strip_prefix(['+', '-']).unwrap_or(&cell).trim_start();
    let digits = plain(unsigned)?;
    let text = if cell.starts_with('-') { format!("-{digits}") } else { digits };
    let whole = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
    whole.ok().or_else(|| Number::from_f64(text.parse().ok()?))
}

/// The number with a decimal point and nothing else between its digits.
fn plain(text: &str) -> Option<String> {
    for apart in [' ', '\u{a0}', '\u{202f}', '\'', '\u{2019}'] {
        if text.contains(apart) {
            let (whole, decimals) = text.split_at(text.find(['.', ',']).unwrap_or(text.len()));
            return Some(format!("{}{}", together(whole, apart)?, decimals.replace(',', ".")))
                .filter(|text| is_decimal(text));
        }
    }
    if is_decimal(text) {
        return Some(text.to_owned());
    }
    match text.matches(',').count() {
        1 => {
            let decimal = text.replace(',', ".");
            let is_ambiguous = together(text, ',').is_some() && !text.starts_with('0');
            (!is_ambiguous && is_decimal(&decimal)).then_some(decimal)
        }
        0 => together(text, '.'),
        _ => together(text, ','),
    }
}

/// Digits, with at most one point among them and an exponent after them.
fn is_decimal(text: &str) -> bool {
    let has_digit = text.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let known = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    has_digit && text.chars().all(known) && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The digits of groups of three that a character sets apart.
fn together(text: &str, apart: char) -> Option<String> {
    let mut groups = text.split(apart);
    let is_group = |group: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit())
    };
    let first = groups.next().filter(|group| is_group(group, 1..=3))?;
    let rest: Vec<&str> = groups.collect();
    let are_groups = !rest.is_empty() && rest.iter().all(|group| is_group(group, 3..=3));
    are_groups.then(|| format!("{first}{}", rest.concat()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn numbers_of_spreadsheets() {
        let check = |cell: &str, expected: Value| {
            assert_eq!(number(cell).map(Value::Number), Some(expected), "{cell}");
        };
        check("10", json!(10));
        check("01", json!(1));
        check("000", json!(0));
        check("+4", json!(4));
        check("-4", json!(-4));
        check("\u{2212} 4", json!(-4));
        check(".5", json!(0.5));
        check("-.5", json!(-0.5));
        check("5.", json!(5.0));
        check("1,5", json!(1.5));
        check("0,125", json!(0.125));
        check("1.5", json!(1.5));
        check("1e3", json!(1000.0));
        check("1 000", json!(1000));
        check("1\u{a0}000,5", json!(1000.5));
        check("1'000'000", json!(1_000_000));
        check("1,000,000", json!(1_000_000));
        check("1.000.000", json!(1_000_000));
        check("9223372036854775807", json!(9_223_372_036_854_775_807_i64));
        check("18446744073709551615", json!(18_446_744_073_709_551_615_u64));
    }

    #[test]
    fn what_is_no_number_or_two() {
        for cell in [
            "", "first", "1,500", "1.5.2", "1,5,2", "--1", "+-1", "1-", ".", ",", "inf", "nan", "e5",
            "1e999", "0x10", "10 %", "1 00",
        ] {
            assert_eq!(number(cell), None, "{cell}");
        }
    }
}

//! Names of columns in messages. A file may be another than it is meant to be, and its first line a secret; who reads
//! messages need not be one who may read the file. So what doesn't look like a name is told by its place.

/// The longest name that is told, in characters.
const LONGEST: usize = 64;

/// A name with more digits is a number, a token or a hash.
const MOST_DIGITS: usize = 8;

/// A column, for a list or a sentence: `` `nickname` `` or, if its name doesn't look like one, `number 3`.
pub(crate) fn told(names: &[String], at: usize) -> String {
    match names.get(at).and_then(|name| readable(name)) {
        Some(name) => format!("`{name}`"),
        None => format!("number {}", at + 1),
    }
}

/// The name, if it looks like one: letters, digits, blanks, underscores, hyphens and points.
pub(crate) fn readable(name: &str) -> Option<&str> {
    let is_known = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.');
    let digits = name.chars().filter(|c| c.is_numeric()).count();
    let looks_right = !name.is_empty() && name.chars().all(is_known) && digits <= MOST_DIGITS;
    Some(name).filter(|name| looks_right && name.chars().count() <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_look_like_a_name_is_not_told() {
        let long = "x".repeat(65);
        let names = [
            "Cost Centre",
            "E-mail_2.work",
            "部门",
            "",
            "root:$6$salt$hash:19000:0:99999:7:::",
            "orgsync_1_024e9afabc3c54bc746c828cc664cdaf",
            "4111 1111 1111 1111",
            "ann@example.org",
            "a\u{1b}[31m",
            &long,
        ];
        let names = names.map(str::to_owned);
        let told: Vec<String> = (0..=names.len()).map(|at| told(&names, at)).collect();
        assert_eq!(told[..3], ["`Cost Centre`", "`E-mail_2.work`", "`部门`"]);
        let by_place: Vec<String> = (4..=11).map(|number| format!("number {number}")).collect();
        assert_eq!(told[3..], by_place);
    }
}

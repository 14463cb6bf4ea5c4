//! Search filters as operators write them: RFC 4515, and what `ldapsearch` accepts beyond it. Blanks and line
//! breaks between the parts and the escapes of RFC 1960 become the one form that every library reads; a value keeps
//! each of its blanks. Errors name the position.

/// How deep parts may nest.
const DEPTH: usize = 100;

/// Why a text is no filter, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {position}: {reason}")]
pub(crate) struct NoFilter {
    /// Counted from 1, in characters.
    position: usize,
    reason: String,
}

/// A filter in the form of RFC 4515. A text without parentheses around it gets them; an empty one matches all.
pub(crate) fn normal(text: &str) -> Result<String, NoFilter> {
    let (begin, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
    if begin >= end {
        return Ok("(objectClass=*)".to_owned());
    }
    let mut reader = Reader { text: &text[..end], at: begin, out: String::with_capacity(text.len()) };
    match reader.peek() {
        Some('(') => reader.filter(0)?,
        _ => {
            reader.out.push('(');
            reader.component(0)?;
            reader.out.push(')');
        }
    }
    reader.skip_blanks();
    match reader.peek() {
        None => Ok(reader.out),
        Some(other) => Err(reader.wrong(format!("`{other}` comes after the end of the filter"))),
    }
}

/// Reads a filter from left to right, and writes its normal form.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    out: String,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn wrong(&self, reason: String) -> NoFilter {
        self.wrong_at(self.at, reason)
    }

    fn wrong_at(&self, at: usize, reason: String) -> NoFilter {
        NoFilter { position: self.text[..at].chars().count() + 1, reason }
    }

    /// One filter in parentheses.
    fn filter(&mut self, depth: usize) -> Result<(), NoFilter> {
        let opened = self.at;
        if depth > DEPTH {
            return Err(self.wrong(format!("parts nest more than {DEPTH} deep")));
        }
        self.take('(');
        self.component(depth)?;
        if self.peek() != Some(')') {
            let what = match self.peek() {
                Some(other) => format!("`{other}` stands where a `)` is expected"),
                None => return Err(self.wrong_at(opened, "this `(` is never closed".into())),
            };
            return Err(self.wrong(what));
        }
        self.take(')');
        Ok(())
    }

    /// What stands in parentheses.
    fn component(&mut self, depth: usize) -> Result<(), NoFilter> {
        self.skip_blanks();
        match self.peek() {
            Some(operator @ ('&' | '|')) => {
                self.take(operator);
                while self.next_is_filter() {
                    self.filter(depth + 1)?;
                }
            }
            Some('!') => {
                self.take('!');
                if !self.next_is_filter() {
                    return Err(self.wrong("a filter in parentheses has to follow `!`".into()));
                }
                self.filter(depth + 1)?;
                self.skip_blanks();
            }
            _ => self.item()?,
        }
        Ok(())
    }

    fn next_is_filter(&mut self) -> bool {
        self.skip_blanks();
        self.peek() == Some('(')
    }

    fn take(&mut self, expected: char) {
        debug_assert_eq!(self.peek(), Some(expected));
        self.at += expected.len_utf8();
        self.out.push(expected);
    }

    /// `attribute`, an operator, and a value.
    fn item(&mut self) -> Result<(), NoFilter> {
        let begin = self.at;
        let rest = self.rest();
        let end = rest.find(['=', '(', ')']).unwrap_or(rest.len());
        if !rest[end..].starts_with('=') {
            let what = match rest[..end].trim() {
                "" => "an attribute is missing, as in (attribute=value)".to_owned(),
                text => format!("`{text}` has no `=`, as in (attribute=value)"),
            };
            return Err(self.wrong_at(begin + end, what));
        }
        let before = &rest[..end];
        let (attribute, operator) = match before.strip_suffix(['<', '>', '~', ':']) {
            Some(attribute) => (attribute, &rest[attribute.len()..=end]),
            None => (before, "="),
        };
        let valid = match operator {
            ":=" => is_matching(attribute),
            _ => is_description(attribute),
        };
        if !valid {
            let what = match attribute.trim() {
                "" => format!("an attribute is missing before `{operator}`"),
                name if is_description(name) => {
                    format!("there is a blank between the attribute `{name}` and `{operator}`")
                }
                name => format!("`{name}` is no attribute, such as objectClass"),
            };
            return Err(self.wrong(what));
        }
        self.out.push_str(attribute);
        self.out.push_str(operator);
        self.at += end + 1;
        self.value(operator)
    }

    /// A value, to the parenthesis that closes the filter.
    fn value(&mut self, operator: &str) -> Result<(), NoFilter> {
        let mut stars = None;
        while let Some(character) = self.peek() {
            let at = self.at;
            self.at += character.len_utf8();
            match character {
                ')' => {
                    self.at = at;
                    return Ok(());
                }
                '(' => {
                    let what =
                        "`(` stands in a value, where it is written as \\28, or the `)` before it is missing";
                    return Err(self.wrong_at(at, what.to_owned()));
                }
                '\\' => self.escape(at)?,
                '*' if operator != "=" => self.out.push_str("\\2a"),
                '*' if stars == Some(at) => {
                    return Err(self.wrong_at(at, "two `*` follow each other".into()));
                }
                '*' => {
                    stars = Some(self.at);
                    self.out.push('*');
                }
                '\0' => return Err(self.wrong_at(at, "a NUL character has to be written as \\00".into())),
                other => self.out.push(other),
            }
        }
        Ok(())
    }

    /// What follows a backslash: two hexadecimal digits, or one of the characters that RFC 1960 escapes so.
    fn escape(&mut self, backslash: usize) -> Result<(), NoFilter> {
        let rest = self.rest();
        let digits = rest.get(..2).filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(digits) = digits {
            self.out.push('\\');
            self.out.push_str(digits);
            self.at += 2;
            return Ok(());
        }
        match rest.chars().next() {
            Some(plain @ ('(' | ')' | '*' | '\\')) => {
                self.out.push_str(&format!("\\{:02x}", u32::from(plain)));
                self.at += 1;
                Ok(())
            }
            _ => Err(self.wrong_at(
                backslash,
                "two hexadecimal digits have to follow `\\`, which itself is written as \\5c".into(),
            )),
        }
    }
}

/// Whether a text is an attribute with its options (RFC 4512, 2.5).
pub(crate) fn is_description(text: &str) -> bool {
    let mut parts = text.split(';');
    parts.next().is_some_and(is_type)
        && parts.all(|option| {
            !option.is_empty() && option.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

/// Whether a text is a name or a number of an attribute or matching rule.
fn is_type(text: &str) -> bool {
    let is_part = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit())
            && !part.is_empty()
            && (part == "0" || !part.starts_with('0'))
    };
    match text.bytes().next() {
        Some(first) if first.is_ascii_digit() => text.split('.').all(is_part),
        Some(first) if first.is_ascii_alphabetic() => {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }
        _ => false,
    }
}

/// Whether a text can stand before `:=`: an attribute, `:dn` and a matching rule, of which one of the outer two is
/// needed.
fn is_matching(text: &str) -> bool {
    let (attribute, rest) = text.split_once(':').map_or((text, None), |(first, rest)| (first, Some(rest)));
    let rule = match rest {
        Some("dn") => None,
        Some(rest) => Some(rest.strip_prefix("dn:").unwrap_or(rest)),
        None => None,
    };
    let attribute_fits = if attribute.is_empty() { rule.is_some() } else { is_description(attribute) };
    attribute_fits && rule.is_none_or(is_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(normal(text).unwrap(), expected, "{text}");
        assert!(ldap3::parse_filter(expected).is_ok(), "{expected}");
        assert_eq!(normal(expected).unwrap(), expected, "the normal form of {text}");
    }

    #[test]
    fn blanks_and_line_breaks_between_parts_mean_nothing() {
        check("(& (a=b) (c=d))", "(&(a=b)(c=d))");
        check("(&\n  (objectClass=person)\r\n\t(!(l=Berlin))\n)\n", "(&(objectClass=person)(!(l=Berlin)))");
        check(" ( | (a=b)( & (c=d) ) ) ", "(|(a=b)(&(c=d)))");
        check("( ! ( a=b ) )", "(!(a=b ))");
        check("( uid=ada)", "(uid=ada)");
        check("(&)", "(&)");
        check("(| )", "(|)");
    }

    #[test]
    fn a_value_keeps_its_blanks() {
        check("(cn= Ada  Lovelace )", "(cn= Ada  Lovelace )");
        check("(cn=*  van *)", "(cn=*  van *)");
        check("(cn=two\nlines)", "(cn=two\nlines)");
        check("(&(cn=a b) (sn= ))", "(&(cn=a b)(sn= ))");
    }

    #[test]
    fn parentheses_around_all_can_be_left_out() {
        check("uid=ada", "(uid=ada)");
        check("  objectClass=*\n", "(objectClass=*)");
        check("&(a=b) (c=d)", "(&(a=b)(c=d))");
        check("! (a=b)", "(!(a=b))");
        check("", "(objectClass=*)");
        check(" \n", "(objectClass=*)");
    }

    #[test]
    fn every_kind_of_comparison_is_known() {
        for text in [
            "(a>=1)",
            "(a<=1)",
            "(a~=x)",
            "(a=*)",
            "(a=x*y*z)",
            "(cn;lang-de=x)",
            "(2.5.4.3=x)",
            "(userAccountControl:1.2.840.113556.1.4.803:=2)",
            "(ou:dn:=Sales)",
            "(cn:dn:caseExactMatch:=x)",
            "(:caseIgnoreMatch:=x)",
            "(cn:=x)",
            "(cn=a=b)",
            "(cn=a:=b)",
            "(cn=Łódź)",
            "(cn=)",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn escapes_of_both_standards_are_values() {
        check(r"(cn=a\28b\29\2A\5c\00)", r"(cn=a\28b\29\2A\5c\00)");
        check(r"(cn=a\(b\)\*\\)", r"(cn=a\28b\29\2a\5c)");
        check("(a>=*)", r"(a>=\2a)");
    }

    #[test]
    fn errors_name_the_position_and_what_is_wrong() {
        let check = |text: &str, expected: &str| assert_eq!(normal(text).unwrap_err().to_string(), expected);
        check("(uid=*", "character 1: this `(` is never closed");
        check("(&(a=b)(c=d)", "character 1: this `(` is never closed");
        check("(&(a=b)\n  (c=d", "character 11: this `(` is never closed");
        check("(a=b))", "character 6: `)` comes after the end of the filter");
        check("(a=b) (c=d)", "character 7: `(` comes after the end of the filter");
        check("(& a=b)", "character 4: `a` stands where a `)` is expected");
        check("(!a=b)", "character 3: a filter in parentheses has to follow `!`");
        check("(!(a=b)(c=d))", "character 8: `(` stands where a `)` is expected");
        check("(uid =ada)", "character 2: there is a blank between the attribute `uid` and `=`");
        check("(&(ü=1))", "character 4: `ü` is no attribute, such as objectClass");
        check("(=x)", "character 2: an attribute is missing before `=`");
        check("()", "character 2: an attribute is missing, as in (attribute=value)");
        check("(person)", "character 8: `person` has no `=`, as in (attribute=value)");
        check("((a=b))", "character 2: an attribute is missing, as in (attribute=value)");
        check(
            r"(cn=a\zz)",
            r"character 6: two hexadecimal digits have to follow `\`, which itself is written as \5c",
        );
        check("(cn=a**b)", "character 7: two `*` follow each other");
        let bare = r"`(` stands in a value, where it is written as \28, or the `)` before it is missing";
        check("(cn=Sales (EMEA))", &format!("character 11: {bare}"));
        check("(&(a=b(c=d))", &format!("character 7: {bare}"));
        check("cn=a (b", &format!("character 6: {bare}"));
        let deep = format!("{}(a=b){}", "(!".repeat(200), ")".repeat(200));
        check(&deep, "character 203: parts nest more than 100 deep");
    }
}

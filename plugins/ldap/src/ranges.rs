//! Values that come in ranges: Active Directory cuts long lists at 1500 ([MS-ADTS] 3.1.1.3.1.3.3). Asks for the
//! rest until all is there; what the server does not give to its end stays marked as unfinished.

use orgsync_plugin_api::PluginError;

use crate::entry::Entry;

/// Asks a server for one attribute of an entry; `None` if there is no such entry any more.
pub(crate) type Fetch<'a> = dyn FnMut(&str, &str) -> Result<Option<Entry>, PluginError> + 'a;

/// Completes the values of an entry of which only the first came.
pub(crate) fn complete(entry: &mut Entry, fetch: &mut Fetch<'_>) -> Result<(), PluginError> {
    for (attribute, first) in std::mem::take(&mut entry.unfinished) {
        let mut from = first;
        loop {
            let asked = format!("{attribute};range={from}-*");
            let rest = fetch(&entry.dn, &asked)?.ok_or_else(|| {
                let message = format!("`{}` vanished while it was read; sync again", entry.dn);
                PluginError::transient(message)
            })?;
            let next = rest.unfinished.iter().find(|(name, _)| *name == attribute).map(|(_, next)| *next);
            let values = rest.values(&attribute);
            let progress = !values.is_empty() && next.is_none_or(|next| next > from);
            if progress {
                entry.attributes.entry(attribute.clone()).or_default().extend_from_slice(values);
            }
            match next {
                Some(next) if progress => from = next,
                None if progress => break,
                _ => {
                    entry.unfinished.push((attribute, from));
                    break;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::testing::entry;

    const DN: &str = "uid=ada,dc=x";

    fn check(answers: &[(&str, &[&str])], asked: &[&str], expected: &[&str], finished: bool) {
        let mut ada = entry(DN, &[("memberOf;range=0-1", &["a", "b"]), ("cn", &["Ada"])]);
        let (mut answers, mut requests) = (answers.iter(), Vec::new());
        complete(&mut ada, &mut |dn, asked| {
            assert_eq!(dn, DN);
            requests.push(asked.to_owned());
            Ok(answers.next().map(|answer| {
                entry(DN, if answer.0.is_empty() { &[] } else { std::slice::from_ref(answer) })
            }))
        })
        .unwrap();
        assert_eq!(requests, asked);
        assert_eq!(ada.texts("memberof").collect::<Vec<_>>(), expected);
        assert_eq!(ada.is_cut("memberof"), !finished);
        assert_eq!(ada.texts("cn").collect::<Vec<_>>(), ["Ada"]);
    }

    #[test]
    fn all_ranges_are_fetched() {
        let (second, last) = ("memberof;range=2-*", "memberof;range=4-*");
        check(&[("memberOf;range=2-*", &["c"])], &[second], &["a", "b", "c"], true);
        check(
            &[("memberOf;range=2-3", &["c", "d"]), ("memberOf;range=4-*", &["e"])],
            &[second, last],
            &["a", "b", "c", "d", "e"],
            true,
        );
    }

    #[test]
    fn what_does_not_come_to_its_end_stays_unfinished() {
        let second = "memberof;range=2-*";
        check(&[("", &[])], &[second], &["a", "b"], false);
        check(&[("memberOf;range=0-1", &["a", "b"])], &[second], &["a", "b"], false);
    }

    #[test]
    fn who_vanishes_in_between_fails_the_read() {
        let mut ada = entry(DN, &[("memberOf;range=0-1", &["a", "b"])]);
        let error = complete(&mut ada, &mut |_, _| Ok(None)).unwrap_err();
        assert_eq!(error, PluginError::transient("`uid=ada,dc=x` vanished while it was read; sync again"));
    }
}

//! The languages of the page, and which one a browser asks for.

use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
use unic_langid::LanguageIdentifier;

/// A language that the page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
    Italian,
    Russian,
    Polish,
    Turkish,
    Hindi,
}

impl Language {
    pub(crate) const ALL: [Self; 7] = [
        Self::English,
        Self::Chinese,
        Self::Italian,
        Self::Russian,
        Self::Polish,
        Self::Turkish,
        Self::Hindi,
    ];

    /// As BCP 47 writes it.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
            Self::Italian => "it",
            Self::Russian => "ru",
            Self::Polish => "pl",
            Self::Turkish => "tr",
            Self::Hindi => "hi",
        }
    }

    /// What those who speak it call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "简体中文",
            Self::Italian => "Italiano",
            Self::Russian => "Русский",
            Self::Polish => "Polski",
            Self::Turkish => "Türkçe",
            Self::Hindi => "हिन्दी",
        }
    }

    /// The language with this tag.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The best one for an `accept-language` header (RFC 9110, section 12.5.4); English if none fits.
    pub(crate) fn accepted(header: &str) -> Self {
        let known = Self::ALL.map(Self::identifier);
        let best = negotiate_languages(
            &parse_accepted_languages(header),
            &known,
            Some(&known[0]),
            NegotiationStrategy::Lookup,
        );
        let best = best.first().and_then(|best| known.iter().position(|known| known == *best));
        best.map_or(Self::English, |place| Self::ALL[place])
    }

    pub(super) fn identifier(self) -> LanguageIdentifier {
        self.tag().parse().expect("every language's tag is well-formed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_the_language_that_it_likes_best() {
        let check =
            |header: &str, expected: Language| assert_eq!(Language::accepted(header), expected, "{header}");
        check("", Language::English);
        check("pl,en;q=0.8", Language::Polish);
        check("en-GB,en;q=0.9", Language::English);
        check("de,it-CH;q=0.7,en;q=0.3", Language::Italian);
        check("zh", Language::Chinese);
        check("zh-Hans-CN", Language::Chinese);
        check("tr-TR", Language::Turkish);
        check("xx,*;q=0.1", Language::English);
        check(";;q=,\u{0}", Language::English);
    }
}

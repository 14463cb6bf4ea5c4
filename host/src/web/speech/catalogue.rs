//! The messages of one language: a Fluent catalogue, and how numbers are written in them.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;
use unic_langid::LanguageIdentifier;

use super::language::Language;

/// The catalogues of all languages, in the order of [`Language::ALL`].
static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(|| Language::ALL.map(Catalogue::read).into());

/// The messages of one language.
pub(crate) struct Catalogue(FluentBundle<FluentResource>);

impl Catalogue {
    pub(crate) fn of(language: Language) -> &'static Self {
        let place = Language::ALL.iter().position(|known| *known == language).unwrap_or_default();
        &CATALOGUES[place]
    }

    fn read(language: Language) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        // Marks around what is inserted would be copied along with it; no language here is written from the right.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(number));
        let resource = FluentResource::try_new(text(language).to_owned());
        bundle.add_resource_overriding(resource.expect("a test reads every catalogue"));
        Self(bundle)
    }

    /// A message; none if the catalogue hasn't got it.
    pub(crate) fn message(&self, key: &str, given: &[(&str, FluentValue<'_>)]) -> Option<String> {
        let pattern = self.0.get_message(key)?.value()?;
        let mut arguments = FluentArgs::with_capacity(given.len());
        for (name, value) in given {
            arguments.set(*name, value.clone());
        }
        // What is missing in a message is told by the message itself, as `{$name}`.
        let mut mistakes = Vec::new();
        Some(self.0.format_pattern(pattern, Some(&arguments), &mut mistakes).into_owned())
    }
}

/// The text of a catalogue.
pub(crate) fn text(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../locales/en.ftl"),
        Language::Chinese => include_str!("../locales/zh-CN.ftl"),
        Language::Italian => include_str!("../locales/it.ftl"),
        Language::Russian => include_str!("../locales/ru.ftl"),
        Language::Polish => include_str!("../locales/pl.ftl"),
        Language::Turkish => include_str!("../locales/tr.ftl"),
        Language::Hindi => include_str!("../locales/hi.ftl"),
    }
}

/// A language's way to write numbers.
struct Numbers(DecimalFormatter);

impl Memoizable for Numbers {
    type Args = ();
    type Error = String;

    fn construct(language: LanguageIdentifier, (): ()) -> Result<Self, String> {
        let locale: icu_locale_core::Locale =
            language.to_string().parse().map_err(|_| language.to_string())?;
        DecimalFormatter::try_new(locale.into(), DecimalFormatterOptions::default())
            .map(Self)
            .map_err(|reason| reason.to_string())
    }
}

fn number(value: &FluentValue<'_>, languages: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let decimal: Decimal = number.as_string().parse().ok()?;
    languages.with_try_get::<Numbers, _, _>((), |numbers| numbers.0.format(&decimal).to_string()).ok()
}

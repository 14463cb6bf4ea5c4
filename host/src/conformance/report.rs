//! What an examination found: findings, each one rule's verdict on the plugin or one of its offers; as text for
//! people and as JSON for programs.

use std::fmt;
use std::path::PathBuf;

use orgsync_plugin_api::message::OfferKind;
use serde_json::{Value, json};

use crate::registry::Inspection;

/// Something that hosts rely on.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, which stays: `source.uids.unique`.
    pub id: &'static str,
    /// What a good plugin does.
    pub expected: &'static str,
    /// What a vendor does about it.
    pub mend: &'static str,
}

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is kept.
    Passed,
    /// It could not be told; the finding says why.
    Skipped,
    /// It is kept, but not as it is meant to be.
    Warning,
    /// It is broken.
    Failed,
}

/// A rule's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The offer that it is about; none when it is about the plugin.
    pub offer: Option<(OfferKind, String)>,
    /// The verdict.
    pub verdict: Verdict,
    /// What was seen, or why nothing could be.
    pub seen: String,
}

/// All that an examination found.
#[derive(Debug)]
pub struct Report {
    /// The library.
    pub file: PathBuf,
    /// What it says of itself, if it is a plugin.
    pub inspection: Option<Inspection>,
    /// In the order in which they were found.
    pub findings: Vec<Finding>,
}

impl Rule {
    pub(super) fn passed(&'static self, seen: impl Into<String>) -> Finding {
        self.finding(Verdict::Passed, seen.into())
    }

    pub(super) fn failed(&'static self, seen: impl Into<String>) -> Finding {
        self.finding(Verdict::Failed, seen.into())
    }

    pub(super) fn warning(&'static self, seen: impl Into<String>) -> Finding {
        self.finding(Verdict::Warning, seen.into())
    }

    pub(super) fn skipped(&'static self, why: impl Into<String>) -> Finding {
        self.finding(Verdict::Skipped, why.into())
    }

    /// `Ok` is passed and `Err` is failed, with what was seen.
    pub(super) fn judge(&'static self, seen: Result<String, String>) -> Finding {
        match seen {
            Ok(seen) => self.passed(seen),
            Err(seen) => self.failed(seen),
        }
    }

    fn finding(&'static self, verdict: Verdict, seen: String) -> Finding {
        Finding { rule: self, offer: None, verdict, seen }
    }
}

impl Verdict {
    /// Its name, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Skipped => "skipped",
            Verdict::Warning => "warning",
            Verdict::Failed => "failed",
        }
    }
}

impl Report {
    /// How many findings have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == verdict).count()
    }

    /// The report for programs.
    pub fn to_json(&self) -> Value {
        let checks = self.findings.iter().map(|Finding { rule, offer, verdict, seen }| {
            let offer = offer.as_ref().map(|(kind, name)| json!({"kind": kind, "name": name}));
            json!({
                "id": rule.id, "offer": offer, "status": verdict.as_str(),
                "expected": rule.expected, "seen": seen, "mend": rule.mend,
            })
        });
        json!({
            "file": self.file,
            "plugin": self.inspection.as_ref().map(|found| json!({
                "name": found.manifest.name, "version": found.manifest.version,
                "vendor": found.manifest.vendor, "sha256": found.sha256,
            })),
            "passed": self.count(Verdict::Passed), "failed": self.count(Verdict::Failed),
            "warnings": self.count(Verdict::Warning), "skipped": self.count(Verdict::Skipped),
            "checks": checks.collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Inspection { manifest, .. }) = &self.inspection {
            writeln!(f, "{} {} by {}", manifest.name, manifest.version, manifest.vendor)?;
        }
        let mut heading = None;
        for finding in &self.findings {
            let own = finding.heading();
            if heading.as_ref() != Some(&own) {
                writeln!(f, "\n{own}")?;
                heading = Some(own);
            }
            finding.fmt(f)?;
        }
        writeln!(
            f,
            "\n{} passed, {} failed, {} warnings, {} skipped",
            self.count(Verdict::Passed),
            self.count(Verdict::Failed),
            self.count(Verdict::Warning),
            self.count(Verdict::Skipped)
        )
    }
}

impl Finding {
    fn heading(&self) -> String {
        match &self.offer {
            None => "library".into(),
            Some((kind, name)) => format!("{} {name}", kind.as_str()),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule { id, expected, mend } = self.rule;
        match self.verdict {
            Verdict::Passed | Verdict::Skipped => {
                writeln!(f, "  {:<7}  {id:<26} {}", self.verdict.as_str(), self.seen)
            }
            Verdict::Warning | Verdict::Failed => {
                let word = self.verdict.as_str().to_uppercase();
                writeln!(f, "  {word:<7}  {id}")?;
                writeln!(f, "             expected  {expected}")?;
                writeln!(f, "             seen      {}", self.seen)?;
                writeln!(f, "             to do     {mend}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static RULE: Rule = Rule { id: "source.read", expected: "an end", mend: "end" };

    #[test]
    fn a_report_reads_well() {
        let of = |finding: Finding| Finding { offer: Some((OfferKind::Source, "hr".into())), ..finding };
        let findings =
            vec![RULE.passed("it loads"), of(RULE.failed("a crash")), of(RULE.skipped("no options"))];
        let report = Report { file: "p.so".into(), inspection: None, findings };
        insta::assert_snapshot!(report.to_string(), @r"

        library
          passed   source.read                it loads

        source hr
          FAILED   source.read
                     expected  an end
                     seen      a crash
                     to do     end
          skipped  source.read                no options

        1 passed, 1 failed, 0 warnings, 1 skipped
        ");
        let check = &report.to_json()["checks"][1];
        assert_eq!(
            check,
            &json!({"id": "source.read", "offer": {"kind": "source", "name": "hr"}, "status": "failed",
                    "expected": "an end", "seen": "a crash", "mend": "end"})
        );
    }
}

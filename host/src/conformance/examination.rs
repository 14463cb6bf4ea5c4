//! The whole examination of one library: its manifest, whether it loads, then each of its offers.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orgsync_plugin_api::DataType;
use orgsync_plugin_api::message::OfferKind;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::domain::secrets::Secrets;
use crate::registry::{Inspection, inspect};
use crate::worker::{Limits, WorkerSpec, probe};

use super::catalogue::{LIBRARY_LOADS, LIBRARY_MANIFEST};
use super::manifest;
use super::options_file::{OptionsFile, OptionsFileError};
use super::report::{Finding, Report};
use super::secrets::{self, Witness};
use super::source;
use super::subject::Subject;
use super::target;

/// What is to be examined, and how.
#[derive(Debug)]
pub struct Examination {
    /// The library.
    pub file: PathBuf,
    /// The binary that has the subcommand `worker`.
    pub program: PathBuf,
    /// The options of its offers, and what its workers may reach.
    pub options: OptionsFile,
    /// Only these offers; all, if there are none.
    pub offers: Vec<String>,
    /// How long what is to be quick may take: opening, checking.
    pub patience: Duration,
    /// How long a read may take.
    pub longest: Duration,
}

/// Why nothing could be examined.
#[derive(Debug, thiserror::Error)]
pub enum ExaminationError {
    /// The options file is for something else.
    #[error(transparent)]
    Options(#[from] OptionsFileError),
    /// An offer is asked for that there is not.
    #[error("the plugin offers no `{name}` (it offers {offered})")]
    NotOffered {
        /// What was asked for.
        name: String,
        /// What there is.
        offered: String,
    },
    /// Workers have nowhere to write to.
    #[error("failed to make a directory for the workers in {}: {source}", directory.display())]
    Scratch {
        /// Where it was to be.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Holds a library against all rules.
///
/// # Errors
/// If what is asked for doesn't fit the library; whatever is wrong with the library itself is in the report.
pub async fn examine(examination: &Examination) -> Result<Report, ExaminationError> {
    let file = examination.file.clone();
    let inspection = match inspect(&file) {
        Ok(inspection) => inspection,
        Err(error) => {
            let findings = vec![LIBRARY_MANIFEST.failed(error.fault.to_string())];
            return Ok(Report { file, inspection: None, findings });
        }
    };
    examination.fits(&inspection)?;
    let seen = format!("{}, sha256 {}", inspection.architecture, inspection.sha256);
    let mut findings = vec![LIBRARY_MANIFEST.passed(seen)];
    findings.extend(manifest::judge(&inspection.manifest));
    let scratch = tempfile::Builder::new()
        .prefix("orgsync-test-")
        .tempdir()
        .map_err(|source| ExaminationError::Scratch { directory: std::env::temp_dir(), source })?;
    let spec = examination.spec(&inspection, scratch.path());
    match probe(&spec, CancellationToken::new()).await {
        Err(error) => findings.push(LIBRARY_LOADS.failed(error.to_string())),
        Ok(confinement) => {
            findings.push(LIBRARY_LOADS.passed(format!("it loads; the sandbox is {confinement}")));
            findings.extend(examination.offers(&spec, &inspection).await);
        }
    }
    Ok(Report { file, inspection: Some(inspection), findings })
}

impl Examination {
    fn fits(&self, inspection: &Inspection) -> Result<(), ExaminationError> {
        self.options.fits(&inspection.manifest)?;
        let offered: Vec<&str> = offers(inspection).into_iter().map(|offer| offer.name).collect();
        match self.offers.iter().find(|name| !offered.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                Err(ExaminationError::NotOffered { name: name.clone(), offered: offered.join(", ") })
            }
        }
    }

    fn spec(&self, inspection: &Inspection, scratch: &Path) -> WorkerSpec {
        // A bare name would be looked for in the system's folders.
        let library = self.file.canonicalize().unwrap_or_else(|_| self.file.clone());
        WorkerSpec {
            program: self.program.clone(),
            plugin: inspection.manifest.name.clone(),
            library: library.into(),
            limits: Limits { task_timeout: self.patience, ..Limits::default() },
            sandbox: self.options.sandbox(),
            // There is no daemon here.
            own: Arc::default(),
            manifest: Some(inspection.manifest.clone()),
            scratch: scratch.to_owned(),
            label: "plugin test".into(),
            // What leaks is what it looks for.
            secrets: Secrets::default(),
            listener: None,
        }
    }

    async fn offers(&self, spec: &WorkerSpec, inspection: &Inspection) -> Vec<Finding> {
        let mut findings = Vec::new();
        for Offered { kind, name, schema, data_types, incremental } in offers(inspection) {
            if !self.offers.is_empty() && !self.offers.iter().any(|wanted| wanted == name) {
                continue;
            }
            let options = self.options.of(kind, name);
            let secrets = options.map(|options| secrets::of(schema, options)).unwrap_or_default();
            let subject = Subject {
                spec,
                kind,
                name,
                schema,
                data_types,
                incremental,
                options,
                patience: self.patience,
                longest: self.longest,
                witness: Arc::new(Witness::of(&secrets)),
                others: Mutex::default(),
            };
            let found = match kind {
                OfferKind::Source => source::examine(&subject).await,
                OfferKind::Target => target::examine(&subject).await,
            };
            let of_offer =
                found.into_iter().map(|finding| Finding { offer: Some((kind, name.to_owned())), ..finding });
            findings.extend(of_offer);
        }
        findings
    }
}

/// One offer as the manifest has it.
#[derive(Clone, Copy)]
struct Offered<'a> {
    kind: OfferKind,
    name: &'a str,
    schema: &'a Value,
    data_types: &'a [DataType],
    incremental: bool,
}

fn offers(inspection: &Inspection) -> Vec<Offered<'_>> {
    let sources = inspection.manifest.sources.iter().map(|offer| Offered {
        kind: OfferKind::Source,
        name: &offer.name,
        schema: &offer.options,
        data_types: &offer.data_types,
        incremental: offer.incremental,
    });
    let targets = inspection.manifest.targets.iter().map(|offer| Offered {
        kind: OfferKind::Target,
        name: &offer.name,
        schema: &offer.options,
        data_types: &offer.data_types,
        incremental: false,
    });
    sources.chain(targets).collect()
}

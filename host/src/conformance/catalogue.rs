//! All rules. Their ids are written into vendors' scripts: one that is published is never given another meaning.

use super::report::Rule;

/// Every rule, in the order of reports.
pub const RULES: &[&Rule] = &[
    &LIBRARY_MANIFEST,
    &MANIFEST_COMPLETE,
    &MANIFEST_SCHEMA,
    &MANIFEST_DESCRIBED,
    &MANIFEST_SECRETS,
    &LIBRARY_LOADS,
    &OPTIONS_VALID,
    &OPTIONS_REQUIRED,
    &OPTIONS_TYPES,
    &CHECK_REACHABLE,
    &CHECK_UNREACHABLE,
    &SOURCE_READ,
    &SOURCE_RECORDS,
    &SOURCE_UIDS,
    &SOURCE_TYPES,
    &SOURCE_REPEATS,
    &SOURCE_BATCHES,
    &SOURCE_MEMORY,
    &SOURCE_CURSOR,
    &SOURCE_CANCEL,
    &TARGET_APPLY,
    &TARGET_IDEMPOTENT,
    &TARGET_UPDATE,
    &TARGET_ISOLATED,
    &TARGET_DELETE,
    &SECRETS_RECORDS,
    &SECRETS_ERRORS,
    &SECRETS_LOGS,
    &OUTPUT_QUIET,
];

/// Declares rules: `NAME, id, what is expected, how to mend it`.
macro_rules! rules {
    ($($name:ident, $id:literal, $expected:literal, $mend:literal;)*) => {
        $(pub(super) static $name: Rule = Rule { id: $id, expected: $expected, mend: $mend };)*
    };
}

rules! {
    LIBRARY_MANIFEST, "library.manifest",
        "a shared library for this machine with a readable manifest of ABI 1",
        "build a cdylib with export_plugin!, and describe it in build.rs with build::manifest()";
    LIBRARY_LOADS, "library.loads",
        "the library loads in a worker and speaks the plugin ABI",
        "use export_plugin! of orgsync-plugin-api, and do nothing in constructors of the library";

    MANIFEST_COMPLETE, "manifest.complete",
        "a name, a vendor, a version as semver.org has it, and a title for every offer",
        "fill in `version` and `authors` in Cargo.toml, or .vendor() in build.rs, and the titles";
    MANIFEST_SCHEMA, "manifest.schema",
        "the options of every offer are a JSON Schema, of an object",
        "derive JsonSchema for a struct, and name that in build.rs";
    MANIFEST_DESCRIBED, "manifest.described",
        "every option has a description, which operators see beside it",
        "write a doc comment above each field of the options";
    MANIFEST_SECRETS, "manifest.secrets",
        "options that hold secrets are marked, so that hosts mask them",
        "put #[schemars(extend(\"format\" = \"password\"))] above the field, or give it another name if it is no secret";

    OPTIONS_VALID, "options.valid",
        "the options of the test are as the schema says",
        "correct the options file";
    OPTIONS_REQUIRED, "options.required",
        "options that lack a required one are refused on opening, with an error of class config",
        "read the options into a struct whose required fields are no Option and have no default";
    OPTIONS_TYPES, "options.types",
        "options of a wrong type are refused on opening, with an error of class config",
        "read the options into the types that the schema is made of, not into serde_json::Value";

    CHECK_REACHABLE, "check.reachable",
        "check succeeds with the options of the test, within the patience",
        "see what the error says; check tries to reach the system, and reads little";
    CHECK_UNREACHABLE, "check.unreachable",
        "check fails with an error when nothing listens at the address, and when what listens never answers, within the patience",
        "connect in check, and set a time-out for connecting and one for every answer";

    SOURCE_READ, "source.read",
        "a full read ends well: read returns, the source is dropped, the process exits by itself",
        "see what the error says; a crash or a panic is a bug in the plugin or in what it links";
    SOURCE_RECORDS, "source.records.valid",
        "every record has a uid and the documented shape",
        "give every record its uid, and standard fields their types; docs/http-api.md has the shapes";
    SOURCE_UIDS, "source.uids.unique",
        "no two records of one data type have the same uid in one read",
        "use the other system's immutable id as uid, and give each record once";
    SOURCE_TYPES, "source.types.declared",
        "records are of the data types that the manifest names",
        "name what the source yields with .source_of() in build.rs";
    SOURCE_REPEATS, "source.read.repeats",
        "two reads one after the other give the same records",
        "leave out what differs from read to read (times, random order within a field); if the data itself changed meanwhile, test again";
    SOURCE_BATCHES, "source.batches.bounded",
        "batches have 10,000 records and 4 MiB at most",
        "give records to Batches, which cuts them";
    SOURCE_MEMORY, "source.memory.flat",
        "over a read of 100,000 records, the process holds 32 MiB at most besides what it held when it was opened, and no more at the end than early on (16 MiB at most)",
        "read page by page, and keep nothing of a record once it is given to Batches";
    SOURCE_CURSOR, "source.cursor.resumes",
        "an incremental read goes on from any cursor that was given, also after the read was killed, and nothing is lost",
        "give a cursor only once everything before it was given, and let it say all that is needed to go on";
    SOURCE_CANCEL, "source.cancel",
        "a cancelled read ends by itself within 5 s",
        "pass errors of Batches on with `?`, and ask out.is_cancelled() while waiting for long";

    TARGET_APPLY, "target.apply",
        "new records are taken, and each is answered with the target's own id",
        "answer one outcome for each change, in their order: Done with an id, or Failed";
    TARGET_IDEMPOTENT, "target.apply.idempotent",
        "the same changes a second time, from another process, change nothing and are answered with the same ids",
        "look for the record by the uid before creating it: the first answer may have been lost";
    TARGET_UPDATE, "target.apply.updates",
        "an update is answered with the id that the record has",
        "answer with the id of the change, unless the record had to be made anew";
    TARGET_ISOLATED, "target.apply.isolated",
        "a record that the target refuses fails alone, and those before and behind it are applied",
        "answer Failed for that change only; return an error only if nothing could be tried";
    TARGET_DELETE, "target.apply.deletes",
        "a record is deleted, and deleting it again is no error",
        "take a record that is not there any more for deleted";

    SECRETS_RECORDS, "secrets.records",
        "no secret of the options is in a record",
        "do not copy options into records";
    SECRETS_ERRORS, "secrets.errors",
        "no secret of the options is in an error, also not when it is wrong or the system can't be reached",
        "name the option in errors, never its value; beware of addresses with credentials in them";
    SECRETS_LOGS, "secrets.logs",
        "no secret of the options is logged or printed, at any level",
        "log no options and no requests with their headers; wrap secrets in a type whose Debug hides them";
    OUTPUT_QUIET, "output.quiet",
        "nothing is printed on standard output",
        "log with orgsync_plugin_api::tracing instead, which keeps level and fields";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_words_with_dots() {
        let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(ids.iter().all(|id| id.split('.').all(is_word)), "{ids:?}");
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RULES.len());
    }
}

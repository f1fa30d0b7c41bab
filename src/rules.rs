//! The rules: one file each, and the one table that lists them.
//!
//! A rule's id is its file name in kebab-case and reads as "allow ...". The leading `//!` lines of its file are its
//! documentation everywhere, and the example in them is its first test.

mod allowed;
mod broad_host;
mod colliding_ids;
mod component_fault;
mod conflicting_executors;
mod conflicting_inheritance;
mod context;
mod dependency_with_grants;
mod deprecated_base;
mod deprecated_entrypoint;
mod deprecated_http_hosts;
mod domain_for_socket;
mod empty_name;
mod entry;
mod grade;
mod granting;
mod idle_glob;
mod ignored_key;
mod ignored_setting;
mod impossible_status;
mod in_memory_store;
mod incomplete_dependency;
mod literal_route;
mod literal_template;
mod malformed_address;
mod malformed_app_version;
mod malformed_configuration;
mod malformed_digest;
mod malformed_file_pattern;
mod malformed_host;
mod malformed_id;
mod malformed_reference;
mod malformed_route;
mod malformed_template;
mod malformed_url;
mod malformed_version;
mod misconfiguration;
mod mismatched_build;
mod misplaced_file;
mod misplaced_key;
mod missing_component;
mod missing_file;
mod missing_key;
mod missing_trigger;
mod missing_version;
mod missing_wasm;
mod misspelled_grant;
mod misspelled_store;
mod mounted_secret;
mod needless_inheritance;
mod newer_feature;
mod not_a_manifest;
mod old_version;
mod overlapping_dependencies;
mod positional_table;
mod redundant_host;
mod removed_target;
mod secret_in_environment;
mod secret_with_default;
mod shared_backend;
mod similar_ids;
mod similar_labels;
mod stale_trace;
mod stale_wasm;
mod store_label_syntax;
mod stored_secret;
mod suppress;
mod syntax;
mod undeclared_database;
mod undeclared_host;
mod undeclared_model;
mod undeclared_store;
mod undeclared_variable;
mod undefined_store;
mod uninherited_capability;
mod unknown_capability;
mod unknown_component;
mod unknown_grant;
mod unknown_internal_host;
mod unknown_key;
mod unknown_profile;
mod unknown_role;
mod unknown_store_label;
mod unknown_trigger_type;
mod unknown_variable;
mod unmatchable_host;
mod unmatched_dependency;
mod unmet_expectation;
mod unreachable_route;
mod unreadable_wasm;
mod unselected_component;
mod unsettled_variable;
mod unsupported_feature;
mod unsupported_version;
mod unused_component;
mod unused_definition;
mod unused_grant;
mod unused_store;
mod unused_suppression;
mod unused_trigger_settings;
mod unused_variable;
mod unwatched_build;
mod watched_output;
mod whole_app_files;
mod wrong_type;

use std::sync::Arc;

use allowed::Allowed;
pub use context::{Context, Findings};
pub use entry::Entry;
use grade::Grading;

use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::text::nearest;

/// What a rule is, apart from its documentation.
pub struct Rule {
    /// How grave its findings are, unless a finding says otherwise.
    pub severity: Severity,
    /// Whether its findings come with a fix.
    pub fix: FixAvailability,
    /// What it judges by, without which its silence means nothing.
    pub by: Evidence,
    /// The version of spinlint that brought it.
    pub since: &'static str,
    /// Whether it runs unless it is asked for.
    pub is_on: bool,
    check: fn(&Context<'_>, &mut Findings<'_>),
}

/// What a rule judges by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The manifest's text.
    Text,
    /// What is built, and the sources.
    Code,
    /// A runtime configuration that is named.
    Configuration,
    /// What is asked for: a run, a version of Spin, a profile, some of the components.
    Asked,
}

/// Whether a rule's findings come with a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixAvailability {
    /// Never.
    Never,
    /// Where there is one way to mend it, of at best this safety.
    Sometimes(Safety),
}

macro_rules! table {
    ($($module:ident),+ $(,)?) => {
        &[$(Entry {
            name: {
                const NAME: [u8; stringify!($module).len()] = entry::kebab(stringify!($module));
                match std::str::from_utf8(&NAME) {
                    Ok(name) => name,
                    Err(_) => panic!("a module's name is ASCII"),
                }
            },
            source: include_str!(concat!("rules/", stringify!($module), ".rs")),
            rule: &$module::RULE,
        }),+]
    };
}

/// Every rule, sorted by id.
pub const ALL: &[Entry] = table![
    broad_host,
    colliding_ids,
    component_fault,
    conflicting_executors,
    conflicting_inheritance,
    dependency_with_grants,
    deprecated_base,
    deprecated_entrypoint,
    deprecated_http_hosts,
    domain_for_socket,
    empty_name,
    idle_glob,
    ignored_key,
    ignored_setting,
    impossible_status,
    in_memory_store,
    incomplete_dependency,
    literal_route,
    literal_template,
    malformed_address,
    malformed_app_version,
    malformed_configuration,
    malformed_digest,
    malformed_file_pattern,
    malformed_host,
    malformed_id,
    malformed_reference,
    malformed_route,
    malformed_template,
    malformed_url,
    malformed_version,
    misconfiguration,
    mismatched_build,
    misplaced_file,
    misplaced_key,
    missing_component,
    missing_file,
    missing_key,
    missing_trigger,
    missing_version,
    missing_wasm,
    misspelled_grant,
    misspelled_store,
    mounted_secret,
    needless_inheritance,
    newer_feature,
    not_a_manifest,
    old_version,
    overlapping_dependencies,
    positional_table,
    redundant_host,
    removed_target,
    secret_in_environment,
    secret_with_default,
    shared_backend,
    similar_ids,
    similar_labels,
    stale_trace,
    stale_wasm,
    store_label_syntax,
    stored_secret,
    syntax,
    undeclared_database,
    undeclared_host,
    undeclared_model,
    undeclared_store,
    undeclared_variable,
    undefined_store,
    uninherited_capability,
    unknown_capability,
    unknown_component,
    unknown_grant,
    unknown_internal_host,
    unknown_key,
    unknown_profile,
    unknown_role,
    unknown_store_label,
    unknown_trigger_type,
    unknown_variable,
    unmatchable_host,
    unmatched_dependency,
    unmet_expectation,
    unreachable_route,
    unreadable_wasm,
    unselected_component,
    unsettled_variable,
    unsupported_feature,
    unsupported_version,
    unused_component,
    unused_definition,
    unused_grant,
    unused_store,
    unused_suppression,
    unused_trigger_settings,
    unused_variable,
    unwatched_build,
    watched_output,
    whole_app_files,
    wrong_type,
];

/// The rule that alone speaks while a file is not TOML.
pub const SYNTAX: &str = "syntax";

/// The rule that speaks last: of comments that allow what no rule finds.
pub const UNUSED_SUPPRESSION: &str = "unused-suppression";

/// The rule of stores that are opened and not granted.
pub const UNDECLARED_STORE: &str = "undeclared-store";

/// The rule of stores that are granted and that nothing defines.
pub const UNDEFINED_STORE: &str = "undefined-store";

/// The rule of an id.
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

/// What to say of an id that no rule has.
pub fn unknown(name: &str) -> String {
    let meant = nearest(name, ALL.iter().map(|entry| entry.name));
    let hint = meant.map_or_else(|| "`spinlint rules` lists them".to_owned(), |meant| format!("did you mean `{meant}`?"));
    format!("there is no rule `{name}`; {hint}")
}

/// Where a rule is documented, for whoever reads a report elsewhere.
pub fn url(name: &str) -> String {
    format!("{}/blob/main/docs/rules.md#{name}", env!("CARGO_PKG_REPOSITORY"))
}

/// Runs every rule, in the order of the table, and sorts what they find by place. While a file is not TOML only the
/// rule that says so has anything to go by.
pub fn run(cx: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let is_toml = cx.tree.errors.is_empty();
    let is_last = |entry: &&Entry| entry.name == UNUSED_SUPPRESSION;
    let runs = |entry: &&Entry| (is_toml || entry.name == SYNTAX) && cx.runs(entry);
    for entry in ALL.iter().filter(|entry| !is_last(entry)).filter(runs) {
        (entry.rule.check)(cx, &mut Findings { entry, file: cx.file, found: &mut found });
    }
    if is_toml {
        let mut grading = Grading::new(cx);
        found.retain_mut(|diagnostic| grading.grade(diagnostic));
        cx.suppress(&mut found);
        for entry in ALL.iter().filter(is_last).filter(runs) {
            let mut last = Vec::new();
            (entry.rule.check)(cx, &mut Findings { entry, file: cx.file, found: &mut last });
            found.extend(last.into_iter().filter_map(|mut diagnostic| grading.grade(&mut diagnostic).then_some(diagnostic)));
        }
    }
    found.iter_mut().for_each(Diagnostic::spell_out_hidden);
    // What is about the manifest comes before what is about files beside it.
    found.sort_by_key(|diagnostic| (!Arc::ptr_eq(&diagnostic.place.file, cx.file), diagnostic.place.span, diagnostic.rule));
    found
}

//! `--show-config` and `--show-files`: what holds for each manifest, and why.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;

use super::examine::read;
use crate::Document;
use crate::cli::discover::{self, Target};
use crate::cli::evidence::{Configurations, Evidence};
use crate::cli::{CLEAN, Check, FAILED, Failure, complain};
use crate::config::Line;
use crate::facts::{ComponentFacts, WasmState};
use crate::files::Disk;
use crate::manifest::Nature;
use crate::text::{join_lexically, slashed};

/// Prints what holds, and returns the exit code.
pub(super) fn run(arguments: &Check, out: &mut dyn Write) -> Result<u8, Failure> {
    let found = discover::targets(arguments)?;
    let evidence = Evidence::new(arguments, &Disk, found.targets.len() == 1)?;
    let mut complaints = found.complaints;
    let mut is_first = true;
    for target in &found.targets {
        let text = match read(&Disk, &target.path) {
            Ok(text) => text,
            Err(reason) => {
                complaints.push(format!("cannot read {}: {reason}", target.path.display()));
                continue;
            }
        };
        let document = evidence.document(arguments, target, text);
        if !std::mem::take(&mut is_first) {
            writeln!(out)?;
        }
        match arguments.showing.show_files {
            true => files(target, &document, &evidence, arguments, out)?,
            false => config(&document, arguments, out)?,
        }
    }
    out.flush()?;
    complaints.iter().for_each(|complaint| complain(complaint));
    Ok(if complaints.is_empty() { CLEAN } else { FAILED })
}

/// Prints the settings, as a `spinlint.toml` would have them.
fn config(document: &Document, arguments: &Check, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "# {}", document.file.shown_path())?;
    let manifest = document.manifest();
    let config = document.config(&manifest);
    let flagged: Vec<(&str, String, &str)> = [
        arguments.spin_version.as_ref().map(|version| ("spin_version", format!("\"{version}\""), "--spin-version")),
        arguments.runtime_config_file.as_ref().map(|path| ("runtime_config_file", format!("{:?}", slashed(path)), "--runtime-config-file")),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (key, value, flag) in &flagged {
        writeln!(out, "{key} = {value} # {flag}")?;
    }
    let told = config.told(&document.file);
    for told in told.iter().filter(|told| flagged.iter().all(|(key, ..)| *key != told.key)) {
        let over = told.over.as_ref().map_or_else(String::new, |over| format!(", over {}", line(over)));
        writeln!(out, "{} = {} # {}{over}", told.key, told.value, line(&told.by))?;
    }
    if told.is_empty() && flagged.is_empty() {
        writeln!(out, "# nothing is configured: every rule is as `spinlint rules` lists it")?;
    }
    Ok(())
}

fn line(line: &Line) -> String {
    format!("{}:{}", slashed(&line.path), line.line)
}

/// Prints the files that a manifest is judged by.
fn files(target: &Target, document: &Document, evidence: &Evidence<'_>, arguments: &Check, out: &mut dyn Write) -> Result<(), Failure> {
    let path = document.file.shown_path();
    if !target.is_named && document.nature == Nature::Foreign {
        writeln!(out, "{path}: left out, it is not Spin's")?;
        return Ok(());
    }
    writeln!(out, "{path}: {}", if target.is_named { "named" } else { "found" })?;
    let mut tell = |what: &str, file: &dyn Display| writeln!(out, "  {what}: {file}");
    if let Some(config) = &document.config_file {
        let why = if arguments.configured.config.is_some() { "--config" } else { "the nearest upwards" };
        tell("configuration", &format!("{} ({why})", config.file.shown_path()))?;
    }
    let configured = Configurations::runtime_config_file(document);
    match (&arguments.runtime_config_file, configured) {
        (Some(path), _) => tell("runtime configuration", &format!("{} (--runtime-config-file)", slashed(path)))?,
        (None, Some(path)) => tell("runtime configuration", &format!("{} (configured)", slashed(&path)))?,
        (None, None) => {}
    }
    let facts = document.facts(&evidence.gatherer);
    let manifest = document.manifest();
    let config = document.config(&manifest);
    let folder = document.file.path().parent().unwrap_or(Path::new(""));
    for component in &manifest.components {
        let facts = facts.component(&component.id);
        if let Some(wasm) = component.wasm(folder) {
            tell(&format!("Wasm of `{}`", component.id), &format!("{} ({})", slashed(&wasm), wasm_state(facts)))?;
        }
        let why = if config.sources(&component.id).is_some() { "configured" } else { "by its build" };
        for source in &facts.source_files {
            let shown = join_lexically(Path::new(""), source);
            tell(&format!("source of `{}`", component.id), &format!("{} ({why})", slashed(&shown)))?;
        }
    }
    Ok(())
}

fn wasm_state(facts: &ComponentFacts) -> String {
    match &facts.wasm {
        WasmState::Stale { newer } => format!("out of date: {newer} is newer"),
        WasmState::Unreadable(reason) => format!("unreadable: {reason}"),
        state => state.as_str().to_owned(),
    }
}

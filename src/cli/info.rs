//! `spinlint info`: what an app needs.

use std::io::{self, Write};

use super::evidence::Configurations;
use super::{CLEAN, Failure, Info, ListFormat, check, discover};
use crate::capability::Capability;
use crate::facts::{Gatherer, Options};
use crate::files::Disk;
use crate::info::{Definition, Info as Told, Needs, starting_config};

/// Prints what is needed.
pub(super) fn run(arguments: &Info, out: &mut dyn Write) -> Result<u8, Failure> {
    let path = discover::one(arguments.from.as_deref())?;
    let configurations = Configurations::new(&Disk, &arguments.configured, arguments.runtime_config_file.as_deref())?;
    let text = check::read(&Disk, &path).map_err(|reason| Failure::Told(format!("cannot read {}: {reason}", path.display())))?;
    let document = configurations.document(&path, text).with_profile(arguments.profile.as_deref().map(Into::into));
    // Of a text that Spin cannot read nothing is known.
    if !document.tree.errors.is_empty() || document.nature.version().is_none() {
        let shown = document.file.display_path();
        return Err(Failure::Told(format!("{shown} is no manifest that Spin reads; `spinlint check {shown}` says why")));
    }
    let gatherer = Gatherer::new(&Disk, Options { sources: true, wasm: true, in_parallel: true });
    let settings = configurations.settings(&document);
    let info = Told::of(&document, &document.facts(&gatherer), settings.runtime_config.as_deref());
    match arguments.format {
        _ if arguments.runtime_config => out.write_all(starting_config(&info).as_bytes())?,
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &info).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        ListFormat::Human => human(&info, out)?,
    }
    Ok(CLEAN)
}

fn human(info: &Told, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} needs Spin {} or newer", info.path, info.spin.version)?;
    for reason in &info.spin.because {
        let line = reason.line.map_or_else(String::new, |line| format!(":{line}"));
        writeln!(out, "  `{}` came with {} ({}{line})", reason.what, reason.version, reason.path)?;
    }
    for component in &info.components {
        writeln!(out, "\n{}", component.component)?;
        uses(component, out)?;
    }
    let mut is_first = true;
    for definition in &info.define {
        if std::mem::take(&mut is_first) {
            writeln!(out, "\nto be defined outside of the manifest")?;
        }
        writeln!(out, "  {}", defined(definition))?;
    }
    Ok(())
}

fn uses(component: &Needs, out: &mut dyn Write) -> io::Result<()> {
    let mut has_any = false;
    for capability in Capability::ALL {
        let row = capability.row();
        let Some(uses) = component.uses.get(row.key) else { continue };
        let parts = [("needs", &uses.needs), ("is granted", &uses.granted), ("lacks", &uses.lacks)];
        let mut told: Vec<String> =
            parts.iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| format!("{what} {}", list(names))).collect();
        if uses.has_unknown {
            told.push(format!("{} a {} whose {} its code does not show", row.verb, row.noun, row.named));
        }
        if !told.is_empty() {
            writeln!(out, "  {}: {}", row.key, told.join("; "))?;
            has_any = true;
        }
    }
    if !has_any {
        writeln!(out, "  needs nothing that has to be granted")?;
    }
    let is_known = component.wasm == "read" || component.sources == "read";
    if !is_known {
        writeln!(out, "  not inspected: its Wasm is {}, its sources are {}", component.wasm, component.sources)?;
    }
    Ok(())
}

fn defined(definition: &Definition) -> String {
    let name = &definition.name;
    let Some(table) = definition.table() else {
        return format!("variable `{name}`: `SPIN_VARIABLE_{}`, or another provider", name.to_uppercase());
    };
    let noun = Capability::of_key(definition.key).map_or("", |capability| capability.row().noun);
    let state = if definition.is_defined == Some(true) { " (it is)" } else { "" };
    let components: Vec<String> = definition.components.iter().map(|id| format!("`{id}`")).collect();
    format!("{noun} \"{name}\" of {}: `[{table}.{name}]` in a runtime configuration, or linked on a platform{state}", components.join(", "))
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

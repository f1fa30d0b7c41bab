//! `spinlint explain` and `spinlint rules`.

use std::io::Write;

use serde_json::json;

use super::{CLEAN, Failure, ListFormat};
use crate::diagnostic::Safety;
use crate::rules::{self, FixAvailability};

/// Prints a rule's documentation.
pub(super) fn one(name: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    let Some(entry) = rules::find(name) else { return Err(unknown(name)) };
    writeln!(out, "# {}\n", entry.name)?;
    writeln!(out, "{}", entry.documentation().trim_end())?;
    let off = if entry.rule.is_on { "" } else { ", off unless `--select` names it" };
    writeln!(out, "\n{}{off}; {}; since {}", entry.rule.severity.as_str(), availability(entry.rule.fix), entry.rule.since)?;
    Ok(CLEAN)
}

/// Prints every rule.
pub(super) fn list(format: ListFormat, out: &mut dyn Write) -> Result<u8, Failure> {
    if format == ListFormat::Json {
        let rules: Vec<_> = rules::ALL
            .iter()
            .map(|entry| {
                json!({
                    "name": entry.name,
                    "severity": entry.rule.severity,
                    "default": entry.rule.is_on,
                    "fix": match entry.rule.fix {
                        FixAvailability::Never => "never",
                        FixAvailability::Sometimes(Safety::Safe) => "safe",
                        FixAvailability::Sometimes(Safety::Unsafe) => "unsafe",
                    },
                    "since": entry.rule.since,
                    "summary": entry.summary(),
                    "documentation": entry.documentation(),
                })
            })
            .collect();
        serde_json::to_writer_pretty(&mut *out, &rules).map_err(std::io::Error::from)?;
        writeln!(out)?;
        return Ok(CLEAN);
    }
    let width = rules::ALL.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    for entry in rules::ALL {
        let fix = if entry.rule.fix == FixAvailability::Never { "   " } else { "fix" };
        let severity = if entry.rule.is_on { entry.rule.severity.as_str() } else { "off" };
        writeln!(out, "{:width$}  {severity:7}  {fix}  {}", entry.name, entry.summary())?;
    }
    Ok(CLEAN)
}

/// The complaint about a rule that does not exist.
pub(super) fn unknown(name: &str) -> Failure {
    Failure::Told(rules::unknown(name))
}

fn availability(fix: FixAvailability) -> &'static str {
    match fix {
        FixAvailability::Never => "no fix",
        FixAvailability::Sometimes(Safety::Safe) => "often with a safe fix",
        FixAvailability::Sometimes(Safety::Unsafe) => "often with an unsafe fix",
    }
}

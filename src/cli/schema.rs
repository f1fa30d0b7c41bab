//! `spinlint schema`: the JSON Schemas, generated from the types that the program itself works with.

use std::io::Write;

use serde_json::Value;

use super::{CLEAN, Failure, Schemas};
use crate::facts::trace::Trace;
use crate::info::Info;
use crate::lsp;
use crate::report::json::JsonReport;
use crate::scenario::Scenario;
use crate::schema::{configuration, manifest, published, runtime_config, version1};
use crate::text::nearest;

/// A schema by its name, with the file that holds it in `schema/`.
struct Named {
    name: &'static str,
    file: &'static str,
    make: fn() -> Value,
}

const ALL: &[Named] = &[
    Named { name: "manifest", file: "spin-manifest-2.schema.json", make: published::<manifest::Manifest> },
    Named { name: "manifest-1", file: "spin-manifest-1.schema.json", make: published::<version1::Manifest> },
    Named { name: "runtime-config", file: "spin-runtime-config.schema.json", make: published::<runtime_config::RuntimeConfig> },
    Named { name: "configuration", file: "spinlint.schema.json", make: published::<configuration::Configuration> },
    Named { name: "editor-settings", file: "editor-settings.schema.json", make: published::<lsp::Settings> },
    Named { name: "scenario", file: "scenario.schema.json", make: published::<Scenario> },
    Named { name: "trace", file: "trace.schema.json", make: published::<Trace> },
    Named { name: "report", file: "report.schema.json", make: published::<JsonReport> },
    Named { name: "info", file: "info.schema.json", make: published::<Info> },
];

/// Prints one schema, or writes all into a folder.
#[expect(clippy::disallowed_methods, reason = "schemas are generated files, which may be written again")]
pub(super) fn run(arguments: &Schemas, out: &mut dyn Write) -> Result<u8, Failure> {
    if let Some(folder) = &arguments.all {
        for schema in ALL {
            let path = folder.join(schema.file);
            std::fs::create_dir_all(folder)
                .and_then(|()| std::fs::write(&path, text(schema)))
                .map_err(|error| Failure::Told(format!("cannot write {}: {error}", path.display())))?;
        }
        return Ok(CLEAN);
    }
    let Some(schema) = ALL.iter().find(|schema| schema.name == arguments.name) else {
        let names: Vec<&str> = ALL.iter().map(|schema| schema.name).collect();
        let meant = nearest(&arguments.name, names.iter().copied());
        let hint = meant.map_or_else(|| format!("there are {}", names.join(", ")), |meant| format!("did you mean `{meant}`?"));
        return Err(Failure::Told(format!("there is no schema `{}`; {hint}", arguments.name)));
    };
    out.write_all(text(schema).as_bytes())?;
    Ok(CLEAN)
}

fn text(schema: &Named) -> String {
    // A `Value` of the schema's making holds nothing that cannot be printed.
    let mut text = serde_json::to_string_pretty(&(schema.make)()).unwrap_or_default();
    text.push('\n');
    text
}

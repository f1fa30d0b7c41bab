//! A component is granted a store or database that the runtime configuration does not define.
//!
//! ## Why
//!
//! Only `default` is there by itself. Spin refuses to start with any other label that the file of `--runtime-config-file` does not define; where that file
//! is not known this is no more than a reminder.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["default", "prices"]
//! #                              ^^^^^^^^ store "prices" is defined nowhere: Spin refuses to start (unknown key_value_stores label "prices" for component "cart")
//! ```
//!
//! ```toml runtime-config.toml
//! [key_value_store.carts]
//! type = "spin"
//! path = "carts.db"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::capability::Capability;
use crate::diagnostic::Severity;
use crate::runtime_config::DEFAULT;
use crate::schema::format::Format;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Configuration, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let config = cx.settings.runtime_config.as_deref();
    // What cannot be read defines nothing that could be missed.
    if config.is_some_and(|config| !config.tree.errors.is_empty()) {
        return;
    }
    for component in &cx.manifest.components {
        for capability in Capability::LABELLED {
            let row = capability.row();
            let grants = component.grants(row.key).map(|grants| grants.labels).unwrap_or_default();
            for label in grants.into_iter().filter(|label| label.value != DEFAULT && Format::Label.check(&label.value).is_ok()) {
                let (name, noun, id) = (&label.value, row.noun, &component.id);
                let Some(table) = row.definitions else { continue };
                let stanza = format!("`[{table}.{name}]` with `type = \"spin\"` and a `path`");
                match config {
                    Some(config) if config.defines(capability, name) => {}
                    Some(_) => {
                        let told = match capability == Capability::KeyValue {
                            true => format!("unknown {} label \"{name}\" for component \"{id}\"", row.key),
                            false => "One or more components use SQLite databases which are not defined.".to_owned(),
                        };
                        let message = format!("{noun} \"{name}\" is defined nowhere: Spin refuses to start ({told})");
                        let diagnostic = out.about(component, label.span, message);
                        diagnostic.severity = Severity::Error;
                        diagnostic.label = Some(name.clone());
                        diagnostic.help = Some(format!("define it by {stanza} in the file that `--runtime-config-file` names"));
                    }
                    None => {
                        let message =
                            format!("{noun} \"{name}\" has to be defined: Spin refuses to start without a runtime configuration that does");
                        let diagnostic = out.about(component, label.span, message);
                        diagnostic.label = Some(name.clone());
                        diagnostic.help = Some(format!("define it by {stanza} in a file, which `--runtime-config-file` names"));
                    }
                }
            }
        }
    }
}

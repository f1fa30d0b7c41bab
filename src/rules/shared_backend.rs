//! Two labels of stores stand for the same keys.
//!
//! ## Why
//!
//! Redis, Azure Cosmos DB and DynamoDB know nothing of labels: two of them on one server, container or table read and write the same keys.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["carts", "prices"]
//! ```
//!
//! ```toml runtime-config.toml
//! [key_value_store.carts]
//! type = "redis"
//! url = "redis://localhost:6379"
//! [key_value_store.prices]
//! #                ^^^^^^ store "prices" has the same keys as store "carts"
//! type = "redis"
//! url = "redis://localhost:6379"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::capability::Capability;
use crate::diagnostic::{Place, Related, Severity};
use crate::runtime_config;
use crate::syntax::Entry;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Configuration, since: "0.1.0", is_on: true, check };

/// What makes two stores of a type the same.
const BACKENDS: &[(&str, &[&str])] =
    &[("redis", &["url"]), ("azure_cosmos", &["account", "database", "container"]), ("aws_dynamo", &["region", "table"])];

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(config) = cx.settings.runtime_config.as_deref() else { return };
    let definitions = config.definitions(Capability::KeyValue);
    for (index, entry) in definitions.iter().enumerate() {
        let Some(backend) = backend(entry) else { continue };
        let Some(earlier) = definitions[..index].iter().find(|other| self::backend(other).as_ref() == Some(&backend)) else { continue };
        let message = format!("store \"{}\" has the same keys as store \"{}\"", entry.key.value, earlier.key.value);
        let diagnostic = out.elsewhere(&config.file, entry.key.span, message);
        let place = Place { file: config.file.clone(), span: earlier.key.span };
        diagnostic.related.push(Related { place, message: "the other one".to_owned() });
        diagnostic.help = Some("let components that share keys use one label, and give others a backend of their own".to_owned());
    }
}

/// Where a store's keys are; none where that is not known.
fn backend(entry: &Entry) -> Option<Vec<&str>> {
    let (kind, keys) = BACKENDS.iter().find(|(kind, _)| runtime_config::text(entry, "type") == Some(kind))?;
    let places = keys.iter().map(|key| runtime_config::text(entry, key));
    Some([*kind].into_iter().chain(places.collect::<Option<Vec<&str>>>()?).collect())
}

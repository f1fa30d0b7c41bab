//! An entry of `allowed_http_hosts` is not a host.
//!
//! ## Why
//!
//! Spin refuses the manifest. An entry is a host with an optional port, or its `http` or `https` URL without a path.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_http_hosts = ["example.com", "example.com/api"]
//! #                                    ^^^^^^^^^^^^^^^^^ "example.com/api" is no host that can be allowed: it has a path; Spin refuses to load the manifest
//! ```

use super::{Context, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::hosts;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { severity: Severity::Error, fix: FixAvailability::Never, since: "0.1.0", check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let items = component.table.get("allowed_http_hosts").map(Node::items).unwrap_or_default();
        if items.iter().any(|item| item.as_str() == Some(hosts::ALLOW_ALL)) {
            continue;
        }
        for (item, entry) in items.iter().filter_map(|item| Some((item, item.as_str()?))) {
            if let Err(reason) = hosts::check_http_host(entry) {
                let message = format!("\"{entry}\" is no host that can be allowed: {reason}; Spin refuses to load the manifest");
                let diagnostic = out.report(item.span, message);
                diagnostic.component = Some(component.id.clone());
                diagnostic.help = Some("write the host alone, in `allowed_outbound_hosts` as \"https://host\"".to_owned());
            }
        }
    }
}

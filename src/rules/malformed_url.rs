//! The address of a Wasm file is none that Spin can download from.
//!
//! ## Why
//!
//! Spin asks for the file by HTTP, unless it has one of the same digest from before. An address without `https://` or `http://`, or with another
//! scheme, fails then.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart.source]
//! url = "example.com/cart.wasm"
//! #     ^^^^^^^^^^^^^^^^^^^^^^^ Spin cannot download from "example.com/cart.wasm"
//! digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let node = component.source_node().and_then(|node| node.as_table()?.get("url"));
        let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?))) else { continue };
        let is_web = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web {
            let diagnostic = out.about(component, node.span, format!("Spin cannot download from \"{text}\""));
            diagnostic.help = Some("write `https://` and where the file is; a file of this machine is named by its path alone".to_owned());
        }
    }
}

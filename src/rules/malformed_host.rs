//! An entry of `allowed_outbound_hosts` or `allowed_http_hosts` is not one that Spin reads.
//!
//! ## Why
//!
//! An entry is `scheme://host[:port]`. The scheme is letters or `*`; the host is a name, an address, a range of addresses, `self`, `*`, or `*.`
//! with the end of a name; the port may be left out for schemes that have one, `*` is any port, and `80..90` those from 80 up to 89. There are
//! neither paths nor lists. Spin refuses to start, and does not say in which line.
//!
//! An entry of the deprecated `allowed_http_hosts` is a host with an optional port, or its `http` or `https` URL without a path.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["example.com", "https://api.example.com"]
//! #                         ^^^^^^^^^^^^^ "example.com" has no scheme, such as `https://` or `*://`: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Diagnostic, Edits, Fix, Safety, Severity};
use crate::edit;
use crate::hosts::{self, AllowedHost};
use crate::manifest::Component;
use crate::syntax::Node;
use crate::template;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        http_hosts(cx, component, out);
        let is_alone = component.table.get("allowed_outbound_hosts").is_some_and(|node| node.items().len() == 1);
        for (item, entry) in component.allowed_hosts() {
            if let Err(told) = outbound_host(cx, entry, is_alone) {
                let diagnostic = out.about(component, item.span, format!("{told}: Spin refuses to start"));
                mend(cx, entry, item, diagnostic);
            }
        }
    }
}

/// Checks an entry of `allowed_outbound_hosts`. The error is the beginning of a sentence.
fn outbound_host(cx: &Context<'_>, entry: &str, is_alone: bool) -> Result<(), String> {
    if entry == hosts::ALLOW_ALL && is_alone {
        return Err(format!("\"{entry}\" belongs to `allowed_http_hosts`"));
    }
    // A template that cannot be read is another rule's.
    if template::parse(entry).is_err() {
        return Ok(());
    }
    if template::variables(entry).next().is_none() {
        return AllowedHost::parse(entry).map(drop).map_err(|reason| format!("\"{entry}\" {reason}"));
    }
    // Spin tries the defaults since 3.4, if all are there; what becomes nothing grants nothing.
    match cx.manifest.by_defaults(entry).filter(|_| !cx.is_for_before(3, 4)) {
        Some(resolved) if !matches!(resolved.as_str(), "" | "http://" | "https://") => AllowedHost::parse(&resolved)
            .map(drop)
            .map_err(|reason| format!("by its variables' defaults this is \"{resolved}\", which {reason}")),
        _ => Ok(()),
    }
}

/// Adds what helps.
fn mend(cx: &Context<'_>, entry: &str, item: &Node, diagnostic: &mut Diagnostic) {
    let is_valid = |entry: &String| AllowedHost::parse(entry).is_ok();
    let all = || "`*://*:*` allows everything, and one entry for each host that is meant is better".to_owned();
    let candidates = match entry.trim() {
        "*" | hosts::ALLOW_ALL => {
            diagnostic.help = Some(all());
            return;
        }
        trimmed => match trimmed.split_once("://") {
            None => vec![format!("https://{trimmed}")],
            // A path grants nothing more than its host does.
            Some((scheme, rest)) => rest.split_once('/').map(|(host, _)| format!("{scheme}://{host}")).into_iter().collect(),
        },
    };
    let Some(meant) = candidates.into_iter().find(is_valid) else { return };
    diagnostic.help = Some(format!("write \"{meant}\""));
    // Without the path more is granted than was written; without a scheme it is a guess.
    let edits = Edits::new(vec![edit::rename(cx.text(), item.span, &meant)]);
    diagnostic.fix = edits.map(|edits| Fix::risky(format!("write \"{meant}\""), edits));
}

fn http_hosts(cx: &Context<'_>, component: &Component<'_>, out: &mut Findings<'_>) {
    let items = component.table.get("allowed_http_hosts").map(Node::items).unwrap_or_default();
    if items.iter().any(|item| item.as_str() == Some(hosts::ALLOW_ALL)) {
        return;
    }
    for (item, entry) in items.iter().filter_map(|item| Some((item, item.as_str()?))) {
        let made = hosts::expand_http_host(entry).map_err(|reason| format!("\"{entry}\" is no host that can be allowed: {reason}"));
        // What it becomes is read once more, as entries of `allowed_outbound_hosts`, templates and all.
        let verdict = made.and_then(|made| {
            made.iter().try_for_each(|made| match template::parse(made) {
                Err(_) => Err(format!("\"{entry}\" has a `{{{{` without `}}}}`")),
                Ok(_) => outbound_host(cx, made, false),
            })
        });
        if let Err(told) = verdict {
            let diagnostic = out.about(component, item.span, format!("{told}; Spin refuses to load the manifest"));
            diagnostic.help = Some("write the host alone, in `allowed_outbound_hosts` as \"https://host\"".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, findings};

    #[test]
    fn templates_are_judged_by_the_defaults() {
        let text = format!(
            "{APP}[component.cart]\nsource = \"x.wasm\"\nallowed_outbound_hosts = [\"https://{{{{ host }}}}\", \"{{{{ none }}}}\"]\n[variables]\nnone = {{ default = \"\" }}\n"
        );
        let with = |host: &str| findings(&format!("{text}host = {host}\n"), &[], "malformed-host").len();
        assert_eq!((with("{ default = \"a b\" }"), with("{ default = \"a\" }"), with("{ required = true }")), (1, 0, 0));
    }

    #[test]
    fn hosts_of_old_are_hosts_alone() {
        let text = format!("{APP}[component.cart]\nsource = \"x.wasm\"\nallowed_http_hosts = [\"example.com\", \"example.com/api\"]\n");
        let found = findings(&text, &[], "malformed-host");
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("it has a path"), "{}", found[0].message);
    }
}

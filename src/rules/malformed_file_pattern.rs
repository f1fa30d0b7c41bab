//! An entry of `files` or `exclude_files` is not one that Spin can follow.
//!
//! ## Why
//!
//! `files` names files and folders beside the manifest, or globs. Spin refuses to start where an entry ends in `.` or `..`, is an absolute path,
//! or is a glob that cannot be read; and where a glob of `exclude_files` cannot be read, but only if `files` names a glob or a folder.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! files = ["assets/..", "a**b"]
//! #        ^^^^^^^^^^^ "assets/.." ends in a folder's own name or that of the folder above: Spin refuses to start
//! #                     ^^^^^^ "a**b" is no glob (recursive wildcards must form a single path component): Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::{Component, ends_in_itself, is_of_glob};
use crate::syntax::{Node, Value};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let files = component.table.get("files").map(Node::items).unwrap_or_default();
        for (item, entry) in files.iter().filter_map(|item| Some((item, item.as_str()?))) {
            if let Err(reason) = check_entry(entry, files.len() == 1) {
                let diagnostic = out.about(component, item.span, format!("\"{entry}\" {reason}: Spin refuses to start"));
                diagnostic.help =
                    Some("name a folder by a glob such as \"assets/**/*\", or `{ source = \"assets\", destination = \"/\" }`".to_owned());
            }
        }
        excluded(component, files, out);
    }
}

/// Checks a string of `files`. The error is the end of a sentence that begins with it.
fn check_entry(entry: &str, is_alone: bool) -> Result<(), String> {
    let last = entry.rsplit('/').next();
    // What another entry has made first, Spin need not make.
    if matches!(last, Some("." | "..")) || (is_alone && ends_in_itself(entry)) {
        return Err("ends in a folder's own name or that of the folder above".to_owned());
    }
    if entry.contains(is_of_glob) {
        return glob::Pattern::new(entry).map(drop).map_err(|error| format!("is no glob ({})", error.msg));
    }
    if entry.starts_with('/') {
        return Err("is an absolute path".to_owned());
    }
    Ok(())
}

fn excluded(component: &Component<'_>, files: &[Node], out: &mut Findings<'_>) {
    // Whether a plain name is that of a folder only the disk knows.
    let has_glob = files.iter().filter_map(Node::as_str).any(|entry| entry.contains(is_of_glob));
    let may_be_folder = files.iter().any(|item| matches!(item.value, Value::Table(_) | Value::String(_)));
    let excluded = component.table.get("exclude_files").map(Node::items).unwrap_or_default();
    for (item, entry) in excluded.iter().filter_map(|item| Some((item, item.as_str()?))) {
        let Err(error) = glob::Pattern::new(entry) else { continue };
        let then = match (has_glob, may_be_folder) {
            (true, _) => "Spin refuses to start",
            (false, true) => "Spin refuses to start if `files` names a folder",
            (false, false) => "it excludes nothing",
        };
        let diagnostic = out.about(component, item.span, format!("\"{entry}\" is no glob ({}): {then}", error.msg));
        if !has_glob {
            diagnostic.severity = Severity::Warning;
        }
    }
}

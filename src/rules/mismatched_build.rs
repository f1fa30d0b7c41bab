//! A component is built to another file than its `source`.
//!
//! ## Why
//!
//! `cargo build --target T` writes below `target/T/debug`, with `--release` below `target/T/release`. Where `source` names another of these folders
//! Spin finds no Wasm, or an old one that it takes without a word. A package of a workspace is written to the workspace's `target`, and not to
//! one of its own: one that is there is from before.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "target/wasm32-wasip1/release/cart.wasm"
//! #        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the component is built for `wasm32-wasip2`, and this is a file of `wasm32-wasip1`
//! build.command = "cargo build --target wasm32-wasip2 --release"
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "target/wasm32-wasip2/release/cart.wasm"
//! build.command = "cargo build --target wasm32-wasip2 --release"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Place, Related, Safety, Severity};
use crate::edit;
use crate::manifest::Source;
use crate::syntax::Table;
use crate::text::Span;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let Some(source) = component.source() else { continue };
        let Source::Path(path) = &source.value else { continue };
        let build = component.build();
        // Of several commands any may move the file.
        let [command] = build.commands.as_slice() else { continue };
        let (Some(built), Some(named)) = (Output::of_command(command), Output::of_path(path)) else { continue };
        let message = match (&built.target, &named.target) {
            (Some(built), Some(named)) if built != named => {
                format!("the component is built for `{built}`, and this is a file of `{named}`")
            }
            _ if built.profile != named.profile => {
                format!("the component is built with profile `{}`, and this is a file of `{}`", built.profile, named.profile)
            }
            _ => match &cx.facts.component(&component.id).written_to {
                Some(written) => format!("the component is built to \"{written}\", in the workspace's `target`"),
                None => continue,
            },
        };
        let diagnostic = out.about(component, source.span, message);
        if let Some(span) = command_span(component.table) {
            let place = Place { file: cx.file.clone(), span };
            diagnostic.related.push(Related { place, message: "how it is built".to_owned() });
        }
        diagnostic.help = Some("let `source` name what the command writes".to_owned());
        let written = cx.facts.component(&component.id).written_to.clone().unwrap_or_else(|| path.clone());
        let edits = Edits::new(vec![edit::rename(cx.text(), source.span, &built.in_path(&written))]);
        diagnostic.fix = edits.map(|edits| Fix::risky("let `source` name what the command writes", edits));
    }
}

fn command_span(component: &Table) -> Option<Span> {
    Some(component.get("build")?.as_table()?.get("command")?.span)
}

/// A folder of Cargo's.
struct Output {
    target: Option<String>,
    profile: String,
}

impl Output {
    /// Where a plain `cargo build` writes; none if it is something else, or where it says itself where.
    fn of_command(command: &str) -> Option<Output> {
        let words: Vec<&str> = command.split_whitespace().collect();
        let (["cargo", "build"], rest) = words.split_at_checked(2)? else { return None };
        if rest
            .iter()
            .any(|word| word.contains(['&', '|', ';', '$', '`']) || word.starts_with("--target-dir") || word.starts_with("--artifact-dir"))
        {
            return None;
        }
        let value = |name: &str| {
            let behind = rest.iter().position(|word| *word == name).and_then(|at| rest.get(at + 1)).copied();
            behind.or_else(|| rest.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('=')))
        };
        let is_release = rest.iter().any(|word| matches!(*word, "--release" | "-r"));
        let profile = match value("--profile") {
            Some("dev" | "test") => "debug",
            Some(name) => name,
            None if is_release => "release",
            None => "debug",
        };
        Some(Output { target: value("--target").map(str::to_owned), profile: profile.to_owned() })
    }

    /// The path of a Wasm in this folder that another path names elsewhere.
    fn in_path(&self, path: &str) -> String {
        let mut names: Vec<&str> = path.split('/').collect();
        if let [.., target, profile, _] = names.as_mut_slice() {
            *target = self.target.as_deref().unwrap_or(target);
            *profile = &self.profile;
        }
        names.join("/")
    }

    /// The folder that a path names.
    fn of_path(path: &str) -> Option<Output> {
        let names: Vec<&str> = path.split('/').collect();
        let at = names.iter().position(|name| *name == "target")?;
        match &names[at + 1..] {
            [target, profile, _] if target.starts_with("wasm32") => {
                Some(Output { target: Some((*target).to_owned()), profile: (*profile).to_owned() })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, check_fix_with, findings, silent, silent_with};

    fn with(source: &str, command: &str) -> String {
        format!("{APP}[component.cart]\nsource = \"{source}\"\n[component.cart.build]\ncommand = \"{command}\"\n")
    }

    #[test]
    fn what_fits_or_cannot_be_known_is_silent() {
        for (source, command) in [
            ("target/wasm32-wasip1/release/x.wasm", "cargo build --target wasm32-wasip1 --release"),
            ("../target/wasm32-wasip1/release/x.wasm", "cargo build -r --target=wasm32-wasip1"),
            ("target/wasm32-wasip1/debug/x.wasm", "cargo build --target wasm32-wasip1"),
            ("target/wasm32-wasip1/release/x.wasm", "cargo build --release"),
            ("target/wasm32-wasip1/release/x.wasm", "cargo component build"),
            ("target/wasm32-wasip1/release/x.wasm", "cargo build --target wasm32-wasip2 --release && cp a b"),
            ("dist/x.wasm", "cargo build --target wasm32-wasip2"),
        ] {
            silent(&with(source, command), "mismatched-build");
        }
    }

    #[test]
    fn a_package_of_a_workspace_is_written_to_its_target() {
        let text = format!(
            "{APP}[component.cart]\nsource = \"carts/cart/target/wasm32-wasip1/release/cart.wasm\"\n[component.cart.build]\ncommand = \"cargo build --target wasm32-wasip1 --release\"\nworkdir = \"carts/cart\"\n"
        );
        let root = ("carts/Cargo.toml", "[workspace]\nmembers = [\"*\"]\n");
        let package = ("carts/cart/Cargo.toml", "[package]\nname = \"cart\"\n");
        let fixed = text.replace("carts/cart/target", "carts/target");
        check_fix_with(&text, &[root, package], "mismatched-build", &fixed);
        // Alone, left out, or with a folder of its own choice it is another matter.
        let other = ("carts/Cargo.toml", "[workspace]\nmembers = [\"other\"]\n");
        let config = ("carts/.cargo/config.toml", "[build]\ntarget-dir = \"cart/target\"\n");
        for files in [&[package][..], &[other, package], &[root, package, config]] {
            silent_with(&text, files, "mismatched-build");
        }
        silent_with(&fixed, &[root, package], "mismatched-build");
    }

    #[test]
    fn a_release_that_is_not_built_is_told() {
        let found = findings(&with("target/wasm32-wasip1/release/x.wasm", "cargo build --target wasm32-wasip1"), &[], "mismatched-build");
        assert!(found[0].message.contains("with profile `debug`"), "{}", found[0].message);
    }
}

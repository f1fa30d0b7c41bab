//! A glob of `files` or `build.watch` matches nothing.
//!
//! ## Why
//!
//! Spin says nothing about it: the component misses its files, and `spin watch` does not notice a change. Globs of `watch` are relative to
//! `workdir`, those of `files` to the manifest. What a build makes is not there before it, so this is worth no more than a
//! word; and without the component's sources beside the manifest, nothing is said.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = { package = "shop:cart", version = "1.0.0" }
//! files = ["asset/*.png"]
//! #        ^^^^^^^^^^^^^ "asset/*.png" matches nothing: Spin gives the component no file for it
//! [component.cart.build]
//! command = "make"
//! watch = ["source/**/*.rs", "Cargo.toml"]
//! #        ^^^^^^^^^^^^^^^^ "source/**/*.rs" matches nothing: `spin watch` never builds for it
//! ```
//!
//! ```toml Cargo.toml
//! [package]
//! name = "cart"
//! ```
//!
//! ```rust src/lib.rs
//! pub fn add() {}
//! ```
//!
//! ```text assets/cart.png
//! x
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::FileEntry;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Code, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let idle = &cx.facts.component(&component.id).idle_globs;
        if idle.is_empty() {
            continue;
        }
        let files = component.files().into_iter().filter(FileEntry::is_glob);
        let files = files.map(|glob| (glob.path, "Spin gives the component no file for it", "the manifest"));
        let watched = component.watch().into_iter().map(|glob| (glob, "`spin watch` never builds for it", "`workdir`"));
        for (glob, so, base) in files.chain(watched).filter(|(glob, ..)| idle.contains(&glob.value)) {
            let diagnostic = out.about(component, glob.span, format!("\"{}\" matches nothing: {so}", glob.value));
            diagnostic.help = Some(format!("correct the path, which is relative to {base}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, findings, silent_with};

    #[test]
    fn what_is_there_or_not_known_is_silent() {
        let app = |watch: &str| {
            format!(
                "{APP}[component.cart]\nsource = \"x.wasm\"\n[component.cart.build]\ncommand = \"make\"\nworkdir = \"cart\"\nwatch = [{watch}]\n"
            )
        };
        let files = [
            ("cart/src/lib.rs", ""),
            ("cart/Cargo.toml", "[package]\nname = \"cart\"\n"),
            ("cart/src/deep/a.rs", ""),
            ("cart/web/node_modules/x/y.js", ""),
        ];
        assert_eq!(findings(&app("\"lib/**/*.rs\""), &files, "idle-glob").len(), 1);
        for watch in
            ["\"src/**/*.rs\"", "\"src\"", "\"./src/**\"", "\"*.toml\"", "\"Cargo.toml\"", "\"**/*.rs\"", "\"web/**/*.ts\"", "\"[\""]
        {
            silent_with(&app(watch), &files, "idle-glob");
        }
        // Of a folder that is not there nothing is known.
        silent_with(&app("\"src/**/*.rs\""), &[("other/x", "")], "idle-glob");
        let flat = format!(
            "{APP}[component.cart]\nsource = \"x.wasm\"\n[component.cart.build]\ncommand = \"make\"\nwatch = [\"a.rs\", \"*.toml\"]\n"
        );
        let beside = [("src/lib.rs", ""), ("Cargo.toml", "[package]\nname = \"cart\"\n"), ("src/deep/a.rs", "")];
        silent_with(&flat, &beside, "idle-glob");
        assert_eq!(findings(&flat.replace("a.rs", "b.rs"), &beside, "idle-glob").len(), 1);
    }
}

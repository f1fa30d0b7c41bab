//! A build's own output is among the files that it is built from.
//!
//! ## Why
//!
//! `spin watch` builds when a file of `watch` changes, and the build changes this one: it builds without end.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "target/wasm32-wasip1/release/cart.wasm"
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1 --release"
//! watch = ["**/*", "Cargo.toml"]
//! #        ^^^^^^ "**/*" matches the component's own `source`: `spin watch` builds without end
//! ```

use std::path::Path;

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::facts::globs::Watch;
use crate::manifest::Source;
use crate::text::join_lexically;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let build = component.build();
        let Some(Source::Path(source)) = component.source().map(|source| source.value).filter(|_| !build.commands.is_empty()) else {
            continue;
        };
        let source = join_lexically(Path::new("app"), Path::new(&source));
        let watch = Watch { folder: Path::new("app"), workdir: build.workdir.as_deref() };
        // A list that leaves something out is more than it seems.
        if build.watch.iter().any(|pattern| pattern.starts_with('!')) {
            continue;
        }
        for pattern in component.watch().into_iter().filter(|pattern| watch.matches(&pattern.value, &source) == Some(true)) {
            let message = format!("\"{}\" matches the component's own `source`: `spin watch` builds without end", pattern.value);
            out.about(component, pattern.span, message).help = Some("name the sources alone, such as `src/**/*.rs`".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, findings, silent};

    #[test]
    fn sources_are_not_what_they_are_built_to() {
        for (source, workdir, watch) in [
            ("target/x.wasm", ".", "src/**/*.rs"),
            ("target/x.wasm", ".", "*.wasm"),
            ("target/x.wasm", "cart", "**/*"),
            ("dist/x.wasm", ".", "target"),
            ("x.wasm", ".", "["),
        ] {
            silent(
                &format!(
                    "{APP}[component.cart]\nsource = \"{source}\"\n[component.cart.build]\ncommand = \"make\"\nworkdir = \"{workdir}\"\nwatch = [\"{watch}\"]\n"
                ),
                "watched-output",
            );
        }
    }

    #[test]
    fn without_a_folder_a_plain_name_matches_at_any_depth() {
        let text = format!(
            "{APP}[component.cart]\nsource = \"target/x.wasm\"\n[component.cart.build]\ncommand = \"make\"\nwatch = [\"*.wasm\"]\n"
        );
        assert_eq!(findings(&text, &[], "watched-output").len(), 1);
    }
}

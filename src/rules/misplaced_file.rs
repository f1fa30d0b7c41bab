//! A file is put where only a folder can be.
//!
//! ## Why
//!
//! `{ source, destination }` in `files` copies a folder with all that is in it, or one file to a place that names the file. A place that ends with
//! `/` names none: Spin fails to copy the file, and refuses to start.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! files = [{ source = "pages/index.html", destination = "/pages/" }]
//! #                                                     ^^^^^^^^^ "/pages/" is no name for the file "pages/index.html": Spin refuses to start
//! ```
//!
//! ```html pages/index.html
//! x
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! files = [{ source = "pages/index.html", destination = "/pages/index.html" }]
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let single = &cx.facts.component(&component.id).single_files;
        for file in component.files().iter().filter(|file| single.contains(&file.path.value)) {
            let Some(place) = file.destination.as_ref().filter(|place| names_a_folder(&place.value)) else { continue };
            let (source, folder) = (&file.path.value, &place.value);
            let message = format!("\"{folder}\" is no name for the file \"{source}\": Spin refuses to start");
            let diagnostic = out.about(component, place.span, message);
            if folder.ends_with("..") {
                continue;
            }
            let folder = folder.trim_end_matches('.').trim_end_matches('/');
            let meant = format!("{folder}/{}", source.rsplit('/').next().unwrap_or_default());
            diagnostic.help = Some(format!("write `{meant}`"));
            let edits = Edits::new(vec![edit::rename(cx.text(), place.span, &meant)]);
            diagnostic.fix = edits.map(|edits| Fix::safe(format!("write `{meant}`"), edits));
        }
    }
}

/// Whether a place ends where a folder's name ends, or is the root.
fn names_a_folder(place: &str) -> bool {
    matches!(place.rsplit('/').next(), Some("" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, findings, silent_with};

    #[test]
    fn folders_have_any_place_and_files_one_with_a_name() {
        let app = |source: &str, place: &str| {
            format!("{APP}[component.cart]\nsource = \"x.wasm\"\nfiles = [{{ source = \"{source}\", destination = \"{place}\" }}]\n")
        };
        let files = [("pages/a.html", "x")];
        for place in ["/", "", ".", "/pages/", "/pages/..", "/pages/."] {
            assert_eq!(findings(&app("pages/a.html", place), &files, "misplaced-file").len(), 1, "{place}");
            silent_with(&app("pages", place), &files, "misplaced-file");
        }
        silent_with(&app("pages/a.html", "/b.html"), &files, "misplaced-file");
        silent_with(&app("pages/absent.html", "/"), &files, "misplaced-file");
    }
}

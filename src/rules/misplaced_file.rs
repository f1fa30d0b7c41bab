//! A file is put where only a folder can be, or a folder where none can be made.
//!
//! ## Why
//!
//! `{ source, destination }` in `files` copies a folder with all that is in it, or one file to a place that names the file. A place that ends with
//! `/` names none: Spin fails to copy the file, and refuses to start. Nor can it make a folder whose place ends in `.`.
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
use crate::facts::Named;
use crate::manifest::ends_in_itself;

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
        let named = &cx.facts.component(&component.id).named_files;
        let files = component.files();
        for file in &files {
            let Some(place) = &file.destination else { continue };
            let (source, folder) = (&file.path.value, &place.value);
            let (what, name) = match named.get(source) {
                Some(Named::File) if names_a_folder(folder) => ("file", source.rsplit('/').next().unwrap_or_default()),
                // What another entry has made first, Spin need not make.
                Some(Named::Folder) if files.len() == 1 && ends_in_itself(folder) => ("folder", ""),
                _ => continue,
            };
            let message = format!("\"{folder}\" is no name for the {what} \"{source}\": Spin refuses to start");
            let diagnostic = out.about(component, place.span, message);
            if folder.ends_with("..") {
                continue;
            }
            let folder = without_its_end(folder);
            let meant = if name.is_empty() && !folder.is_empty() { folder.to_owned() } else { format!("{folder}/{name}") };
            diagnostic.help = Some(format!("write `{meant}`"));
            let edits = Edits::new(vec![edit::rename(cx.text(), place.span, &meant)]);
            diagnostic.fix = edits.map(|edits| Fix::safe(format!("write `{meant}`"), edits));
        }
    }
}

/// A folder's place without the `/` and the folder's own name at its end; nothing, for the root.
fn without_its_end(folder: &str) -> &str {
    match folder.strip_suffix("/.").or_else(|| folder.strip_suffix('/')) {
        Some(shorter) => without_its_end(shorter),
        None if folder == "." => "",
        None => folder,
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
            let is_itself = [".", "/pages/."].contains(&place);
            assert_eq!(findings(&app("pages", place), &files, "misplaced-file").len(), usize::from(is_itself), "{place}");
        }
        silent_with(&app("pages/a.html", "/b.html"), &files, "misplaced-file");
        silent_with(&app("pages/absent.html", "/"), &files, "misplaced-file");
    }
}

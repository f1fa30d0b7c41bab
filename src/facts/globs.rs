//! Which globs of a manifest match nothing that is there.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::files::Files;
use crate::manifest::{Component, FileEntry};
use crate::text::{join_lexically, slashed};

/// More entries than this are not looked through for one glob.
const MOST_ENTRIES: usize = 5_000;

/// Folders that hold too much to look through, or what comes and goes.
const CROWDED: &[&str] = &["node_modules", "target", ".git", ".spin"];

const OPTIONS: glob::MatchOptions =
    glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// The globs of a component's `files` and `build.watch` that match nothing. What cannot be known in a moment is left out.
pub(super) fn idle(files: &dyn Files, folder: &Path, component: &Component<'_>) -> Vec<String> {
    let mut idle = Vec::new();
    for pattern in component.files().into_iter().filter(FileEntry::is_glob).map(|file| file.path.value) {
        let Ok(glob) = glob::Pattern::new(&slashed(&join_lexically(folder, Path::new(&pattern)))) else { continue };
        if any(files, folder, &pattern, |path| glob.matches_with(&slashed(path), OPTIONS)) == Some(false) {
            idle.push(pattern);
        }
    }
    let build = component.build();
    let watch = Watch { folder, workdir: build.workdir.as_deref() };
    // Of a folder that is not there nothing is known.
    if !files.list(&watch.base()).is_empty() {
        idle.extend(build.watch.into_iter().filter(|pattern| watch.is_idle(files, pattern)));
    }
    idle
}

/// How Spin reads the entries of `build.watch`: by the rules of `.gitignore`, with the build's folder before them.
pub struct Watch<'w> {
    /// The folder of the manifest.
    pub folder: &'w Path,
    /// The folder of the build, beside it.
    pub workdir: Option<&'w str>,
}

impl Watch<'_> {
    /// Whether an entry matches a file; none if it cannot be read.
    pub fn matches(&self, pattern: &str, path: &Path) -> Option<bool> {
        // To make a matcher costs more than all other rules together.
        if !may_match(pattern, path) {
            return Some(false);
        }
        self.matcher(pattern).map(|matcher| self.is_match(&matcher, path))
    }

    fn is_match(&self, matcher: &Gitignore, path: &Path) -> bool {
        path.starts_with(self.base()) && matcher.matched_path_or_any_parents(path, false).is_ignore()
    }

    fn matcher(&self, pattern: &str) -> Option<Gitignore> {
        let mut builder = GitignoreBuilder::new(self.base());
        let pattern = pattern.trim_start_matches("./");
        // Without a folder before it a plain name matches at any depth.
        let line = if self.workdir.is_some() { format!("/{pattern}") } else { pattern.to_owned() };
        builder.add_line(None, &line).ok()?;
        builder.build().ok()
    }

    fn base(&self) -> PathBuf {
        join_lexically(self.folder, Path::new(self.workdir.unwrap_or("")))
    }

    fn is_idle(&self, files: &dyn Files, pattern: &str) -> bool {
        let base = self.base();
        let is_literal = !is_glob(pattern) && (self.workdir.is_some() || pattern.contains('/'));
        match is_literal {
            true => !files.exists(&join_lexically(&base, Path::new(pattern))),
            false => {
                let literal = if is_glob(pattern) { pattern } else { "*" };
                // What cannot be read as a pattern is told elsewhere, and is not idle.
                let matcher = OnceCell::new();
                let is_match = |path: &Path| {
                    let matcher = matcher.get_or_init(|| self.matcher(pattern));
                    matcher.as_ref().is_none_or(|matcher| self.is_match(matcher, path))
                };
                any(files, &base, literal, |path| may_match(pattern, path) && is_match(path)) == Some(false)
            }
        }
    }
}

/// Whether a path has what is literal in an entry: the end of each of its parts. An entry with escapes and the like may match anything.
fn may_match(pattern: &str, path: &Path) -> bool {
    let has = |end: &str| path.components().any(|part| part.as_os_str().to_str().is_none_or(|name| name.ends_with(end)));
    pattern.contains(['\\', '{', '!', '#', ' ', '['])
        || pattern.split('/').filter(|part| !matches!(*part, "" | ".")).all(|part| has(part.rsplit(['*', '?']).next().unwrap_or(part)))
}

fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// Whether any file matches, of those below the part of a pattern that is no glob; none if there are too many.
fn any(files: &dyn Files, folder: &Path, pattern: &str, matches: impl Fn(&Path) -> bool) -> Option<bool> {
    let literal = pattern.split('/').take_while(|part| !is_glob(part));
    let base = join_lexically(folder, &literal.collect::<PathBuf>());
    let mut pending = vec![base];
    let mut seen = 0;
    while let Some(folder) = pending.pop() {
        for entry in files.list(&folder) {
            seen += 1;
            let path = folder.join(&entry.name);
            if matches(&path) {
                return Some(true);
            }
            if seen > MOST_ENTRIES || entry.is_folder && CROWDED.contains(&entry.name.as_str()) {
                return None;
            }
            if entry.is_folder {
                pending.push(path);
            }
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is ruled out at a glance is what the matcher rules out.
    #[test]
    fn nothing_is_ruled_out_that_matches() {
        let patterns = [
            "src/**/*.rs",
            "Cargo.toml",
            "**",
            "*",
            "target",
            "target/**",
            "/target/",
            "a.wasm",
            "**/*.wasm",
            "./target/*.wasm",
            "[at]*.wasm",
            "t?rget",
            "x/y",
        ];
        let paths = ["app/target/a.wasm", "app/a.wasm", "app/target/wasm32-wasip1/release/a.wasm", "app/src/lib.rs"];
        let mut matched = 0;
        for workdir in [None, Some(""), Some("target")] {
            let watch = Watch { folder: Path::new("app"), workdir };
            for (pattern, path) in patterns.iter().flat_map(|pattern| paths.iter().map(move |path| (pattern, Path::new(path)))) {
                let matcher = watch.matcher(pattern).unwrap();
                let is_match = watch.is_match(&matcher, path);
                assert_eq!(watch.matches(pattern, path), Some(is_match), "{pattern} {path:?} {workdir:?}");
                matched += usize::from(is_match);
            }
        }
        assert!(matched > 20, "{matched}");
    }
}

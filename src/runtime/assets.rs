//! The `files` of a component: copied to a folder of its own, as Spin does, and mounted there, read-only.

use std::path::{Component, Path, PathBuf};

use crate::manifest;
use crate::syntax::{Node, Value};

/// A copy of a component's files, which goes with this.
pub(super) struct Assets(tempfile::TempDir);

impl Assets {
    /// Copies the files of a component of the manifest in a folder; none if it has no `files`. The error is the end of a sentence.
    pub(super) fn copy(component: &manifest::Component<'_>, app: &Path) -> Result<Option<Assets>, String> {
        let entries = component.table.get("files").map(Node::items).unwrap_or_default();
        if entries.is_empty() {
            return Ok(None);
        }
        let excluded = component.table.get("exclude_files").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str);
        let excluded = excluded.map(|pattern| glob::Pattern::new(pattern).map_err(|error| format!("`{pattern}` is no pattern: {error}")));
        let root = tempfile::Builder::new().prefix("spinlint-").tempdir().map_err(|error| format!("no folder for its files: {error}"))?;
        // Beside the current folder's own name a pattern would begin at the root of the disk, and what it finds has no `.` before it.
        let here = if app.as_os_str().is_empty() { Path::new(".") } else { app };
        let app = std::path::absolute(here).map_err(|error| format!("no current folder: {error}"))?;
        let copying = Copying { app: &app, root: root.path(), excluded: excluded.collect::<Result<_, _>>()? };
        for entry in entries {
            match &entry.value {
                Value::Table(table) => {
                    let text = |key| table.get(key).and_then(Node::as_str).unwrap_or_default();
                    copying.mounted(text("source"), text("destination").trim_start_matches('/'))?;
                }
                _ => copying.named(entry.as_str().unwrap_or_default())?,
            }
        }
        Ok(Some(Assets(root)))
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }
}

struct Copying<'a> {
    app: &'a Path,
    root: &'a Path,
    excluded: Vec<glob::Pattern>,
}

impl Copying<'_> {
    /// An entry that is a path or a pattern: what it names keeps its place.
    fn named(&self, entry: &str) -> Result<(), String> {
        if matches!(entry.rsplit('/').next(), Some("." | "..")) {
            return Err(format!("`{entry}`, which `files` names, ends in a folder's own name or that of the folder above it"));
        }
        if Path::new(entry).is_absolute() {
            return Err(format!("`{entry}`, which `files` names, is outside the app's folder"));
        }
        let path = self.app.join(entry);
        if path.is_dir() {
            return self.matching(&everything_in(&path), self.app, Path::new(""));
        }
        if path.is_file() {
            return self.copy(&path, Path::new(entry));
        }
        if !entry.contains(['*', '?', '[', ']']) {
            return Err(format!("`{entry}`, which `files` names, does not exist"));
        }
        let pattern = format!("{}/{entry}", glob::Pattern::escape(&self.app.to_string_lossy()));
        self.matching(&pattern, self.app, Path::new(""))
    }

    /// An entry with a place of its own for a file or a folder.
    fn mounted(&self, source: &str, destination: &str) -> Result<(), String> {
        if Path::new(source).is_absolute() {
            return Err(format!("`{source}`, which `files` names, is outside the app's folder"));
        }
        let path = self.app.join(source);
        if path.is_dir() {
            return self.matching(&everything_in(&path), &path, Path::new(destination));
        }
        if !path.is_file() {
            return Err(format!("`{source}`, which `files` names, does not exist"));
        }
        if destination.is_empty() || destination.ends_with(['/', '.']) {
            return Err(format!("`/{destination}`, where `files` puts `{source}`, is no name of a file"));
        }
        self.copy(&path, Path::new(destination))
    }

    fn matching(&self, pattern: &str, from: &Path, to: &Path) -> Result<(), String> {
        let found = glob::glob(pattern).map_err(|error| format!("`{pattern}` is no pattern: {error}"))?;
        for file in found.flatten().filter(|path| path.is_file()) {
            let beside = file.strip_prefix(self.app).unwrap_or(&file);
            if self.excluded.iter().any(|pattern| pattern.matches_path(beside)) {
                continue;
            }
            let relative = file.strip_prefix(from).map_err(|_| format!("{} is outside the app's folder", file.display()))?;
            self.copy(&file, &to.join(relative))?;
        }
        Ok(())
    }

    /// Copies a file to a place in the folder of the component's own. What would lie outside of it no component can see, and nothing is
    /// written there.
    fn copy(&self, from: &Path, to: &Path) -> Result<(), String> {
        let mut place = PathBuf::new();
        for part in to.components() {
            match part {
                Component::Normal(name) => place.push(name),
                Component::CurDir => {}
                Component::ParentDir if place.pop() => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Ok(()),
            }
        }
        let to = self.root.join(place);
        let copied = to.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::copy(from, &to));
        copied.map(|_| ()).map_err(|error| format!("cannot copy {}: {error}", from.display()))
    }
}

/// The pattern for everything in a folder, whatever signs are in its name.
fn everything_in(folder: &Path) -> String {
    format!("{}/**/*", glob::Pattern::escape(&folder.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::files::{Disk, Files};
    use crate::manifest::{Version, read};
    use crate::syntax;

    /// What is copied for a component with these lines, from a folder with a few files.
    fn copied(lines: &str) -> Result<BTreeMap<String, String>, String> {
        let app = tempfile::tempdir().unwrap();
        // A folder whose name would be a pattern.
        let app = app.path().join("a [b]");
        for path in ["page.html", "static/a.css", "static/deep/b.css", "static/secret.txt"] {
            std::fs::create_dir_all(app.join(path).parent().unwrap()).unwrap();
            #[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
            std::fs::write(app.join(path), path).unwrap();
        }
        let text = format!("[component.x]\nsource = \"x.wasm\"\n{lines}\n");
        let tree = syntax::parse(&text);
        let assets = Assets::copy(&read(&tree, Version::Two, None).components[0], &app)?;
        let Some(assets) = assets else { return Ok(BTreeMap::new()) };
        let all = glob::glob(&everything_in(assets.folder())).unwrap().flatten().filter(|path| path.is_file());
        let name = |path: &Path| path.strip_prefix(assets.folder()).unwrap().to_string_lossy().into_owned();
        Ok(all.map(|path| (name(&path), Disk.text(&path).unwrap())).collect())
    }

    #[test]
    fn files_come_where_spin_puts_them() {
        let names = |lines: &str| copied(lines).unwrap().into_keys().collect::<Vec<_>>();
        assert_eq!(names(""), [""; 0]);
        assert_eq!(names("files = [\"page.html\", \"static/*.css\"]"), ["page.html", "static/a.css"]);
        assert_eq!(names("files = [\"static\"]\nexclude_files = [\"**/secret.*\"]"), ["static/a.css", "static/deep/b.css"]);
        assert_eq!(names("files = [{ source = \"static\", destination = \"/\" }]"), ["a.css", "deep/b.css", "secret.txt"]);
        assert_eq!(names("files = [{ source = \"page.html\", destination = \"/www/index.html\" }]"), ["www/index.html"]);
        assert_eq!(names("files = [\"nothing/*.css\"]"), [""; 0]);
    }

    #[test]
    fn what_is_not_there_is_named() {
        assert_eq!(copied("files = [\"absent.html\"]").unwrap_err(), "`absent.html`, which `files` names, does not exist");
        assert!(copied("files = [{ source = \"gone\", destination = \"/\" }]").unwrap_err().contains("`gone`"));
        assert!(copied("files = [{ source = \"page.html\", destination = \"/\" }]").unwrap_err().contains("no name of a file"));
        for entry in [".", "static/.", "static/.."] {
            assert!(copied(&format!("files = [\"{entry}\"]")).unwrap_err().contains("ends in"), "{entry}");
        }
    }

    /// Whatever `files` says, nothing is written but the component's own folder, and nothing in the app's is changed.
    #[test]
    fn nothing_is_written_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("app");
        std::fs::create_dir(&app).unwrap();
        let precious = [app.join("precious.txt"), folder.path().join("beside.txt")];
        for path in &precious {
            #[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
            std::fs::write(path, "precious").unwrap();
        }
        let before = glob::glob(&everything_in(folder.path())).unwrap().count();
        let absolute = precious[0].display().to_string();
        for (files, is_refused) in [
            (format!("[{absolute:?}]"), true),
            (format!("[{{ source = {absolute:?}, destination = \"/x\" }}]"), true),
            (format!("[{:?}]", format!("{}/*", app.display())), true),
            ("[\"../beside.txt\"]".to_owned(), false),
            ("[{ source = \"precious.txt\", destination = \"/../../escaped.txt\" }]".to_owned(), false),
        ] {
            let tree = syntax::parse(&format!("[component.x]\nsource = \"x.wasm\"\nfiles = {files}\n"));
            let assets = Assets::copy(&read(&tree, Version::Two, None).components[0], &app);
            assert_eq!(assets.is_err(), is_refused, "{files}");
        }
        assert!(precious.iter().all(|path| Disk.text(path).as_deref() == Some("precious")));
        assert_eq!(glob::glob(&everything_in(folder.path())).unwrap().count(), before);
    }
}

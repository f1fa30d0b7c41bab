//! The file that a build begins with.

use std::path::{Path, PathBuf};

use super::{EXTENSIONS, Project, file_name, without_comments};
use crate::text::join_lexically;

impl Project<'_, '_> {
    /// The files that a build begins with: what the build's own words name, else the customary ones. Empty if unknown.
    pub(in crate::facts::source::javascript) fn entries(&self, commands: &[String]) -> Vec<PathBuf> {
        let package = self.json(&self.folder.join("package.json"));
        let all = commands.join(" && ");
        let configured = self.configured_entries(&all);
        if !configured.is_empty() {
            return configured;
        }
        let named: Vec<PathBuf> = paths_in(&all).filter_map(|path| self.source_file(&path)).collect();
        if !named.is_empty() {
            return named;
        }
        let fields = ["source", "main", "module"].iter().filter_map(|field| package.as_ref()?.get(*field)?.as_str());
        if let Some(main) = fields.filter_map(|path| self.source_file(path)).next() {
            return vec![main];
        }
        let stems = ["src/index", "index", "src/main", "src/app", "main", "app", "src/spin"];
        let customary = stems.iter().flat_map(|stem| EXTENSIONS.iter().map(move |ending| self.folder.join(format!("{stem}.{ending}"))));
        customary.filter(|path| self.library.files.is_file(path)).take(1).collect()
    }

    /// The entries that bundlers' configurations name, if the build runs the bundler.
    fn configured_entries(&self, commands: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in self.library.files.list(&self.folder) {
            let name = entry.name.as_str();
            let Some((stem, ending)) = name.rsplit_once('.') else { continue };
            if entry.is_folder || !EXTENSIONS.contains(&ending) {
                continue;
            }
            let tool = ["webpack", "vite", "rollup", "esbuild", "rspack", "tsup"]
                .into_iter()
                .find(|tool| stem.starts_with(&format!("{tool}.")) || stem == *tool);
            let is_run = tool.is_some_and(|tool| commands.contains(tool)) || commands.contains(name);
            if !is_run {
                continue;
            }
            let Some(text) = self.library.files.text(&self.folder.join(name)) else { continue };
            let text = without_comments(&text);
            found.extend(paths_in(&text).filter_map(|path| self.source_file(&path)).filter(|path| !path.ends_with(name)));
        }
        // One configuration may build several components: the command then tells which.
        let named: Vec<PathBuf> = found.iter().filter(|path| commands.contains(&file_name(path))).cloned().collect();
        let mut found = if named.is_empty() { found } else { named };
        found.dedup();
        found
    }

    /// A file of the project that a person wrote, by the path that a command gives it.
    fn source_file(&self, path: &str) -> Option<PathBuf> {
        let is_output = path.split('/').any(|part| matches!(part, "dist" | "build" | "node_modules" | "target" | "out"));
        let joined = join_lexically(&self.folder, Path::new(path.trim_start_matches("./")));
        let name = file_name(&joined);
        let is_config =
            name.contains(".config.") || matches!(name.as_str(), "build.mjs" | "build.js" | "esbuild.js" | "esbuild.mjs" | "build.ts");
        (!is_output && !is_config).then(|| self.with_ending(&joined)).flatten()
    }
}

/// Everything in a text that reads as the path of a source file.
fn paths_in(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '/' | '_' | '-' | '@')));
    let paths = words.filter(|word| word.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && EXTENSIONS.contains(&ending)));
    paths.map(str::to_owned)
}

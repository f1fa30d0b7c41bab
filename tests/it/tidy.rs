//! The rules of the house that a machine can see: who imports whom, how long files are, what they are called.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn sources() -> Vec<(String, String)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { collect(&path, found) } else { found.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let read =
        |path: PathBuf| (path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"), std::fs::read_to_string(&path).unwrap());
    paths.into_iter().map(read).collect()
}

/// The room of the house that a file is in.
fn room(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap()
}

/// Which rooms a room may import from. What is missing here may import nothing.
fn allowed() -> BTreeMap<&'static str, Vec<&'static str>> {
    let rows = [
        ("text", ""),
        ("parallel", ""),
        ("hosts", ""),
        ("capability", "hosts"),
        ("routes", ""),
        ("template", ""),
        ("discover", ""),
        ("diagnostic", "text"),
        ("config", "diagnostic files manifest schema shape syntax text"),
        ("suppression", "diagnostic syntax text"),
        ("syntax", "text"),
        ("files", "text"),
        ("schema", "text"),
        ("edit", "syntax diagnostic text"),
        ("manifest", "syntax schema template diagnostic text"),
        ("shape", "syntax schema capability diagnostic edit text"),
        ("facts", "manifest capability config hosts discover files suppression syntax diagnostic parallel text"),
        ("grants", "manifest capability hosts facts diagnostic text"),
        (
            "rules",
            "manifest capability config suppression hosts routes template runtime_config facts grants shape edit diagnostic schema syntax text lib",
        ),
        ("runtime_config", "capability files schema shape syntax text"),
        ("scenario", "facts files syntax diagnostic text"),
        ("runtime", "manifest capability hosts routes template schema facts scenario files syntax diagnostic text"),
        ("fix", "diagnostic syntax text lib"),
        ("fingerprint", "diagnostic syntax text"),
        ("baseline", "diagnostic fingerprint syntax text"),
        ("info", "manifest capability facts grants runtime_config schema shape syntax text lib"),
        ("report", "diagnostic facts fingerprint manifest rules syntax text lib"),
        (
            "lsp",
            "fix rules grants facts hosts routes manifest schema capability discover files edit diagnostic parallel syntax text config runtime_config suppression lib",
        ),
        (
            "cli",
            "baseline capability config info lsp runtime runtime_config report fix rules schema facts scenario suppression files discover diagnostic manifest parallel syntax text lib",
        ),
        ("lib", "config diagnostic edit facts files fix manifest rules runtime_config schema shape syntax text"),
        ("main", "cli"),
    ];
    rows.into_iter().map(|(room, imports)| (room, imports.split_whitespace().collect())).collect()
}

#[test]
fn nobody_imports_against_the_grain() {
    let allowed = allowed();
    let mut failures = Vec::new();
    for (path, text) in sources() {
        // Tests may look anywhere; the harness is one, and so are files of tests.
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        if room(&path) == "harness" || path.ends_with("/tests.rs") {
            continue;
        }
        let may = allowed.get(room(&path)).unwrap_or_else(|| panic!("{path} is in no room of the house"));
        for line in code.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            for import in line.split("crate::").skip(1) {
                let names: Vec<&str> = match import.strip_prefix('{') {
                    Some(list) => list.split('}').next().unwrap_or("").split(',').map(str::trim).collect(),
                    None => vec![import],
                };
                for name in names {
                    let target = name.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
                    // What lib.rs itself declares is imported by its own name.
                    let target = if target.starts_with(char::is_uppercase) || target == "check" { "lib" } else { target };
                    if target != room(&path) && !may.contains(&target) && !target.is_empty() {
                        failures.push(format!("{path} imports {target}"));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_file_has_a_header_a_name_and_a_size() {
    let mut failures = Vec::new();
    for (path, text) in sources() {
        if !text.starts_with("//! ") {
            failures.push(format!("{path} does not say what it is for"));
        }
        let lines = text.lines().count();
        if lines > 350 {
            failures.push(format!("{path} has {lines} lines"));
        }
        let stem = path.rsplit('/').next().unwrap().trim_end_matches(".rs");
        if ["util", "utils", "helper", "helpers", "common", "misc", "types", "manager"].contains(&stem) {
            failures.push(format!("{path} has a name that says nothing"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_is_in_the_table_and_the_table_has_no_other() {
    let mut files: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| text.contains("const RULE: Rule"))
        .filter_map(|(path, _)| path.strip_prefix("rules/").map(|name| name.trim_end_matches(".rs").replace('_', "-")))
        .collect();
    files.sort();
    let names: Vec<&str> = spinlint::rules::ALL.iter().map(|entry| entry.name).collect();
    assert_eq!(files, names);
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest = include_str!("../../Cargo.toml");
    let mut section = "";
    let mut above = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]") && line.contains(" = ") {
            assert!(above.starts_with("# "), "no reason above `{line}`");
        }
        above = line;
    }
}

//! Which Go files a build for Spin takes: names, build lines and tags.

use std::collections::BTreeSet;

/// The tags that are set.
pub(super) struct Tags(BTreeSet<String>);

/// Systems and architectures that a file's name can end in.
const SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "js",
    "linux",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "wasip2",
    "windows",
];
const ARCHITECTURES: &[&str] =
    &["386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "wasm"];

impl Tags {
    /// The tags of a build by this command.
    pub(super) fn of(command: &str) -> Tags {
        let mut tags: BTreeSet<String> = ["wasm", "wasip1", "wasi"].map(str::to_owned).into();
        if command.contains("tinygo") {
            tags.insert("tinygo".to_owned());
        } else {
            tags.insert("gc".to_owned());
        }
        let words: Vec<&str> = command.split_whitespace().collect();
        for (index, word) in words.iter().enumerate() {
            let listed = match word.trim_start_matches('-') {
                "tags" => words.get(index + 1).copied(),
                other => other.strip_prefix("tags=").filter(|_| word.starts_with('-')),
            };
            let listed = listed.map(|listed| listed.trim_matches(['"', '\''])).unwrap_or("");
            tags.extend(listed.split([',', ' ']).filter(|tag| !tag.is_empty()).map(str::to_owned));
        }
        Tags(tags)
    }

    /// Whether a build takes a file.
    pub(super) fn builds(&self, name: &str, text: &str) -> bool {
        let stem = name.strip_suffix(".go").unwrap_or(name);
        if stem.ends_with("_test") || stem.starts_with(['_', '.']) {
            return false;
        }
        let parts: Vec<&str> = stem.split('_').collect();
        let is_set = |part: &str| self.0.contains(part);
        let by_name = match parts.as_slice() {
            [_, .., system, architecture] if SYSTEMS.contains(system) && ARCHITECTURES.contains(architecture) => {
                is_set(system) && is_set(architecture)
            }
            [_, .., last] if SYSTEMS.contains(last) || ARCHITECTURES.contains(last) => is_set(last),
            _ => true,
        };
        by_name && self.by_lines(text)
    }

    /// Judges the constraint lines above the package clause.
    fn by_lines(&self, text: &str) -> bool {
        let mut old_lines = Vec::new();
        for line in text.lines() {
            let line = line.trim();
            if let Some(expression) = line.strip_prefix("//go:build ") {
                return self.holds(expression);
            }
            if let Some(options) = line.strip_prefix("// +build ").or_else(|| line.strip_prefix("//+build ")) {
                old_lines.push(options);
            }
            if line.starts_with("package ") {
                break;
            }
        }
        // Options on a line are alternatives, commas join, lines have to hold together.
        old_lines.iter().all(|line| {
            line.split_whitespace().any(|option| {
                option.split(',').all(|term| match term.strip_prefix('!') {
                    Some(term) => !self.is_on(term),
                    None => self.is_on(term),
                })
            })
        })
    }

    fn is_on(&self, tag: &str) -> bool {
        self.0.contains(tag) || tag.starts_with("go1.")
    }

    /// Judges `a && (b || !c)`.
    fn holds(&self, expression: &str) -> bool {
        let expression = expression.split("//").next().unwrap_or("").trim();
        for operator in ["||", "&&"] {
            if let Some(at) = find_outside(expression, operator) {
                let (left, right) = (&expression[..at], &expression[at + 2..]);
                return match operator {
                    "||" => self.holds(left) || self.holds(right),
                    _ => self.holds(left) && self.holds(right),
                };
            }
        }
        if let Some(rest) = expression.strip_prefix('!') {
            return !self.holds(rest);
        }
        match expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => self.holds(inner),
            None => self.is_on(expression),
        }
    }
}

/// The first place of an operator that stands in no parentheses.
fn find_outside(text: &str, operator: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ if depth == 0 && text[at..].starts_with(operator) => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_names_are_judged() {
        let tags = Tags::of("tinygo build -target=wasi -tags=kv,extra main.go");
        assert!(tags.builds("main.go", "package main"));
        assert!(tags.builds("x_wasm.go", "//go:build tinygo && (kv || windows)\npackage main"));
        assert!(!tags.builds("x_linux.go", "package main"));
        assert!(!tags.builds("x.go", "//go:build !wasm\npackage main"));
        assert!(!tags.builds("x_test.go", "package main"));
        assert!(!tags.builds("x.go", "// +build ignore\n\npackage main"));
        assert!(tags.builds("linux.go", "package main"));
    }
}

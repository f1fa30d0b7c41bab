//! Variables: what the manifest declares, and where their values come from.

pub(super) mod host;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::files::{Disk, Files};
use crate::manifest::Component;
use crate::syntax::{Node, Table};
use crate::template;

/// Spin's prefix for variables of the environment.
const PREFIX: &str = "SPIN_VARIABLE";

/// Why a variable has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// No variable can be called so.
    InvalidName(String),
    /// The component has no such variable.
    Undefined(String),
    /// Its template cannot be resolved.
    InvalidTemplate(String),
    /// It is required, and nobody gave it a value.
    Unresolved(String),
}

impl Missing {
    /// The reason, in a sentence.
    pub fn reason(&self) -> &str {
        let (Missing::InvalidName(reason) | Missing::Undefined(reason) | Missing::InvalidTemplate(reason) | Missing::Unresolved(reason)) =
            self;
        reason
    }
}

/// Something that gives variables values.
#[derive(Clone, Debug)]
pub enum Provider {
    /// Names and values: the command line's, or those of a runtime configuration.
    Values(BTreeMap<String, String>),
    /// Environment variables with a prefix, and what a `.env` file adds to them.
    Environment {
        /// The prefix, without the underscore behind it.
        prefix: String,
        /// The file's variables.
        file: BTreeMap<String, String>,
    },
}

impl Provider {
    /// The environment, as every run has it: `SPIN_VARIABLE_*`, and the `.env` of the current folder.
    pub fn environment() -> Provider {
        Provider::environment_with(None, Some(Path::new(".env")))
    }

    /// The environment with another prefix or file.
    pub fn environment_with(prefix: Option<String>, file: Option<&Path>) -> Provider {
        let known = file.and_then(|path| dotenvy::from_path_iter(path).ok());
        // A file with a line that is none counts as empty, as in Spin up to the line.
        let file = known.into_iter().flatten().map_while(Result::ok).collect();
        Provider::Environment { prefix: prefix.unwrap_or_else(|| PREFIX.to_owned()), file }
    }

    fn get(&self, name: &str) -> Option<String> {
        match self {
            Provider::Values(values) => values.get(name).cloned(),
            Provider::Environment { prefix, file } => {
                let name = format!("{prefix}_{}", name.to_ascii_uppercase());
                std::env::var(&name).ok().or_else(|| file.get(&name).cloned())
            }
        }
    }
}

/// The variables of an app.
#[derive(Debug, Default)]
pub struct Variables {
    /// The defaults by name; none for a variable that is required.
    declared: BTreeMap<String, Option<String>>,
    /// The first that knows a value wins.
    providers: Vec<Provider>,
}

impl Variables {
    /// Reads what a manifest declares.
    pub fn new(root: &Table, providers: Vec<Provider>) -> Variables {
        let tables = root.get("variables").and_then(Node::as_table).map(|table| table.entries.as_slice()).unwrap_or_default();
        let declared = tables.iter().filter_map(|entry| {
            let default = entry.node.as_table()?.get("default").and_then(Node::as_str).map(str::to_owned);
            Some((entry.key.value.clone(), default))
        });
        Variables { declared: declared.collect(), providers }
    }

    /// The required variables that nobody gives a value.
    pub fn missing(&self) -> Vec<&str> {
        let required = self.declared.iter().filter(|(_, default)| default.is_none());
        required.map(|(name, _)| name.as_str()).filter(|name| self.provided(name).is_none()).collect()
    }

    fn provided(&self, name: &str) -> Option<String> {
        self.providers.iter().find_map(|provider| provider.get(name))
    }

    fn value(&self, name: &str) -> Result<String, Missing> {
        let default = self.declared.get(name).ok_or_else(|| Missing::InvalidTemplate(format!("unknown variable {name:?}")))?;
        let value = self.provided(name).or_else(|| default.clone());
        value.ok_or_else(|| Missing::Unresolved(format!("no provider resolved required variable {name:?}")))
    }

    /// Puts values in the place of `{{ names }}`.
    fn resolve(&self, template: &str) -> Result<String, Missing> {
        let parts = template::parse(template).map_err(|_| Missing::InvalidTemplate("unmatched '{{' in template".to_owned()))?;
        template::resolve(&parts, |name| self.value(name))
    }
}

/// The variables that a component may ask for.
#[derive(Debug, Default)]
pub struct ComponentVariables {
    id: String,
    templates: BTreeMap<String, String>,
    app: Arc<Variables>,
}

impl ComponentVariables {
    /// Reads the `variables` of a component, which version 1 calls `config`. The error is the template that Spin refuses at its start.
    pub fn new(component: &Component<'_>, app: &Arc<Variables>) -> Result<ComponentVariables, Missing> {
        let templates: BTreeMap<String, String> =
            component.variables().filter_map(|entry| Some((entry.key.value.clone(), entry.node.as_str()?.to_owned()))).collect();
        for template in templates.values() {
            if let Err(error @ Missing::InvalidTemplate(_)) = app.resolve(template) {
                return Err(error);
            }
        }
        Ok(ComponentVariables { id: component.id.clone(), templates, app: Arc::clone(app) })
    }

    /// The value of a variable of the component.
    pub fn get(&self, name: &str) -> Result<String, Missing> {
        check_name(name)?;
        let unknown = || Missing::Undefined(format!("no variable for {:?}.{name:?}", self.id));
        self.app.resolve(self.templates.get(name).ok_or_else(unknown)?)
    }

    /// All its variables with their values.
    pub fn all(&self) -> Result<Vec<(String, String)>, Missing> {
        self.templates.iter().map(|(name, template)| Ok((name.clone(), self.app.resolve(template)?))).collect()
    }

    /// Resolves a template that may name the app's variables.
    pub fn resolve(&self, template: &str) -> Result<String, Missing> {
        self.app.resolve(template)
    }
}

fn check_name(name: &str) -> Result<(), Missing> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let reason = match name.chars().find(|&c| !is_allowed(c)) {
        _ if name.is_empty() => "must not be empty".to_owned(),
        Some(other) => {
            format!("invalid character {other:?}. Variable names may contain only lower-case letters, numbers, and underscores.")
        }
        None if !name.starts_with(|c: char| c.is_ascii_lowercase()) => "must start with a lowercase ASCII letter".to_owned(),
        None if name.ends_with('_') => "must end with a lowercase ASCII letter or digit".to_owned(),
        None if name.contains("__") => "must not contain multiple consecutive underscores".to_owned(),
        None => return Ok(()),
    };
    Err(Missing::InvalidName(format!("{name:?}: {reason}")))
}

/// A variable of the command line: `name=value`, or `@file` with one value, with a JSON object or with a TOML table.
pub fn given(argument: &str) -> Result<BTreeMap<String, String>, String> {
    if let Some(path) = argument.strip_prefix('@') {
        return values_of(Path::new(path));
    }
    let (name, value) = argument.split_once('=').ok_or_else(|| format!("`{argument}` is no variable: it has to be `name=value`"))?;
    let value = match value.strip_prefix('@') {
        Some(path) => Disk.text(Path::new(path)).ok_or_else(|| format!("cannot read {path}, which is to be the value of `{name}`"))?,
        None => value.to_owned(),
    };
    Ok(BTreeMap::from([(name.to_owned(), value)]))
}

/// A table's keys and values; none if one of them is not a string.
pub(super) fn texts(table: &Table) -> Option<BTreeMap<String, String>> {
    table.entries.iter().map(|entry| Some((entry.key.value.clone(), entry.node.as_str()?.to_owned()))).collect()
}

fn values_of(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let shown = path.display();
    let text = Disk.text(path).ok_or_else(|| format!("cannot read {shown}"))?;
    let no_values = || format!("{shown} has to hold names and texts, as JSON or TOML");
    if path.extension().is_some_and(|extension| extension == "json") {
        return serde_json::from_str(&text).map_err(|_| no_values());
    }
    let tree = crate::syntax::parse(&text);
    texts(&tree.root).filter(|_| tree.errors.is_empty()).ok_or_else(no_values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Version, read};
    use crate::syntax;

    fn variables(provided: &[(&str, &str)]) -> Result<ComponentVariables, Missing> {
        let tree = syntax::parse(
            "[variables]\nhost = { default = \"shop.example\" }\ntoken = { required = true }\n\
             [component.cart]\nsource = \"c.wasm\"\n[component.cart.variables]\n\
             url = \"https://{{ host }}/{{host}}\"\nkey = \"{{ token }}\"\nplain = \"}}\"\n",
        );
        let values = provided.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let app = Arc::new(Variables::new(&tree.root, vec![Provider::Values(values)]));
        ComponentVariables::new(&read(&tree, Version::Two, None).components[0], &app)
    }

    #[test]
    fn templates_take_what_is_given_before_defaults() {
        let known = variables(&[]).unwrap();
        assert_eq!(known.get("url").unwrap(), "https://shop.example/shop.example");
        assert_eq!(known.get("plain").unwrap(), "}}");
        assert!(matches!(known.get("key"), Err(Missing::Unresolved(_))));
        assert_eq!(known.app.missing(), ["token"]);
        let given = variables(&[("host", "a"), ("token", "b")]).unwrap();
        assert_eq!(given.get("url").unwrap(), "https://a/a");
        assert_eq!(given.get("key").unwrap(), "b");
        assert_eq!(given.app.missing(), [""; 0]);
    }

    #[test]
    fn what_cannot_be_had_is_told_as_spin_tells_it() {
        let known = variables(&[]).unwrap();
        assert_eq!(known.get("host"), Err(Missing::Undefined("no variable for \"cart\".\"host\"".to_owned())));
        for bad in ["", "A", "1a", "a_", "a__b", "a-b"] {
            assert!(matches!(known.get(bad), Err(Missing::InvalidName(_))), "{bad}");
        }
    }

    #[test]
    fn files_give_values_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            #[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let json = file("a.json", "{\"x\": \"1\"}");
        let toml = file("a.toml", "x = \"2\"");
        let text = file("a.txt", "three\n");
        let value = |argument: &str| given(argument).unwrap()["x"].clone();
        assert_eq!([value(&format!("@{json}")), value(&format!("@{toml}"))], ["1", "2"]);
        assert_eq!([value(&format!("x=@{text}")), value("x=4=5")], ["three\n", "4=5"]);
        assert!(given("x").is_err() && given("@nowhere.toml").is_err() && given(&format!("@{text}")).is_err());
        let env = file(".env", "MY_A=1\n# a comment\nMY_B=\"two words\"\n");
        let provider = Provider::environment_with(Some("MY".to_owned()), Some(Path::new(&env)));
        assert_eq!((provider.get("a"), provider.get("b"), provider.get("c")), (Some("1".to_owned()), Some("two words".to_owned()), None));
    }
}

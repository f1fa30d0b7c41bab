//! A runtime configuration: the stores that labels stand for, and where variables come from, as Spin reads them.

use std::path::{Path, PathBuf};

use super::stores::{Stores, redis, sqlite};
use super::variables::{Provider, texts};
use crate::files::{Disk, Files};
use crate::schema::{RUNTIME_CONFIG, Shape};
use crate::syntax::{self, Node, Table};

/// What a runtime configuration says.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// The folder of the default store's file; an empty path for none.
    pub state_dir: Option<PathBuf>,
    /// Where variables come from, the first first.
    pub providers: Vec<Provider>,
    /// The stores.
    stores: Vec<(String, Backend)>,
}

#[derive(Clone, Debug)]
enum Backend {
    Memory,
    File(PathBuf),
    Redis(String),
}

impl Configuration {
    /// Reads a file. The error is a sentence that names it.
    pub fn read(path: &Path) -> Result<Configuration, String> {
        let shown = path.display();
        let text = Disk.text(path).ok_or_else(|| format!("cannot read the runtime configuration {shown}"))?;
        let tree = syntax::parse(&text);
        if let Some(error) = tree.errors.first() {
            return Err(format!("the runtime configuration {shown} is no TOML: {}", error.message));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        Configuration::of(&tree.root, folder).map_err(|reason| format!("the runtime configuration {shown} {reason}"))
    }

    fn of(root: &Table, folder: &Path) -> Result<Configuration, String> {
        let is_known = |key: &str| matches!(&*RUNTIME_CONFIG, Shape::Table(shape) if shape.field(key).is_some());
        if let Some(entry) = root.entries.iter().find(|entry| !is_known(&entry.key.value)) {
            return Err(format!("has the key `{}`, which Spin does not know", entry.key.value));
        }
        let mut stores = Vec::new();
        if let Some(node) = root.get("key_value_store") {
            let table = node.as_table().ok_or_else(|| "has no table `key_value_store`, but another value".to_owned())?;
            for entry in &table.entries {
                let label = &entry.key.value;
                let table = entry.node.as_table().ok_or_else(|| format!("has no table for the store \"{label}\""))?;
                stores.push((label.clone(), backend(label, table, folder)?));
            }
        }
        let named = ["variables_provider", "config_provider"].iter().filter_map(|key| root.get(key)).flat_map(Node::items);
        let providers = named.filter_map(Node::as_table).map(provider);
        // Unlike the paths of stores this one is relative to the current folder, as in Spin.
        Ok(Configuration {
            // Spin passes over what is no text.
            state_dir: root.get("state_dir").and_then(Node::as_str).map(PathBuf::from),
            providers: providers.collect::<Result<_, _>>()?,
            stores,
        })
    }

    /// Defines its stores. Nothing is opened before a component opens it.
    pub fn define(&self, stores: &mut Stores) {
        for (label, backend) in &self.stores {
            match backend {
                Backend::Memory => stores.define_in_memory(label),
                Backend::File(path) => stores.define(label, sqlite::InFile::new(path.clone(), label)),
                Backend::Redis(url) => stores.define(label, redis::AtServer::new(url.clone())),
            }
        }
    }
}

/// The text of a key; none if it is not there. What is not a text Spin refuses.
fn text<'t>(table: &'t Table, key: &str) -> Result<Option<&'t str>, String> {
    table.get(key).map(|node| node.as_str().ok_or_else(|| format!("has a `{key}` that is not a string"))).transpose()
}

fn backend(label: &str, table: &Table, folder: &Path) -> Result<Backend, String> {
    let what = || format!("the store \"{label}\"");
    match text(table, "type")? {
        // A store of Spin's without a path is in memory, whatever other keys are there.
        Some("spin") => Ok(text(table, "path")?.map_or(Backend::Memory, |path| Backend::File(folder.join(path)))),
        Some("redis") => {
            let url = text(table, "url")?.ok_or_else(|| format!("gives {} no `url`", what()))?;
            if url.starts_with("rediss://") {
                return Err(format!(
                    "keeps {} behind TLS (`rediss://`), where spinlint cannot go: give it another server for the run",
                    what()
                ));
            }
            // The address may hold a password.
            redis::check(url).map_err(|reason| format!("gives {} a `url` that is none of Redis: {reason}", what()))?;
            Ok(Backend::Redis(url.to_owned()))
        }
        Some(kind @ ("azure_cosmos" | "aws_dynamo")) => {
            Err(format!("keeps {} in `{kind}`, which spinlint cannot open: give it `type = \"spin\"` for the run", what()))
        }
        Some(other) => Err(format!("gives {} the type `{other}`, which Spin does not know", what())),
        None => Err(format!("gives {} no `type`", what())),
    }
}

fn provider(table: &Table) -> Result<Provider, String> {
    match text(table, "type")? {
        Some("static") => {
            let values = table.get("values").and_then(Node::as_table).ok_or_else(|| "has static variables without `values`".to_owned())?;
            texts(values).map(Provider::Values).ok_or_else(|| "has a static variable that is not a string".to_owned())
        }
        Some("env") => {
            let file = text(table, "dotenv_path")?.map(Path::new);
            Ok(Provider::environment_with(text(table, "prefix")?.map(str::to_owned), file))
        }
        Some(kind) => Err(format!("takes variables from `{kind}`, which spinlint does not ask: give them with `--variable`")),
        None => Err("has a provider of variables without a `type`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Configuration, String> {
        Configuration::of(&syntax::parse(text).root, Path::new("conf"))
    }

    #[test]
    fn stores_are_where_spin_has_them() {
        let known = read(
            "state_dir = \"state\"\n[key_value_store.default]\ntype = \"spin\"\npath = \"kv.db\"\n\
             [key_value_store.cache]\ntype = \"spin\"\nfile = \"ignored.db\"\n\
             [key_value_store.far]\ntype = \"redis\"\nurl = \"redis://localhost:6379/1\"\n",
        );
        let known = known.unwrap();
        assert_eq!(known.state_dir.as_deref(), Some(Path::new("state")));
        let stores: Vec<String> = known.stores.iter().map(|(label, backend)| format!("{label} {backend:?}")).collect();
        assert_eq!(stores, ["default File(\"conf/kv.db\")", "cache Memory", "far Redis(\"redis://localhost:6379/1\")"]);
    }

    #[test]
    fn what_spin_passes_over_is_passed_over() {
        assert!(read("state_dir = 3").unwrap().state_dir.is_none());
    }

    #[test]
    fn what_spin_refuses_and_what_spinlint_has_not_is_said() {
        for (text, part) in [
            ("key_value_store = 3", "no table `key_value_store`"),
            ("[key_value_store.x]\ntype = \"spin\"\npath = 3", "a `path` that is not a string"),
            ("[[variables_provider]]\ntype = \"static\"\nvalues = { a = 1 }", "a static variable that is not a string"),
            ("stores = 1", "the key `stores`, which Spin does not know"),
            ("[key_value_store.x]\ntype = \"sqlite\"", "type `sqlite`, which Spin does not know"),
            ("[key_value_store.x]\nurl = \"\"", "no `type`"),
            ("[key_value_store.x]\ntype = \"redis\"", "no `url`"),
            ("[key_value_store.x]\ntype = \"redis\"\nurl = \"http://x\"", "none of Redis"),
            ("[key_value_store.x]\ntype = \"redis\"\nurl = \"rediss://me:secret@x\"", "behind TLS"),
            ("[key_value_store.x]\ntype = \"azure_cosmos\"", "which spinlint cannot open"),
            ("[key_value_store.x]\ntype = \"aws_dynamo\"", "which spinlint cannot open"),
            ("[[variables_provider]]\ntype = \"vault\"", "which spinlint does not ask"),
        ] {
            let reason = read(text).unwrap_err();
            assert!(reason.contains(part) && !reason.contains("secret"), "{text}: {reason}");
        }
    }
}

//! How components are built.

use super::Component;
use crate::syntax::{Node, Value};
use crate::text::Spanned;

/// How a component is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Build {
    /// The commands.
    pub commands: Vec<String>,
    /// The folder that they run in.
    pub workdir: Option<String>,
    /// The files that it is built from, as globs beside that folder.
    pub watch: Vec<String>,
}

impl Component<'_> {
    /// How it is built.
    pub fn build(&self) -> Build {
        let own = self.table.get("build").map(build).unwrap_or_default();
        match self.profile.and_then(|profile| profile.get("build")).map(build) {
            Some(changed) => Build { commands: changed.commands, ..own },
            None => own,
        }
    }

    /// What `build.watch` names, each with its place.
    pub fn watch(&self) -> Vec<Spanned<String>> {
        let list = self.table.get("build").and_then(|build| build.as_table()?.get("watch"));
        list.map(Node::items).unwrap_or_default().iter().filter_map(Node::spanned_str).collect()
    }
}

/// Reads a `build`.
fn build(node: &Node) -> Build {
    let (command, workdir, watch) = match &node.value {
        Value::Table(table) => (table.get("command"), table.get("workdir"), table.get("watch")),
        // Spin reads an array by position.
        _ => (node.items().first(), node.items().get(1), node.items().get(2)),
    };
    let texts = |node: &Node| node.items().iter().filter_map(Node::as_str).map(str::to_owned).collect::<Vec<_>>();
    let commands = command.into_iter().flat_map(|node| node.as_str().map(str::to_owned).into_iter().chain(texts(node)));
    Build {
        commands: commands.collect(),
        workdir: workdir.and_then(Node::as_str).map(str::to_owned),
        watch: watch.map(texts).unwrap_or_default(),
    }
}

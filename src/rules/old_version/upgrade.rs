//! The edits that make a version 1 manifest one of version 2, which means the same. Whatever they cannot do without losing something is told
//! as a reason, and nothing is done.

use crate::diagnostic::{Edit, Edits};
use crate::edit;
use crate::hosts;
use crate::manifest::{Component, Manifest, version_entry};
use crate::schema::VERSION_KEY;
use crate::schema::format::Format;
use crate::syntax::{Entry, Form, Node, Table, Value};

/// What version 1 has at its top and version 2 below `[application]`.
const DETAILS: &[&str] = &["name", "version", "description", "authors"];

/// Makes the edits. The error is why there are none, as the end of a sentence.
pub(super) fn edits(text: &str, root: &Table, manifest: &Manifest<'_>) -> Result<Edits, String> {
    let kind = root.get("trigger").and_then(Node::as_table).and_then(|table| table.get("type")).and_then(Node::as_str);
    let kind = kind.ok_or("its trigger has no type")?;
    let mut upgrade = Upgrade { text, newline: edit::newline(text), kind, edits: Vec::new() };
    upgrade.ids(manifest)?;
    upgrade.head(root)?;
    upgrade.shared_trigger(root)?;
    for component in &manifest.components {
        upgrade.component(component)?;
    }
    Edits::new(upgrade.edits).ok_or_else(|| "two of its changes would touch each other".to_owned())
}

struct Upgrade<'t> {
    text: &'t str,
    newline: &'static str,
    kind: &'t str,
    edits: Vec<Edit>,
}

impl Upgrade<'_> {
    /// Whether every component keeps an id of its own; hosts that name one by its old id name it by the new one.
    fn ids(&mut self, manifest: &Manifest<'_>) -> Result<(), String> {
        let mut known: Vec<String> = Vec::new();
        for component in &manifest.components {
            let id = Format::normalized_id(&component.id);
            if known.contains(&id) {
                return Err(format!("two components would be called `{id}`"));
            }
            known.push(id);
        }
        for component in &manifest.components {
            for (item, host) in component.allowed_hosts() {
                let changed = manifest.components.iter().map(|other| (&other.id, Format::normalized_id(&other.id)));
                let mut changed = changed.filter(|(old, new)| *old != new);
                let named = changed.find(|(old, _)| host.contains(&format!("://{old}{}", hosts::INTERNAL_SUFFIX)));
                if let Some((old, new)) = named {
                    self.edits.push(edit::rename(self.text, item.span, &host.replacen(old.as_str(), &new, 1)));
                }
            }
        }
        Ok(())
    }

    /// The version, and the table of what the application is called.
    fn head(&mut self, root: &Table) -> Result<(), String> {
        let plain = root.entries.iter().filter(|entry| entry.is_plain_line());
        let (mut details, mut others) = (Vec::new(), Vec::new());
        for entry in plain {
            if DETAILS.contains(&entry.key.value.as_str()) { details.push(entry) } else { others.push(entry) }
        }
        let version = version_entry(root).ok_or("it has no version")?;
        let is_known = |entry: &&Entry| entry.key.span == version.key.span || entry.key.value == "trigger";
        if let Some(other) = others.iter().find(|entry| !is_known(entry)) {
            return Err(format!("`{}` stands in one line at its top", other.key.value));
        }
        let first = details.iter().map(|entry| edit::line_start(self.text, entry.key.span.start)).min().ok_or("it has no name")?;
        let is_broken =
            |entry: &Entry| !self.text[edit::line_start(self.text, entry.key.span.start)..entry.key.span.start].trim().is_empty();
        if details.iter().copied().any(is_broken) {
            return Err("its name stands behind something else".to_owned());
        }
        let newline = self.newline;
        let mut header = format!("[application]{newline}");
        if version.key.span.start < first {
            self.edits.push(Edit::replace(version.key.span, VERSION_KEY));
            self.edits.push(Edit::replace(version.node.span, "2"));
            let before = &self.text[..first];
            if !before.ends_with("\n\n") && !before.ends_with("\n\r\n") {
                header.insert_str(0, newline);
            }
        } else {
            self.remove(version)?;
            header.insert_str(0, &format!("{VERSION_KEY} = 2{newline}{newline}"));
        }
        self.edits.push(Edit::insert(first, header));
        Ok(())
    }

    /// The type of all triggers, and what they share.
    fn shared_trigger(&mut self, root: &Table) -> Result<(), String> {
        let entry = root.entry("trigger").ok_or("it has no trigger")?;
        let table = entry.node.as_table().ok_or("its trigger is no table")?;
        let shared: Vec<&Entry> = table.entries.iter().filter(|entry| entry.key.value != "type").collect();
        let header = format!("[application.trigger.{}]", edit::bare_or_quoted(self.kind));
        match table.form {
            Form::Inline => {
                self.remove(entry)?;
                if !shared.is_empty() {
                    let at = first_header(root).unwrap_or(self.text.len());
                    let block = self.block(&[header], &shared, self.newline);
                    self.edits.push(Edit::insert(at, block));
                }
                Ok(())
            }
            Form::Header if shared.is_empty() => {
                let type_entry = table.entry("type").ok_or("its trigger has no type")?;
                self.remove(type_entry)?;
                let header = edit::remove_header(self.text, table).ok_or("a comment stands behind the header of its trigger")?;
                self.edits.push(header);
                Ok(())
            }
            Form::Header => {
                let type_entry = table.entry("type").ok_or("its trigger has no type")?;
                self.remove(type_entry)?;
                self.edits.push(Edit::replace(table.span, header));
                Ok(())
            }
            _ => Err("its trigger is written with dots".to_owned()),
        }
    }

    fn component(&mut self, component: &Component<'_>) -> Result<(), String> {
        let table = component.table;
        let id = Format::normalized_id(&component.id);
        if table.form != Form::Element {
            return Err("its components stand in one line".to_owned());
        }
        self.edits.push(Edit::replace(table.span, format!("[component.{id}]")));
        self.remove(table.entry("id").ok_or("a component has no id")?)?;
        for entry in &table.entries {
            match entry.key.value.as_str() {
                "trigger" => self.trigger(table, entry, &id)?,
                "config" => self.below(entry, &id, "variables")?,
                "key_value_stores" | "sqlite_databases" => {
                    let invalid = entry.node.items().iter().filter_map(Node::as_str).find(|label| Format::Label.check(label).is_err());
                    if let Some(label) = invalid {
                        return Err(format!("\"{label}\" is no label in version 2"));
                    }
                    self.below(entry, &id, &entry.key.value)?;
                }
                name => self.below(entry, &id, name)?,
            }
        }
        self.hosts(table)
    }

    /// A trigger of one component becomes a table of its own.
    fn trigger(&mut self, component: &Table, entry: &Entry, id: &str) -> Result<(), String> {
        let table = entry.node.as_table().ok_or("a trigger is no table")?;
        let kind = edit::bare_or_quoted(self.kind);
        let lines = [format!("[[trigger.{kind}]]"), format!("id = \"trigger-{id}\""), format!("component = \"{id}\"")];
        match table.form {
            Form::Inline => {
                self.remove(entry)?;
                let entries: Vec<&Entry> = table.entries.iter().collect();
                let block = self.block(&lines, &entries, self.newline);
                self.edits.push(Edit::insert(component.span.start, block));
            }
            Form::Header => {
                self.edits.push(Edit::replace(table.span, lines.join(self.newline)));
                for inner in &table.entries {
                    match inner.node.as_table() {
                        Some(inner_table) if inner_table.form == Form::Header => {
                            let header = format!("[trigger.{kind}.{}]", edit::bare_or_quoted(&inner.key.value));
                            self.edits.push(Edit::replace(inner_table.span, header));
                        }
                        _ if inner.is_plain_line() => {}
                        _ => return Err("a trigger's settings are written with dots".to_owned()),
                    }
                }
            }
            _ => return Err("a component's trigger is written with dots".to_owned()),
        }
        Ok(())
    }

    /// What a component has keeps its place; the headers below it get its id.
    fn below(&mut self, entry: &Entry, id: &str, name: &str) -> Result<(), String> {
        let path = format!("component.{id}.{}", edit::bare_or_quoted(name));
        match &entry.node.value {
            Value::Table(table) => match table.form {
                Form::Inline if name != entry.key.value => self.edits.push(edit::rename_key(entry.key.span, name)),
                Form::Inline => {}
                Form::Header => {
                    self.edits.push(Edit::replace(table.span, format!("[{path}]")));
                    let has_headers = table
                        .entries
                        .iter()
                        .any(|inner| !inner.is_plain_line() && inner.node.as_table().is_some_and(|table| table.form != Form::Dotted));
                    if has_headers {
                        return Err(format!("`{}` has tables below it", entry.key.value));
                    }
                }
                _ => return Err(format!("`{}` is written with dots", entry.key.value)),
            },
            Value::Array(array) if array.of_tables => {
                for element in array.items.iter().filter_map(Node::as_table) {
                    self.edits.push(Edit::replace(element.span, format!("[[{path}]]")));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The hosts of both keys in one, with what version 1 allows unasked.
    fn hosts(&mut self, table: &Table) -> Result<(), String> {
        const NEW: &str = "allowed_outbound_hosts";
        let (old, new) = (table.entry("allowed_http_hosts"), table.get(NEW));
        let items = old.map(|entry| entry.node.items()).unwrap_or_default();
        let named = items.iter().filter_map(Node::as_str);
        let is_read = |item: &Node| item.as_str().is_some_and(|host| hosts::expand_http_host(host).is_ok());
        // What Spin refuses now would be gone without a word.
        if !named.clone().any(|host| host == hosts::ALLOW_ALL) && !items.iter().all(is_read) {
            return Err("`allowed_http_hosts` has an entry that is no host".to_owned());
        }
        let expanded = hosts::expand_http_hosts(named);
        let written = |hosts: &[String]| hosts.iter().map(|host| edit::string(host)).collect::<Vec<_>>().join(", ");
        match (old, new) {
            (Some(old), _) if old.node.span.of(self.text).contains('#') => {
                return Err("a comment stands among `allowed_http_hosts`".to_owned());
            }
            (Some(old), Some(list)) => {
                self.remove(old)?;
                if !expanded.is_empty() {
                    let edits = edit::append_item(self.text, list, &written(&expanded)).ok_or("its hosts cannot be joined")?;
                    self.edits.extend(edits.as_slice().iter().cloned());
                }
            }
            (old, None) => {
                let whole: Vec<String> = hosts::VERSION_1_DATABASES.iter().map(|host| (*host).to_owned()).chain(expanded).collect();
                let list = format!("[{}]", written(&whole));
                match old {
                    Some(old) => {
                        self.edits.push(edit::rename_key(old.key.span, NEW));
                        self.edits.push(Edit::replace(old.node.span, list));
                    }
                    None => self.edits.push(edit::insert_key(self.text, table, NEW, &list).ok_or("there is no place for its hosts")?),
                }
            }
            (None, Some(_)) => {}
        }
        Ok(())
    }

    /// A header with lines, as a block of its own.
    fn block(&self, head: &[String], entries: &[&Entry], newline: &str) -> String {
        let lines = entries.iter().map(|entry| {
            let value = entry.node.span.of(self.text);
            format!("{} = {value}", edit::bare_or_quoted(&entry.key.value))
        });
        let lines: Vec<String> = head.iter().cloned().chain(lines).collect();
        format!("{}{newline}{newline}", lines.join(newline))
    }

    fn remove(&mut self, entry: &Entry) -> Result<(), String> {
        let edit = edit::remove_entry(self.text, entry).ok_or_else(|| format!("a comment stands behind `{}`", entry.key.value))?;
        self.edits.push(edit);
        Ok(())
    }
}

/// Where the first header of a file is.
fn first_header(root: &Table) -> Option<usize> {
    let starts = root.entries.iter().filter(|entry| !entry.is_plain_line()).map(|entry| match &entry.node.value {
        Value::Array(array) => array.items.first().map_or(entry.node.span.start, |item| item.span.start),
        _ => entry.node.span.start,
    });
    starts.min()
}

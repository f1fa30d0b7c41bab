//! Triggers, and the components that are written inside them, under the ids that Spin gives them.

use super::{Component, Trigger, dependency};
use crate::schema::format::Format;
use crate::syntax::{Entry, Node, Table, Value};
use crate::text::Span;

/// Reads the triggers, and appends the components written inside them under the ids that Spin gives them.
pub(super) fn triggers<'t>(root: &'t Table, components: &mut Vec<Component<'t>>) -> Vec<Trigger<'t>> {
    let types = root.get("trigger").and_then(Node::as_table).map(|table| table.entries.as_slice()).unwrap_or_default();
    let tables = |entry: &'t Entry| entry.node.items().iter().filter_map(Node::as_table);
    let given = |table: &Table| table.get("id").and_then(Node::as_str).unwrap_or_default().to_owned();
    let mut ids: Vec<String> = types.iter().flat_map(tables).map(given).collect();
    let mut triggers = Vec::new();
    for entry in types {
        let kind = &entry.key.value;
        let mut counter = 1;
        for table in tables(entry) {
            let mut id = given(table);
            if id.is_empty() {
                let reference = table.get("component").and_then(Node::as_str);
                let natural = reference.map(|component| format!("{component}-{kind}-trigger")).filter(|id| !ids.contains(id));
                id = natural
                    .unwrap_or_else(|| first_free(&mut counter, |n| format!("{kind}-trigger{n}"), |id| ids.contains(&id.to_owned())));
                ids.push(id.clone());
            }
            triggers.push(trigger(kind, &id, table, components));
        }
    }
    triggers
}

fn trigger<'t>(kind: &str, id: &str, table: &'t Table, components: &mut Vec<Component<'t>>) -> Trigger<'t> {
    let roles = table.get("components").and_then(Node::as_table);
    let roles = roles.into_iter().flat_map(|roles| &roles.entries);
    let by_role = roles.flat_map(|entry| match &entry.node.value {
        Value::Array(array) => array.items.iter().map(|item| (entry.key.span, item)).collect(),
        _ => vec![(entry.key.span, &entry.node)],
    });
    let specs: Vec<(Span, &Node)> =
        table.entry("component").map(|entry| (entry.key.span, &entry.node)).into_iter().chain(by_role).collect();
    let mut run = Vec::new();
    let references = specs.iter().filter_map(|(_, node)| node.spanned_str()).collect();
    let mut counter = 1;
    for (place, node) in &specs {
        match &node.value {
            Value::String(id) => run.push(id.clone()),
            Value::Table(inline) => {
                let taken = |id: &str| components.iter().any(|component| component.id == id);
                let natural = format!("{id}-component");
                let is_natural = specs.len() == 1 && Format::KebabId.check(&natural).is_ok() && !taken(&natural);
                let id = if is_natural { natural } else { first_free(&mut counter, |n| format!("inline-component{n}"), taken) };
                components.push(Component { id: id.clone(), place: *place, table: inline, profile: None });
                run.push(id);
            }
            _ => {}
        }
    }
    let roles = table.get("dependencies").and_then(Node::as_table);
    let roles = roles.into_iter().flat_map(|roles| &roles.entries);
    let dependencies = roles.flat_map(|entry| entry.node.items().iter().map(|node| dependency(entry.key.clone(), node, false)));
    let route = table.get("route").filter(|_| kind == "http");
    Trigger {
        kind: kind.to_owned(),
        id: id.to_owned(),
        table,
        settings: Some(table),
        route,
        components: run,
        references,
        dependencies: dependencies.collect(),
    }
}

fn first_free(counter: &mut usize, name: impl Fn(usize) -> String, taken: impl Fn(&str) -> bool) -> String {
    loop {
        let id = name(*counter);
        if !taken(&id) {
            return id;
        }
        *counter += 1;
    }
}

#[cfg(test)]
mod tests {
    use crate::manifest::{Version, read};
    use crate::syntax;

    #[test]
    fn components_in_triggers_get_the_ids_that_spin_gives_them() {
        let tree = syntax::parse(
            "[[trigger.http]]\nroute = \"/\"\ncomponent = { source = \"a.wasm\" }\n\
             [[trigger.http]]\nid = \"x_y\"\nroute = \"/b\"\n[trigger.http.component]\nsource = \"b.wasm\"\n\
             [[trigger.http]]\nid = \"x_y\"\nroute = \"/c\"\n[trigger.http.component]\nsource = \"c.wasm\"\n",
        );
        let manifest = read(&tree, Version::Two, None);
        let ids: Vec<&str> = manifest.components.iter().map(|component| component.id.as_str()).collect();
        assert_eq!(ids, ["http-trigger1-component", "inline-component1", "inline-component2"]);
    }
}

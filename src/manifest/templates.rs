//! Where a manifest's strings are templates.

use super::{Component, Manifest};
use crate::syntax::Node;

/// A string that Spin reads as a template.
pub struct TemplatePlace<'m, 't> {
    /// The string.
    pub node: &'t Node,
    /// Whose it is, where it is a component's.
    pub component: Option<&'m Component<'t>>,
    /// Whether Spin resolves it as it starts. What it does not it resolves when a component sends something out.
    pub is_resolved_at_start: bool,
}

impl<'t> Manifest<'t> {
    /// Every string that Spin reads as a template, in the order of the manifest's tables.
    pub fn templates(&self) -> Vec<TemplatePlace<'_, 't>> {
        let mut places = Vec::new();
        for component in &self.components {
            let of = |node: &'t Node, is_resolved_at_start| TemplatePlace { node, component: Some(component), is_resolved_at_start };
            places.extend(component.variables().map(|entry| of(&entry.node, true)));
            places.extend(component.allowed_hosts().map(|(node, _)| of(node, false)));
        }
        let redis: Vec<_> = self.triggers.iter().filter(|trigger| trigger.kind == "redis").collect();
        let shared = (!redis.is_empty()).then(|| self.shared_settings("redis")).flatten();
        let tables = shared.and_then(|entry| entry.node.as_table()).into_iter().chain(redis.iter().filter_map(|trigger| trigger.settings));
        for table in tables {
            let nodes = ["address", "channel"].into_iter().filter_map(|key| table.get(key));
            places.extend(nodes.map(|node| TemplatePlace { node, component: None, is_resolved_at_start: true }));
        }
        places.retain(|place| place.node.as_str().is_some());
        places
    }
}

//! The hosts that components may connect to, read once for all rules that are about them.

use std::collections::HashMap;

use super::Context;
use crate::hosts::AllowedHost;
use crate::manifest::{Component, Manifest};
use crate::syntax::{Node, Table};

/// An entry of `allowed_outbound_hosts` that Spin reads.
pub(super) struct Allowed<'a> {
    /// Its place among the entries.
    pub index: usize,
    /// The entry.
    pub node: &'a Node,
    /// Its text.
    pub entry: &'a str,
    /// What it allows.
    pub host: AllowedHost,
}

/// Such entries by the table of their component.
pub(super) struct AllowedHosts<'a>(HashMap<*const Table, Vec<Allowed<'a>>>);

impl<'a> AllowedHosts<'a> {
    fn of(manifest: &Manifest<'a>) -> AllowedHosts<'a> {
        let read = |component: &Component<'a>| {
            let entries = component.table.get("allowed_outbound_hosts").map(Node::items).unwrap_or_default().iter().enumerate();
            let allowed = entries.filter_map(|(index, node)| {
                let entry = node.as_str()?;
                Some(Allowed { index, node, entry, host: AllowedHost::parse(entry).ok()? })
            });
            (std::ptr::from_ref(component.table), allowed.collect())
        };
        AllowedHosts(manifest.components.iter().map(read).collect())
    }
}

impl<'a> Context<'a> {
    /// The hosts that a component of the manifest may connect to.
    pub(super) fn allowed_hosts(&self, component: &Component<'a>) -> &[Allowed<'a>] {
        let known = self.allowed.get_or_init(|| AllowedHosts::of(self.manifest));
        known.0.get(&std::ptr::from_ref(component.table)).map(Vec::as_slice).unwrap_or_default()
    }
}

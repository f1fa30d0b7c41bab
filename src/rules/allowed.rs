//! The hosts that components may connect to, read once for all rules that are about them.

use std::collections::HashMap;

use super::Context;
use crate::hosts::{ALLOW_ALL, AllowedHost, expand_http_host};
use crate::manifest::{Component, Manifest};
use crate::syntax::{Node, Table};

/// An entry of `allowed_outbound_hosts`, or of `allowed_http_hosts`, that Spin reads.
pub(super) struct Allowed<'a> {
    /// Its place among the entries; none of one of the old key, which Spin puts behind them as two: one for each scheme.
    pub index: Option<usize>,
    /// The entry.
    pub node: &'a Node,
    /// Its text.
    pub entry: &'a str,
    /// What it allows, the first of the two.
    pub host: AllowedHost,
}

/// Such entries by the table of their component.
pub(super) struct AllowedHosts<'a>(HashMap<*const Table, Vec<Allowed<'a>>>);

impl<'a> AllowedHosts<'a> {
    fn of(manifest: &Manifest<'a>) -> AllowedHosts<'a> {
        let read = |component: &Component<'a>| {
            let items = |key: &str| component.table.get(key).map(Node::items).unwrap_or_default();
            let entries = items("allowed_outbound_hosts").iter().enumerate().filter_map(|(index, node)| {
                let entry = node.as_str()?;
                Some(Allowed { index: Some(index), node, entry, host: AllowedHost::parse(entry).ok()? })
            });
            let old = items("allowed_http_hosts");
            let is_all = old.iter().any(|item| item.as_str() == Some(ALLOW_ALL));
            let old = old.iter().filter(|item| !is_all || item.as_str() == Some(ALLOW_ALL)).filter_map(|node| {
                let entry = node.as_str()?;
                let host = AllowedHost::parse(expand_http_host(entry).ok()?.first()?).ok()?;
                Some(Allowed { index: None, node, entry, host })
            });
            let allowed = entries.chain(old);
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

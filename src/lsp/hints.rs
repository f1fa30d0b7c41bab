//! What Spin adds by itself, shown in the text: generated ids and default ports.

use tower_lsp::ls_types::{InlayHint, InlayHintKind, InlayHintLabel, Range};

use super::app::App;
use super::convert;
use super::names::unquoted;
use super::session::Session;
use crate::hosts::{DEFAULT_PORTS, INTERNAL_SUFFIX};
use crate::text::Span;

/// The hints of a range.
pub(super) fn hints(session: &Session, app: &App, range: Range) -> Vec<InlayHint> {
    let visible = convert::span(app.file(), range, session.encoding);
    let text = app.file().text();
    let mut found: Vec<(usize, String)> = Vec::new();
    for component in &app.manifest().components {
        // A component that is written inside a trigger is called as Spin decides.
        if component.place.of(text).trim_matches(['"', '\'']) != component.id {
            found.push((component.place.end, format!(" {}", component.id)));
        }
        let hosts = component.allowed_hosts();
        found.extend(hosts.filter_map(|(node, host)| Some((unquoted(text, node.span).end, format!(":{}", default_port(host)?)))));
    }
    let hint = |(at, label): (usize, String)| InlayHint {
        position: convert::position(app.file(), at, session.encoding),
        label: InlayHintLabel::String(label),
        kind: None::<InlayHintKind>,
        text_edits: None,
        tooltip: None,
        padding_left: None,
        padding_right: None,
        data: None,
    };
    found.into_iter().filter(|(at, _)| visible.contains(Span::at(*at))).map(hint).collect()
}

/// The port of a network grant that names none.
fn default_port(host: &str) -> Option<u16> {
    let (scheme, rest) = host.split_once("://")?;
    let is_plain = !rest.is_empty() && !rest.contains([':', '/', '{', '*']) && rest != "self" && !rest.ends_with(INTERNAL_SUFFIX);
    let (_, port) = DEFAULT_PORTS.iter().find(|(known, _)| *known == scheme)?;
    is_plain.then_some(*port)
}

#[cfg(test)]
mod tests {
    use super::default_port;

    #[test]
    fn only_hosts_without_a_port_have_a_default() {
        assert_eq!(default_port("https://a.example"), Some(443));
        for host in ["https://a.example:1", "tcp://a", "http://self", "http://x.spin.internal", "https://{{ host }}", "https://*"] {
            assert_eq!(default_port(host), None, "{host}");
        }
    }
}

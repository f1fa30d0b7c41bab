//! The manifest's structure: outline, folds, growing selections.

use tower_lsp::ls_types::{
    DocumentSymbol, DocumentSymbolResponse, FoldingRange, FoldingRangeKind, Location, OneOf, Position, SelectionRange, SymbolInformation,
    SymbolKind, WorkspaceSymbol, WorkspaceSymbolResponse,
};

use super::app::App;
use super::convert;
use super::session::Session;
use crate::syntax::{Entry, Node, Table, Value};
use crate::text::Span;

/// A symbol before it has ranges.
struct Symbol {
    name: String,
    detail: String,
    kind: SymbolKind,
    span: Span,
    name_span: Span,
    children: Vec<Symbol>,
}

/// The outline in Spin's shape: the application, its variables, triggers and components.
pub(super) fn outline(session: &Session, app: &App) -> DocumentSymbolResponse {
    let symbols = symbols(app);
    if session.client.nested_symbols {
        return DocumentSymbolResponse::Nested(symbols.into_iter().map(|symbol| nested(session, app, symbol)).collect());
    }
    let Some(uri) = session.uri(app.file().path()) else { return DocumentSymbolResponse::Flat(Vec::new()) };
    let mut flat = Vec::new();
    for symbol in symbols {
        #[expect(deprecated, reason = "the field has to be written")]
        let information = SymbolInformation {
            location: Location { uri: uri.clone(), range: convert::range(app.file(), symbol.name_span, session.encoding) },
            name: symbol.name,
            kind: symbol.kind,
            tags: None,
            deprecated: None,
            container_name: None,
        };
        flat.push(information);
    }
    DocumentSymbolResponse::Flat(flat)
}

/// Components and triggers of every manifest whose name has the letters of the query in their order.
pub(super) fn workspace_symbols(session: &Session, query: &str) -> WorkspaceSymbolResponse {
    let is_wanted = |name: &str| {
        let mut letters = name.chars().flat_map(char::to_lowercase);
        query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
    };
    let mut found = Vec::new();
    for (path, app) in &session.apps {
        let Some(uri) = session.uri(path) else { continue };
        let application = app.document.tree.root.get("application").and_then(Node::as_table).and_then(|table| table.get("name"));
        let container = application.and_then(Node::as_str).map(str::to_owned);
        for symbol in symbols(app).into_iter().filter(|symbol| is_wanted(&symbol.name)) {
            let range = convert::range(app.file(), symbol.name_span, session.encoding);
            found.push(WorkspaceSymbol {
                name: symbol.name,
                kind: symbol.kind,
                tags: None,
                container_name: container.clone(),
                location: OneOf::Left(Location { uri: uri.clone(), range }),
                data: None,
            });
        }
    }
    WorkspaceSymbolResponse::Nested(found)
}

fn nested(session: &Session, app: &App, symbol: Symbol) -> DocumentSymbol {
    #[expect(deprecated, reason = "the field has to be written")]
    DocumentSymbol {
        name: if symbol.name.is_empty() { "\"\"".to_owned() } else { symbol.name },
        detail: (!symbol.detail.is_empty()).then_some(symbol.detail),
        kind: symbol.kind,
        tags: None,
        deprecated: None,
        range: convert::range(app.file(), symbol.span, session.encoding),
        selection_range: convert::range(app.file(), symbol.name_span, session.encoding),
        children: Some(symbol.children.into_iter().map(|child| nested(session, app, child)).collect()),
    }
}

fn symbols(app: &App) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    for entry in &app.document.tree.root.entries {
        match (entry.key.value.as_str(), &entry.node.value) {
            ("component", Value::Table(table)) => {
                symbols.extend(
                    table.entries.iter().map(|component| of_table(component, SymbolKind::CLASS, detail(&component.node, "source"))),
                );
            }
            ("component", Value::Array(array)) => {
                for node in &array.items {
                    let Some(component) = node.as_table() else { continue };
                    let children = component.entries.iter().map(|child| of_table(child, SymbolKind::PROPERTY, String::new()));
                    symbols.push(Symbol {
                        name: detail(node, "id"),
                        detail: detail(node, "source"),
                        kind: SymbolKind::CLASS,
                        span: extent(component, node.span),
                        name_span: node.span,
                        children: children.collect(),
                    });
                }
            }
            ("trigger", Value::Table(table)) => {
                for kind in &table.entries {
                    for node in kind.node.items() {
                        let Some(trigger) = node.as_table() else { continue };
                        let what = ["route", "channel", "id"].iter().map(|key| detail(node, key)).find(|text| !text.is_empty());
                        let name = format!("{} {}", kind.key.value, what.unwrap_or_default()).trim_end().to_owned();
                        let target = detail(node, "component");
                        let extent = extent(trigger, node.span);
                        symbols.push(Symbol {
                            name,
                            detail: target,
                            kind: SymbolKind::EVENT,
                            span: extent,
                            name_span: node.span,
                            children: Vec::new(),
                        });
                    }
                }
            }
            ("application", _) => symbols.push(of_table(entry, SymbolKind::PACKAGE, detail(&entry.node, "name"))),
            ("variables", _) => symbols.push(of_table(entry, SymbolKind::NAMESPACE, String::new())),
            _ => symbols.push(of_table(entry, SymbolKind::PROPERTY, String::new())),
        }
    }
    symbols.sort_by_key(|symbol| symbol.span.start);
    separate(app.file().text(), &mut symbols);
    symbols
}

/// Cuts off what lies beyond another symbol: the tables of one component may stand between those of others, and an editor shows where
/// one is by the ranges.
fn separate(text: &str, symbols: &mut [Symbol]) {
    let names: Vec<Span> = symbols.iter().map(|symbol| symbol.name_span).collect();
    for symbol in symbols {
        let extent = symbol.span;
        for name in names.iter().filter(|name| **name != symbol.name_span && extent.contains(**name)) {
            if name.start < symbol.name_span.start {
                symbol.span.start = symbol.span.start.max(line_start(text, symbol.name_span.start));
            } else {
                symbol.span.end = symbol.span.end.min(line_start(text, name.start)).max(symbol.name_span.end);
            }
        }
    }
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}

fn detail(node: &Node, key: &str) -> String {
    node.as_table().and_then(|table| table.get(key)).and_then(Node::as_str).unwrap_or_default().to_owned()
}

fn of_table(entry: &Entry, kind: SymbolKind, detail: String) -> Symbol {
    let table = entry.node.as_table();
    let children = table.map(|table| table.entries.as_slice()).unwrap_or_default().iter();
    let children = children.map(|child| of_table(child, SymbolKind::PROPERTY, String::new())).collect();
    let span = match table {
        Some(table) => extent(table, entry.node.span),
        None => Span::new(entry.key.span.start, entry.node.span.end),
    };
    // What is written in several places is shown where its name is.
    let span = if span.contains(entry.key.span) {
        span
    } else {
        Span::new(span.start.min(entry.key.span.start), span.end.max(entry.key.span.end))
    };
    Symbol { name: entry.key.value.clone(), detail, kind, span, name_span: entry.key.span, children }
}

/// From a table's header to the last of its lines, those of its sub-tables included.
fn extent(table: &Table, own: Span) -> Span {
    table.entries.iter().fold(own, |extent, entry| {
        let inner = entry.node.as_table().map_or(entry.node.span, |inner| self::extent(inner, entry.node.span));
        Span::new(extent.start.min(inner.start), extent.end.max(inner.end))
    })
}

/// Sections, values over several lines, and comments over several lines.
pub(super) fn folds(session: &Session, app: &App) -> Vec<FoldingRange> {
    let text = app.file().text();
    let statements = app.statements();
    let line = |offset: usize| convert::position(app.file(), offset, session.encoding).line;
    let mut folds = Vec::new();
    let mut add = |start: u32, end: u32, kind: Option<FoldingRangeKind>| {
        if end > start {
            folds.push(FoldingRange { start_line: start, end_line: end, kind, ..Default::default() });
        }
    };
    for (index, statement) in statements.iter().enumerate() {
        if statement.is_header() {
            let own = statements[index + 1..].iter().take_while(|next| !next.is_header());
            let end = own.last().unwrap_or(statement).span.end;
            add(line(statement.span.start), line(end), Some(FoldingRangeKind::Region));
        } else {
            add(line(statement.span.start), line(statement.span.end), None);
        }
    }
    let mut first = None;
    for (number, content) in text.lines().chain([""]).enumerate() {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        match (content.trim_start().starts_with('#'), first) {
            (true, None) => first = Some(number),
            (false, Some(start)) => {
                add(start, number.saturating_sub(1), Some(FoldingRangeKind::Comment));
                first = None;
            }
            _ => {}
        }
    }
    folds
}

/// For each position: word, value, line, section, file.
pub(super) fn selections(session: &Session, app: &App, positions: &[Position]) -> Vec<SelectionRange> {
    positions.iter().map(|position| selection(session, app, *position)).collect()
}

fn selection(session: &Session, app: &App, position: Position) -> SelectionRange {
    let text = app.file().text();
    let offset = convert::offset(app.file(), position, session.encoding);
    let statements = app.statements();
    let mut spans = vec![Span::new(0, text.len())];
    let mut add = |span: Span| {
        let outer = spans[spans.len() - 1];
        if span.start <= offset && offset <= span.end && outer.contains(span) && span != outer {
            spans.push(span);
        }
    };
    if let Some(index) = statements.iter().rposition(|statement| statement.span.start <= offset) {
        let header = if statements[index].is_header() { Some(index) } else { statements[index].header };
        if let Some(header) = header {
            let own = statements[header + 1..].iter().take_while(|next| !next.is_header());
            add(Span::new(statements[header].span.start, own.last().unwrap_or(&statements[header]).span.end));
        }
        add(statements[index].span);
        if let Some(value) = statements[index].value() {
            let written = value.of(text);
            add(Span::new(value.end - written.trim_start().len(), value.end));
        }
        statements[index].keys.iter().for_each(|key| add(key.span));
    }
    inner_values(&app.document.tree.root, &mut add);
    let ranges = spans.into_iter().map(|span| convert::range(app.file(), span, session.encoding));
    let nested = ranges.fold(None, |parent, range| Some(SelectionRange { range, parent: parent.map(Box::new) }));
    nested.unwrap_or(SelectionRange { range: tower_lsp::ls_types::Range::new(position, position), parent: None })
}

/// The items of arrays and the values of inline tables, outer ones first; strings without their quotes last.
fn inner_values(table: &Table, add: &mut impl FnMut(Span)) {
    for entry in &table.entries {
        inner_value(&entry.node, add);
    }
}

fn inner_value(node: &Node, add: &mut impl FnMut(Span)) {
    add(node.span);
    match &node.value {
        Value::Table(table) => inner_values(table, add),
        Value::Array(array) => array.items.iter().for_each(|item| inner_value(item, add)),
        Value::String(_) if node.span.end - node.span.start >= 2 => add(Span::new(node.span.start + 1, node.span.end - 1)),
        _ => {}
    }
}

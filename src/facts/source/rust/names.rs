//! Rust's paths and values: `use` trees, `self`, `super` and `crate`, and expressions that come to a text.

use tree_sitter::Node;

use super::super::program::{Expr, Item, Name, Unit};
use super::texts;

/// What relative names are relative to.
pub(super) struct Scope<'s> {
    /// The module.
    pub module: &'s [String],
    /// The type that an `impl` is for: `Self`.
    pub owner: Option<&'s str>,
}

pub(super) fn text<'t>(source: &'t str, node: Node<'_>) -> &'t str {
    source.get(node.start_byte()..node.end_byte()).unwrap_or("")
}

/// A path as names. `crate::`, `self::` and `super::` are made absolute, `Self` is the type's name.
pub(super) fn path(source: &str, node: Node<'_>, scope: &Scope<'_>) -> Option<Name> {
    let mut parts = Vec::new();
    flatten(source, node, &mut parts)?;
    absolute(parts, scope)
}

fn flatten(source: &str, node: Node<'_>, parts: &mut Vec<String>) -> Option<()> {
    match node.kind() {
        "identifier" | "type_identifier" | "crate" | "self" | "super" | "metavariable" | "shorthand_field_identifier" => {
            parts.push(text(source, node).trim_start_matches("r#").to_owned());
        }
        "scoped_identifier" | "scoped_type_identifier" => {
            if let Some(path) = node.child_by_field_name("path") {
                flatten(source, path, parts)?;
            }
            flatten(source, node.child_by_field_name("name")?, parts)?;
        }
        "generic_type" | "generic_type_with_turbofish" => flatten(source, node.child_by_field_name("type")?, parts)?,
        // `<Type>::name` and `<Type as Trait>::name`
        "bracketed_type" => {
            let inner = node.named_child(0)?;
            let subject = if inner.kind() == "qualified_type" { inner.child_by_field_name("type")? } else { inner };
            flatten(source, subject, parts)?;
        }
        "parenthesized_expression" => flatten(source, node.named_child(0)?, parts)?,
        _ => return None,
    }
    Some(())
}

pub(super) fn absolute(parts: Vec<String>, scope: &Scope<'_>) -> Option<Name> {
    let mut rest = parts.as_slice();
    let mut base: Option<Vec<String>> = None;
    while let Some((first, tail)) = rest.split_first() {
        match first.as_str() {
            "crate" if base.is_none() => base = Some(scope.module[..1].to_vec()),
            "self" if base.is_none() && !tail.is_empty() => base = Some(scope.module.to_vec()),
            "super" => {
                let mut up = base.unwrap_or_else(|| scope.module.to_vec());
                up.pop()?;
                base = Some(up);
            }
            _ => break,
        }
        rest = tail;
    }
    let mut name = base.unwrap_or_default();
    match (rest.first().map(String::as_str), scope.owner) {
        (Some("Self"), Some(owner)) if name.is_empty() => {
            name.push(owner.to_owned());
            name.extend_from_slice(&rest[1..]);
        }
        _ => name.extend_from_slice(rest),
    }
    (!name.is_empty()).then_some(name)
}

/// What a `use` brings: local names with their targets, and modules whose names all come (no local name).
pub(super) fn uses(source: &str, node: Node<'_>, scope: &Scope<'_>) -> Vec<(Option<String>, Name)> {
    let mut found = Vec::new();
    collect(source, node, &mut Vec::new(), &mut found);
    let absolute = found.into_iter().filter_map(|(local, parts)| Some((local, absolute(parts, scope)?)));
    absolute.collect()
}

fn collect(source: &str, node: Node<'_>, prefix: &mut Vec<String>, found: &mut Vec<(Option<String>, Vec<String>)>) {
    let depth = prefix.len();
    match node.kind() {
        "use_list" => {
            let mut cursor = node.walk();
            for child in node.named_children(&mut cursor) {
                collect(source, child, prefix, found);
            }
        }
        "scoped_use_list" => {
            if let Some(path) = node.child_by_field_name("path") {
                flatten(source, path, prefix);
            }
            if let Some(list) = node.child_by_field_name("list") {
                collect(source, list, prefix, found);
            }
        }
        "use_as_clause" => {
            let (path, alias) = (node.child_by_field_name("path"), node.child_by_field_name("alias"));
            if let (Some(path), Some(alias)) = (path, alias) {
                flatten(source, path, prefix);
                strip_self(prefix);
                found.push((Some(text(source, alias).to_owned()), prefix.clone()));
            }
        }
        "use_wildcard" => {
            if let Some(path) = node.named_child(0) {
                flatten(source, path, prefix);
            }
            found.push((None, prefix.clone()));
        }
        _ => {
            if flatten(source, node, prefix).is_some() {
                strip_self(prefix);
                found.push((prefix.last().cloned(), prefix.clone()));
            }
        }
    }
    prefix.truncate(depth);
}

/// `use a::b::{self}` names `a::b`.
fn strip_self(path: &mut Vec<String>) {
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
}

/// Makes relative targets absolute, now that all names of the module are known: a first name that the module declares
/// is the module's, any other a crate's.
pub(super) fn settle(unit: &mut Unit) {
    let names: Vec<String> = unit.items.keys().map(|path| path[0].clone()).collect();
    let module = unit.module.clone();
    let fix = |target: &mut Name, own: Option<&str>| {
        let is_absolute = module.first() == target.first() && target.len() > 1;
        if !is_absolute && names.contains(&target[0]) && own != Some(target[0].as_str()) {
            let mut longer = module.clone();
            longer.append(target);
            *target = longer;
        }
    };
    for (path, item) in &mut unit.items {
        if let Item::Import(target) = item {
            fix(target, path.first().map(String::as_str));
        }
    }
    for glob in &mut unit.globs {
        fix(glob, None);
    }
}

/// Types that hold a value of another one and hand its methods on.
const HOLDERS: &[&str] = &[
    "Arc", "Box", "Cow", "LazyCell", "LazyLock", "Lazy", "Mutex", "Ok", "OnceCell", "OnceLock", "Option", "Pin", "Rc", "RefCell", "Result",
    "RwLock", "Some",
];

/// Methods that hand on the value that they are called on.
const SAME: &[&str] = &[
    "as_mut",
    "as_ref",
    "borrow",
    "borrow_mut",
    "clone",
    "context",
    "expect",
    "into",
    "map_err",
    "unwrap",
    "unwrap_or_default",
    "with_context",
];

/// The name of a type: `crate::repo::Repo` of `&mut crate::repo::Repo<T>`, and of `Arc<Repo>` what it holds.
pub(super) fn type_name(source: &str, node: Node<'_>, scope: &Scope<'_>) -> Option<Name> {
    let mut written = text(source, node);
    loop {
        written = written.trim_start_matches(['&', ' ']).trim_start_matches("mut ").trim();
        let (plain, arguments) =
            written.split_once('<').map_or((written, None), |(plain, rest)| (plain.trim_end_matches("::"), Some(rest)));
        let last = plain.rsplit("::").next()?.trim();
        match arguments {
            Some(held) if HOLDERS.contains(&last) => written = held.trim_end_matches('>').split(',').next()?,
            _ => {
                let is_plain = plain.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':');
                return absolute(plain.split("::").filter(|part| is_plain && !part.is_empty()).map(str::to_owned).collect(), scope);
            }
        }
    }
}

/// The type that an expression makes a value of: `Repo { .. }`, `Repo::new()?`, `Repo`, `Arc::new(Repo)`.
pub(super) fn constructed(source: &str, node: Node<'_>, scope: &Scope<'_>) -> Option<Name> {
    let named = |node| type_name(source, node, scope).filter(|name| name.last().is_some_and(|last| last.starts_with(char::is_uppercase)));
    match node.kind() {
        "struct_expression" => named(node.child_by_field_name("name")?),
        "call_expression" => {
            let function = node.child_by_field_name("function")?;
            let made = match function.kind() {
                "scoped_identifier" => named(function.child_by_field_name("path")?)?,
                // `Repo::new().unwrap()` and the like.
                "field_expression" => {
                    let mut made = constructed(source, function.child_by_field_name("value")?, scope)?;
                    let method = text(source, function.child_by_field_name("field")?);
                    let is_builder = made.last().is_some_and(|last| last.ends_with("Builder") || last.contains("Request"));
                    // What another method returns is known by the method, so that what another library makes is not taken for the program's.
                    if !is_builder && !SAME.contains(&method) {
                        made.push(method.to_owned());
                    }
                    return Some(made);
                }
                _ => named(function)?,
            };
            if made.last().is_some_and(|last| HOLDERS.contains(&last.as_str())) {
                return constructed(source, node.child_by_field_name("arguments")?.named_child(0)?, scope);
            }
            Some(made)
        }
        "try_expression" | "await_expression" | "parenthesized_expression" => constructed(source, node.named_child(0)?, scope),
        "reference_expression" => constructed(source, node.child_by_field_name("value")?, scope),
        "scoped_identifier" => {
            // A variant is a value of its enumeration.
            let mut made = named(node)?;
            if made.len() > 1 && made[made.len() - 2].starts_with(char::is_uppercase) {
                made.pop();
            }
            Some(made)
        }
        "identifier" => named(node),
        _ => None,
    }
}

/// What an expression comes to.
pub(super) fn expression(source: &str, node: Node<'_>, scope: &Scope<'_>) -> Expr {
    match node.kind() {
        "string_literal" => texts::string(source, node),
        "raw_string_literal" => {
            let mut cursor = node.walk();
            let content = node.named_children(&mut cursor).find(|child| child.kind() == "string_content");
            Expr::Text(content.map_or("", |content| text(source, content)).to_owned())
        }
        "reference_expression" | "parenthesized_expression" | "await_expression" | "try_expression" | "unary_expression" => {
            let inner = node.child_by_field_name("value").or_else(|| node.named_child(0));
            inner.map_or(Expr::Computed, |inner| expression(source, inner, scope))
        }
        "call_expression" => conversion(source, node, scope).unwrap_or(Expr::Computed),
        "macro_invocation" => texts::of_macro(source, node, scope),
        "binary_expression" if node.child_by_field_name("operator").is_some_and(|operator| operator.kind() == "+") => {
            let sides = ["left", "right"].map(|side| node.child_by_field_name(side));
            Expr::joined(sides.into_iter().flatten().map(|side| expression(source, side, scope)).collect())
        }
        _ => path(source, node, scope).map_or(Expr::Computed, Expr::Path),
    }
}

/// Calls that hand a text on: `"x".to_string()`, `String::from("x")`, `Cow::Borrowed(NAME)`.
fn conversion(source: &str, node: Node<'_>, scope: &Scope<'_>) -> Option<Expr> {
    const METHODS: &[&str] = &[
        "to_string",
        "to_owned",
        "into",
        "as_str",
        "as_ref",
        "as_deref",
        "clone",
        "into_owned",
        "borrow",
        "deref",
        "trim",
        "into_boxed_str",
        "as_mut_str",
        "to_str",
    ];
    const FUNCTIONS: &[&str] = &[
        "String::from",
        "Cow::from",
        "Cow::Borrowed",
        "Cow::Owned",
        "Into::into",
        "Some",
        "Box::from",
        "Arc::from",
        "Rc::from",
        "ToString::to_string",
        "str::to_string",
        "str::to_owned",
        "Into::<String>::into",
        "std::convert::identity",
        // A model that the SDK has no name for.
        "Other",
    ];
    let function = node.child_by_field_name("function")?;
    let arguments = node.child_by_field_name("arguments")?;
    if function.kind() == "field_expression" {
        let name = text(source, function.child_by_field_name("field")?);
        let is_conversion = METHODS.contains(&name) && arguments.named_child_count() == 0;
        // Trimming changes a text that has something to trim.
        let value = is_conversion.then(|| function.child_by_field_name("value")).flatten()?;
        return match expression(source, value, scope) {
            Expr::Text(inner) if name == "trim" => Some(Expr::Text(inner.trim().to_owned())),
            Expr::Path(_) if name == "trim" => None,
            other => Some(other),
        };
    }
    let written = text(source, function);
    let is_conversion = FUNCTIONS.iter().any(|known| written == *known || written.ends_with(&format!("::{known}")));
    let value = is_conversion.then(|| arguments.named_child(0)).flatten()?;
    Some(expression(source, value, scope))
}

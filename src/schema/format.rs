//! The syntaxes of ids, labels and references: one check each, with the reason in words.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// A syntax that a string has to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `my-component`: component ids and what refers to them.
    KebabId,
    /// A component id of version 1, which Spin turns into a kebab id.
    Version1Id,
    /// `api_key`: variable names.
    LowerSnakeId,
    /// `my-store` or `my_store`: labels of stores and databases.
    Label,
    /// `ns:name`, the name of a package in a registry.
    Package,
    /// A registry's host name with an optional port.
    Registry,
    /// `ns:pkg`, `ns:pkg/interface`, either with `@version`, or `plain-name`.
    DependencyName,
    /// A version number of three parts.
    Version,
}

impl Format {
    const ALL: [Format; 8] = [
        Format::KebabId,
        Format::Version1Id,
        Format::LowerSnakeId,
        Format::Label,
        Format::Package,
        Format::Registry,
        Format::DependencyName,
        Format::Version,
    ];

    /// The pattern that schemas give for the format; it is never stricter than [`Format::check`].
    pub const fn pattern(self) -> &'static str {
        match self {
            Format::KebabId => "^([a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(-([a-z][a-z0-9]*|[A-Z][A-Z0-9]*))*$",
            Format::Version1Id => "^[A-Za-z][A-Za-z0-9_-]*$",
            Format::LowerSnakeId => "^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$",
            Format::Label => "^([a-z][a-z0-9]*|[A-Z][A-Z0-9]*)((-([a-z][a-z0-9]*|[A-Z][A-Z0-9]*))*|(_([a-z][a-z0-9]*|[A-Z][A-Z0-9]*))*)$",
            Format::Package => "^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*:[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$",
            Format::Registry => "^[^/\\s?#]+$",
            Format::DependencyName => "^[A-Za-z][^\\s]*$",
            Format::Version => "^[0-9]+\\.[0-9]+\\.[0-9]+([-+][0-9A-Za-z.+-]+)?$",
        }
    }

    /// The format that a schema's pattern stands for.
    pub fn of_pattern(pattern: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.pattern() == pattern)
    }

    /// What a string of this format is called in a message.
    pub const fn noun(self) -> &'static str {
        match self {
            Format::KebabId | Format::Version1Id => "id",
            Format::LowerSnakeId => "variable name",
            Format::Label => "label",
            Format::Package => "package name",
            Format::Registry => "registry",
            Format::DependencyName => "dependency name",
            Format::Version => "version",
        }
    }

    /// What Spin makes of a component's id of version 1.
    pub fn normalized_id(id: &str) -> String {
        if Format::KebabId.check(id).is_ok() { id.to_owned() } else { id.replace('_', "-").to_lowercase() }
    }

    /// Checks a string; the error says what about it is wrong.
    pub fn check(self, text: &str) -> Result<(), String> {
        match self {
            Format::KebabId => id(text, '-', false),
            Format::Version1Id => id(text, '-', false).or_else(|_| id(&Format::normalized_id(text), '-', false)),
            Format::LowerSnakeId => id(text, '_', true),
            Format::Label => label(text),
            Format::Package => package(text),
            Format::Registry => registry(text),
            Format::DependencyName => dependency_name(text),
            Format::Version => semver::Version::parse(text).map(drop).map_err(|error| error.to_string()),
        }
    }

    /// The nearest string of this format, if turning into it changes only letter case and separators.
    pub fn repair(self, text: &str) -> Option<String> {
        let separator = match self {
            Format::KebabId => '-',
            Format::LowerSnakeId => '_',
            Format::Label => return self.repair_label(text),
            _ => return None,
        };
        let repaired = words(text, separator);
        (repaired != text && self.check(&repaired).is_ok()).then_some(repaired)
    }

    fn repair_label(self, text: &str) -> Option<String> {
        let separator = if text.contains('_') && !text.contains('-') { '_' } else { '-' };
        let repaired = words(text, separator);
        (repaired != text && self.check(&repaired).is_ok()).then_some(repaired)
    }
}

/// Lower-case words: separators made one, humps and blanks cut.
fn words(text: &str, separator: char) -> String {
    let mut result = String::new();
    let mut before = ' ';
    for character in text.trim().chars() {
        let cut = matches!(character, '-' | '_' | '.' | ' ') || (character.is_uppercase() && before.is_lowercase());
        if cut && !result.ends_with(separator) {
            result.push(separator);
        }
        if !matches!(character, '-' | '_' | '.' | ' ') {
            result.extend(character.to_lowercase());
        }
        before = character;
    }
    result
}

/// Spin's ids: words of one case, each beginning with a letter, between one kind of separator.
fn id(text: &str, separator: char, lower: bool) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    let wrong = if separator == '-' { '_' } else { '-' };
    if text.contains(wrong) {
        return Err(format!("its words are separated by `{separator}`, not `{wrong}`"));
    }
    for word in text.split(separator) {
        let Some(first) = word.chars().next() else {
            return Err(format!("every `{separator}` stands between two words"));
        };
        if !first.is_ascii_alphabetic() {
            return Err(format!("every word between `{separator}` begins with a letter a-z, not `{}`", first.escape_debug()));
        }
        if let Some(other) = word.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Err(format!("it may hold only letters a-z, digits and `{separator}`, not `{}`", other.escape_debug()));
        }
        let upper = first.is_ascii_uppercase();
        if word.chars().any(|c| c.is_ascii_alphabetic() && c.is_ascii_uppercase() != upper) {
            return Err(format!("the word `{word}` mixes upper and lower case"));
        }
        if lower && upper {
            return Err("it is all lower case".to_owned());
        }
    }
    Ok(())
}

fn label(text: &str) -> Result<(), String> {
    if id(text, '-', false).is_ok() {
        return Ok(());
    }
    // Of the two spellings the one that the text is nearer to explains best.
    let snake = text.contains('_') && !text.contains('-');
    let separator = if snake { '_' } else { '-' };
    match id(text, '_', false) {
        Ok(()) => Ok(()),
        Err(_) if text.contains('_') && text.contains('-') => Err("its words are separated by either `-` or `_`, not both".to_owned()),
        Err(_) => id(text, separator, false),
    }
}

/// A label of the component model: lower-case kebab, words beginning with a letter.
fn wit_label(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("a part of it is empty".to_owned());
    }
    for word in text.split('-') {
        let rest = word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !word.starts_with(|c: char| c.is_ascii_lowercase()) || !rest {
            return Err(format!("`{text}` is not lower-case words separated by `-`"));
        }
    }
    Ok(())
}

fn package(text: &str) -> Result<(), String> {
    let Some((namespace, name)) = text.split_once(':') else {
        return Err("it has no `:` between namespace and name".to_owned());
    };
    wit_label(namespace).and_then(|()| wit_label(name))
}

fn registry(text: &str) -> Result<(), String> {
    match text.parse::<http::uri::Authority>() {
        Ok(_) => Ok(()),
        Err(_) if text.is_empty() => Err("it is empty".to_owned()),
        Err(_) => Err("it is a host name with an optional port, without scheme and path".to_owned()),
    }
}

fn dependency_name(text: &str) -> Result<(), String> {
    if !text.contains([':', '/']) {
        return id(text, '-', false);
    }
    let (name, version) = match text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    };
    if let Some(version) = version {
        semver::Version::parse(version).map_err(|error| format!("`{version}` is no version: {error}"))?;
    }
    match name.split_once('/') {
        Some((name, interface)) => package(name).and_then(|()| id(interface, '-', false)),
        None => package(name),
    }
}

/// Declares a string type that carries its format into the schema.
macro_rules! formatted {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": Format::$name.pattern() })
            }

            fn inline_schema() -> bool {
                true
            }
        }
    )+};
}

formatted! {
    /// A component id: words of one case, separated by `-`, each beginning with a letter.
    KebabId;
    /// A component id of version 1: a kebab id, or one after `_` is made `-` and letters are made lower case.
    Version1Id;
    /// A variable name: lower-case words, separated by `_`, each beginning with a letter.
    LowerSnakeId;
    /// A store or database label: words separated by either `-` or `_`.
    Label;
    /// A package name, `namespace:name`.
    Package;
    /// A registry, `host` or `host:port`.
    Registry;
    /// What a dependency satisfies: a package, one of its interfaces, or a plain name.
    DependencyName;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_spin() {
        for good in ["a", "my-app", "API-server", "my-APP2", "x-y-z"] {
            assert_eq!(Format::KebabId.check(good), Ok(()), "{good}");
        }
        for bad in ["", "my_app", "my-2nd", "myApp", "-a", "a--b", "é", "a.b"] {
            assert!(Format::KebabId.check(bad).is_err(), "{bad}");
        }
        assert!(Format::LowerSnakeId.check("api_2").is_err());
        assert!(Format::LowerSnakeId.check("API").is_err());
        for good in ["store1", "my-store", "my_store", "STORE"] {
            assert_eq!(Format::Label.check(good), Ok(()), "{good}");
        }
        for bad in ["my-store_x", "Store", "2store", "my.store", "", "{{ s }}"] {
            assert!(Format::Label.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn repairs_change_case_and_separators_only() {
        assert_eq!(Format::KebabId.repair("my_App"), Some("my-app".to_owned()));
        assert_eq!(Format::KebabId.repair("myApp"), Some("my-app".to_owned()));
        assert_eq!(Format::Label.repair("My Store"), Some("my-store".to_owned()));
        assert_eq!(Format::KebabId.repair("2nd"), None);
    }
}

//! The schema as the shape check reads it: the generated JSON Schema, with references resolved and patterns named.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::format::Format;

/// Keywords with this prefix are read here and left out of what is published.
pub(super) const PRIVATE: &str = "x-";

/// What a value may be.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Anything at all.
    Any,
    /// A string, with the syntax that it has to follow.
    String(Option<Format>),
    /// One of these strings.
    Words(Vec<String>),
    /// An integer in this range.
    Integer(i64, i64),
    /// `true` or `false`.
    Boolean,
    /// An array of values of one shape.
    Array(Arc<Shape>),
    /// A table whose keys the user names.
    Map {
        /// The syntax of the keys.
        key: Option<Format>,
        /// The shape of every value.
        value: Arc<Shape>,
    },
    /// A table with keys of its own.
    Table(TableShape),
    /// One of several forms.
    OneOf(Vec<Form>),
}

/// A table with known keys, in the order in which Spin declares them.
#[derive(Debug, Clone)]
pub struct TableShape {
    /// The known keys.
    pub fields: Vec<Field>,
    /// Whether Spin refuses other keys.
    pub strict: bool,
    /// Whether it belongs to a plugin, which takes what Spin does not know of.
    pub plugin: bool,
    /// Whether Spin also takes an array of the values in this order.
    pub positional: bool,
    /// What values of other keys may be, where they are allowed.
    pub rest: Option<Arc<Shape>>,
}

/// A key of a table.
#[derive(Debug, Clone)]
pub struct Field {
    /// The key.
    pub name: String,
    /// Whether Spin refuses the table without it.
    pub required: bool,
    /// Whether Spin takes JSON's `null` for its absence.
    pub nullable: bool,
    /// Whether Spin passes over values of other types, as if the key were absent.
    pub passed_over: bool,
    /// The documentation.
    pub doc: String,
    /// What its value may be.
    pub shape: Arc<Shape>,
    /// The version of Spin that brought it, where that is not the first of this format.
    pub since: Option<String>,
}

/// One of the forms that a value may take.
#[derive(Debug, Clone)]
pub struct Form {
    /// What the form is called: "a path".
    pub title: String,
    /// Its shape.
    pub shape: Arc<Shape>,
    /// The version of Spin that brought it, where that is not the first of this format.
    pub since: Option<String>,
}

impl TableShape {
    /// The field of a key.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Shape {
    /// The shape of a schema type.
    pub fn of<T: JsonSchema>() -> Shape {
        let generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
        let schema = generator.into_root_schema_for::<T>().to_value();
        let definitions = schema.get("$defs").and_then(Value::as_object);
        let reader = Reader { definitions, known: RefCell::default() };
        reader.read(&schema)
    }

    /// Of several tables that are told apart by the words that a key may have, the one that has this word.
    pub fn table_with(&self, key: &str, word: Option<&str>) -> Option<&TableShape> {
        let Shape::OneOf(forms) = self else { return None };
        forms.iter().find_map(|form| match &*form.shape {
            Shape::Table(table) => {
                let words = table.field(key).map(|field| &*field.shape);
                matches!(words, Some(Shape::Words(words)) if words.iter().any(|known| Some(known.as_str()) == word)).then_some(table)
            }
            _ => None,
        })
    }

    /// What the shape is called in a message, with its article.
    pub fn noun(&self) -> String {
        match self {
            Shape::Any => "any value".to_owned(),
            Shape::String(None) => "a string".to_owned(),
            Shape::String(Some(format)) => format!("a string ({})", format.noun()),
            Shape::Words(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                quoted.join(" or ")
            }
            Shape::Integer(..) => "an integer".to_owned(),
            Shape::Boolean => "true or false".to_owned(),
            Shape::Array(item) => match &**item {
                Shape::String(_) => "an array of strings".to_owned(),
                Shape::Table(_) => "an array of tables".to_owned(),
                _ => "an array".to_owned(),
            },
            Shape::Map { .. } | Shape::Table(_) => "a table".to_owned(),
            Shape::OneOf(forms) => {
                let titles: Vec<&str> = forms.iter().map(|form| form.title.as_str()).collect();
                match titles.split_last() {
                    Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                    _ => titles.concat(),
                }
            }
        }
    }
}

struct Reader<'s> {
    definitions: Option<&'s Map<String, Value>>,
    /// What was read under its name, to be shared: a component stands in a dozen places.
    known: RefCell<HashMap<&'s str, Arc<Shape>>>,
}

impl<'s> Reader<'s> {
    fn shape(&self, schema: &'s Value) -> Arc<Shape> {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/"));
        let Some((name, definition)) = name.and_then(|name| Some((name, self.definitions?.get(name)?))) else {
            return Arc::new(self.read(schema));
        };
        if let Some(known) = self.known.borrow().get(name) {
            return Arc::clone(known);
        }
        let shape = Arc::new(self.read(definition));
        self.known.borrow_mut().insert(name, Arc::clone(&shape));
        shape
    }

    fn read(&self, schema: &'s Value) -> Shape {
        if let Some(forms) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
            return self.forms(forms);
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array) {
            return Shape::Words(words.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        if let Some(word) = schema.get("const").and_then(Value::as_str) {
            return Shape::Words(vec![word.to_owned()]);
        }
        match type_of(schema) {
            Some("string") => Shape::String(schema.get("pattern").and_then(Value::as_str).and_then(Format::of_pattern)),
            Some("boolean") => Shape::Boolean,
            Some("integer") => {
                let bound = |key| schema.get(key).and_then(Value::as_i64);
                Shape::Integer(bound("minimum").unwrap_or(i64::MIN), bound("maximum").unwrap_or(i64::MAX))
            }
            Some("array") => Shape::Array(schema.get("items").map_or_else(|| Arc::new(Shape::Any), |items| self.shape(items))),
            Some("object") => self.object(schema),
            _ => Shape::Any,
        }
    }

    fn forms(&self, forms: &'s [Value]) -> Shape {
        let named = forms.iter().filter(|form| type_of(form) != Some("null"));
        let mut forms: Vec<Form> = named
            .map(|form| {
                let shape = self.shape(form);
                let title = form.get("title").and_then(Value::as_str).map_or_else(|| shape.noun(), str::to_owned);
                Form { title, shape, since: since(form) }
            })
            .collect();
        // An optional value is one form beside null; variants without data are one list of words.
        if forms.len() == 1 {
            return Shape::clone(&forms.remove(0).shape);
        }
        if forms.iter().all(|form| matches!(*form.shape, Shape::Words(_))) {
            let words = forms.iter().flat_map(|form| match &*form.shape {
                Shape::Words(words) => words.clone(),
                _ => Vec::new(),
            });
            return Shape::Words(words.collect());
        }
        Shape::OneOf(forms)
    }

    fn object(&self, schema: &'s Value) -> Shape {
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        if let Some((pattern, value)) = patterns.and_then(|patterns| patterns.iter().next()) {
            return Shape::Map { key: Format::of_pattern(pattern), value: self.shape(value) };
        }
        let rest = schema.get("additionalProperties").filter(|rest| rest.is_object() || rest.as_bool() == Some(true));
        let rest = rest.map(|rest| self.shape(rest));
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return Shape::Map { key: None, value: rest.unwrap_or_else(|| Arc::new(Shape::Any)) };
        };
        let required = schema.get("required").and_then(Value::as_array);
        let fields = properties.iter().map(|(name, property)| Field {
            name: name.clone(),
            required: required.is_some_and(|required| required.iter().any(|key| key.as_str() == Some(name))),
            nullable: is_nullable(property),
            passed_over: property.get("x-passed-over").is_some(),
            doc: property.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
            shape: self.shape(property),
            since: since(property),
        });
        Shape::Table(TableShape {
            fields: fields.collect(),
            strict: schema.get("additionalProperties").and_then(Value::as_bool) == Some(false),
            plugin: schema.get("x-plugin").is_some(),
            positional: schema.get("x-positional").is_some(),
            rest,
        })
    }
}

/// The version of Spin that brought what a schema describes.
fn since(schema: &Value) -> Option<String> {
    schema.get("x-since").and_then(Value::as_str).map(str::to_owned)
}

/// Whether a schema describes an optional value.
fn is_nullable(schema: &Value) -> bool {
    let forms = schema.get("anyOf").and_then(Value::as_array);
    let types = schema.get("type").and_then(Value::as_array);
    forms.is_some_and(|forms| forms.iter().any(|form| type_of(form) == Some("null")))
        || types.is_some_and(|types| types.contains(&"null".into()))
}

/// The type of a schema, that of an optional value without its null.
fn type_of(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        _ => None,
    }
}

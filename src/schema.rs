//! The manifest's vocabulary: its tables, keys and values as Rust types, from which everything else is derived: the
//! JSON Schemas in `schema/`, the shape check, and the texts that hover and completion show.

pub mod component;
pub mod configuration;
pub mod format;
mod lookup;
pub mod manifest;
pub mod runtime_config;
pub mod trigger;
pub mod version1;
mod vocabulary;

use std::sync::LazyLock;

pub use vocabulary::{Field, Form, Shape, TableShape};

/// The key that makes a TOML file a manifest.
pub const VERSION_KEY: &str = "spin_manifest_version";

/// Its name before Spin 1.0.
pub const OLD_VERSION_KEY: &str = "spin_version";

/// What a dependency can inherit of its component.
pub const INHERITABLE: &[&str] =
    &["ai_models", "allowed_outbound_hosts", "environment", "files", "key_value_stores", "sqlite_databases", "variables"];

/// The shape of a version 2 manifest.
pub static MANIFEST: LazyLock<Shape> = LazyLock::new(Shape::of::<manifest::Manifest>);

/// The shape of a version 1 manifest.
pub static VERSION_1: LazyLock<Shape> = LazyLock::new(Shape::of::<version1::Manifest>);

/// The shape of a runtime configuration.
pub static RUNTIME_CONFIG: LazyLock<Shape> = LazyLock::new(Shape::of::<runtime_config::RuntimeConfig>);

/// The shape of spinlint's own configuration.
pub static CONFIGURATION: LazyLock<Shape> = LazyLock::new(Shape::of::<configuration::Configuration>);

/// What a trigger table of a type holds; none of a type that is not known.
pub fn trigger_shape(kind: &str) -> Option<&'static TableShape> {
    let Shape::Table(root) = &*MANIFEST else { return None };
    let Shape::Table(triggers) = &*root.field("trigger")?.shape else { return None };
    match &*triggers.field(kind)?.shape {
        Shape::Array(item) => match &**item {
            Shape::Table(shape) => Some(shape),
            _ => None,
        },
        _ => None,
    }
}

/// What `[application.trigger.<type>]` holds; none of a type that is not known.
pub fn shared_settings_shape(kind: &str) -> Option<&'static TableShape> {
    let Shape::Table(root) = &*MANIFEST else { return None };
    let Shape::Table(application) = &*root.field("application")?.shape else { return None };
    let Shape::Table(settings) = &*application.field("trigger")?.shape else { return None };
    match &*settings.field(kind)?.shape {
        Shape::Table(shape) => Some(shape),
        _ => None,
    }
}

/// Whether a trigger type is one of Spin's own; others are plugins'.
pub fn is_own_trigger(kind: &str) -> bool {
    trigger_shape(kind).is_some_and(|shape| !shape.plugin)
}

/// The trigger types that are known.
pub fn trigger_types() -> impl Iterator<Item = &'static str> {
    let triggers = match &*MANIFEST {
        Shape::Table(root) => root.field("trigger"),
        _ => None,
    };
    let fields = match triggers.map(|field| &*field.shape) {
        Some(Shape::Table(triggers)) => triggers.fields.as_slice(),
        _ => &[],
    };
    fields.iter().map(|field| field.name.as_str())
}

/// The JSON Schema of a type as it is published: without the keywords that only this program reads.
pub fn published<T: schemars::JsonSchema>() -> serde_json::Value {
    let mut schema = schemars::generate::SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
    strip(&mut schema);
    schema
}

fn strip(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(object) => {
            object.retain(|key, _| !key.starts_with(vocabulary::PRIVATE));
            object.values_mut().for_each(strip);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_has_the_keys_of_spin_in_its_order() {
        let Shape::Table(root) = &*MANIFEST else { panic!("not a table") };
        let Some(Shape::Map { value, .. }) = root.field("component").map(|field| &*field.shape) else { panic!("not a map") };
        let Shape::Table(component) = &**value else { panic!("not a table") };
        let names: Vec<&str> = component.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names.len(), 17);
        assert_eq!(names[0], "source");
        assert!(component.fields[0].required && !component.fields[1].required);
        assert!(component.fields.iter().all(|field| !field.doc.is_empty()));
    }
}

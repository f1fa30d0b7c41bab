//! What may stand at a path of keys.

use super::{Field, Shape};

impl Shape {
    /// The shapes that a value at a path may have; arrays are passed through, as headers of their elements do.
    pub fn at<'s, N: AsRef<str>>(&'s self, path: &[N]) -> Vec<&'s Shape> {
        let mut shapes = self.forms();
        for name in path {
            shapes = shapes.into_iter().flat_map(|shape| shape.step(name.as_ref())).collect();
        }
        shapes
    }

    /// The fields that a path names, in each form that has one.
    pub fn fields_at<'s, N: AsRef<str>>(&'s self, path: &[N]) -> Vec<&'s Field> {
        let Some((last, table)) = path.split_last() else { return Vec::new() };
        let tables = self.at(table).into_iter().map(Shape::item);
        let fields = tables.filter_map(|shape| match shape {
            Shape::Table(table) => table.field(last.as_ref()),
            _ => None,
        });
        fields.collect()
    }

    /// What an array holds, at any depth; other shapes are what they are.
    pub fn item(&self) -> &Shape {
        match self {
            Shape::Array(item) => item.item(),
            other => other,
        }
    }

    /// The forms that a shape may take.
    pub fn forms(&self) -> Vec<&Shape> {
        match self {
            Shape::OneOf(forms) => forms.iter().flat_map(|form| form.shape.forms()).collect(),
            other => vec![other],
        }
    }

    fn step(&self, name: &str) -> Vec<&Shape> {
        match self {
            Shape::Table(table) => {
                let shape = table.field(name).map(|field| &field.shape).or(table.rest.as_ref());
                shape.map(|shape| shape.forms()).unwrap_or_default()
            }
            Shape::Map { value, .. } => value.forms(),
            Shape::Array(item) => item.forms().into_iter().flat_map(|shape| shape.step(name)).collect(),
            Shape::OneOf(_) => self.forms().into_iter().flat_map(|shape| shape.step(name)).collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::MANIFEST;

    #[test]
    fn paths_lead_through_elements_and_forms() {
        let names = |path: &[&str]| -> Vec<String> { MANIFEST.fields_at(path).iter().map(|field| field.name.clone()).collect() };
        assert_eq!(names(&["trigger", "http", "route"]), ["route"]);
        assert_eq!(names(&["component", "x", "build", "command"]), ["command"]);
        assert_eq!(names(&["component", "x", "source", "digest"]), ["digest"]);
        assert_eq!(names(&["component", "x", "nothing"]), [""; 0]);
    }
}

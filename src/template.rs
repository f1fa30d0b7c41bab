//! Templates: text that names variables of the application between `{{` and `}}`, as Spin reads it.

use std::ops::Range;

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'t> {
    /// Text that stays as it is.
    Text(&'t str),
    /// A name, without the blanks around it, and the bytes that it takes with its braces.
    Variable(&'t str, Range<usize>),
}

/// Reads a template. The error is the place of a `{{` that no `}}` follows.
pub fn parse(template: &str) -> Result<Vec<Part<'_>>, usize> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(open) = template[at..].find("{{").map(|found| at + found) {
        let close = template[open + 2..].find("}}").map(|found| open + 2 + found).ok_or(open)?;
        if open > at {
            parts.push(Part::Text(&template[at..open]));
        }
        parts.push(Part::Variable(template[open + 2..close].trim(), open..close + 2));
        at = close + 2;
    }
    if at < template.len() {
        parts.push(Part::Text(&template[at..]));
    }
    Ok(parts)
}

/// The names in a template, each with the bytes that it takes with its braces; none in one that cannot be read.
pub fn variables(template: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    parse(template).unwrap_or_default().into_iter().filter_map(|part| match part {
        Part::Variable(name, bytes) => Some((name, bytes)),
        Part::Text(_) => None,
    })
}

/// Puts values in the place of names. The error is that of the first name without a value.
pub fn resolve<E>(parts: &[Part<'_>], mut value: impl FnMut(&str) -> Result<String, E>) -> Result<String, E> {
    let mut resolved = String::new();
    for part in parts {
        match part {
            Part::Text(text) => resolved.push_str(text),
            Part::Variable(name, _) => resolved.push_str(&value(name)?),
        }
    }
    Ok(resolved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_between_double_braces() {
        let text = "a{{ b }}c{{d}}";
        let parts = parse(text).unwrap();
        assert_eq!(parts, [Part::Text("a"), Part::Variable("b", 1..8), Part::Text("c"), Part::Variable("d", 9..14)]);
        let values = |name: &str| if name == "b" { Ok("1".to_owned()) } else { Err(name.to_owned()) };
        assert_eq!(resolve(&parts, values), Err("d".to_owned()));
        assert_eq!(resolve(&parts[..3], values), Ok("a1c".to_owned()));
        assert_eq!(parse("x }} {{ y"), Err(5));
        assert_eq!(parse("}} { x }"), Ok(vec![Part::Text("}} { x }")]));
    }
}

//! The official description of LSP, as a judge of what the server sends. It is in `../shared/editors`, outside of the
//! project; without it nothing is judged.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::conformance::shared;

/// The metamodel's declarations by name.
pub struct Metamodel {
    structures: HashMap<String, Value>,
    enumerations: HashMap<String, Value>,
    aliases: HashMap<String, Value>,
    results: HashMap<String, Value>,
    params: HashMap<String, Value>,
}

/// The metamodel, if it is at hand.
pub fn metamodel() -> Option<&'static Metamodel> {
    static MODEL: OnceLock<Option<Metamodel>> = OnceLock::new();
    MODEL.get_or_init(|| shared("editors/metaModel.json").map(|path| Metamodel::read(&std::fs::read_to_string(path).unwrap()))).as_ref()
}

impl Metamodel {
    fn read(text: &str) -> Metamodel {
        let model: Value = serde_json::from_str(text).unwrap();
        let by = |list: &str, key: &str, value: Option<&str>| -> HashMap<String, Value> {
            let items = model[list].as_array().unwrap().iter();
            let entry = |item: &Value| {
                let held = value.map_or_else(|| item.clone(), |value| item.get(value).cloned().unwrap_or(Value::Null));
                (item[key].as_str().unwrap().to_owned(), held)
            };
            items.map(entry).collect()
        };
        let mut params = by("requests", "method", Some("params"));
        params.extend(by("notifications", "method", Some("params")));
        Metamodel {
            structures: by("structures", "name", None),
            enumerations: by("enumerations", "name", None),
            aliases: by("typeAliases", "name", Some("type")),
            results: by("requests", "method", Some("result")),
            params,
        }
    }

    /// Judges the answer to a request; an error has its own shape.
    pub fn judge_answer(&self, method: &str, message: &Value) -> Result<(), String> {
        match (message.get("result"), message.get("error"), self.results.get(method)) {
            (Some(result), None, Some(wanted)) => self.judge(wanted, result, method),
            (None, Some(error), _) => match error["code"].is_i64() && error["message"].is_string() {
                true => Ok(()),
                false => Err(format!("{method}: {error} is no error")),
            },
            (_, _, None) => Ok(()),
            _ => Err(format!("{method}: an answer has a result or an error: {message}")),
        }
    }

    /// Judges a request or a notification.
    pub fn judge_call(&self, message: &Value) -> Result<(), String> {
        let method = message["method"].as_str().unwrap();
        let wanted = self.params.get(method).ok_or_else(|| format!("there is no method {method}"))?;
        match (wanted, message.get("params")) {
            (Value::Null, None | Some(Value::Null)) => Ok(()),
            (wanted, params) => self.judge(wanted, params.unwrap_or(&Value::Null), method),
        }
    }

    fn judge(&self, wanted: &Value, value: &Value, at: &str) -> Result<(), String> {
        let is = |fits: bool| if fits { Ok(()) } else { Err(format!("{at}: {value} is no {wanted}")) };
        let items = || wanted["items"].as_array().unwrap().iter();
        match wanted["kind"].as_str().unwrap() {
            "base" => is(match wanted["name"].as_str().unwrap() {
                "integer" => value.as_i64().is_some_and(|value| i32::try_from(value).is_ok()),
                "uinteger" => value.as_u64().is_some_and(|value| i32::try_from(value).is_ok()),
                "decimal" => value.is_number(),
                "boolean" => value.is_boolean(),
                "null" => value.is_null(),
                "URI" | "DocumentUri" => value.as_str().is_some_and(|uri| uri.contains(':')),
                _ => value.is_string(),
            }),
            "reference" => self.judge_reference(wanted["name"].as_str().unwrap(), value, at),
            "array" => {
                let list = value.as_array().ok_or_else(|| format!("{at}: {value} is no array"))?;
                list.iter().enumerate().try_for_each(|(index, item)| self.judge(&wanted["element"], item, &format!("{at}[{index}]")))
            }
            "map" => {
                let map = value.as_object().ok_or_else(|| format!("{at}: {value} is no map"))?;
                map.iter().try_for_each(|(key, item)| self.judge(&wanted["value"], item, &format!("{at}.{key}")))
            }
            "or" => {
                let errors: Vec<String> = items().filter_map(|item| self.judge(item, value, at).err()).collect();
                if errors.len() < items().count() { Ok(()) } else { Err(errors.join("\n  or ")) }
            }
            "and" => items().try_for_each(|item| self.judge(item, value, at)),
            "tuple" => is(value.as_array().is_some_and(|list| list.len() == items().count())),
            "literal" => self.judge_properties(wanted["value"]["properties"].as_array().unwrap(), value, at),
            "stringLiteral" | "integerLiteral" | "booleanLiteral" => is(*value == wanted["value"]),
            other => Err(format!("{at}: the metamodel has a kind {other}")),
        }
    }

    fn judge_reference(&self, name: &str, value: &Value, at: &str) -> Result<(), String> {
        // What is anything needs no judge.
        if matches!(name, "LSPAny" | "LSPObject" | "LSPArray") {
            return Ok(());
        }
        if let Some(alias) = self.aliases.get(name) {
            return self.judge(alias, value, at);
        }
        if let Some(enumeration) = self.enumerations.get(name) {
            let is_open = enumeration["supportsCustomValues"] == true;
            let fits = enumeration["values"].as_array().unwrap().iter().any(|known| known["value"] == *value);
            return if fits || is_open { Ok(()) } else { Err(format!("{at}: {value} is no {name}")) };
        }
        let mut properties = Vec::new();
        self.properties(name, &mut properties);
        self.judge_properties(&properties, value, at)
    }

    fn properties(&self, name: &str, found: &mut Vec<Value>) {
        let structure = &self.structures[name];
        for list in ["extends", "mixins"] {
            for parent in structure[list].as_array().into_iter().flatten() {
                self.properties(parent["name"].as_str().unwrap(), found);
            }
        }
        found.extend(structure["properties"].as_array().unwrap().iter().cloned());
    }

    fn judge_properties(&self, properties: &[Value], value: &Value, at: &str) -> Result<(), String> {
        let object: &Map<String, Value> = value.as_object().ok_or_else(|| format!("{at}: {value} is no object"))?;
        for property in properties {
            let name = property["name"].as_str().unwrap();
            match object.get(name) {
                Some(held) => self.judge(&property["type"], held, &format!("{at}.{name}"))?,
                None if property["optional"] == true => {}
                None => return Err(format!("{at} has no {name}: {value}")),
            }
        }
        let unknown = object.keys().find(|key| !properties.iter().any(|property| property["name"] == **key));
        unknown.map_or(Ok(()), |key| Err(format!("{at} has a property {key} that LSP does not have")))
    }
}

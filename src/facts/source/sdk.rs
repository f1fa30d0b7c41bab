//! How the SDKs spell what has to be granted, language by language.

mod go;
mod javascript;
mod python;
mod rust;

pub(super) use go::{GO, is_sdk_of_go};
pub(super) use javascript::JAVASCRIPT;
pub(super) use python::PYTHON;
pub(super) use rust::RUST;

use crate::hosts::Protocol;

/// The models that have names of their own in the SDKs, each in letters and digits alone.
const MODELS: &[(&str, &str)] = &[
    ("llama2chat", "llama2-chat"),
    ("codellamainstruct", "codellama-instruct"),
    // As Rust's SDK spells it since version 6.
    ("codellarunstruct", "codellama-instruct"),
    ("allminilml6v2", "all-minilm-l6-v2"),
];

/// The model that a member of the SDKs' enumerations stands for: `InferencingModel::Llama2Chat`.
pub(super) fn model(name: &[String]) -> Option<&'static str> {
    let [.., list, member] = name else { return None };
    let is_list = list.strip_suffix('s').unwrap_or(list).ends_with("Model") || list.ends_with("/llm");
    let plain: String = member.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    MODELS.iter().find(|(known, _)| is_list && plain == *known).map(|(_, model)| *model)
}

/// What the module of an SDK connects by.
fn protocol(module: &str) -> Option<Protocol> {
    match module {
        "redis" => Some(Protocol::Redis),
        "mysql" => Some(Protocol::Mysql),
        "pg" | "pg3" | "pg4" | "postgres" => Some(Protocol::Postgres),
        "mqtt" => Some(Protocol::Mqtt),
        _ => None,
    }
}

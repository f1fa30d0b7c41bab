//! Reports follow their schemas, and what is generated is not stale.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn spinlint(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_spinlint")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear().output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn assert_valid(schema: &Value, instance: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn sarif_follows_the_official_schema_and_carries_the_fixes() {
    let log = json(&spinlint(&["check", "--format", "sarif", "examples"]));
    // One pattern of the official schema is no regular expression (a bracket too many), which a strict validator refuses.
    let schema = include_str!("../schemas/sarif-2.1.0.schema.json").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    assert_valid(&json(&schema), &log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let undeclared: Vec<&Value> = results.iter().filter(|result| result["ruleId"] == "undeclared-store").collect();
    assert_eq!(undeclared.len(), 4);
    for result in undeclared {
        let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(replacement["insertedContent"]["text"], "key_value_stores = [\"default\"]\n");
        assert!(result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"].is_u64());
    }
}

#[test]
fn json_follows_its_own_schema() {
    let report = json(&spinlint(&["check", "--format", "json", "examples"]));
    assert_valid(&json(&spinlint(&["schema", "report"])), &report);
    assert_eq!(report["version"], 1);
}

/// The schemas are generated from the types: `spinlint schema --all schema` writes them anew.
#[test]
fn no_schema_is_stale() {
    let folder = tempfile::tempdir().unwrap();
    spinlint(&["schema", "--all", folder.path().to_str().unwrap()]);
    let names = |folder: &Path| -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    assert_eq!(names(&committed), names(folder.path()));
    for name in names(folder.path()) {
        let (old, new) =
            (std::fs::read_to_string(committed.join(&name)).unwrap(), std::fs::read_to_string(folder.path().join(&name)).unwrap());
        assert!(old == new, "schema/{name} is stale: run `cargo run -- schema --all schema`");
    }
}

/// The published schema accepts what Spin accepts; for ids, labels and triggers it is as strict as a schema can be.
#[test]
fn the_schema_of_the_manifest_takes_the_examples() {
    let schema = json(&spinlint(&["schema"]));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let finished = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/key-value-finished/spin.toml")).unwrap();
    let instance = to_json(&finished);
    let errors: Vec<String> = validator.iter_errors(&instance).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let mut wrong = instance.clone();
    wrong["component"]["key-value-finished"]["key_value_stores"] = "default".into();
    assert!(!validator.is_valid(&wrong));
}

/// A manifest as JSON, by the tree that the linter itself reads.
fn to_json(text: &str) -> Value {
    fn value(node: &spinlint::syntax::Node) -> Value {
        use spinlint::syntax::Value as Toml;
        match &node.value {
            Toml::String(text) => text.as_str().into(),
            Toml::Integer(number) => (*number).into(),
            Toml::Boolean(boolean) => (*boolean).into(),
            Toml::Float | Toml::Datetime => Value::Null,
            Toml::Array(array) => array.items.iter().map(value).collect(),
            Toml::Table(inner) => table(inner),
        }
    }
    fn table(table: &spinlint::syntax::Table) -> Value {
        Value::Object(table.entries.iter().map(|entry| (entry.key.value.clone(), value(&entry.node))).collect())
    }
    table(&spinlint::syntax::parse(text).root)
}

/// The table of rules in the README is generated: `BLESS=1 cargo test` writes it anew.
#[test]
fn the_readme_lists_every_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- rules -->\n").expect("README.md has a place for the rules");
    let (_, after) = rest.split_once("<!-- /rules -->").expect("README.md has an end of the rules");
    let rules = json(&spinlint(&["rules", "--format", "json"]));
    let mut table = String::from("| rule | severity | fix | what it finds |\n|---|---|---|---|\n");
    for rule in rules.as_array().unwrap() {
        let field = |name: &str| rule[name].as_str().unwrap();
        let fix = if field("fix") == "never" { "" } else { field("fix") };
        let severity = if rule["default"] == true { field("severity").to_owned() } else { format!("{} (off)", field("severity")) };
        table.push_str(&format!("| `{}` | {} | {fix} | {} |\n", field("name"), severity, field("summary")));
    }
    let now = format!("{before}<!-- rules -->\n{table}<!-- /rules -->{after}");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, now).unwrap();
    } else {
        assert!(now == text, "the table of rules in README.md is stale: run `BLESS=1 cargo test`");
    }
}

/// The pages that editors link to are generated: `BLESS=1 cargo test` writes them anew.
#[test]
fn the_rules_pages_are_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let mut now = "# Rules\n\nGenerated from the rules' own documentation; `spinlint explain RULE` prints the same.\n".to_owned();
    for entry in spinlint::rules::ALL {
        let text: Vec<String> =
            entry.documentation().lines().map(|line| if line.starts_with("## ") { format!("#{line}") } else { line.to_owned() }).collect();
        now.push_str(&format!("\n## {}\n\n{}\n", entry.name, text.join("\n").trim_end()));
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, now).unwrap();
    } else {
        assert!(std::fs::read_to_string(&path).is_ok_and(|text| text == now), "docs/rules.md is stale: run `BLESS=1 cargo test`");
    }
}

/// The settings of the VS Code extension are those of the server, and the path of the program: `BLESS=1 cargo test`
/// writes them anew.
#[test]
fn the_extension_has_the_settings_of_the_server() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode/package.json");
    let mut package = json(&std::fs::read_to_string(&path).unwrap());
    let schema = json(&spinlint(&["schema", "editor-settings"]));
    let mut properties = serde_json::Map::new();
    properties.insert(
        "spinlint.path".to_owned(),
        serde_json::json!({
            "type": "string", "default": "", "scope": "machine-overridable",
            "markdownDescription": "The program `spinlint`. Empty: the one that comes with the extension, else the one on `PATH`.",
        }),
    );
    for (name, setting) in schema["properties"].as_object().unwrap() {
        // What the extension finds out is no setting.
        if name == "otherTomlServer" {
            continue;
        }
        let description = setting["description"].as_str().unwrap().replace('\n', " ");
        let mut own = serde_json::json!({ "scope": "resource", "default": setting["default"], "markdownDescription": description });
        for key in ["type", "items"] {
            if let Some(value) = setting.get(key) {
                own[key] = value.clone();
            }
        }
        if let Some(name) = setting["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            let words: Vec<&Value> = schema["$defs"][name]["oneOf"].as_array().unwrap().iter().map(|word| &word["const"]).collect();
            own["type"] = "string".into();
            own["enum"] = serde_json::json!(words);
        }
        properties.insert(format!("spinlint.{name}"), own);
    }
    if std::env::var_os("BLESS").is_some() {
        package["contributes"]["configuration"]["properties"] = properties.into();
        std::fs::write(&path, serde_json::to_string_pretty(&package).unwrap() + "\n").unwrap();
    } else {
        let committed = &package["contributes"]["configuration"]["properties"];
        assert!(*committed == Value::from(properties), "package.json is stale: run `BLESS=1 cargo test`");
    }
}

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
fn the_paths_of_sarif_are_uris() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a ä:[b]%20");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("spin.toml"), TRICKY).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_spinlint"));
    let output = command.args(["check", ".", "--format", "sarif"]).current_dir(folder.path()).output().unwrap();
    let log = json(&String::from_utf8(output.stdout).unwrap());
    let uri = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%20%C3%A4%3A%5Bb%5D%2520/spin.toml");
}

/// One app with everything that a format may stumble over: bars, quotes, backticks, fixes of several edits, letters of several bytes.
const TRICKY: &str = r#"spin_manifest_version = 2
application = { name = "shöp", unknown = "a|b`c" }
trigger.http = [{ route = "/...", component = "cart" }]
[component.cart]
source = "cart.wasm"
ai_models = ["llama2-chat"]
allowed_outbound_hosts = ["postgresql://a.org", "postgresql://a.org", "<b>&|*x*"]
key_value_store = ["ä|b", 'c"d']
"#;

/// What the program says of the tricky app in a format.
fn tricky(format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("spin.toml"), TRICKY).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_spinlint"));
    let output = command.args(["check", ".", "--format", format]).current_dir(folder.path()).env_clear().output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn gitlab_takes_the_report_and_tells_every_finding_apart() {
    let schema = json(include_str!("../schemas/gitlab-code-quality.schema.json"));
    for text in [tricky("gitlab"), spinlint(&["check", "--format", "gitlab", "examples"])] {
        let report = json(&text);
        assert_valid(&schema, &report);
        let issues = report.as_array().unwrap();
        let fingerprints: std::collections::BTreeSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert!(issues.len() > 3 && fingerprints.len() == issues.len(), "{report}");
    }
}

#[test]
fn reviewdog_takes_the_report_and_its_suggestions_are_the_fixes() {
    // The schema allows what it does not know; what is misspelt has to be told all the same.
    let strict = include_str!("../schemas/reviewdog-diagnostic-result.schema.json")
        .replace(r#""additionalProperties": true"#, r#""additionalProperties": false"#);
    let report = json(&tricky("rdjson"));
    assert_valid(&json(&strict), &report);
    let ours = json(&tricky("json"));
    let (theirs, ours) = (report["diagnostics"].as_array().unwrap(), ours["diagnostics"].as_array().unwrap());
    assert_eq!(theirs.len(), ours.len());
    let mut suggestions = 0;
    for (theirs, ours) in theirs.iter().zip(ours) {
        assert_eq!(theirs["code"]["value"], ours["rule"]);
        let Some(edits) = ours["fix"]["edits"].as_array() else { continue };
        suggestions += 1;
        // Columns count bytes.
        let offset = |position: &Value| {
            let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
            let start: usize = TRICKY.split_inclusive('\n').take(line - 1).map(str::len).sum();
            start + usize::try_from(position["column"].as_u64().unwrap()).unwrap() - 1
        };
        let suggestion = &theirs["suggestions"][0];
        let mut suggested = TRICKY.to_owned();
        let range = offset(&suggestion["range"]["start"])..offset(&suggestion["range"]["end"]);
        suggested.replace_range(range, suggestion["text"].as_str().unwrap());
        let mut fixed = TRICKY.to_owned();
        for edit in edits.iter().rev() {
            let at = |name: &str| usize::try_from(edit["range"][name]["offset"].as_u64().unwrap()).unwrap();
            fixed.replace_range(at("start")..at("end"), edit["text"].as_str().unwrap());
        }
        assert_eq!(suggested, fixed);
    }
    assert!(suggestions > 0);
}

#[test]
fn junit_is_xml_whose_counts_are_true() {
    for text in [tricky("junit"), spinlint(&["check", "--format", "junit", "examples"])] {
        let document = roxmltree::Document::parse(&text).unwrap();
        let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
        let root = document.root_element();
        assert!(root.has_tag_name("testsuites"));
        assert_eq!(root.attribute("tests"), Some(count("testcase").to_string().as_str()));
        let failed = document
            .descendants()
            .filter(|node| node.has_tag_name("testcase") && node.children().any(|child| child.has_tag_name("failure")));
        assert_eq!(root.attribute("failures"), Some(failed.count().to_string().as_str()));
        let known = ["testsuites", "testsuite", "testcase", "failure", "system-out"];
        assert!(document.descendants().filter(roxmltree::Node::is_element).all(|node| known.contains(&node.tag_name().name())));
        assert!(document.descendants().filter(|node| node.has_tag_name("testcase")).all(|case| case.attribute("name").is_some()));
    }
}

#[test]
fn markdown_is_one_table_with_a_row_for_each_finding() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let text = tricky("markdown");
    let found = json(&tricky("json"))["diagnostics"].as_array().unwrap().len();
    let events: Vec<Event<'_>> = Parser::new_ext(&text, Options::ENABLE_TABLES).collect();
    let count = |is: fn(&Tag<'_>) -> bool| events.iter().filter(|event| matches!(event, Event::Start(tag) if is(tag))).count();
    assert_eq!(count(|tag| matches!(tag, Tag::Table(_))), 1, "{text}");
    assert_eq!(count(|tag| matches!(tag, Tag::TableRow)), found);
    assert_eq!(count(|tag| matches!(tag, Tag::TableCell)), (found + 1) * 4);
    // What the manifest says is shown as it is, and never as a tag or a stress.
    assert_eq!(count(|tag| matches!(tag, Tag::Emphasis | Tag::Strong | Tag::HtmlBlock)), 0, "{text}");
    assert!(events.iter().all(|event| !matches!(event, Event::InlineHtml(tag) if &**tag != "<br>")), "{text}");
    let shown: String = events.iter().filter_map(|event| if let Event::Text(text) = event { Some(&**text) } else { None }).collect();
    assert!(shown.contains("<b>&|*x*"), "{shown}");
}

#[test]
fn info_and_the_configuration_follow_their_schemas() {
    let info = json(&spinlint(&["info", "--format", "json", "-f", "examples/key-value-rust"]));
    assert_valid(&json(&spinlint(&["schema", "info"])), &info);
    let schema = json(&spinlint(&["schema", "configuration"]));
    let text = "spin_version = '3.4'\n[rules]\nunused-store = 'off'\n[ignore]\n'a/**' = ['all']\n[component.x]\nsources = ['a']\n[editor]\ncodeLens = false\n";
    assert_valid(&schema, &to_json(text));
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&to_json("[rules]\nunused-store = 'fatal'\n")));
}

#[test]
fn json_follows_its_own_schema() {
    let report = json(&spinlint(&["check", "--format", "json", "examples"]));
    assert_valid(&json(&spinlint(&["schema", "report"])), &report);
    assert_eq!(report["version"], 1);
}

#[test]
fn shells_and_manuals_know_every_flag() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = spinlint(&["completions", shell]);
        assert!(script.contains("write-baseline") && script.contains("runtime-config-file"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("spinlint.bash");
    std::fs::write(&script, spinlint(&["completions", "bash"])).unwrap();
    // A shell of this machine reads it, and completes by it.
    let line =
        "source \"$0\"; COMP_WORDS=(spinlint check --write-b); COMP_CWORD=2; _spinlint spinlint --write-b check; echo \"${COMPREPLY[0]}\"";
    let output = Command::new("bash").args(["-c", line]).arg(&script).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "--write-baseline", "{}", String::from_utf8_lossy(&output.stderr));

    assert!(spinlint(&["man"]).contains(".TH spinlint 1"));
    spinlint(&["man", "--all", folder.path().join("man").to_str().unwrap()]);
    let page = std::fs::read_to_string(folder.path().join("man/spinlint-check.1")).unwrap();
    assert!(page.contains("write\\-baseline"), "{page}");
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

//! A component reads a variable that its manifest does not give it.
//!
//! ## Why
//!
//! A component reads its own `variables` and no others, whatever the application declares in `[variables]`. Spin answers that the variable
//! is undefined at every request that reads it. Many programs have a value of their own for that case, so this is no error.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [variables]
//! api_token = { required = true, secret = true }
//! [component.cart]
//! #          ^^^^ component `cart` reads variable "api_token", which is not among its `variables`: Spin answers that it is undefined, whatever the app's variables are
//! source = "cart.wasm"
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```
//!
//! ```toml Cargo.toml
//! [package]
//! name = "cart"
//! ```
//!
//! ```rust src/lib.rs
//! pub fn add() { spin_sdk::variables::get("api_token").unwrap(); }
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [variables]
//! api_token = { required = true, secret = true }
//! [component.cart]
//! source = "cart.wasm"
//! variables = { api_token = "{{ api_token }}" }
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Safety, Severity};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    granting::undeclared(cx, out, Capability::Variables);
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, check_fix_with, findings, silent_with};

    fn code(name: &str) -> String {
        format!("pub fn f() {{ spin_sdk::variables::get(\"{name}\"); }}\n")
    }

    fn beside(code: &str) -> [(&str, &str); 2] {
        [("Cargo.toml", "[package]\nname = \"cart\"\n"), ("src/lib.rs", code)]
    }

    #[test]
    fn what_the_application_does_not_have_is_no_matter_of_one_line() {
        let code = code("api_token");
        let files = beside(&code);
        let text = format!("{APP}[component.cart]\nsource = \"x.wasm\"\n");
        let found = findings(&text, &files, "undeclared-variable");
        assert!(found[0].fix.is_none());
        assert!(found[0].help.as_deref().unwrap().starts_with("declare it in `[variables]`"));
        silent_with(&format!("{text}[component.cart.variables]\napi_token = \"x\"\n"), &files, "undeclared-variable");
    }

    #[test]
    fn a_variable_comes_to_the_others() {
        let code = code("api_token");
        let files = beside(&code);
        let text = format!(
            "{APP}variables.api_token.default = \"x\"\n[component.cart]\nsource = \"x.wasm\"\n[component.cart.variables]\nother = \"y\"\n"
        );
        let fixed = text.replace("other = \"y\"\n", "other = \"y\"\napi_token = \"{{ api_token }}\"\n");
        check_fix_with(&text, &files, "undeclared-variable", &fixed);
    }

    #[test]
    fn a_name_that_no_variable_has_is_told_as_that() {
        let code = code("API_TOKEN");
        let files = beside(&code);
        let text = format!("{APP}[component.cart]\nsource = \"x.wasm\"\nvariables.api_token = \"x\"\n");
        let found = findings(&text, &files, "misspelled-grant");
        assert!(found[0].message.ends_with("and reads \"API_TOKEN\": Spin answers that the name is invalid"), "{}", found[0].message);
        assert_eq!(found[0].severity, crate::diagnostic::Severity::Warning);
    }

    #[test]
    fn a_misspelt_variable_keeps_its_value() {
        let code = code("api_token");
        let files = beside(&code);
        let text = format!(
            "{APP}variables.token.default = \"x\"\n[component.cart]\nsource = \"x.wasm\"\nvariables = {{ api_tokn = \"{{{{ token }}}}\" }}\n"
        );
        silent_with(&text, &files, "undeclared-variable");
        check_fix_with(&text, &files, "misspelled-grant", &text.replace("api_tokn", "api_token"));
    }
}

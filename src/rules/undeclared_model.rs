//! A component uses a language model that its manifest does not grant.
//!
//! ## Why
//!
//! Spin starts the app and refuses access at the first request that uses the model.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! ai_models = ["llama2-chat"]
//! # <- component `cart` uses model "all-minilm-l6-v2", which it is not granted: Spin refuses access at the first request that uses it
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
//! use spin_sdk::llm::{EmbeddingModel, generate_embeddings};
//! pub fn add(text: &str) { generate_embeddings(EmbeddingModel::AllMiniLmL6V2, &[text]).unwrap(); }
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! ai_models = ["llama2-chat", "all-minilm-l6-v2"]
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Safety, Severity};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    granting::undeclared(cx, out, Capability::Models);
}

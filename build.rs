//! How the program with the runtime is linked on Linux, so that `check` and `lsp`, which do not use it, do not pay for it.

#![expect(clippy::disallowed_macros, reason = "cargo reads what a build script prints")]

use std::env::{var, var_os};

/// Where the runtime's code lies.
const SECTIONS: &str = "runtime.ld";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={SECTIONS}");
    let target = |what: &str| var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    if var_os("CARGO_FEATURE_RUNTIME").is_none() || target("OS") != "linux" || target("ENV") != "gnu" || is_static {
        return;
    }
    // A program that may lie at any address has ninety thousand of its own to fill in before `main`, two thirds of them in tables of the
    // runtime, which takes a fifth of the time of `check`. At a fixed address, where Go's programs lie as well, there are none. What is
    // allocated, compiled and loaded lies anywhere all the same.
    println!("cargo::rustc-link-arg-bins=-no-pie");
    // Linkers of somebody's own choice, mold among them, may read no such files.
    let is_linker_chosen = var_os("RUSTC_LINKER").is_some() || var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("link"));
    if !is_linker_chosen {
        println!("cargo::rustc-link-arg-bins=-T{}/{SECTIONS}", var("CARGO_MANIFEST_DIR").expect("cargo tells it"));
    }
}

//! `cargo +nightly fuzz run check`: any text is checked and fixed.
#![no_main]

#[path = "../check.rs"]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|text: &str| {
    fuzzed::check(text);
    fuzzed::check_with_facts(text);
});

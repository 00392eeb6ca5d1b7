//! What the component can reach, read from its bytes: exactly the world's imports, and nothing ambient.
// A panic is the failure.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use system_tests::component;
use wit_component::{DecodedWasm, decode};
use wit_parser::{Resolve, WorldItem, WorldKey};

/// The component's interfaces by name, with the number of functions in each.
struct Shape {
    imports: BTreeMap<String, usize>,
    exports: BTreeMap<String, usize>,
}

fn shape() -> Shape {
    let bytes = std::fs::read(component()).unwrap();
    let DecodedWasm::Component(resolve, world) = decode(&bytes).unwrap() else {
        panic!("target/component/topcv.wasm is no component");
    };
    let world = &resolve.worlds[world];
    Shape {
        imports: interfaces(&resolve, world.imports.iter()),
        exports: interfaces(&resolve, world.exports.iter()),
    }
}

fn interfaces<'a>(
    resolve: &Resolve,
    items: impl Iterator<Item = (&'a WorldKey, &'a WorldItem)>,
) -> BTreeMap<String, usize> {
    items
        .map(|(key, item)| {
            let WorldItem::Interface { id, .. } = item else {
                panic!("not an interface: {key:?}");
            };
            let functions = resolve.interfaces[*id].functions.len();
            (resolve.name_world_key(key), functions)
        })
        .collect()
}

fn named(names: &[&str]) -> Vec<String> {
    names
        .iter()
        .map(|name| format!("hiring:job-board/{name}@0.1.0"))
        .collect()
}

#[test]
fn imports_are_the_worlds_and_five_of_them_have_functions() {
    let imports = shape().imports;
    let all: Vec<_> = imports.keys().cloned().collect();
    let world = [
        "clock", "events", "forms", "http", "log", "secrets", "storage", "types",
    ];
    assert_eq!(all, named(&world));
    let with_functions: Vec<_> = imports
        .iter()
        .filter(|(_, functions)| **functions > 0)
        .map(|(name, _)| name.clone())
        .collect();
    assert_eq!(
        with_functions,
        named(&["clock", "http", "log", "secrets", "storage"])
    );
}

#[test]
fn exports_are_the_four_interfaces_of_the_world() {
    let exports = shape().exports;
    let all: Vec<_> = exports.keys().cloned().collect();
    assert_eq!(
        all,
        named(&["connection", "deliveries", "postings", "privacy"])
    );
    let functions: Vec<_> = exports.values().copied().collect();
    assert_eq!(functions, [5, 2, 12, 2]);
}

#[test]
fn the_component_is_small() {
    let bytes = std::fs::metadata(component()).unwrap().len();
    assert!(bytes <= 500 * 1024, "{bytes} bytes");
}

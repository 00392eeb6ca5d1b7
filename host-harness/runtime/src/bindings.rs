//! Code generated from the WIT. Everything that an embedding may name is re-exported by [`crate::contract`].
//!
//! Generated code has no docs of its own and is not held to the workspace's lints.
#![allow(missing_docs, unsafe_code, unreachable_pub, clippy::all)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "plugin",
    imports: { default: async },
    exports: { default: async },
    additional_derives: [Clone, PartialEq, serde::Serialize, serde::Deserialize],
});

//! A component of the world that does what a test tells it, good or bad.
//!
//! `handle-webhook` takes the command in `delivery.method` and its argument in `delivery.body`, and answers in `response.body`.
//! Every other export answers `unsupported`. On other targets than wasm the crate is empty: a native link has no imports to offer.

#[cfg(target_family = "wasm")]
mod commands;
#[cfg(target_family = "wasm")]
mod component;

#[cfg(target_family = "wasm")]
#[allow(missing_docs, unsafe_code, unreachable_pub)]
mod bindings {
    use crate::component::TestGuest;

    wit_bindgen::generate!({
        path: "../../../wit",
        world: "plugin",
        additional_derives: [Clone],
    });
    export!(TestGuest);
}

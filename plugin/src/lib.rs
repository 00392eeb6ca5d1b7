//! The TopCV job-board plugin: one sandboxed WebAssembly component.

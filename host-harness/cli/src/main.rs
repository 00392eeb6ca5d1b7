//! The one binary: demo, simulate, inspect.

fn main() {}

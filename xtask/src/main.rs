//! The project's commands: demo, test, build.

fn main() {}

//! Everything that the process says, from the first line of the first test on: traces of all levels and of all crates, and panics.
//!
//! Of the compiler that turns a component into machine code only what it would say in production: traced, it writes gigabytes about every
//! instruction, and it is done before there is anything secret.

use std::io;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

/// The parts of that compiler, by the beginnings of their names.
const COMPILER: [&str; 3] = ["cranelift", "regalloc", "wasmtime_cranelift"];

static SAID: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Begins to listen. The first call counts.
pub(crate) fn listen() {
    static BEGIN: Once = Once::new();
    BEGIN.call_once(|| {
        let quiet = COMPILER.map(|part| (part, LevelFilter::INFO));
        let heard = Targets::new()
            .with_default(LevelFilter::TRACE)
            .with_targets(quiet);
        let ear = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(|| Ear);
        tracing_subscriber::registry()
            .with(ear.with_filter(heard))
            .init();
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            said().extend_from_slice(format!("panic: {panic}\n").as_bytes());
            usual(panic);
        }));
    });
}

/// All of it so far.
pub(crate) fn so_far() -> Vec<u8> {
    said().clone()
}

fn said() -> MutexGuard<'static, Vec<u8>> {
    SAID.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        said().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! Finding and loading the plugin's component.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use job_board_host::{EngineConfig, HostError, Plugin, PluginEngine};

use crate::progress;

/// Where a platform keeps the compiled plugin, below its data folder.
pub const COMPILED: &str = "compiled";

/// Where `cargo xtask build` puts the component, below the project's root.
const BUILT: &str = "target/component/topcv.wasm";

/// WebAssembly begins with four letters and a version, which for a component ends with the layer.
const HEADER: usize = 8;

/// The given file, or the built component of the project around the working directory.
///
/// # Errors
/// As [`check`]; or when nothing was built: the message names the command that does it.
pub fn find(given: Option<PathBuf>) -> Result<PathBuf> {
    if let Some(file) = given {
        check(&file)?;
        return Ok(file);
    }
    let here = std::env::current_dir().context("the working directory cannot be read")?;
    match below_an_ancestor(&here) {
        Some(file) => Ok(file),
        None => bail!(
            "{BUILT} is missing here and in every folder above {}; run `cargo xtask build` first, or name a component with --plugin",
            here.display()
        ),
    }
}

fn below_an_ancestor(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .map(|ancestor| ancestor.join(BUILT))
        .find(|file| file.is_file())
}

/// Looks at the file's first bytes, so that what is wrong with it is named before anything is started.
///
/// # Errors
/// Tells apart: no such file, a folder, a file that cannot be read, one that is no WebAssembly, and a core module.
pub fn check(file: &Path) -> Result<()> {
    let shown = file.display();
    ensure!(
        file.exists(),
        "there is no file {shown}; build the plugin with `cargo xtask build`, which writes {BUILT}"
    );
    ensure!(
        file.is_file(),
        "{shown} is a folder; name the component in it, such as {}",
        file.join("topcv.wasm").display()
    );
    let mut start = Vec::new();
    File::open(file)
        .and_then(|file| file.take(HEADER as u64).read_to_end(&mut start))
        .with_context(|| {
            format!("{shown} cannot be read by this user; check its owner and mode")
        })?;
    match start.split_at_checked(4) {
        Some((b"\0asm", [_, _, 1, 0])) => Ok(()),
        Some((b"\0asm", [1, 0, 0, 0])) => bail!(
            "{shown} is a core WebAssembly module, not a component; `cargo xtask build` makes the component of it, and so does `wasm-tools component new`"
        ),
        Some((b"\0asm", _)) => bail!(
            "{shown} is WebAssembly of a kind that this program does not know, or only a part of a file; copy or build it again"
        ),
        _ => bail!(
            "{shown} is not a WebAssembly file; the plugin is a component such as {BUILT}, which `cargo xtask build` writes"
        ),
    }
}

/// Compiles the component, or takes the compiled one from the engine's cache. Blocks, and shows progress, since compiling can take seconds.
///
/// # Errors
/// When the file cannot be read, or is no plugin of this contract.
pub fn load(file: &Path, engine: EngineConfig) -> Result<Plugin> {
    check(file)?;
    let shown = progress::spinner(format!("compiling {}", file.display()));
    let plugin = PluginEngine::new(engine)?
        .load_file(file)
        .map_err(|error| refused(file, error))?;
    shown.finish_and_clear();
    Ok(plugin)
}

/// What a person does about a plugin that does not load.
fn refused(file: &Path, error: HostError) -> anyhow::Error {
    let next = match &error {
        HostError::NotAComponent(_) => {
            "the file is damaged or was made for a newer engine: copy or build it again"
        }
        HostError::ForeignImports(_) | HostError::WrongContract(_) => {
            "take a plugin of this program's release; `cargo xtask build` makes one of this source"
        }
        HostError::Manifest(_) => "report it to the plugin's author",
        // These name it themselves.
        _ => "see below",
    };
    anyhow::Error::new(error).context(format!("{} cannot be used ({next})", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_file_that_is_missing_names_the_next_step() {
        let error = find(Some("no/such/file.wasm".into()))
            .unwrap_err()
            .to_string();
        assert!(error.contains("no/such/file.wasm"), "{error}");
        assert!(error.contains("cargo xtask build"), "{error}");
    }

    #[test]
    fn the_component_is_found_from_a_folder_further_down() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        assert_eq!(below_an_ancestor(&deep), None);
        let file = root.path().join(BUILT);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, b"").unwrap();
        assert_eq!(below_an_ancestor(&deep), Some(file));
    }
}

//! Finding and loading the plugin's component.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use job_board_host::{EngineConfig, Plugin, PluginEngine};

use crate::progress;

/// Where `cargo xtask build` puts the component, below the project's root.
const BUILT: &str = "target/component/topcv.wasm";

/// The given file, or the built component of the project around the working directory.
///
/// # Errors
/// When there is no such file; the message names the command that makes it.
pub fn find(given: Option<PathBuf>) -> Result<PathBuf> {
    if let Some(file) = given {
        ensure!(
            file.is_file(),
            "there is no file {}; give another --plugin, or build one with `cargo xtask build`",
            file.display()
        );
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

/// Compiles the component, or takes the compiled one from `cache_dir`. Blocks, and shows progress, since compiling can take seconds.
///
/// # Errors
/// When the file cannot be read, or is no plugin of this contract.
pub fn load(file: &Path, cache_dir: Option<PathBuf>) -> Result<Plugin> {
    let shown = progress::spinner(format!("compiling {}", file.display()));
    let engine = PluginEngine::new(EngineConfig {
        cache_dir,
        ..EngineConfig::default()
    })?;
    let plugin = engine.load_file(file).with_context(|| {
        format!(
            "{} cannot be used; build the plugin with `cargo xtask build`",
            file.display()
        )
    })?;
    shown.finish_and_clear();
    Ok(plugin)
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

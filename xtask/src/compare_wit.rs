//! `cargo xtask compare-wit OLD NEW`: what a change of the contract would break, in both directions.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wit_parser::{Resolve, UnresolvedPackageGroup, WorldId};

/// Compares the worlds of two WIT folders, and fails when one of them cannot take the other's place.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let [old, new] = arguments else {
        bail!("two folders are needed: cargo xtask compare-wit wit/released/0.1.0 wit");
    };
    let (old, new) = (Path::new(old), Path::new(new));
    let mut broken = 0;
    for (from, to, who) in [
        (
            old,
            new,
            "a plugin built against OLD does not fit a host of NEW",
        ),
        (
            new,
            old,
            "a plugin built against NEW does not fit a host of OLD",
        ),
    ] {
        match fits(from, to)? {
            None => println!("{} -> {}: fits", from.display(), to.display()),
            Some(why) => {
                broken += 1;
                println!("{} -> {}: {who}: {why}", from.display(), to.display());
            }
        }
    }
    if broken > 0 {
        bail!("the two differ; wit/VERSIONING.md says which version number a change needs");
    }
    Ok(())
}

/// Whether a component of the first folder's world runs where the second's is expected. `Some`: why not.
fn fits(from: &Path, to: &Path) -> Result<Option<String>> {
    let mut resolve = Resolve::default();
    // Two packages of one name and version cannot stand side by side; the comparison ignores versions.
    let from = push(&mut resolve, from, 1)?;
    let to = push(&mut resolve, to, 2)?;
    Ok(wit_component::semver_check(resolve, from, to)
        .err()
        .map(|error| format!("{error:#}")))
}

fn push(resolve: &mut Resolve, folder: &Path, version: u64) -> Result<WorldId> {
    let mut group = UnresolvedPackageGroup::parse_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?;
    if let Some(own) = &mut group.main.name.version {
        own.major = version;
    }
    let package = resolve
        .push_group(group)
        .map_err(|error| anyhow::anyhow!("{}: {error:?}", folder.display()))?;
    resolve
        .select_world(&[package], Some("plugin"))
        .with_context(|| format!("{} has no world `plugin`", folder.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    fn wit() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit")
    }

    /// The contract with one text of one file replaced.
    fn changed(name: &str, file: &str, before: &str, after: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("compare-wit-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for entry in fs::read_dir(wit()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "wit") {
                fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
            }
        }
        let path = folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(before), "{file} has no {before:?}");
        fs::write(&path, text.replacen(before, after, 1)).unwrap();
        folder
    }

    #[test]
    fn the_contract_fits_itself() {
        assert_eq!(fits(&wit(), &wit()).unwrap(), None);
    }

    #[test]
    fn a_field_more_breaks_both_directions() {
        let more = changed(
            "field",
            "types.wit",
            "    en: string,\n",
            "    en: string,\n    fr: string,\n",
        );
        assert!(fits(&wit(), &more).unwrap().is_some());
        assert!(fits(&more, &wit()).unwrap().is_some());
    }

    #[test]
    fn an_imported_function_more_breaks_only_an_old_host() {
        let more = changed(
            "import",
            "clock.wit",
            "  now: func",
            "  zone: func() -> string;\n  now: func",
        );
        assert_eq!(fits(&wit(), &more).unwrap(), None);
        assert!(fits(&more, &wit()).unwrap().is_some());
    }
}

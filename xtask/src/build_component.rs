//! `cargo xtask build`: from Rust source to a checked component.
//!
//! For each guest: the core module is built for `wasm32-unknown-unknown`, made a component, and compared with the world in `wit/`.
//! A component that would import anything else, does not export the whole world, or is too large never reaches `target/component/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::{Metadata, MetadataCommand};
use wit_component::{ComponentEncoder, DecodedWasm, decode};
use wit_parser::{Resolve, WorldId};

/// Chosen over `wasm32-wasip2` because std there imports files, sockets and the environment whether or not they are used.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const PROFILE: &str = "plugin";

/// A crate that becomes a component.
struct Guest {
    /// File name without `.wasm` under `target/component/`.
    name: &'static str,
    package: &'static str,
    /// Features of the package beyond its defaults.
    features: &'static [&'static str],
    /// Most bytes that the component may have.
    limit: usize,
}

const GUESTS: [Guest; 2] = [
    // The product's promise; std and serde are most of it.
    Guest {
        name: "topcv",
        package: "topcv-plugin",
        features: &[],
        limit: 500 * 1024,
    },
    // What the runtime's tests run: a guest that misbehaves on command.
    Guest {
        name: "test-guest",
        package: "job-board-test-guest",
        features: &[],
        limit: 500 * 1024,
    },
];

/// The flag that builds [`REHEARSAL`], and nothing else.
pub(crate) const REHEARSE: &str = "--rehearse-next-release";

/// A release of tomorrow, whose records have another format: what upgrade tests go forward to and back from. Never shipped.
const REHEARSAL: Guest = Guest {
    name: "topcv-next",
    package: "topcv-plugin",
    features: &["rehearse-next-release"],
    limit: 520 * 1024,
};

/// Builds every guest, or those that `names` lists.
pub(crate) fn run(names: &[String]) -> Result<()> {
    if names == [REHEARSE] {
        return build_all(&[REHEARSAL], &[]);
    }
    for name in names {
        ensure!(
            GUESTS.iter().any(|guest| guest.name == name),
            "there is no component `{name}`; known: {}",
            GUESTS.map(|guest| guest.name).join(", ")
        );
    }
    build_all(&GUESTS, names)
}

fn build_all(guests: &[Guest], names: &[String]) -> Result<()> {
    let metadata = MetadataCommand::new()
        .no_deps()
        .exec()
        .context("`cargo metadata` failed; run this inside the project")?;
    let root = metadata.workspace_root.as_std_path();
    let (resolve, world) = read_world(&root.join("wit"))?;
    // Beside the workspace whatever CARGO_TARGET_DIR says: tests and tools look for components here.
    let output = root.join("target/component");
    fs::create_dir_all(&output).with_context(|| format!("cannot create {}", output.display()))?;

    add_target()?;
    let rustflags = compiler_flags(root)?;
    for guest in guests {
        if !names.is_empty() && !names.iter().any(|name| name == guest.name) {
            continue;
        }
        build(guest, &metadata, &rustflags, &resolve, world, &output)
            .with_context(|| format!("component `{}` (package {})", guest.name, guest.package))?;
    }
    Ok(())
}

fn build(
    guest: &Guest,
    metadata: &Metadata,
    rustflags: &str,
    resolve: &Resolve,
    world: WorldId,
    output: &Path,
) -> Result<()> {
    let module = build_module(guest, metadata, rustflags)?;
    let bytes = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    let component = ComponentEncoder::default()
        .module(&bytes)
        .context("the core module holds no WIT; does the crate call `export!` for wasm?")?
        .validate(true)
        .encode()
        .context("the core module cannot become a component")?;
    let unused = check_imports(&component, resolve, world)?;
    wit_component::targets(resolve, world, &component, false)
        .context("the component does not fit the world in wit/ (are all exports there?)")?;
    ensure!(
        component.len() <= guest.limit,
        "{} bytes, over the limit of {}; look at it with `cargo bloat` or `twiggy`, or raise the limit with a reason",
        component.len(),
        guest.limit
    );

    let path = output.join(format!("{}.wasm", guest.name));
    write_whole(&path, &component)?;
    println!(
        "{}: {} bytes, {:.0} % of the limit{}",
        path.strip_prefix(&metadata.workspace_root)
            .unwrap_or(&path)
            .display(),
        component.len(),
        100.0 * component.len() as f64 / guest.limit as f64,
        if unused.is_empty() {
            String::new()
        } else {
            format!(" (imports not used: {})", unused.join(", "))
        }
    );
    Ok(())
}

/// Runs cargo for one guest alone: together, features of one package's dependencies would leak into the other's bytes.
fn build_module(guest: &Guest, metadata: &Metadata, rustflags: &str) -> Result<PathBuf> {
    let status = Command::new(cargo())
        .current_dir(&metadata.workspace_root)
        .args([
            "rustc",
            "--quiet",
            "--locked",
            "--lib",
            // Alone: a crate that is also made an `rlib` in the same run is linked without LTO, at more than twice the size.
            "--crate-type",
            "cdylib",
            "--target",
            TARGET,
            "--profile",
            PROFILE,
            "--package",
            guest.package,
            "--features",
            &guest.features.join(","),
        ])
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags)
        .env_remove("RUSTFLAGS")
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "cargo rustc failed, see above");
    Ok(metadata
        .target_directory
        .join(TARGET)
        .join(PROFILE)
        .join(format!("{}.wasm", guest.package.replace('-', "_")))
        .into_std_path_buf())
}

/// Makes sure that the standard library for [`TARGET`] is there.
fn add_target() -> Result<()> {
    let libraries = rustc(&["--print", "target-libdir", "--target", TARGET])?;
    if Path::new(&libraries).is_dir() {
        return Ok(());
    }
    println!("adding the target {TARGET} with rustup");
    let added = Command::new("rustup")
        .args(["target", "add", TARGET])
        .stdin(Stdio::null())
        .status();
    match added {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => bail!("`rustup target add {TARGET}` failed, see above"),
        Err(_) => bail!(
            "this toolchain has no standard library for {TARGET}, and rustup, which could add it, was not found. \
             Install rustup (https://rustup.rs), or your distribution's package of the Rust standard library for that target"
        ),
    }
}

/// Compiler flags that replace this machine's folders by fixed names, so that a build in any folder has the same bytes; and small ones.
fn compiler_flags(root: &Path) -> Result<String> {
    let sysroot = rustc(&["--print", "sysroot"])?;
    let registry = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => std::env::home_dir()
            .context("there is no home folder, and CARGO_HOME is not set")?
            .join(".cargo"),
    };
    // The last prefix that matches wins, so the more special ones come later.
    let prefixes = [
        (registry, "/cargo"),
        (root.to_owned(), "/workspace"),
        (Path::new(&sysroot).join("lib/rustlib/src/rust"), "/rust"),
    ];
    let mut flags: Vec<String> = prefixes
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
        .collect();
    // Without it every address and function number keeps the five bytes that the linker needs while it moves things.
    flags.push("-Clink-arg=--compress-relocations".into());
    // Copies of more than one word become the one instruction for it instead of pairs of loads and stores.
    flags.push("-Cllvm-args=-max-store-memcpy=1".into());
    // 512 KB of stack instead of 1 MB keep all addresses below 2^20, which is one byte less for each.
    flags.push("-Clink-arg=-zstack-size=524288".into());
    // SHA-256 with its rounds in a loop.
    flags.push("--cfg=sha2_backend_soft=\"compact\"".into());
    // Cargo's separator for flags that may hold spaces.
    Ok(flags.join("\u{1f}"))
}

fn read_world(folder: &Path) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?;
    let world = resolve
        .select_world(&[package], None)
        .context("wit/ must define exactly one world")?;
    Ok((resolve, world))
}

/// Fails when the component imports something that the world does not name. Answers what the world offers and the component does not use.
fn check_imports(component: &[u8], resolve: &Resolve, world: WorldId) -> Result<Vec<String>> {
    let DecodedWasm::Component(found, root) = decode(component)? else {
        bail!("the encoder made a WIT package instead of a component");
    };
    let wanted = imports(&found, root);
    let offered = imports(resolve, world);
    let foreign: Vec<&str> = wanted.difference(&offered).map(String::as_str).collect();
    ensure!(
        foreign.is_empty(),
        "it imports what the world does not name: {}. Something in the guest reaches for the host's environment; remove that dependency or its feature",
        foreign.join(", ")
    );
    Ok(offered.difference(&wanted).cloned().collect())
}

fn imports(resolve: &Resolve, world: WorldId) -> BTreeSet<String> {
    resolve.worlds[world]
        .imports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect()
}

/// Replaces the file in one step, so that a test that starts meanwhile never loads half of it.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = path.with_extension(format!("{}.partial", std::process::id()));
    fs::write(&partial, bytes).with_context(|| format!("cannot write {}", partial.display()))?;
    fs::rename(&partial, path).with_context(|| format!("cannot write {}", path.display()))
}

fn rustc(arguments: &[&str]) -> Result<String> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program)
        .args(arguments)
        .output()
        .context("cannot start rustc; is the Rust toolchain installed?")?;
    ensure!(
        output.status.success(),
        "rustc {} failed: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

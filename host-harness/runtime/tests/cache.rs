//! Compiled plugins on disk: used, mended when damaged, not trusted when others can write there.
// Helpers outside of `#[test]` functions panic too.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{grants, guest_bytes, tell};
use job_board_host::{ConnectionId, EngineConfig, PluginEngine};

fn load(folder: &Path) -> job_board_host::Plugin {
    let config = EngineConfig {
        cache_dir: Some(folder.to_owned()),
        max_instances: 2,
        ..EngineConfig::default()
    };
    PluginEngine::new(config)
        .unwrap()
        .load_bytes(guest_bytes())
        .unwrap()
}

fn only_file(folder: &Path) -> PathBuf {
    let files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    let [file] = &files[..] else {
        panic!("{files:?}")
    };
    file.clone()
}

async fn works(plugin: &job_board_host::Plugin) {
    let connection = plugin.connection(ConnectionId::new("cached").unwrap(), grants());
    assert_eq!(tell(&connection, "echo", "hello").await.unwrap(), "hello");
}

#[tokio::test]
async fn a_compiled_plugin_is_kept_used_and_mended() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("cache");
    let first = load(&folder);
    let file = only_file(&folder);
    assert!(
        file.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with(first.digest()),
        "{file:?}"
    );
    let compiled = fs::read(&file).unwrap();
    let written = fs::metadata(&file).unwrap().modified().unwrap();

    let second = load(&folder);
    works(&second).await;
    assert_eq!(
        fs::metadata(&file).unwrap().modified().unwrap(),
        written,
        "read, not written again"
    );

    let mut flipped = compiled.clone();
    flipped[compiled.len() / 2] ^= 1;
    for damaged in [
        flipped,
        compiled[..compiled.len() / 2].to_vec(),
        b"short".to_vec(),
        Vec::new(),
    ] {
        fs::write(&file, &damaged).unwrap();
        works(&load(&folder)).await;
        assert_ne!(
            fs::read(&file).unwrap(),
            damaged,
            "the damaged file was replaced"
        );
        assert_eq!(only_file(&folder), file);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_can_write_to_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("cache");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    works(&load(&folder)).await;
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_linked_folder_or_file_is_not_used() {
    use std::os::unix::fs::symlink;
    let base = tempfile::tempdir().unwrap();
    let (real, link) = (base.path().join("real"), base.path().join("link"));
    works(&load(&real)).await;
    let file = only_file(&real);
    fs::remove_file(&file).unwrap();
    symlink(&real, &link).unwrap();
    works(&load(&link)).await;
    assert_eq!(
        fs::read_dir(&real).unwrap().count(),
        0,
        "not through a link"
    );

    // Code that is right in every byte, but not this folder's own.
    works(&load(&real)).await;
    let elsewhere = base.path().join("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();
    symlink(&elsewhere, &file).unwrap();
    works(&load(&real)).await;
    assert!(
        fs::symlink_metadata(&file).unwrap().is_file(),
        "compiled again, and put in the link's place"
    );
}

/// Only root can give files away; for other users the same judgement is tested beside the code.
#[cfg(unix)]
#[tokio::test]
async fn what_belongs_to_another_user_is_not_used() {
    use std::os::unix::fs::{MetadataExt, chown};
    const NOBODY: u32 = 65_534;
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("cache");
    works(&load(&folder)).await;
    let file = only_file(&folder);
    assert_eq!(
        fs::metadata(&file).unwrap().uid(),
        fs::metadata(&folder).unwrap().uid()
    );
    if chown(&file, Some(NOBODY), None).is_err() {
        return;
    }
    works(&load(&folder)).await;
    assert_ne!(
        fs::metadata(&file).unwrap().uid(),
        NOBODY,
        "compiled again, and put in its place"
    );
    fs::remove_file(&file).unwrap();
    chown(&folder, Some(NOBODY), None).unwrap();
    works(&load(&folder)).await;
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[tokio::test]
async fn a_cache_that_cannot_be_written_costs_time_only() {
    let base = tempfile::tempdir().unwrap();
    let in_the_way = base.path().join("file");
    fs::write(&in_the_way, "").unwrap();
    works(&load(&in_the_way.join("cache"))).await;
}

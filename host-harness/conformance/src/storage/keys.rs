//! One key, one caller.

use job_board_host::contract::storage::Precondition;
use job_board_host::{ConnectionId, KeyRing, MAX_KEY_BYTES, MAX_VALUE_BYTES, Usage};

use super::StorageUnderTest;
use super::expect::{Part, Verdict, done, equal, refused, scope, stale};

pub(super) async fn reads_what_was_written(under_test: &dyn StorageUnderTest) -> Verdict {
    let part = Part::open(under_test, "reads-what-was-written").await?;
    equal("before the first put", &part.read("a").await?, &None)?;
    let every_byte: Vec<u8> = (0..=255).collect();
    let values: [&[u8]; 4] = [b"", b"\0", &every_byte, "chữ".as_bytes()];
    for value in values {
        let version = part.write("a", value).await?;
        let entry = part.present("a").await?;
        equal("after the put", &entry.value, &value.to_vec())?;
        equal("as the entry's version", &entry.version, &version)?;
    }
    equal("under a key beside it", &part.read("a/b").await?, &None)?;
    done(
        "a delete under `any`",
        part.delete("a", Precondition::Any).await,
    )?;
    equal("after the delete", &part.read("a").await?, &None)
}

pub(super) async fn preconditions_of_put(under_test: &dyn StorageUnderTest) -> Verdict {
    let part = Part::open(under_test, "preconditions-of-put").await?;
    refused(
        "a put under a version on an absent key",
        part.put("a", b"0", stale()).await,
    )?;
    equal("after a refused put", &part.read("a").await?, &None)?;
    let first = done(
        "a put under `absent` on an absent key",
        part.put("a", b"1", Precondition::Absent).await,
    )?;
    refused(
        "a put under `absent` on a present key",
        part.put("a", b"2", Precondition::Absent).await,
    )?;
    refused(
        "a put under another version",
        part.put("a", b"2", stale()).await,
    )?;
    let entry = part.present("a").await?;
    equal("after refused puts", &entry.value, &b"1".to_vec())?;
    equal("as the version after refused puts", &entry.version, &first)?;
    let by_version = Precondition::Version(first.clone());
    done(
        "a put under the present version",
        part.put("a", b"2", by_version.clone()).await,
    )?;
    refused(
        "a put under the version before",
        part.put("a", b"3", by_version).await,
    )?;
    equal(
        "at the end",
        &part.present("a").await?.value,
        &b"2".to_vec(),
    )
}

pub(super) async fn preconditions_of_delete(under_test: &dyn StorageUnderTest) -> Verdict {
    let part = Part::open(under_test, "preconditions-of-delete").await?;
    for precondition in [Precondition::Any, Precondition::Absent] {
        done(
            "a delete of an absent key under `any` or `absent`",
            part.delete("a", precondition).await,
        )?;
    }
    refused(
        "a delete of an absent key under a version",
        part.delete("a", stale()).await,
    )?;
    let first = part.write("a", b"1").await?;
    refused(
        "a delete of a present key under `absent`",
        part.delete("a", Precondition::Absent).await,
    )?;
    refused(
        "a delete under another version",
        part.delete("a", stale()).await,
    )?;
    let entry = part.present("a").await?;
    equal("after refused deletes", &entry.value, &b"1".to_vec())?;
    equal(
        "as the version after refused deletes",
        &entry.version,
        &first,
    )?;
    let second = part.write("a", b"2").await?;
    refused(
        "a delete under the version before",
        part.delete("a", Precondition::Version(first)).await,
    )?;
    done(
        "a delete under the present version",
        part.delete("a", Precondition::Version(second)).await,
    )?;
    equal("at the end", &part.read("a").await?, &None)
}

pub(super) async fn sizes(under_test: &dyn StorageUnderTest) -> Verdict {
    let mut part = Part::open(under_test, "sizes").await?;
    part.scope = scope(&"c".repeat(ConnectionId::MAX_LENGTH))?;
    let key = "k".repeat(MAX_KEY_BYTES);
    for size in [
        1,
        4_096,
        MAX_VALUE_BYTES,
        MAX_VALUE_BYTES + KeyRing::OVERHEAD_BYTES,
    ] {
        let value: Vec<u8> = (0..size).map(|place| (place % 251) as u8).collect();
        part.write(&key, &value).await?;
        let found = part.present(&key).await?.value;
        equal("as the number of bytes", &found.len(), &size)?;
        equal(
            "as whether the bytes are the same",
            &(found == value),
            &true,
        )?;
    }
    // Differs in its last byte alone: a store that cuts keys takes it for the other.
    let beside = format!("{}j", &key[1..]);
    equal(
        "under a key of the same length",
        &part.read(&beside).await?,
        &None,
    )?;
    let page = part.storage.list_keys(&part.scope, &key, None, 10).await;
    equal(
        "as the keys with the longest prefix",
        &done("a list", page)?.keys,
        &vec![key.clone()],
    )
}

pub(super) async fn scopes_apart(under_test: &dyn StorageUnderTest) -> Verdict {
    let owner = Part::open(under_test, "scopes-apart").await?;
    // Names that meet the owner's where scope and key are joined, cut, compared without case, or taken as a pattern.
    let strangers = [
        "connection:a",
        "connectio",
        "connection.",
        "Connection",
        "c",
        "_onnection",
    ];
    owner.write("a/b", b"mine").await?;
    for name in strangers {
        let stranger = Part {
            storage: owner.storage.clone(),
            scope: scope(name)?,
        };
        for key in ["a/b", "b", "n/a/b"] {
            equal("for another connection", &stranger.read(key).await?, &None)?;
        }
        let page = stranger.storage.list_keys(&stranger.scope, "", None, 10);
        let listed = done("a list of an empty connection", page.await)?.keys;
        equal("as another connection's keys", &listed, &Vec::new())?;
        done(
            "a put under `absent` by another connection",
            stranger.put("a/b", b"theirs", Precondition::Absent).await,
        )?;
        done(
            "a delete by another connection",
            stranger.delete("a/b", Precondition::Any).await,
        )?;
    }
    equal(
        "after the others wrote and deleted the same key",
        &owner.present("a/b").await?.value,
        &b"mine".to_vec(),
    )
}

pub(super) async fn usage(under_test: &dyn StorageUnderTest) -> Verdict {
    let part = Part::open(under_test, "usage").await?;
    let counted = async |when: &str, keys, bytes| {
        let saw = done("usage", part.storage.usage(&part.scope).await)?;
        equal(when, &saw, &Usage { keys, bytes })
    };
    counted("of an empty connection", 0, 0).await?;
    part.write("a", &[0; 10]).await?;
    part.write("b/c", &[0; 20]).await?;
    counted("after two puts", 2, 34).await?;
    part.write("a", &[0; 3]).await?;
    counted("after a smaller value", 2, 27).await?;
    refused(
        "a put under another version",
        part.put("a", &[0; 100], stale()).await,
    )?;
    counted("after a refused put", 2, 27).await?;
    let other = scope("other")?;
    let beside = part
        .storage
        .put(&other, "a", vec![0; 50], Precondition::Any);
    done("a put of another connection", beside.await)?;
    counted("after a put of another connection", 2, 27).await?;
    for _ in 0..2 {
        done("a delete", part.delete("b/c", Precondition::Any).await)?;
        counted("after a delete, and after one of nothing", 1, 4).await?;
    }
    Ok(())
}

//! Lists, page by page.

use std::collections::BTreeSet;

use job_board_host::contract::storage::{KeyPage, Precondition};

use super::StorageUnderTest;
use super::expect::{Part, Stop, Verdict, done, ensure, equal};

/// More pages than any list here can have, empty ones included: following the cursors must come to an end.
const MOST_PAGES: usize = 2_000;

impl Part {
    /// One page, whose keys all begin with the prefix and are no more than the limit.
    async fn page(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Verdict<KeyPage> {
        let answer = self
            .storage
            .list_keys(&self.scope, prefix, cursor, limit)
            .await;
        let page = done(&format!("a list from the cursor {cursor:?}"), answer)?;
        ensure(
            page.keys.len() <= limit as usize,
            || format!("at most {limit} keys a page"),
            || page.keys.len().to_string(),
        )?;
        ensure(
            page.keys.iter().all(|key| key.starts_with(prefix)),
            || format!("keys that begin with {prefix:?}"),
            || format!("{:?}", page.keys),
        )?;
        Ok(page)
    }

    /// Every key from this cursor on.
    async fn follow(
        &self,
        prefix: &str,
        from: Option<String>,
        limit: u32,
    ) -> Verdict<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let mut cursor = from;
        for _ in 0..MOST_PAGES {
            let page = self.page(prefix, cursor.as_deref(), limit).await?;
            found.extend(page.keys);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(found);
            }
        }
        Err(endless())
    }
}

fn endless() -> Stop {
    Stop::failed("a last page", format!("{MOST_PAGES} pages and a cursor"))
}

pub(super) async fn pages_of_any_size(under_test: &dyn StorageUnderTest) -> Verdict {
    let part = Part::open(under_test, "pages-of-any-size").await?;
    equal(
        "in an empty store",
        &part.follow("", None, 10).await?,
        &BTreeSet::new(),
    )?;
    let mut all = BTreeSet::new();
    for number in 0..25 {
        all.insert(format!("p_x/{number}"));
    }
    // Beside the prefix: shorter, in another order of bytes, and what `_` would match where it stands for any character.
    for key in [
        "o", "p", "p_x", "p_x.1", "p_x0", "p_y/1", "pax/1", "p-x/1", "q/1",
    ] {
        all.insert(key.to_owned());
    }
    for key in &all {
        part.write(key, b"").await?;
    }
    for prefix in ["", "p", "p_", "p_x/", "p_x/1", "p_x/10", "r", "P"] {
        let expected: BTreeSet<String> = all
            .iter()
            .filter(|key| key.starts_with(prefix))
            .cloned()
            .collect();
        for limit in [1, 2, 7, 25, 34, 1_000] {
            equal(
                &format!("with the prefix {prefix:?} in pages of {limit}"),
                &part.follow(prefix, None, limit).await?,
                &expected,
            )?;
        }
    }
    Ok(())
}

pub(super) async fn while_keys_come_and_go(under_test: &dyn StorageUnderTest) -> Verdict {
    const STAYING: usize = 60;
    let part = Part::open(under_test, "list-while-keys-come-and-go").await?;
    let staying: BTreeSet<String> = (0..STAYING)
        .map(|number| format!("k/{number:02}"))
        .collect();
    for key in &staying {
        part.write(key, b"").await?;
    }
    for limit in [1, 3, 10] {
        let mut found = BTreeSet::new();
        let mut cursor = None;
        let mut pages = 0;
        loop {
            let page = part.page("k/", cursor.as_deref(), limit).await?;
            // Between any two pages one comes beside each place, and those that came before go: also the key that a cursor may rest on.
            // It ends after as many pages as there are keys, so that a list in any order ends too.
            if pages < STAYING {
                for place in (pages % 7..STAYING).step_by(7) {
                    part.write(&format!("k/{place:02}-{}", pages % 5), b"")
                        .await?;
                }
                for key in page.keys.iter().filter(|key| !staying.contains(*key)) {
                    let gone = part.delete(key, Precondition::Any).await;
                    done("a delete", gone)?;
                }
            }
            pages += 1;
            found.extend(page.keys);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
            if pages > MOST_PAGES {
                return Err(endless());
            }
        }
        let missing: Vec<_> = staying.difference(&found).collect();
        equal(
            &format!("as keys that stayed and were not listed in pages of {limit}"),
            &missing,
            &Vec::new(),
        )?;
    }
    Ok(())
}

pub(super) async fn foreign_cursors(under_test: &dyn StorageUnderTest) -> Verdict {
    let part = Part::open(under_test, "foreign-cursors").await?;
    for key in ["a/1", "a/2", "b/1", "b/2", "b/3", "c/1"] {
        part.write(key, b"").await?;
    }
    let long = "z".repeat(5_000);
    for cursor in [
        "", "0", "a/1", "b", "b/1", "b/2x", "zzz", "-1", "ưỡn", "'; --", "\0", &long,
    ] {
        let found = part.follow("b/", Some(cursor.to_owned()), 2).await?;
        let known = ["b/1", "b/2", "b/3"];
        ensure(
            found.iter().all(|key| known.contains(&key.as_str())),
            || format!("keys of the prefix alone after the cursor {cursor:?}"),
            || format!("{found:?}"),
        )?;
    }
    equal(
        "after foreign cursors",
        &part.follow("b/", None, 2).await?.len(),
        &3,
    )
}

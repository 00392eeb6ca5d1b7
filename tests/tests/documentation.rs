//! The pages that say which test proves what name files and tests that exist.
#![allow(clippy::unwrap_used, reason = "a panic is the test's failure")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PAGES: [&str; 4] = [
    "docs/reliability.md",
    "docs/threat-model.md",
    "docs/privacy.md",
    "docs/fuzzing.md",
];

/// The short names that the pages declare at their heads.
const FOLDERS: [(&str, &str); 5] = [
    ("T/", "tests/tests/"),
    ("P/", "host-harness/demo/tests/platform/"),
    ("G/", "plugin/src/"),
    ("C/", "host-harness/conformance/"),
    ("R/", "host-harness/runtime/"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for line in text.lines() {
                let line = line.trim_start().trim_start_matches("pub ");
                let line = line.strip_prefix("async ").unwrap_or(line);
                if let Some(rest) = line.strip_prefix("fn ") {
                    let name: String = rest
                        .chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                        .collect();
                    found.insert(name);
                } else {
                    // The walk's steps become tests by their names alone.
                    let step = line.trim_end_matches(',');
                    if is_test_name(step) {
                        found.insert(step.to_owned());
                    }
                }
            }
        }
    }
}

fn is_test_name(word: &str) -> bool {
    let word = word.trim_end_matches('…');
    word.matches('_').count() >= 3
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn quoted(page: &str) -> Vec<&str> {
    page.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_test_and_file_that_the_pages_name_exists() {
    let mut known = BTreeSet::new();
    for folder in ["plugin", "host-harness", "tests", "xtask"] {
        functions(&root().join(folder), &mut known);
    }
    let mut missing = Vec::new();
    let mut named = 0;
    for page in PAGES {
        let Ok(text) = fs::read_to_string(root().join(page)) else {
            missing.push(format!("{page} itself"));
            continue;
        };
        for word in quoted(&text) {
            // `file: test` and `module::test` name a test, too.
            let word = word.rsplit(": ").next().unwrap_or(word);
            let word = word.rsplit("::").next().unwrap_or(word);
            let there = if let Some(prefix) = word.strip_suffix('…') {
                !is_test_name(word) || known.iter().any(|name| name.starts_with(prefix))
            } else if is_test_name(word) {
                named += 1;
                known.contains(word)
            } else if word.ends_with(".rs") {
                named += 1;
                let short = FOLDERS.iter().find(|(short, _)| word.starts_with(short));
                let path = match short {
                    Some((short, folder)) => format!("{folder}{}", &word[short.len()..]),
                    None => word.to_owned(),
                };
                root().join(path).is_file()
            } else {
                true
            };
            if !there {
                missing.push(format!("{page}: {word}"));
            }
        }
    }
    assert!(named > 20, "the pages were not read");
    assert!(missing.is_empty(), "{missing:#?}");
}

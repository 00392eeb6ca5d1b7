//! The pages that say which test proves what name files and tests that exist, and each of their rows names one.
#![allow(clippy::unwrap_used, reason = "a panic is the test's failure")]

use std::collections::{BTreeMap, BTreeSet};
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

/// Each test's name, and the files (below the root) in which one of that name stands.
#[derive(Default)]
struct Tests(BTreeMap<String, BTreeSet<String>>);

impl Tests {
    fn of_the_workspace() -> Self {
        let mut tests = Self::default();
        for folder in ["plugin", "host-harness", "tests", "xtask"] {
            tests.collect(&root().join(folder));
        }
        tests
    }

    fn collect(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                self.collect(&path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(root()).unwrap().to_str().unwrap();
                for name in tests_in(&fs::read_to_string(&path).unwrap()) {
                    self.0.entry(name).or_default().insert(below.to_owned());
                }
            }
        }
    }

    /// Whether a quoted name is that of a test: `name`, `file: name`, `module::name`, each with the beginning of a name and `…`, or a file of tests.
    fn proves(&self, quoted: &str) -> bool {
        if let Some(file) = file_named(quoted) {
            return self.0.values().any(|files| files.contains(&file));
        }
        let (place, name) = match quoted.rsplit_once(": ") {
            Some((place, name)) => (place, name),
            None => quoted.rsplit_once("::").unwrap_or(("", quoted)),
        };
        let stands_there = |files: &BTreeSet<String>| {
            files.iter().any(|file| {
                let mut parts = place.split("::").filter(|part| !part.contains('…'));
                parts.all(|part| part == "tests" || file.contains(part))
            })
        };
        match name.strip_suffix('…') {
            Some(start) if start.matches('_').count() >= 2 => {
                let mut from = self.0.range(start.to_owned()..);
                from.next()
                    .is_some_and(|(found, files)| found.starts_with(start) && stands_there(files))
            }
            Some(_) => false,
            None => self.0.get(name).is_some_and(stands_there),
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The functions below an attribute `test`, and the names that a macro makes tests of: the walk's steps, and cells of a table.
fn tests_in(source: &str) -> Vec<String> {
    let (mut found, mut attributed) = (Vec::new(), false);
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[") && line.contains("test") && !line.contains("cfg(") {
            attributed = true;
        }
        let line = line.trim_start_matches("pub ");
        let line = line.strip_prefix("async ").unwrap_or(line);
        let name: String = line
            .strip_prefix("fn ")
            .unwrap_or(line)
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        if line.starts_with("fn ") {
            // A macro's `fn $name` has none yet.
            if attributed && !name.is_empty() {
                found.push(name);
            }
            attributed = false;
        } else if is_test_name(&name)
            && (line[name.len()..] == *"," || line[name.len()..].starts_with(": \""))
        {
            found.push(name);
        }
    }
    found
}

fn is_test_name(word: &str) -> bool {
    let word = word.trim_end_matches('…');
    word.matches('_').count() >= 3
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The path below the root of a quoted source file.
fn file_named(quoted: &str) -> Option<String> {
    if !quoted.ends_with(".rs") {
        return None;
    }
    let short = FOLDERS.iter().find(|(short, _)| quoted.starts_with(short));
    Some(match short {
        Some((short, folder)) => format!("{folder}{}", &quoted[short.len()..]),
        None => quoted.to_owned(),
    })
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The cells of a table's row. A `|` within quotes of code would be escaped.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split('|').map(str::trim).collect())
}

/// What stands in the column `Test` of every table, row by row.
fn proofs(page: &str) -> Vec<&str> {
    let (mut found, mut column) = (Vec::new(), None);
    for line in page.lines() {
        let Some(cells) = cells(line) else {
            column = None;
            continue;
        };
        if cells.iter().all(|cell| cell.chars().all(|c| c == '-')) {
            continue;
        }
        match column {
            // The first row of a table is its head.
            None => {
                let test = |cell: &&str| cell.eq_ignore_ascii_case("test");
                column = Some(cells.iter().position(test));
            }
            Some(Some(column)) => found.push(cells.get(column).copied().unwrap_or_default()),
            Some(None) => {}
        }
    }
    found
}

#[test]
fn every_row_that_promises_something_names_a_test_that_is_there() {
    let tests = Tests::of_the_workspace();
    let (mut unproven, mut rows) = (Vec::new(), 0);
    for page in PAGES {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let proofs = proofs(&text);
        assert!(!proofs.is_empty(), "{page} promises nothing");
        rows += proofs.len();
        for (at, proof) in proofs.iter().enumerate() {
            let as_before = at > 0 && *proof == "the same";
            let nothing_named = quoted(proof).next().is_none();
            if !as_before && (nothing_named || !quoted(proof).all(|name| tests.proves(name))) {
                unproven.push(format!("{page}: {proof}"));
            }
        }
    }
    assert!(rows > 60, "only {rows} rows were read");
    assert!(unproven.is_empty(), "{unproven:#?}");
}

#[test]
fn every_test_and_file_that_the_pages_name_exists() {
    let tests = Tests::of_the_workspace();
    let (mut missing, mut named) = (Vec::new(), 0);
    for page in PAGES {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for name in quoted(&text) {
            let last = name.rsplit(": ").next().unwrap_or(name);
            let last = last.rsplit("::").next().unwrap_or(last);
            let there = match file_named(name) {
                Some(file) => root().join(file).is_file(),
                None if is_test_name(last) => tests.proves(name),
                None => continue,
            };
            named += 1;
            if !there {
                missing.push(format!("{page}: {name}"));
            }
        }
    }
    assert!(named > 100, "only {named} names were read");
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn what_is_no_test_proves_nothing() {
    let tests = Tests::of_the_workspace();
    for nothing in [
        "",
        "api",
        "deliveries::raw::tests",
        "domain::refusals::tests",
        "every_…",
        "tests_in",
        "this_is_no_test_of_ours",
        "tests/tests/no_such_file.rs",
        "tests/src/host.rs",
        "flood: what_is_no_test_proves_nothing",
    ] {
        assert!(!tests.proves(nothing), "{nothing}");
    }
    for test in [
        "what_is_no_test_proves_nothing",
        "what_is_no_test_…",
        "documentation: what_is_no_test_proves_nothing",
        "T/documentation.rs",
        "main_flow_postings: a_lost_answer_is_looked_up_not_sent_again",
        "files: a_page_with_status_200_is_tried_again",
        "http::resolve::…::only_the_public_internet",
    ] {
        assert!(tests.proves(test), "{test}");
    }
}

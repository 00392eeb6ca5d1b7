//! `docs/errors.md` is what the code says. `WRITE_DOCS=1 cargo test --workspace --test error_table` writes it anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use axum::response::IntoResponse;
use job_board_demo::application::AppError;
use job_board_demo::http::error::ApiError;
use job_board_host::contract::types::{Disposition, Failure, Text};

const DISPOSITIONS: [(&str, Disposition); 11] = [
    ("FixInput", Disposition::FixInput),
    ("FixSettings", Disposition::FixSettings),
    ("SignInAgain", Disposition::SignInAgain),
    ("NotEntitled", Disposition::NotEntitled),
    ("RetryLater", Disposition::RetryLater),
    ("InProgress", Disposition::InProgress),
    ("Conflict", Disposition::Conflict),
    ("NotFound", Disposition::NotFound),
    ("OutcomeUnknown", Disposition::OutcomeUnknown),
    ("Unsupported", Disposition::Unsupported),
    ("Internal", Disposition::Internal),
];

/// A code with its status and what people read; `…` stands for what only the moment knows.
type Rows = BTreeMap<(String, String), BTreeSet<(String, String)>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The sources below a folder, without their tests.
fn sources(folder: &Path, into: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if name.contains("test") {
            continue;
        }
        if path.is_dir() {
            sources(&path, into);
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(path).unwrap();
            into.push(text.split("#[cfg(test)]").next().unwrap().to_owned());
        }
    }
}

/// A string literal at the beginning, and what follows it and its comma.
fn literal(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let (mut said, mut escaped) = (String::new(), false);
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => {
                let rest = text[at + 1..].trim_start();
                return Some((said, rest.strip_prefix(',').unwrap_or(rest)));
            }
            '\\' if !escaped => escaped = true,
            c => {
                said.push(c);
                escaped = false;
            }
        }
    }
    None
}

/// Two texts at the beginning; one that is put together is shown as `…`.
fn texts(text: &str) -> (String, String) {
    let unknown = || ("…".to_owned(), "…".to_owned());
    let plain = |text: &str| literal(text).map(|(said, rest)| (said, rest.len()));
    let Some((vi, rest)) = plain(text) else {
        return unknown();
    };
    match plain(&text[text.len() - rest..]) {
        Some((en, _)) => (vi, en),
        None => unknown(),
    }
}

/// What follows each `marker`.
fn after<'a>(source: &'a str, marker: &'a str) -> impl Iterator<Item = &'a str> {
    source
        .match_indices(marker)
        .map(move |(at, _)| &source[at + marker.len()..])
}

/// What follows a name and its comma.
fn past_name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    Some((&text[..end], text[end..].trim_start().strip_prefix(',')?))
}

/// What follows the first argument.
fn past_argument(text: &str) -> Option<&str> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' if depth == 0 => return None,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => return Some(&text[at + 1..]),
            _ => {}
        }
    }
    None
}

fn add(rows: &mut Rows, status: &str, text: &str) {
    let Some((code, rest)) = literal(text) else {
        return;
    };
    let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !code.is_empty() && code.chars().all(is_code) {
        let texts = texts(rest);
        rows.entry((code, status.to_owned()))
            .or_default()
            .insert(texts);
    }
}

/// The status with which the platform answers a plugin's failure.
fn status_of(disposition: Disposition) -> String {
    let text = || Text {
        vi: "x".into(),
        en: "x".into(),
    };
    let failure = Failure {
        disposition,
        code: "x".into(),
        message: text(),
        problems: Vec::new(),
        retry_after_ms: None,
        board_status: None,
        extra: Vec::new(),
    };
    let error = AppError::Board {
        failure: Box::new(failure),
        request_id: None,
    };
    ApiError::from(error)
        .into_response()
        .status()
        .as_u16()
        .to_string()
}

fn status_named(name: &str) -> Option<String> {
    let all = (400..600).filter_map(|number| StatusCode::from_u16(number).ok());
    let named = |status: &StatusCode| {
        let words = status.canonical_reason().unwrap_or_default();
        words.to_uppercase().replace([' ', '-'], "_") == name
    };
    all.into_iter()
        .find(named)
        .map(|status| status.as_str().to_owned())
}

fn of_plugin() -> [Rows; 2] {
    let mut all = Vec::new();
    sources(&root().join("plugin/src"), &mut all);
    let [mut failures, mut problems] = [Rows::new(), Rows::new()];
    for source in &all {
        for text in after(source, "Disposition::") {
            let Some((name, rest)) = past_name(text) else {
                continue;
            };
            if let Some((_, disposition)) = DISPOSITIONS.iter().find(|known| known.0 == name) {
                add(&mut failures, &status_of(*disposition), rest);
            }
        }
        for text in after(source, "in_progress(") {
            add(&mut failures, &status_of(Disposition::InProgress), text);
        }
        for text in after(source, "problem(") {
            if let Some(rest) = past_argument(text) {
                add(&mut problems, "422", rest);
            }
        }
    }
    [failures, problems]
}

fn of_platform() -> [Rows; 2] {
    let mut all = Vec::new();
    sources(&root().join("host-harness/demo/src"), &mut all);
    let [mut errors, mut problems] = [Rows::new(), Rows::new()];
    for source in &all {
        for text in after(source, "StatusCode::") {
            let named = past_name(text).and_then(|(name, rest)| Some((status_named(name)?, rest)));
            if let Some((status, rest)) = named {
                add(&mut errors, &status, rest);
            }
        }
        for text in after(source, "=> refused(") {
            add(&mut errors, "400", text);
        }
        for text in after(source, "problem(") {
            if let Some(rest) = past_argument(text) {
                add(&mut problems, "422", rest);
            }
        }
    }
    [errors, problems]
}

fn table(rows: &Rows) -> String {
    let mut table = String::from("| Code | HTTP | Tiếng Việt | English |\n|---|---|---|---|\n");
    for ((code, status), texts) in rows {
        for (vi, en) in texts {
            let clean = |text: &str| text.replace('|', "\\|").replace('\n', " ");
            table += &format!("| `{code}` | {status} | {} | {} |\n", clean(vi), clean(en));
        }
    }
    table
}

fn document() -> String {
    let [failures, problems] = of_plugin();
    let [errors, own_problems] = of_platform();
    format!(
        "# What each bad input gets

Made from the code by `WRITE_DOCS=1 cargo test --workspace --test error_table`; the same test fails when the two differ. Codes stay; messages may be \
worded better. `…` is a message that names what was wrong at that moment. Every answer of the platform's API carries the code, both messages, and the \
problems of single fields.

## The plugin: why a call failed

The status is the reference platform's answer to whoever asked it.

{}
## The plugin: what is wrong with a field

Listed under `problems` of a failure, all at once.

{}
## The platform: why a request failed

{}
## The platform: what is wrong with a field

{}
## The webhook endpoint

| What arrives | HTTP | What becomes of it |
|---|---|---|
| a signed event | 200 | applied once |
| GET, HEAD, an empty POST | 200 | nothing |
| an event of an unknown kind | 200 | shown to recruiters as unverified, nothing done |
| a wrong signature (`signature-wrong`) | 401 | quarantine |
| what is no event (`malformed` and its kin) | 400 | quarantine |
| a body over the plugin's limit | 413 | quarantine |
| a body over 512 KiB | 413 | not read further, not kept |
| a refused delivery after 2,000 others within an hour | 429 | counted, not kept; what the board signed is taken as ever |
| a connection that is not configured | 410 | quarantine |
| an unknown path | 404 | the body is not read |
| the plugin or the store is in trouble | 503 | kept, and tried again |
| an inbox over its cap | 507 | not kept |
",
        table(&failures),
        table(&problems),
        table(&errors),
        table(&own_problems),
    )
}

#[test]
fn the_table_of_errors_is_what_the_code_says() {
    let file = root().join("docs/errors.md");
    let document = document();
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(&file, &document).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    for line in document.lines() {
        assert!(written.contains(line), "docs/errors.md lacks:\n{line}");
    }
    assert_eq!(written, document, "docs/errors.md says more than the code");
}

#[test]
fn every_kind_of_code_is_found() {
    let [failures, problems] = of_plugin();
    let [errors, own_problems] = of_platform();
    let has = |rows: &Rows, code: &str, status: &str| {
        assert!(
            rows.contains_key(&(code.to_owned(), status.to_owned())),
            "{code} {status}"
        );
    };
    has(&failures, "board-down", "503");
    has(&failures, "not-configured", "409");
    has(&failures, "signature-wrong", "409");
    has(&problems, "required", "422");
    has(&errors, "signed-out", "401");
    has(&errors, "duplicate-key", "400");
    has(&errors, "store-failed", "500");
    assert!(!own_problems.is_empty());
    assert!(
        failures.len() > 30 && problems.len() > 10,
        "{} {}",
        failures.len(),
        problems.len()
    );
}

/// Older spellings, words of ours, and TopCV's word for what the setting calls Employer API Key, alone.
#[test]
fn messages_speak_the_recruiters_words() {
    let mut all = Vec::new();
    sources(&root().join("plugin/src"), &mut all);
    let texts = all.concat();
    for word in [
        "khoá",
        "xoá",
        "hoá đơn",
        "thoả thuận",
        "Chưa rõ ý nghĩa",
        "Mã nhãn",
        "Rồi cập nhật tin",
    ] {
        assert!(!texts.contains(word), "{word}");
    }
    let [failures, problems] = of_plugin();
    let mut told = 0;
    for rows in [failures, problems] {
        for (vi, en) in rows.into_values().flatten() {
            assert!(!vi.contains("bảng giao thức"), "{vi}");
            assert!(
                !vi.contains("công việc") && !vi.contains("Công việc"),
                "{vi}"
            );
            for text in [vi, en] {
                let (named, ours) = (
                    text.contains("Access Token"),
                    text.contains("Employer API Key"),
                );
                assert!(ours || !named, "{text}");
                told += usize::from(ours);
            }
        }
    }
    assert!(told >= 6, "{told}");
}

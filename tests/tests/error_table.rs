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

/// A string literal at the beginning, or the one of a `format!`, and what follows it and its comma.
fn literal(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    if let Some(formatted) = text.strip_prefix("format!(") {
        let (said, _) = literal(formatted)?;
        let rest = &formatted[closing(formatted)? + 1..];
        return Some((said, past_comma(rest)));
    }
    let text = text.strip_prefix('"')?;
    let (mut said, mut escaped) = (String::new(), false);
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return Some((said, past_comma(&text[at + 1..]))),
            '\\' if !escaped => escaped = true,
            // A line of source that goes on in the next one.
            '\n' if escaped => {}
            c => {
                said.push(c);
                escaped = false;
            }
        }
    }
    None
}

fn past_comma(text: &str) -> &str {
    let text = text.trim_start();
    text.strip_prefix(',').unwrap_or(text)
}

/// Where the bracket closes that was opened before the text; what stands in quotes does not count.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted && depth == 0 => return Some(at),
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Two texts at the beginning; one that is put together is shown as `…`.
fn texts(text: &str) -> (String, String) {
    two_literals(text).unwrap_or_else(|| ("…".to_owned(), "…".to_owned()))
}

fn two_literals(text: &str) -> Option<(String, String)> {
    let (vi, rest) = literal(text)?;
    let (en, _) = literal(rest)?;
    Some((vi, en))
}

/// What a person reads: sentences, and not a name or a label.
fn is_message(text: &str) -> bool {
    text.contains(' ') && text.ends_with(['.', '!', '?'])
}

fn is_code(text: &str) -> bool {
    let may_stand = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(may_stand)
}

/// Every code that two messages follow, with what stands before it: `"code", "vi.", "en."` or `"code" => ("vi.", "en.")`.
fn spoken(source: &str) -> Vec<(&str, String, (String, String))> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices('"') {
        let Some((code, rest)) = literal(&source[at..]) else {
            continue;
        };
        let rest = rest.trim_start();
        let rest = rest
            .strip_prefix("=> (")
            .or_else(|| rest.strip_prefix("=> Some(("))
            .unwrap_or(rest);
        if let Some((vi, en)) = two_literals(rest).filter(|_| is_code(&code))
            && is_message(&vi)
            && is_message(&en)
        {
            found.push((source[..at].trim_end(), code, (vi, en)));
        }
    }
    found
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
    if let Some((code, rest)) = literal(text) {
        add_texts(rows, status, code, texts(rest));
    }
}

fn add_texts(rows: &mut Rows, status: &str, code: String, texts: (String, String)) {
    if is_code(&code) {
        let row = rows.entry((code, status.to_owned()));
        row.or_default().insert(texts);
    }
}

/// Whether the last arguments are those of a call.
fn in_a_call_of(call: &str, before: &str) -> bool {
    let begun = before.rfind(call).map(|at| &before[at + call.len()..]);
    begun.is_some_and(|arguments| closing(arguments).is_none())
}

/// Whether the name and comma at the end belong to `kind::Name,`.
fn ends_with_one_of(before: &str, kind: &str) -> bool {
    let name = before
        .trim_end_matches(',')
        .trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
    before.ends_with(',') && name.ends_with(kind)
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
    // Said in one place for all of them.
    let said = all
        .iter()
        .find_map(|source| source.split_once("pub fn in_progress("));
    let in_progress = said.and_then(|(_, body)| after(body, " code,").next());
    let in_progress = texts(in_progress.unwrap_or_default());
    for source in &all {
        for text in after(source, "Disposition::") {
            let Some((name, rest)) = past_name(text) else {
                continue;
            };
            let known = DISPOSITIONS.iter().find(|known| known.0 == name);
            let Some(status) = known.map(|(_, disposition)| status_of(*disposition)) else {
                continue;
            };
            // Chosen as a pair with its disposition, and said further down for all of them.
            match literal(rest).filter(|(_, more)| more.starts_with(')')) {
                Some((code, more)) => {
                    let said = texts(after(more, " code,").next().unwrap_or_default());
                    add_texts(&mut failures, &status, code, said);
                }
                None => add(&mut failures, &status, rest),
            }
            if let Some(rest) = rest.trim_start().strip_prefix("code,") {
                let before = &source[..source.len() - rest.len()];
                for code in chosen(before) {
                    add_texts(&mut failures, &status, code, texts(rest));
                }
            }
        }
        for (code, _) in after(source, "in_progress(").filter_map(literal) {
            let status = status_of(Disposition::InProgress);
            add_texts(&mut failures, &status, code, in_progress.clone());
        }
        for text in after(source, "problem(") {
            if let Some(rest) = past_argument(text) {
                add(&mut problems, "422", rest);
            }
        }
        for (before, code, texts) in spoken(source) {
            if ends_with_one_of(before, "Disposition::") {
                continue;
            }
            match used_later(before, source) {
                Some(status) => add_texts(&mut failures, &status, code, texts),
                None => add_texts(&mut problems, "422", code, texts),
            }
        }
    }
    [failures, problems]
}

/// The status with which a row of `let (code, vi, en) = match …` goes out.
fn used_later(before: &str, source: &str) -> Option<String> {
    if !before.ends_with("=> (") {
        return None;
    }
    after(&source[before.len()..], "Disposition::").find_map(|text| {
        let (name, rest) = past_name(text)?;
        let (_, disposition) = DISPOSITIONS.iter().find(|known| known.0 == name)?;
        let used = rest.trim_start().starts_with("code,");
        used.then(|| status_of(*disposition))
    })
}

/// The codes of the last `let code = match … { … => "code", … };`.
fn chosen(before: &str) -> Vec<String> {
    let Some((_, choice)) = before.rsplit_once("let code = match") else {
        return Vec::new();
    };
    let choice = choice.split("};").next().unwrap_or_default();
    after(choice, "=> ")
        .filter_map(literal)
        .map(|(code, _)| code)
        .collect()
}

fn of_platform() -> [Rows; 2] {
    let mut all = Vec::new();
    sources(&root().join("host-harness/demo/src"), &mut all);
    let [mut errors, mut problems] = [Rows::new(), Rows::new()];
    let mut without_words = BTreeSet::new();
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
        for (before, code, texts) in spoken(source) {
            let this = literal(source[before.len()..].trim_start());
            let in_the_list = this.is_some_and(|(_, rest)| rest.trim_start().starts_with("=>"));
            if (in_the_list && source.contains("pub fn problem("))
                || in_a_call_of("Problem::new(", before)
            {
                add_texts(&mut problems, "422", code, texts);
            }
        }
        // A code that the list of words does not have is said to be malformed.
        for marker in ["problem(", "ok_if("] {
            for text in after(source, marker) {
                let arguments = &text[..closing(text).unwrap_or(0)];
                let last = arguments.trim_end_matches([',', ' ', '\n']);
                let code = last
                    .rsplit_once('"')
                    .and_then(|(rest, _)| rest.rsplit_once('"'));
                without_words.extend(code.map(|(_, code)| code.to_owned()));
            }
        }
    }
    let malformed = (
        "Nội dung không đúng định dạng.".to_owned(),
        "This is malformed.".to_owned(),
    );
    for code in without_words.into_iter().filter(|code| is_code(code)) {
        let row = problems.entry((code, "422".to_owned())).or_default();
        if row.is_empty() {
            row.insert(malformed.clone());
        }
    }
    [errors, problems]
}

/// What the simulator answers: in the board's place and in the board's words, and to whoever controls it.
fn of_simulator() -> BTreeSet<[String; 3]> {
    let mut all = Vec::new();
    sources(&root().join("host-harness/simulator/src"), &mut all);
    let mut rows = BTreeSet::new();
    let mut add = |status: &str, code: String, message: Option<(String, &str)>| {
        let number = status.trim().parse::<u16>();
        let status = number.map_or_else(|_| "as set".to_owned(), |number| number.to_string());
        let message = message.map_or_else(|| "…".to_owned(), |(said, _)| said);
        rows.insert([code, status, message]);
    };
    for source in &all {
        for (marker, has_field) in [("InputError::new(", true), ("Answer::error(", false)] {
            for text in after(source, marker) {
                let Some((status, (code, rest))) = text
                    .split_once(',')
                    .and_then(|(status, rest)| Some((status, literal(rest)?)))
                else {
                    continue;
                };
                let rest = if has_field {
                    past_argument(rest)
                } else {
                    Some(rest)
                };
                add(status, code, rest.and_then(literal));
            }
        }
        for (code, rest) in after(source, "Answer::session(").filter_map(literal) {
            add("200", code, literal(rest));
        }
        for (code, rest) in after(source, "\"code\": ").filter_map(literal) {
            let message = after(rest, "\"message\": ").next().and_then(literal);
            add("422", code, message);
        }
    }
    rows
}

fn simulator_table() -> String {
    let mut table = String::from("| Code | HTTP | Message |\n|---|---|---|\n");
    for [code, status, message] in of_simulator() {
        table += &format!("| `{code}` | {status} | {} |\n", clean(&message));
    }
    table
}

fn clean(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn table(rows: &Rows) -> String {
    let mut table = String::from("| Code | HTTP | Tiếng Việt | English |\n|---|---|---|---|\n");
    for ((code, status), texts) in rows {
        for (vi, en) in texts {
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

## The platform's pages

Pages answer the same refusals with the same status and message, in the language of the page, above the form that was sent. Before anybody is known:

| What arrives | HTTP | What is shown |
|---|---|---|
| a page or a form without a session | 303 | the page to sign in; nothing was changed |
| a form of another site, or of an earlier session | 403 | This form is too old; nothing was changed |
| what is no form | 415 | The form cannot be read; nothing was changed |
| a form that is too large, or does not arrive whole | 413, 408 | the same |

## The simulator

It stands in TopCV's place, so its partner API says what TopCV says or might say, in Vietnamese. Its control API speaks English to whoever tests. `as set`: a fault \
of that kind says which status. Fields that a posting's body lacks or has wrong are listed by name under `errors` of `invalid`.

{}",
        table(&failures),
        table(&problems),
        table(&errors),
        table(&own_problems),
        simulator_table(),
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
    has(&failures, "wrong-state", "409");
    has(&failures, "publish-in-progress", "409");
    has(&failures, "not-an-object", "422");
    has(&problems, "bad-email", "422");
    has(&own_problems, "too-long", "422");
    has(&own_problems, "malformed", "422");
    let simulated = of_simulator();
    for (code, status) in [
        ("INVALID_TOKEN", "200"),
        ("invalid", "422"),
        ("no_credit", "402"),
        ("too_large", "413"),
    ] {
        let found = simulated
            .iter()
            .any(|row| row[0] == code && row[1] == status);
        assert!(found, "{code} {status}");
    }
    let said = |rows: &Rows, code: &str, words: &str| {
        let mut rows = rows.iter().filter(|((of, _), _)| of == code);
        assert!(
            rows.any(|(_, texts)| texts.iter().any(|(_, en)| en.contains(words))),
            "{code}: {words}"
        );
    };
    said(&failures, "publish-in-progress", "Try again in a moment.");
    said(&own_problems, "too-long", "This is too long.");
    said(&problems, "too-many", "At most {most} items.");
    assert!(
        failures.len() > 30 && problems.len() > 10,
        "{} {}",
        failures.len(),
        problems.len()
    );
}

//! The committed corpus as it is, and with random changes.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{cases, checks};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The inputs of a target, by file name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    assert!(files.len() >= 3, "{target} has no corpus");
    files
}

/// The words that a target's inputs are made of: libFuzzer's dictionary, without its escapes.
fn words(target: &str) -> Vec<Vec<u8>> {
    let path = fuzz().join("dictionaries").join(format!("{target}.dict"));
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| unescaped(line.trim_matches('"')))
        .collect()
}

fn unescaped(word: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once("\\x") {
        bytes.extend(before.bytes());
        bytes.push(u8::from_str_radix(&after[..2], 16).unwrap());
        rest = &after[2..];
    }
    bytes.extend(rest.bytes());
    bytes
}

/// One change of an input. Where it happens is a part of the length.
#[derive(Debug, Clone)]
enum Change {
    Insert(u16, prop::sample::Index),
    Overwrite(u16, u8),
    Remove(u16, u8),
    Repeat(u16, u8),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (any::<u16>(), any::<prop::sample::Index>()).prop_map(|(at, word)| Change::Insert(at, word)),
        2 => (any::<u16>(), any::<u8>()).prop_map(|(at, byte)| Change::Overwrite(at, byte)),
        2 => (any::<u16>(), 1u8..20).prop_map(|(at, length)| Change::Remove(at, length)),
        1 => (any::<u16>(), 1u8..40).prop_map(|(at, length)| Change::Repeat(at, length)),
    ]
}

fn changed(mut input: Vec<u8>, changes: &[Change], words: &[Vec<u8>]) -> Vec<u8> {
    for change in changes {
        let place = |at: u16| input.len() * usize::from(at) / 65_536;
        match change {
            Change::Insert(at, word) => {
                let at = place(*at);
                input.splice(at..at, word.get(words).iter().copied());
            }
            Change::Overwrite(at, byte) => {
                let at = place(*at);
                if let Some(old) = input.get_mut(at) {
                    *old = *byte;
                }
            }
            Change::Remove(at, length) => {
                let at = place(*at);
                let end = (at + usize::from(*length)).min(input.len());
                input.drain(at..end);
            }
            Change::Repeat(at, length) => {
                let at = place(*at);
                let end = (at + usize::from(*length)).min(input.len());
                let piece = input[at..end].to_vec();
                input.splice(at..at, piece);
            }
        }
    }
    input
}

/// Plays a target's corpus, then as many generated neighbours of it.
fn play(target: &str, count: u32, check: fn(&[u8])) {
    let corpus = corpus(target);
    for (name, input) in &corpus {
        println!("{target}/{name}");
        check(input);
    }
    let words = words(target);
    let strategy = (
        any::<prop::sample::Index>(),
        prop::collection::vec(change(), 1..8),
    );
    proptest!(cases(count), |((seed, changes) in strategy)| {
        let (_, input) = seed.get(&corpus);
        check(&changed(input.clone(), &changes, &words));
    });
}

#[test]
fn any_delivery_gets_a_verdict_of_the_table_and_the_same_one_everywhere() {
    play("webhook", 150, checks::webhook::run);
}

#[test]
fn any_form_values_are_a_body_or_all_their_problems_at_once() {
    play("form", 150, checks::form::run);
}

#[test]
fn any_answers_of_the_board_create_once_and_keep_the_credentials() {
    play("board", 250, checks::board::run);
}

#[test]
fn any_file_has_the_type_of_its_bytes_and_a_name_that_every_system_takes() {
    play("files", 1_000, checks::files::run);
}

#[test]
fn any_address_and_redirect_means_to_the_host_what_it_means_here() {
    play("addresses", 2_000, checks::addresses::run);
}

#[test]
fn any_bytes_in_storage_are_a_failure_with_a_name_and_are_left_as_they_are() {
    play("records", 150, checks::records::run);
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn any_bytes_at_all_are_answered(data in prop::collection::vec(any::<u8>(), 0..400)) {
        checks::webhook::run(&data);
        checks::files::run(&data);
        checks::addresses::run(&data);
    }

    #[test]
    fn any_text_is_a_redirect_that_the_host_reads_alike(location in "[a-z/.:?#%@\\\\|~é ]{0,24}", base in "https?://[a-z0-9.:\\[\\]-]{1,20}/[a-z/.%|:]{0,12}") {
        checks::addresses::run(format!("{base}\n{location}").as_bytes());
    }
}

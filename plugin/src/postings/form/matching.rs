//! A platform's word among TopCV's options: one that certainly is it, one that probably is, several to ask about, or none.

use super::experience;
use crate::contract::forms::Choice;
use crate::topcv::enumerations;
use crate::vietnam::fold::{fold, has_words, spelling, squeeze};
use crate::vietnam::province::Province;

/// Most candidates that are asked about.
const MOST_CANDIDATES: usize = 12;

/// What a word turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Match {
    /// The option of this id.
    Sure(String),
    /// Probably the option of this id; a person should look.
    Near(String),
    /// One of these; ask.
    Several(Vec<Choice>),
    /// Nothing like it.
    None,
}

/// Looks a word up among a field's options. The first rule that fits any option decides.
pub(super) fn find(field: &str, word: &str, options: &[Choice]) -> Match {
    let folded = fold(word);
    if folded.is_empty() {
        return Match::None;
    }
    if let Some(found) = by_id(field, word.trim(), options) {
        return found;
    }
    let spelled = spelling(word);
    let squeezed = squeeze(word);
    let exact = sure(options, |name| spelling(name) == spelled)
        .or_else(|| sure(options, |name| fold(name) == folded))
        .or_else(|| sure(options, |name| squeeze(name) == squeezed));
    if let Some(found) = exact {
        return found;
    }
    let by_meaning = match field {
        "locations" => province(word, options),
        "experience" => experience::find(word, options),
        "job_type" => enumerations::job_type_name(&folded)
            .and_then(|name| near(options, |option| has_words(&fold(option), name))),
        _ => {
            let said = enumerations::said(field, &folded);
            near_ids(options, &said)
        }
    };
    by_meaning
        .or_else(|| near(options, |name| has_words(&fold(name), &folded)))
        .or_else(|| near(options, |name| has_words(&folded, &fold(name))))
        .unwrap_or(Match::None)
}

/// An id is taken as it is; one that no list has is kept too, and shown as it is.
fn by_id(field: &str, word: &str, options: &[Choice]) -> Option<Match> {
    let is_option = options.iter().any(|option| option.id == word);
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    let has_numbers = !matches!(field, "experience" | "gender" | "salary_currency");
    (is_option || (is_number && has_numbers)).then(|| Match::Sure(word.to_owned()))
}

fn province(word: &str, options: &[Choice]) -> Option<Match> {
    let of = |option: &Choice| Province::named(&option.label.vi);
    let whole = Province::named(word);
    let named: Vec<Province> = match whole {
        Some(province) => vec![province],
        None => Province::mentioned(word),
    };
    let mut found: Vec<&Choice> = Vec::new();
    let mut derived = whole.is_none();
    for province in named {
        let same: Vec<&Choice> = options
            .iter()
            .filter(|option| of(option) == Some(province))
            .collect();
        if same.is_empty() {
            // TopCV has the names of the other time: what became one province, or what it was made of.
            derived = true;
            let related =
                |option: &&Choice| of(option).is_some_and(|other| other.is_merged_with(province));
            found.extend(options.iter().filter(related));
        } else {
            found.extend(same);
        }
    }
    decide(found, !derived)
}

fn sure(options: &[Choice], fits: impl Fn(&str) -> bool) -> Option<Match> {
    decide(fitting(options, fits), true)
}

fn near(options: &[Choice], fits: impl Fn(&str) -> bool) -> Option<Match> {
    decide(fitting(options, fits), false)
}

/// As a near match: the options of these ids.
pub(super) fn near_ids(options: &[Choice], ids: &[&str]) -> Option<Match> {
    let is_one = |option: &&Choice| ids.contains(&option.id.as_str());
    decide(options.iter().filter(is_one).collect(), false)
}

fn fitting(options: &[Choice], fits: impl Fn(&str) -> bool) -> Vec<&Choice> {
    options
        .iter()
        .filter(|option| fits(&option.label.vi))
        .collect()
}

fn decide(found: Vec<&Choice>, certain: bool) -> Option<Match> {
    match found.as_slice() {
        [] => None,
        [one] if certain => Some(Match::Sure(one.id.clone())),
        [one] => Some(Match::Near(one.id.clone())),
        several => Some(Match::Several(
            several
                .iter()
                .take(MOST_CANDIDATES)
                .map(|option| (*option).clone())
                .collect(),
        )),
    }
}

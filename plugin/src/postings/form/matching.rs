//! A platform's word among TopCV's options: one that certainly is it, one that probably is, several to ask about, or none.

use super::experience;
use crate::contract::forms::Choice;
use crate::topcv::enumerations;
use crate::vietnam::fold::{fold, has_words, spelling};
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

/// A field's options, their names folded once for all words.
pub(super) struct Options<'a> {
    field: &'a str,
    choices: Vec<Choice>,
    names: Vec<Name>,
}

struct Name {
    spelled: String,
    folded: String,
    squeezed: String,
    province: Option<Province>,
}

impl Name {
    fn of(text: &str, is_place: bool) -> Self {
        let folded = fold(text);
        Self {
            spelled: spelling(text),
            squeezed: folded.replace(' ', ""),
            folded,
            province: is_place.then(|| Province::named(text)).flatten(),
        }
    }
}

impl<'a> Options<'a> {
    /// The options of a field.
    pub(super) fn of(field: &'a str, choices: Vec<Choice>) -> Self {
        let name = |choice: &Choice| Name::of(&choice.label.vi, field == "locations");
        Self {
            field,
            names: choices.iter().map(name).collect(),
            choices,
        }
    }

    /// The options as the form shows them.
    pub(super) fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// Looks a word up. The first rule that fits any option decides.
    pub(super) fn find(&self, word: &str) -> Match {
        let asked = Name::of(word, self.field == "locations");
        if asked.folded.is_empty() {
            return Match::None;
        }
        self.by_id(word.trim())
            .or_else(|| self.sure(|name| name.spelled == asked.spelled))
            .or_else(|| self.sure(|name| name.folded == asked.folded))
            .or_else(|| self.sure(|name| name.squeezed == asked.squeezed))
            .or_else(|| self.by_meaning(word, &asked))
            .or_else(|| self.near(|name| has_words(&name.folded, &asked.folded)))
            .or_else(|| self.near(|name| has_words(&asked.folded, &name.folded)))
            .unwrap_or(Match::None)
    }

    /// As a near match: the options of these ids.
    pub(super) fn near_ids(&self, ids: &[&str]) -> Option<Match> {
        let is_one = |choice: &&Choice| ids.contains(&choice.id.as_str());
        decide(self.choices.iter().filter(is_one).collect(), false)
    }

    /// An id is taken as it is; one that no list has is kept too, and shown as it is.
    fn by_id(&self, word: &str) -> Option<Match> {
        let is_option = self.choices.iter().any(|choice| choice.id == word);
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        let has_numbers = !matches!(self.field, "experience" | "gender" | "salary_currency");
        (is_option || (is_number && has_numbers)).then(|| Match::Sure(word.to_owned()))
    }

    fn by_meaning(&self, word: &str, asked: &Name) -> Option<Match> {
        match self.field {
            "locations" => self.place(word, asked.province),
            "experience" => experience::find(word, self),
            "job_type" => {
                let known = enumerations::job_type_name(&asked.folded)?;
                self.near(|name| has_words(&name.folded, known))
            }
            field => self.near_ids(&enumerations::said(field, &asked.folded)),
        }
    }

    fn place(&self, word: &str, whole: Option<Province>) -> Option<Match> {
        let asked = whole.map_or_else(|| Province::mentioned(word), |province| vec![province]);
        let is_there =
            |asked: &Province| self.names.iter().any(|name| name.province == Some(*asked));
        // TopCV may have the names of the other time: what a province became part of, or what it was made of.
        let (same, derived): (Vec<_>, Vec<_>) = asked.into_iter().partition(is_there);
        let fits = |name: &Name| {
            name.province.is_some_and(|other| {
                same.contains(&other)
                    || derived
                        .iter()
                        .any(|province| province.is_merged_with(other))
            })
        };
        decide(self.fitting(fits), whole.is_some() && derived.is_empty())
    }

    fn sure(&self, fits: impl Fn(&Name) -> bool) -> Option<Match> {
        decide(self.fitting(fits), true)
    }

    fn near(&self, fits: impl Fn(&Name) -> bool) -> Option<Match> {
        decide(self.fitting(fits), false)
    }

    fn fitting(&self, fits: impl Fn(&Name) -> bool) -> Vec<&Choice> {
        let pairs = self.choices.iter().zip(&self.names);
        pairs
            .filter(|(_, name)| fits(name))
            .map(|(choice, _)| choice)
            .collect()
    }
}

fn decide(found: Vec<&Choice>, certain: bool) -> Option<Match> {
    match found.as_slice() {
        [] => None,
        [one] if certain => Some(Match::Sure(one.id.clone())),
        [one] => Some(Match::Near(one.id.clone())),
        several => {
            let candidates = several.iter().take(MOST_CANDIDATES);
            Some(Match::Several(candidates.copied().cloned().collect()))
        }
    }
}

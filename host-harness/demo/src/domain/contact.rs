//! What is known about a candidate, and the rules by which a second report changes it.
//!
//! The rules are the contract's (see "Upsert" in `events.wit`): fill what is empty or masked, never hide what is open,
//! keep what differs beside the first.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// One thing that the board said about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// As received.
    pub value: String,
    /// Comparable form, when one could be derived.
    pub normalised: Option<String>,
    /// Covered by the board's signature.
    pub signed: bool,
    /// The board hides (part of) it.
    pub masked: bool,
}

impl Statement {
    fn is_open(&self) -> bool {
        !self.masked && !self.value.trim().is_empty()
    }

    fn says_the_same(&self, other: &Self) -> bool {
        if self.normalised.is_some() && self.normalised == other.normalised {
            return true;
        }
        let plain = |text: &str| -> String {
            let words: Vec<&str> = text.split_whitespace().collect();
            words.join(" ").nfc().collect()
        };
        plain(&self.value) == plain(&other.value)
    }
}

/// The four things that a board says about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// One field, family name first.
    pub full_name: Option<Statement>,
    /// E-mail address.
    pub email: Option<Statement>,
    /// Phone number.
    pub phone: Option<Statement>,
    /// As the board words it.
    pub gender: Option<Statement>,
}

/// A value that contradicts the one that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differing {
    /// `full_name`, `email`, `phone` or `gender`.
    pub field: String,
    /// What was said the second time.
    pub statement: Statement,
    /// When it arrived.
    pub received_at: u64,
}

/// What a second report leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The contact from now on.
    pub contact: Contact,
    /// Contradictions found by this report.
    pub differing: Vec<Differing>,
    /// Whether something that was masked is open now.
    pub opened: bool,
}

enum Step {
    Keep,
    Take,
    Differs,
}

fn step(present: Option<&Statement>, said: &Statement) -> Step {
    let Some(present) = present else {
        return Step::Take;
    };
    if present.is_open() {
        if !said.is_open() {
            return Step::Keep;
        }
        return match (present.says_the_same(said), said.signed && !present.signed) {
            (true, true) => Step::Take,
            (true, false) => Step::Keep,
            (false, _) => Step::Differs,
        };
    }
    let more = said.is_open() || (present.value.trim().is_empty() && !said.value.trim().is_empty());
    if more { Step::Take } else { Step::Keep }
}

/// Applies a second report about the same application.
pub fn merge(present: &Contact, said: &Contact, received_at: u64) -> Merged {
    let mut merged = Merged {
        contact: present.clone(),
        differing: Vec::new(),
        opened: false,
    };
    let Merged {
        contact,
        differing,
        opened,
    } = &mut merged;
    for (field, slot, said) in [
        ("full_name", &mut contact.full_name, &said.full_name),
        ("email", &mut contact.email, &said.email),
        ("phone", &mut contact.phone, &said.phone),
        ("gender", &mut contact.gender, &said.gender),
    ] {
        let Some(said) = said else { continue };
        match step(slot.as_ref(), said) {
            Step::Keep => {}
            Step::Take => {
                *opened |= said.is_open() && slot.as_ref().is_none_or(|present| !present.is_open());
                *slot = Some(said.clone());
            }
            Step::Differs => differing.push(Differing {
                field: field.to_owned(),
                statement: said.clone(),
                received_at,
            }),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(value: &str) -> Option<Statement> {
        Some(Statement {
            value: value.into(),
            normalised: None,
            signed: false,
            masked: false,
        })
    }

    fn masked(value: &str) -> Option<Statement> {
        open(value).map(|statement| Statement {
            masked: true,
            ..statement
        })
    }

    fn signed(value: &str) -> Option<Statement> {
        open(value).map(|statement| Statement {
            signed: true,
            ..statement
        })
    }

    fn named(full_name: Option<Statement>) -> Contact {
        Contact {
            full_name,
            ..Contact::default()
        }
    }

    #[test]
    fn empty_and_masked_values_are_filled() {
        for before in [None, open(""), masked(""), masked("Ng***")] {
            let merged = merge(&named(before.clone()), &named(open("Nguyễn An")), 1);
            assert_eq!(merged.contact, named(open("Nguyễn An")), "{before:?}");
            assert!(merged.opened);
        }
        let merged = merge(&named(masked("")), &named(masked("Ng***")), 1);
        assert_eq!(merged.contact, named(masked("Ng***")));
        assert!(!merged.opened);
    }

    #[test]
    fn an_open_value_is_never_hidden_or_emptied() {
        for after in [None, open(" "), masked(""), masked("Ng***")] {
            let merged = merge(&named(open("Nguyễn An")), &named(after.clone()), 1);
            assert_eq!(merged.contact, named(open("Nguyễn An")), "{after:?}");
            assert!(merged.differing.is_empty());
        }
    }

    #[test]
    fn a_contradiction_stands_beside_the_first() {
        let merged = merge(&named(open("Nguyễn An")), &named(open("Trần Bình")), 7);
        assert_eq!(merged.contact, named(open("Nguyễn An")));
        assert_eq!(merged.differing.len(), 1);
        assert_eq!(merged.differing[0].field, "full_name");
        assert_eq!(merged.differing[0].received_at, 7);
    }

    #[test]
    fn spelling_alone_is_no_contradiction() {
        let decomposed: String = "Nguyễn  An".nfd().collect();
        let merged = merge(&named(open("Nguyễn An")), &named(open(&decomposed)), 1);
        assert_eq!(merged.contact, named(open("Nguyễn An")));
        assert!(merged.differing.is_empty());
    }

    #[test]
    fn a_signature_confirms_the_same_value() {
        let merged = merge(&named(open("Nguyễn An")), &named(signed("Nguyễn An")), 1);
        assert_eq!(merged.contact, named(signed("Nguyễn An")));
        assert!(!merged.opened);
    }
}

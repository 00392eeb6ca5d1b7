//! Years of experience, as people write them, among TopCV's steps: none, under one year, one to five years, more.

use super::matching::{Match, Options};
use crate::topcv::enumerations;
use crate::vietnam::fold::{fold, has_words};

const UNDER: [&str; 6] = [
    "duoi",
    "it hon",
    "chua den",
    "chua du",
    "less than",
    "under",
];
const OVER: [&str; 4] = ["tren", "hon", "over", "more than"];
const AT_LEAST: [&str; 8] = [
    "tro len",
    "it nhat",
    "toi thieu",
    "tu",
    "at least",
    "minimum",
    "from",
    "min",
];
const MONTHS: [&str; 3] = ["thang", "month", "months"];

/// What the words ask for. `None`: they do not speak of years.
pub(super) fn find(word: &str, options: &Options<'_>) -> Option<Match> {
    let folded = fold(word);
    let said = enumerations::said("experience", &folded);
    if !said.is_empty() {
        return options.near_ids(&said);
    }
    let numbers = numbers(&folded);
    let says = |words: &[&str]| words.iter().any(|part| has_words(&folded, part));
    let years = |count: u32| match count {
        0 => "0-0",
        1 => "1-0",
        2 => "2-0",
        3 => "3-0",
        4 => "4-0",
        5 => "5-0",
        _ => "6-0",
    };
    match numbers.as_slice() {
        [count] if says(&MONTHS) => {
            let id = if *count < 12 {
                "0-1"
            } else {
                years(count / 12)
            };
            options.near_ids(&[id])
        }
        [1] if says(&UNDER) => options.near_ids(&["0-1"]),
        [count] if says(&UNDER) => {
            let steps: Vec<&str> = (1..*count.min(&6)).map(years).collect();
            options.near_ids(&[&["0-1"], steps.as_slice()].concat())
        }
        [count] if says(&OVER) && *count >= 5 => options.near_ids(&["6-0"]),
        [count @ 1..=5] if !says(&OVER) && !says(&AT_LEAST) && !folded.contains('+') => options
            .choices()
            .iter()
            .find(|option| option.id == years(*count))
            .map(|option| Match::Sure(option.id.clone())),
        [count] => options.near_ids(&[years(*count)]),
        [low, high] if low <= high && !says(&MONTHS) => {
            let mut steps: Vec<&str> = (*low.min(&6)..=*high.min(&6)).map(years).collect();
            if *low == 0 {
                steps[0] = "0-1";
            }
            options.near_ids(&steps)
        }
        _ => None,
    }
}

fn numbers(folded: &str) -> Vec<u32> {
    folded
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

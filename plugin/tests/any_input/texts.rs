//! Vietnamese texts, telephone numbers and simple HTML: what was made plain once stays as it is.

use proptest::prelude::*;
use topcv_plugin::topcv::markup::{ALLOWED, clean, content, shown};
use topcv_plugin::vietnam::fold::{fold, spelling};
use topcv_plugin::vietnam::{email, person_name, phone};
use unicode_normalization::UnicodeNormalization;

use super::cases;

/// Any text, and often one of letters, marks and signs that matter here.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-ZăâđêôơưĂÂĐÊÔƠƯàáảãạệộữỹ\u{300}\u{301}\u{303}\u{309}\u{323}\u{302}\u{338} .*@\u{200b}\u{202e}\u{a0}]{0,24}",
    ]
}

/// A text full of markup.
fn html() -> impl Strategy<Value = String> {
    let tags: Vec<String> = ALLOWED
        .iter()
        .chain(&["div", "script", "style", "a", "h1", "td", "P", "svg"])
        .flat_map(|name| {
            [
                format!("<{name}>"),
                format!("</{name}>"),
                format!("<{name} on='>'>"),
            ]
        })
        .collect();
    let piece = prop_oneof![
        3 => prop::sample::select(tags),
        2 => text(),
        1 => prop::sample::select(vec!["<", ">", "&", "&lt;", "&amp;lt;", "&#60;", "<!--", "-->", "</", "<p", "\n", "\r\n", " ", "\u{338}"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Every `<` of the text as the tag that it begins.
fn tags(html: &str) -> Vec<&str> {
    html.split('<')
        .skip(1)
        .map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag))
        .collect()
}

/// The digits with something between them, as people write numbers.
fn spaced(digits: &str, between: &str) -> String {
    let mut spaced = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == 0 {
            spaced.push_str(between);
        }
        spaced.push(digit);
    }
    spaced
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn cleaned_markup_has_only_allowed_tags_that_close_and_cleaning_again_changes_nothing(text in html()) {
        let once = clean(&text);
        let mut open = Vec::new();
        for tag in tags(&once.html) {
            let name = tag.strip_prefix('/').unwrap_or(tag);
            prop_assert!(ALLOWED.contains(&name), "<{tag}> in {:?}", once.html);
            match tag.strip_prefix('/') {
                Some(name) => prop_assert_eq!(open.pop(), Some(name), "{:?}", once.html),
                None if name != "br" => open.push(name),
                None => {}
            }
        }
        prop_assert!(open.is_empty(), "{:?}", once.html);
        let twice = clean(&once.html);
        prop_assert_eq!(&twice.html, &once.html);
        prop_assert!(twice.removed.is_empty());
    }

    #[test]
    fn what_a_form_shows_of_a_markup_says_the_same_and_comes_back_as_it_is(text in prop_oneof![html(), text(), "(• |- |\n|a|&|<| ){0,12}"]) {
        let html = clean(&text).html;
        let once = shown(&html);
        let back = clean(&once);
        prop_assert!(back.removed.is_empty(), "{:?}", once);
        prop_assert_eq!(content(&back.html), content(&html), "{:?}", once);
        prop_assert_eq!(shown(&back.html), once);
        prop_assert_eq!(content(&content(&text)), content(&text));
    }

    #[test]
    fn folding_spelling_and_showing_a_text_twice_is_as_once(text in text()) {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
        prop_assert_eq!(spelling(&spelling(&text)), spelling(&text));
        prop_assert_eq!(person_name::display(&person_name::display(&text)), person_name::display(&text));
        if let Some(address) = email::normalise(&text) {
            prop_assert_eq!(email::normalise(&address), Some(address));
        }
        if let Some(number) = phone::normalise(&text) {
            prop_assert_eq!(phone::normalise(&number), Some(number));
        }
    }

    #[test]
    fn a_name_composed_or_decomposed_is_the_same_name(name in "[A-ZĂÂĐÊÔƠƯ][a-zăâđêôơưàáảãạềếểễệộỗữựỹ]{1,6}( [A-ZĐ][a-zàáảãạăâêôơưđệộữ]{1,5}){0,3}") {
        let (composed, decomposed): (String, String) = (name.nfc().collect(), name.nfd().collect());
        prop_assert_eq!(fold(&composed), fold(&decomposed));
        prop_assert_eq!(person_name::compare_key(&composed), person_name::compare_key(&decomposed));
    }

    #[test]
    fn one_mobile_number_in_any_spelling_is_one_number(rest in "[35789][0-9]{8}", between in prop::sample::select(vec!["", " ", ".", "-"]), prefix in prop::sample::select(vec!["0", "+84", "84"])) {
        let plain = phone::normalise(&format!("0{rest}"));
        prop_assert!(plain.is_some());
        let written = format!("{prefix}{}", spaced(&rest, between));
        prop_assert_eq!(phone::normalise(&written), plain, "{}", written);
        prop_assert!(!phone::is_masked(&written));
    }
}

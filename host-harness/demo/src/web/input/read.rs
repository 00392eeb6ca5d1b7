//! What a form sent, back as values.

use crate::domain::value::{FieldValue, Values};
use crate::web::door::Pairs;

/// What becomes of a field that was left empty.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// It is not mentioned: for something new, and for secrets that are kept.
    LeftOut,
    /// The empty text: for an edit, where a field that is not mentioned would stay as it is.
    Said,
}

/// The fields of a form. What does not fit its kind is passed on as it was typed: who knows the rules says what is wrong.
pub fn values(form: &Pairs, blank: Blank) -> Values {
    let mut values = Values::new();
    for (name, text) in form {
        let Some((kind, id)) = field_of(name) else {
            continue;
        };
        let several = matches!(kind, "choices" | "texts" | "emails");
        if several {
            let items = values
                .entry(id.to_owned())
                .or_insert_with(|| FieldValue::Texts(Vec::new()));
            if let FieldValue::Texts(items) = items
                && !text.trim().is_empty()
            {
                items.push(text.trim().to_owned());
            }
            continue;
        }
        // A tick box sends "0" before its own "1": the later word counts.
        match read(kind, text) {
            Some(value) => {
                values.insert(id.to_owned(), value);
            }
            None if blank == Blank::Said && kind != "secret" => {
                values.insert(id.to_owned(), FieldValue::Text(String::new()));
            }
            None => {}
        }
    }
    if blank == Blank::LeftOut {
        values.retain(|_, value| *value != FieldValue::Texts(Vec::new()));
    }
    values
}

/// Kind and id of a control's name.
fn field_of(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("v:")?.split_once(':')
}

fn read(kind: &str, text: &str) -> Option<FieldValue> {
    let line = text.trim();
    if line.is_empty() {
        return None;
    }
    Some(match kind {
        "integer" | "money" => whole_number(line)
            .map_or_else(|| FieldValue::Text(line.to_owned()), FieldValue::Integer),
        "switch" => FieldValue::Truth(line == "1"),
        "json" => FieldValue::Json(line.to_owned()),
        // Browsers send line ends as CR LF.
        "lines" | "markup" => FieldValue::Text(line.replace("\r\n", "\n")),
        _ => FieldValue::Text(line.to_owned()),
    })
}

/// `15.000.000`, `15,000,000`, `15 000 000` and `15000000` are one number. `1.5` is none: points stand between groups of three.
fn whole_number(text: &str) -> Option<i64> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    let mut groups = digits.split(['.', ',']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty()
        || ((1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3));
    let whole: String = std::iter::once(first).chain(rest).collect();
    let number: i64 = (grouped && whole.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| whole.parse().ok())
        .flatten()?;
    Some(if plain.starts_with('-') {
        -number
    } else {
        number
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Pairs {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn every_kind_comes_back_as_its_value() {
        let read = values(
            &form(&[
                ("csrf", "x"),
                ("v:text:a", " Kế toán "),
                ("v:money:b", "15.000.000"),
                ("v:integer:c", "3"),
                ("v:switch:d", "0"),
                ("v:switch:d", "1"),
                ("v:switch:e", "0"),
                ("v:choices:f", ""),
                ("v:choices:f", "7"),
                ("v:choices:f", "9"),
                ("v:markup:g", "một\r\nhai"),
                ("v:json:h", "{}"),
                ("v:a-kind-of-tomorrow:i", "x:y"),
            ]),
            Blank::LeftOut,
        );
        let wanted = [
            ("a", FieldValue::Text("Kế toán".into())),
            ("b", FieldValue::Integer(15_000_000)),
            ("c", FieldValue::Integer(3)),
            ("d", FieldValue::Truth(true)),
            ("e", FieldValue::Truth(false)),
            ("f", FieldValue::Texts(vec!["7".into(), "9".into()])),
            ("g", FieldValue::Text("một\nhai".into())),
            ("h", FieldValue::Json("{}".into())),
            ("i", FieldValue::Text("x:y".into())),
        ];
        let wanted: Values = wanted
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        assert_eq!(read, wanted);
    }

    #[test]
    fn what_is_no_number_is_passed_on_as_it_was_typed() {
        for text in ["ba", "1.5", "1.00", "12.34.567", "99999999999999999999"] {
            let read = values(&form(&[("v:integer:a", text)]), Blank::LeftOut);
            assert_eq!(read["a"], FieldValue::Text(text.into()));
        }
        assert_eq!(whole_number("1 000"), Some(1_000));
        assert_eq!(whole_number("-2.000"), Some(-2_000));
        assert_eq!(
            whole_number("9007199254740993"),
            Some(9_007_199_254_740_993)
        );
    }

    #[test]
    fn an_empty_field_is_left_out_or_said_as_the_caller_needs_it() {
        let sent = form(&[("v:text:a", " "), ("v:choices:b", ""), ("v:secret:c", "")]);
        assert!(values(&sent, Blank::LeftOut).is_empty());
        let said = values(&sent, Blank::Said);
        assert_eq!(said["a"], FieldValue::Text(String::new()));
        assert_eq!(said["b"], FieldValue::Texts(Vec::new()));
        assert!(
            !said.contains_key("c"),
            "an empty secret keeps the stored one"
        );
    }
}

//! What a field looks like.

use job_board_host::contract::forms::{Choice, Question};
use job_board_host::contract::types::Text;

use super::*;

fn text(both: &str) -> Text {
    Text {
        vi: both.to_owned(),
        en: both.to_owned(),
    }
}

fn choice(id: &str, label: &str) -> Choice {
    Choice {
        id: id.to_owned(),
        label: text(label),
        group: None,
    }
}

fn input<'a>(kind: &'a str, value: Option<FieldValue>) -> Input<'a> {
    Input {
        id: "main.field",
        label: "Nhãn <b>",
        help: "Giúp",
        kind,
        required: true,
        value,
        origin: None,
        choices: &[],
        questions: &[],
        limits: None,
        problems: vec!["Sai rồi".to_owned()],
        placeholder: None,
    }
}

fn shown(input: &Input<'_>) -> String {
    input.show(Lang::Vi).into_string()
}

#[test]
fn a_problem_stands_beside_its_field_and_is_announced_with_it() {
    let html = shown(&input("text", Some(FieldValue::Text("\"x\"".into()))));
    assert!(html.contains("aria-describedby=\"f-main-field-help f-main-field-bad\""));
    assert!(html.contains("aria-invalid=\"true\"") && html.contains("id=\"f-main-field-bad\""));
    assert!(html.contains("value=\"&quot;x&quot;\"") && html.contains("Nhãn &lt;b&gt;"));
}

#[test]
fn a_kind_that_is_not_known_is_text() {
    let html = shown(&input("colour", Some(FieldValue::Text("đỏ".into()))));
    assert!(html.contains("type=\"text\"") && html.contains("name=\"v:colour:main.field\""));
}

#[test]
fn a_secret_is_never_written_into_the_page() {
    let html = shown(&input("secret", Some(FieldValue::Text("s3cret".into()))));
    assert!(!html.contains("s3cret") && html.contains("type=\"password\""));
}

#[test]
fn a_value_that_no_list_has_is_shown_and_sent_back() {
    let choices = [choice("1", "Một")];
    for (kind, value) in [
        ("choice", FieldValue::Text("99".into())),
        ("choices", FieldValue::Texts(vec!["99".into()])),
    ] {
        let html = shown(&Input {
            choices: &choices,
            ..input(kind, Some(value))
        });
        assert!(html.contains("value=\"99\"") && html.contains("99 (không có trong danh sách)"));
    }
}

#[test]
fn a_question_is_asked_and_nothing_is_picked() {
    let choices = [
        choice("1", "Java"),
        choice("2", "JavaScript"),
        choice("3", "SQL"),
    ];
    let questions = [Question {
        asked: "java".to_owned(),
        candidates: vec![choice("1", "Java"), choice("2", "JavaScript")],
    }];
    let html = shown(&Input {
        choices: &choices,
        questions: &questions,
        ..input("choices", Some(FieldValue::Texts(vec!["3".into()])))
    });
    assert!(html.contains("“java” có thể là: Java, JavaScript. Hãy chọn."));
    assert_eq!(
        html.matches("value=\"1\"").count(),
        1,
        "each option stands once"
    );
    assert_eq!(
        html.matches(" checked").count(),
        1,
        "only what the job says"
    );
}

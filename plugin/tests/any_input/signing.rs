//! The signed line is made of the literals as they came.

use proptest::prelude::*;
use topcv_plugin::contract::deliveries::{Delivery, Outcome, Verdict};
use topcv_plugin::deliveries::handle_webhook;

use super::cases;
use super::checks::webhook::signed;
use super::testing::{NOW, TestHost};

fn deliver(body: String) -> Outcome {
    let delivery = Delivery {
        method: "POST".into(),
        headers: Vec::new(),
        body: body.into_bytes(),
        received_at: NOW,
    };
    handle_webhook(TestHost::configured().ports(), &delivery)
}

/// Other spellings of the same number: another text, so another signature.
fn spelled_otherwise(number: u32) -> [String; 4] {
    [
        format!("{number}.0"),
        format!("{number}e0"),
        format!("{number}E+0"),
        format!("\"{number} \""),
    ]
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn any_literals_that_were_signed_are_accepted(
        job in "[1-9][0-9]{0,30}",
        phone in any::<String>(),
        candidate in prop_oneof![Just("null".to_owned()), "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?"],
    ) {
        let phone = serde_json::to_string(&phone).unwrap();
        let body = format!(r#"{{"event_type":"apply","job_id":{job},"candidate_phone":{phone},"candidate_id":{candidate}}}"#);
        let outcome = deliver(signed(body.as_bytes()).unwrap());
        prop_assert_eq!(outcome.verdict, Verdict::Accepted, "{}", body);
        prop_assert_eq!(&outcome.events[0].board_posting, &job);
    }

    #[test]
    fn a_signed_value_that_is_spelled_otherwise_is_refused(number in 1u32..1_000_000, which in 0usize..4, field in 0usize..2) {
        let body = format!(r#"{{"event_type":"apply","job_id":{number},"candidate_phone":"0912345678","candidate_id":{number}}}"#);
        let whole = signed(body.as_bytes()).unwrap();
        let name = ["job_id", "candidate_id"][field];
        let member = format!("\"{name}\":{number}");
        prop_assert!(whole.contains(&member));
        let other = whole.replace(&member, &format!("\"{name}\":{}", spelled_otherwise(number)[which]));
        let outcome = deliver(other);
        let Verdict::Refused(failure) = &outcome.verdict else {
            return Err(TestCaseError::fail(format!("{outcome:?}")));
        };
        prop_assert_eq!((outcome.response.status, failure.code.as_str()), (401, "signature-wrong"));
    }
}

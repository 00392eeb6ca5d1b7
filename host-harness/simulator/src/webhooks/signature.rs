//! TopCV's signature: lowercase hex of HMAC-SHA256 over a few fields in a fixed order (evidence).

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::input::Literal;

/// Signs the fields that count for this event type. An absent field contributes the empty text (assumed).
pub(crate) fn sign(key: &str, event_type: &str, fields: &BTreeMap<String, Literal>) -> String {
    let value = |name: &str| fields.get(name).map_or("", Literal::signed_text);
    let text = if event_type == "apply" {
        format!(
            "event_type=apply&job_id={}&candidate_phone={}&candidate_id={}",
            value("job_id"),
            value("candidate_phone"),
            value("candidate_id")
        )
    } else {
        format!(
            "event_type={event_type}&job_id={}&recruitment_campaign_id={}",
            value("job_id"),
            value("recruitment_campaign_id")
        )
    };
    match Hmac::<Sha256>::new_from_slice(key.as_bytes()) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        }
        // HMAC takes keys of every length; an unsigned delivery would be refused by any receiver.
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values made with `openssl dgst -sha256 -hmac`.
    #[test]
    fn signatures_agree_with_openssl() {
        let fields = BTreeMap::from([
            ("job_id".to_owned(), Literal::Bare("2001".to_owned())),
            (
                "candidate_phone".to_owned(),
                Literal::Text("+84 912 345 678".to_owned()),
            ),
            (
                "candidate_id".to_owned(),
                Literal::Bare("98765432109876543210".to_owned()),
            ),
            ("recruitment_campaign_id".to_owned(), Literal::Null),
        ]);
        assert_eq!(
            sign("khoá", "apply", &fields),
            "85f6402cd69a90602b56830a1b88eb2e3da87469614741f3484e75163a0a4629"
        );
        assert_eq!(
            sign("khoá", "job_approved", &fields),
            "a2e690aa81b2b6ee199c70d6ebbbb7e17b2612dbbe6603c048ba05bfa6518042"
        );
    }
}

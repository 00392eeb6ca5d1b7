//! The signature of TopCV's webhooks: HMAC-SHA256 over a line of the signed fields, in lowercase hexadecimal.
//!
//! Evidence: one working client and a second source agree on the line; they differ on the key, so the row `signing_key` of the
//! protocol decides which kinds are tried. What a null or absent value contributes is assumed: the empty text.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::protocol::Protocol;
use crate::contract::types::Moment;
use crate::state::credentials::{CredentialsRecord, KeyKind};

/// The fields that an event signs, in their order, after `event_type`. `None`: an event that is not known to be signed.
pub fn signed_fields(event_type: &str) -> Option<&'static [&'static str]> {
    match event_type {
        "apply" => Some(&["job_id", "candidate_phone", "candidate_id"]),
        "job_approved" | "job_rejected" => Some(&["job_id", "recruitment_campaign_id"]),
        _ => None,
    }
}

/// The line that is signed: names and values exactly as received, neither encoded nor normalised.
pub fn canonical_text<'a>(
    event_type: &str,
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut line = format!("event_type={event_type}");
    for (name, value) in fields {
        line.push('&');
        line.push_str(name);
        line.push('=');
        line.push_str(value);
    }
    line
}

/// Which kind of key signed the text, among the keys that are valid for the time of receipt. `None`: none of them did.
///
/// The comparison takes the same time wherever the first wrong byte stands.
pub fn verify(
    protocol: &Protocol,
    credentials: &CredentialsRecord,
    received_at: Moment,
    canonical: &str,
    signature: &str,
) -> Option<KeyKind> {
    let signature = hex::decode(signature.trim()).ok()?;
    key_kinds(protocol).iter().copied().find(|kind| {
        credentials
            .verifying(*kind, received_at)
            .any(|key| matches(&key.value, canonical, &signature))
    })
}

fn key_kinds(protocol: &Protocol) -> &'static [KeyKind] {
    match protocol.get("signing_key") {
        "session-token" => &[KeyKind::SessionToken],
        "secret-key" => &[KeyKind::SecretKey],
        _ => &[KeyKind::SessionToken, KeyKind::SecretKey],
    }
}

fn matches(key: &str, canonical: &str, signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return false;
    };
    mac.update(canonical.as_bytes());
    mac.verify_slice(signature).is_ok()
}

/// Signs as TopCV does, for tests.
#[cfg(test)]
pub(crate) fn sign(key: &str, canonical: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(canonical.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::CLOCK_TOLERANCE_MS;
    use crate::state::credentials::KEY_LIFETIME_MS;

    fn ring() -> CredentialsRecord {
        let mut record = CredentialsRecord::default();
        record.take_into_use(KeyKind::SessionToken, "session-token", 0);
        record.take_into_use(KeyKind::SecretKey, "secret-key", 0);
        record
    }

    fn protocol(signing_key: &str) -> Protocol {
        Protocol::with_overrides([("signing_key".to_owned(), signing_key.to_owned())].into())
            .unwrap()
    }

    #[test]
    fn vectors_computed_with_another_implementation() {
        // printf '%s' TEXT | openssl dgst -sha256 -hmac KEY
        for (key, text, signature) in [
            (
                "session-token",
                "event_type=apply&job_id=123&candidate_phone=0912 345 678&candidate_id=456",
                "cee2cd19ebc9fe5dba237bf36c7467e2e310a5c3a0c89eeb4126bf8fb648c3f9",
            ),
            (
                "khoá bí mật",
                "event_type=job_rejected&job_id=123456789012345678901234567890&recruitment_campaign_id=",
                "965dc0b2dd58d9bc18b9737b67a2eb49ae9635d3eb63bc15edf4802b0d1c6a37",
            ),
        ] {
            assert_eq!(sign(key, text), signature);
        }
    }

    #[test]
    fn the_line_is_as_the_protocol_says() {
        let apply = signed_fields("apply").unwrap();
        let values = ["12", "+84 (0)91&x=1", ""];
        assert_eq!(
            canonical_text("apply", apply.iter().copied().zip(values)),
            "event_type=apply&job_id=12&candidate_phone=+84 (0)91&x=1&candidate_id="
        );
        let verdict = signed_fields("job_approved").unwrap();
        assert_eq!(
            canonical_text("job_approved", verdict.iter().copied().zip(["12", "0"])),
            "event_type=job_approved&job_id=12&recruitment_campaign_id=0"
        );
        assert_eq!(signed_fields("Apply"), None);
    }

    #[test]
    fn it_says_which_kind_of_key_matched() {
        let by =
            |key: &str, row: &str| verify(&protocol(row), &ring(), 1, "text", &sign(key, "text"));
        assert_eq!(by("session-token", "auto"), Some(KeyKind::SessionToken));
        assert_eq!(by("secret-key", "auto"), Some(KeyKind::SecretKey));
        assert_eq!(by("secret-key", "session-token"), None);
        assert_eq!(by("session-token", "secret-key"), None);
        assert_eq!(by("secret-key", "secret-key"), Some(KeyKind::SecretKey));
        assert_eq!(by("another", "auto"), None);
    }

    #[test]
    fn case_of_the_digits_does_not_matter_and_anything_else_does() {
        let good = sign("secret-key", "text");
        let ok =
            |signature: &str| verify(&protocol("auto"), &ring(), 1, "text", signature).is_some();
        assert!(ok(&good) && ok(&good.to_uppercase()) && ok(&format!(" {good}\n")));
        assert!(
            !ok("")
                && !ok(&good[..62])
                && !ok(&format!("{good}00"))
                && !ok("không phải hex")
                && !ok(&"0".repeat(64))
        );
        assert!(verify(&protocol("auto"), &ring(), 1, "texT", &good).is_none());
    }

    #[test]
    fn the_time_of_receipt_decides_which_keys_are_valid() {
        let mut record = CredentialsRecord::default();
        for number in 0..6_u64 {
            record.take_into_use(
                KeyKind::SessionToken,
                &format!("key-{number}"),
                number * 1_000,
            );
        }
        let at = |key: &str, received_at: u64| {
            verify(
                &protocol("auto"),
                &record,
                received_at,
                "text",
                &sign(key, "text"),
            )
            .is_some()
        };
        // key-0 was replaced at 1,000.
        let last = 1_000 + KEY_LIFETIME_MS + CLOCK_TOLERANCE_MS;
        assert!(at("key-0", last));
        assert!(!at("key-0", last + 1));
        assert!(at("key-3", u64::MAX), "one of the last three");
    }
}

//! The one secrets record: credentials, the session, and the ring of keys that verify deliveries.

use super::connection::ConnectionRecord;
use super::fields::{Rest, record, words};
use super::keys;
use super::record::{self, Record, Stored};
use crate::failure::{Failure, credentials_lost, not_configured};
use crate::lease::CLOCK_TOLERANCE_MS;
use crate::never_printed::never_printed;
use crate::ports::Ports;

/// Keys replaced no longer ago than this (by the delivery's time of receipt) still verify.
pub const KEY_LIFETIME_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// This many latest keys of each kind verify whatever their age.
pub const KEYS_KEPT: usize = 3;

/// A bound on the ring, so that the record stays within a value's size even when something signs in all day.
const MOST_RING_BYTES: usize = 45_000;

words! {
    /// What a key is, by the board's words; its name is also used in settings, logs and the contract's `signature-key`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum KeyKind {
        /// The session token that connect answered.
        SessionToken = "session-token",
        /// The Secret Key that the employer entered.
        SecretKey = "secret-key",
    }
}

record! {
    /// One key that can sign deliveries. No `Debug`: it is a secret.
    #[derive(Clone, PartialEq)]
    pub struct SigningKey {
        /// What it is.
        pub kind: KeyKind,
        /// The key's text; its bytes are the HMAC key.
        pub value: String,
        /// When it came into use.
        pub since: u64,
        /// When another took its place. Absent: in use.
        pub until: Option<u64>,
    }
}

record! {
    /// Stored under [`super::keys::CREDENTIALS`] in `secrets`. No `Debug`: it holds secrets.
    #[derive(Clone, Default, PartialEq)]
    pub struct CredentialsRecord {
        /// TopCV's Access Token (Base's Employer API Key). Empty: none yet.
        pub access_token: String,
        /// TopCV's Secret Key. Empty: none yet.
        pub secret_key: String,
        /// The number of the account that they belong to. Stands with them, so that no crash can part the two.
        pub account: u32,
        /// The session token in use.
        pub session: Option<String>,
        /// Newest first.
        pub ring: Vec<SigningKey>,
        /// A sign-in is under way until this moment.
        pub signing_in_until: Option<u64>,
    }
}

never_printed!(SigningKey, CredentialsRecord, Stored<CredentialsRecord>);

impl Record for CredentialsRecord {
    const SCHEMA: u32 = 1;
}

impl CredentialsRecord {
    /// What is stored, if it can be read. A damaged record is as good as none: the keys can be entered again.
    pub fn load(ports: Ports<'_>) -> Result<Option<Stored<Self>>, Failure> {
        match record::load_or_broken(ports.secrets, keys::CREDENTIALS)? {
            Ok(stored) => Ok(stored),
            Err(failure) if failure.code == "record-too-new" => Err(failure),
            Err(_) => Ok(None),
        }
    }

    /// The credentials of a connection in use. Fails with `not-configured`, or with `credentials-lost` when there were some.
    pub fn in_use(
        ports: Ports<'_>,
        connection: &ConnectionRecord,
    ) -> Result<Stored<Self>, Failure> {
        if !connection.configured {
            return Err(not_configured());
        }
        Self::load(ports)?
            .filter(|stored| stored.value.is_complete())
            .ok_or_else(credentials_lost)
    }

    /// Whether there is something to sign in with.
    pub fn is_complete(&self) -> bool {
        !self.access_token.is_empty() && !self.secret_key.is_empty()
    }

    /// Takes a key into use at `now`, retires its predecessor of the same kind, and drops what is past keeping.
    pub fn take_into_use(&mut self, kind: KeyKind, value: &str, now: u64) {
        if self
            .ring
            .iter()
            .any(|key| key.kind == kind && key.value == value && key.until.is_none())
        {
            return;
        }
        for key in self
            .ring
            .iter_mut()
            .filter(|key| key.kind == kind && key.until.is_none())
        {
            key.until = Some(now);
        }
        self.ring.insert(
            0,
            SigningKey {
                kind,
                value: value.to_owned(),
                since: now,
                until: None,
                rest: Rest::default(),
            },
        );
        self.drop_what_is_past(now);
    }

    /// Keeps a key that TopCV may have signed with although it never came into use here.
    pub fn keep_retired(&mut self, kind: KeyKind, value: &str, now: u64) {
        if self
            .ring
            .iter()
            .any(|key| key.kind == kind && key.value == value)
        {
            return;
        }
        self.ring.insert(
            0,
            SigningKey {
                kind,
                value: value.to_owned(),
                since: now,
                until: Some(now),
                rest: Rest::default(),
            },
        );
        self.drop_what_is_past(now);
    }

    /// Newest first: the last few of each kind stay, older ones for their lifetime and while there is room.
    fn drop_what_is_past(&mut self, now: u64) {
        let mut seen = [0_usize; 2];
        let mut bytes = 0;
        self.ring.retain(|key| {
            let count = &mut seen[usize::from(key.kind == KeyKind::SecretKey)];
            *count += 1;
            bytes += key.value.len() + 80;
            let young = key.until.is_none_or(|until| now <= last_moment(until));
            *count <= KEYS_KEPT || key.until.is_none() || (young && bytes <= MOST_RING_BYTES)
        });
    }

    /// The keys that verify a delivery received at `received_at`, newest first.
    pub fn verifying(&self, kind: KeyKind, received_at: u64) -> impl Iterator<Item = &SigningKey> {
        self.ring
            .iter()
            .filter(move |key| key.kind == kind)
            .enumerate()
            .filter_map(move |(index, key)| {
                let fresh = key
                    .until
                    .is_none_or(|until| received_at <= last_moment(until));
                (index < KEYS_KEPT || fresh).then_some(key)
            })
    }
}

/// Until when a key that was replaced at `until` verifies: the two moments may be two hosts'.
fn last_moment(until: u64) -> u64 {
    until
        .saturating_add(KEY_LIFETIME_MS)
        .saturating_add(CLOCK_TOLERANCE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fields::Field as _;

    fn ring(count: u64, step_ms: u64) -> CredentialsRecord {
        let mut record = CredentialsRecord::default();
        for number in 0..count {
            record.take_into_use(
                KeyKind::SessionToken,
                &format!("key-{number}"),
                number * step_ms,
            );
        }
        record
    }

    #[test]
    fn at_least_the_last_three_keys_verify_whatever_their_age() {
        let record = ring(5, KEY_LIFETIME_MS * 2);
        let values: Vec<_> = record
            .verifying(KeyKind::SessionToken, KEY_LIFETIME_MS * 100)
            .map(|key| key.value.as_str())
            .collect();
        assert_eq!(values, ["key-4", "key-3", "key-2"]);
    }

    #[test]
    fn keys_replaced_within_seven_days_verify_by_the_time_of_receipt() {
        let record = ring(6, 1_000);
        assert_eq!(record.verifying(KeyKind::SessionToken, 6_000).count(), 6);
        // key-0 was replaced at 1,000 and key-2 at 3,000.
        let late = 2_000 + KEY_LIFETIME_MS + CLOCK_TOLERANCE_MS;
        let values: Vec<_> = record
            .verifying(KeyKind::SessionToken, late)
            .map(|key| key.value.as_str())
            .collect();
        assert_eq!(values, ["key-5", "key-4", "key-3", "key-2", "key-1"]);
    }

    #[test]
    fn the_two_kinds_do_not_push_each_other_out() {
        let mut record = ring(5, 1);
        record.take_into_use(KeyKind::SecretKey, "secret", 10);
        assert_eq!(record.verifying(KeyKind::SecretKey, 10).count(), 1);
        assert_eq!(
            record
                .verifying(KeyKind::SessionToken, KEY_LIFETIME_MS * 9)
                .count(),
            3
        );
    }

    #[test]
    fn the_key_in_use_is_never_pushed_out_and_the_ring_stays_within_a_value() {
        let mut record = CredentialsRecord::default();
        record.take_into_use(KeyKind::SecretKey, "secret", 0);
        for number in 0..500_u64 {
            record.take_into_use(KeyKind::SessionToken, &format!("{number:0>1100}"), number);
        }
        assert_eq!(record.verifying(KeyKind::SecretKey, 500).count(), 1);
        assert!(record.write().to_string().len() < 65_536);
        record.keep_retired(KeyKind::SessionToken, "trial", 500);
        let kept = record.ring.iter().find(|key| key.value == "trial").unwrap();
        assert_eq!(kept.until, Some(500));
    }

    #[test]
    fn a_week_of_hourly_sessions_is_kept() {
        let hour = 3_600_000;
        let record = ring(7 * 24, hour);
        assert_eq!(
            record
                .verifying(KeyKind::SessionToken, 7 * 24 * hour)
                .count(),
            7 * 24
        );
    }

    #[test]
    fn the_same_key_again_changes_nothing() {
        let mut record = ring(1, 1);
        let before = record.ring.len();
        record.take_into_use(KeyKind::SessionToken, "key-0", 99);
        assert_eq!(record.ring.len(), before);
        assert_eq!(record.ring[0].until, None);
    }
}

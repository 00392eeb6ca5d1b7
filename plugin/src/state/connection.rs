//! The connection's record: settings that are not secret, and what is known of the account.

use std::collections::BTreeMap;

use super::fields::record;
use super::keys;
use super::record::{self, Record, Stored};
use crate::failure::Failure;
use crate::ports::Ports;

/// How many postings of an account are remembered for asking whether new credentials belong to it.
const KNOWN_POSTINGS: usize = 5;

record! {
    /// Stored under [`keys::CONNECTION`]. No `Debug`: a record of a build of before holds the webhook URL.
    #[derive(Clone, Default, PartialEq)]
    pub struct ConnectionRecord {
        /// Credentials are stored and worked once.
        pub configured: bool,
        /// Empty since the URL stands in `secrets` ([`super::webhook`]). A build of before put it here, and reads no record without it.
        pub webhook_url: String = String::new(),
        /// Operator's overrides of the protocol table, by key.
        pub protocol: BTreeMap<String, String>,
        /// The number of the account in use; accounts are counted from 1 as they appear. 0: none yet.
        pub account: u32,
        /// Board ids of the latest postings of each account seen so far.
        pub known: BTreeMap<u32, Vec<String>>,
        /// When the board last accepted the credentials.
        pub signed_in_at: Option<u64>,
        /// Reason code for which the board refused the credentials the last time.
        pub refused: Option<String>,
        /// Which kind of key verified the last delivery.
        pub signature_key: Option<String>,
    }
}

impl Record for ConnectionRecord {
    const SCHEMA: u32 = 1;
}

impl ConnectionRecord {
    /// Reads it; an absent one is the default with no version.
    pub fn load(ports: Ports<'_>) -> Result<(Self, Option<String>), Failure> {
        Ok(
            match record::load::<Self>(ports.storage, keys::CONNECTION)? {
                Some(Stored { value, version }) => (value, Some(version)),
                None => (Self::default(), None),
            },
        )
    }

    /// Changes it, however many others change it at the same time. `change` answers whether anything is to be written.
    pub fn modify(
        ports: Ports<'_>,
        mut change: impl FnMut(&mut Self) -> bool,
    ) -> Result<(), Failure> {
        Self::modify_by(ports, &mut change)
    }

    fn modify_by(
        ports: Ports<'_>,
        change: &mut dyn FnMut(&mut Self) -> bool,
    ) -> Result<(), Failure> {
        record::modify::<Self, ()>(ports.storage, keys::CONNECTION, |present| {
            let mut next = present.unwrap_or_default();
            let write = change(&mut next);
            Ok((write.then_some(next), ()))
        })
    }

    /// Remembers a posting as one of the present account's.
    pub fn remember(&mut self, board_id: &str) -> bool {
        let known = self.known.entry(self.account).or_default();
        if known.iter().any(|id| id == board_id) {
            return false;
        }
        known.insert(0, board_id.to_owned());
        known.truncate(KNOWN_POSTINGS);
        true
    }
}

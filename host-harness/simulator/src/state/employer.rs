//! An employer's account at TopCV.

use std::collections::BTreeSet;

use super::{World, next};
use crate::input::InputError;
use crate::ledger::Tally;
use crate::tokens::random_token;

/// Who approves postings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moderation {
    /// Only the control API.
    Manual,
    /// The simulator, that many milliseconds after a review began.
    AutoAfter(u64),
}

/// Which key signs webhooks: the sources disagree (unknown), so both can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SigningKey {
    /// The newest session token.
    Session,
    /// The Secret Key.
    Secret,
}

/// Whether a session token still works. That a new sign-in ends the earlier one is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionState {
    Current,
    /// Replaced by a newer sign-in, or timed out.
    TimedOut,
    /// Ended by disconnect.
    Ended,
}

/// A session made by connect.
pub(crate) struct Session {
    pub(crate) token: String,
    pub(crate) state: SessionState,
}

/// An account. No `Debug`: it holds secrets.
pub(crate) struct Employer {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) access_token: String,
    pub(crate) secret_key: String,
    /// Whether TopCV opened the connection for this account.
    pub(crate) contract: bool,
    /// Postings that may still be paid for.
    pub(crate) credits: i64,
    pub(crate) webhook_url: Option<String>,
    pub(crate) moderation: Moderation,
    pub(crate) masked_contacts: bool,
    pub(crate) signing_key: SigningKey,
    pub(crate) sessions: Vec<Session>,
    pub(crate) connected: bool,
    pub(crate) last_connected_ms: Option<i64>,
    pub(crate) campaigns: BTreeSet<u64>,
    /// Whether a posting runs only after an own publish call.
    pub(crate) publish_required: bool,
    /// Whether publishing a stopped posting again costs a credit.
    pub(crate) reopen_costs: bool,
    pub(crate) hold_webhooks: bool,
    /// Further tries after a delivery that was not answered 2xx.
    pub(crate) webhook_retries: u32,
    /// Whether a CV link works only once.
    pub(crate) one_time_links: bool,
    /// Approve and let somebody apply before a create is answered.
    pub(crate) webhooks_before_create_answer: bool,
    /// Keys that create and edit demand beyond the 25.
    pub(crate) required_fields: BTreeSet<String>,
    /// How often the control API released what is held back.
    pub(crate) releases: u64,
    pub(crate) tally: Tally,
}

impl Employer {
    /// The key of this moment. Before the first sign-in there is no session token, so the Secret Key signs.
    pub(crate) fn signing_secret(&self) -> &str {
        match (self.signing_key, self.sessions.last()) {
            (SigningKey::Session, Some(session)) => &session.token,
            _ => &self.secret_key,
        }
    }

    /// Makes the current session time out.
    pub(crate) fn expire_sessions(&mut self) {
        for session in &mut self.sessions {
            if session.state == SessionState::Current {
                session.state = SessionState::TimedOut;
            }
        }
    }

    /// A new session token; the one before times out.
    pub(crate) fn sign_in(&mut self, now_ms: i64) -> String {
        self.expire_sessions();
        let token = random_token("st_");
        self.sessions.push(Session {
            token: token.clone(),
            state: SessionState::Current,
        });
        self.connected = true;
        self.last_connected_ms = Some(now_ms);
        self.tally.connects += 1;
        token
    }

    pub(crate) fn sign_out(&mut self) {
        for session in &mut self.sessions {
            session.state = SessionState::Ended;
        }
        self.connected = false;
        self.tally.disconnects += 1;
    }
}

impl World {
    /// Opens an account; tokens that were not given are made.
    pub(crate) fn add_employer(
        &mut self,
        name: String,
        access_token: Option<String>,
        secret_key: Option<String>,
        contract: bool,
        credits: i64,
    ) -> Result<u64, InputError> {
        if let Some(token) = &access_token {
            self.check_token_free(token, None)?;
        }
        let id = next(&mut self.last_ids.employer);
        let employer = Employer {
            id,
            name,
            access_token: access_token.unwrap_or_else(|| random_token("at_")),
            secret_key: secret_key.unwrap_or_else(|| random_token("sk_")),
            contract,
            credits,
            webhook_url: None,
            moderation: Moderation::Manual,
            masked_contacts: false,
            signing_key: SigningKey::Session,
            sessions: Vec::new(),
            connected: false,
            last_connected_ms: None,
            campaigns: BTreeSet::new(),
            publish_required: false,
            reopen_costs: false,
            hold_webhooks: false,
            webhook_retries: 0,
            one_time_links: true,
            webhooks_before_create_answer: false,
            required_fields: BTreeSet::new(),
            releases: 0,
            tally: Tally::default(),
        };
        self.employers.insert(id, employer);
        Ok(id)
    }

    /// Refuses an access token that another employer has: it is what tells accounts apart.
    pub(crate) fn check_token_free(&self, token: &str, but: Option<u64>) -> Result<(), InputError> {
        let taken = self
            .employers
            .values()
            .any(|employer| employer.access_token == token && Some(employer.id) != but);
        if taken {
            return Err(InputError::conflict(
                "access_token",
                "another employer has this access token",
            ));
        }
        Ok(())
    }

    pub(crate) fn new_campaign(&mut self, employer_id: u64) -> u64 {
        let id = next(&mut self.last_ids.campaign);
        if let Some(employer) = self.employers.get_mut(&employer_id) {
            employer.campaigns.insert(id);
        }
        id
    }
}

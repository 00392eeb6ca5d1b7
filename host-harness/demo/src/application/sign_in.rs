//! Signing in and out. Sessions end by themselves.
//!
//! Passwords here are made by the platform with 128 random bits, so a salted digest is enough; where people choose their own, use a slow one.

use std::net::IpAddr;
use std::sync::{MutexGuard, PoisonError};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{AppError, Platform, token};
use crate::domain::attempts::{Attempt, Attempts};
use crate::domain::id::{TenantId, UserId};
use crate::domain::user::{Role, User};
use crate::store::StoreError;
use crate::store::users::{self, StoredPassword, StoredSession};

/// A session lasts half a day.
pub const SESSION_MS: u64 = 12 * 3_600_000;

/// What was begun.
pub struct Session {
    /// The secret that proves it.
    pub token: String,
    /// The second secret, for a session that travels as a cookie.
    pub csrf: Option<String>,
    /// When it ends.
    pub expires_at: u64,
    /// Whose it is.
    pub user: User,
}

/// How a token came in.
pub enum Proof {
    /// In the `Authorization` header, which no other site can make a browser send.
    Bearer(String),
    /// As a cookie, which a browser sends by itself: what changes something needs the CSRF token beside it.
    Cookie {
        /// The token.
        token: String,
        /// The CSRF token, if one came.
        csrf: Option<String>,
        /// Whether the request only reads.
        reads: bool,
    },
}

/// A new password and how to keep it.
pub fn new_password() -> Result<(String, StoredPassword), StoreError> {
    let password = token::request_id()?;
    let mut salt = vec![0; 16];
    getrandom::fill(&mut salt)?;
    let hash = token::digest(&[&salt, password.as_bytes()]);
    Ok((password, StoredPassword { salt, hash }))
}

fn attempt(login: &str, sender: Option<IpAddr>) -> Attempt {
    // Who has one address of version 6 has a whole network of them.
    let sender = match sender.map(|address| address.to_canonical()) {
        None => Vec::new(),
        Some(IpAddr::V4(address)) => address.octets().to_vec(),
        Some(IpAddr::V6(address)) => address.octets()[..8].to_vec(),
    };
    Attempt {
        pair: token::digest(&[&sender, login.as_bytes()]),
        sender: token::digest(&[&sender]),
    }
}

impl Platform {
    /// Makes a tenant.
    pub async fn add_tenant(&self, name: &str) -> Result<TenantId, AppError> {
        let name = name.to_owned();
        self.store()
            .write(move |db| users::insert_tenant(db, &name).map_err(AppError::from))
            .await
    }

    /// Makes a user with a random password, which is answered this once.
    pub async fn add_user(
        &self,
        tenant: TenantId,
        login: &str,
        name: &str,
        role: Role,
    ) -> Result<(UserId, String), AppError> {
        let (password, stored) = new_password()?;
        let (login, name) = (login.to_owned(), name.to_owned());
        let user = self
            .store()
            .write(move |db| users::insert(db, tenant, &login, &name, role, &stored))
            .await?;
        Ok((user, password))
    }

    /// Begins a session for who knows the password. `cookie`: it will travel as a cookie and gets a CSRF token. `sender`: from where it came, as far as
    /// that is known; see [`attempts`](crate::domain::attempts).
    pub async fn sign_in(
        &self,
        login: String,
        password: Zeroizing<String>,
        sender: Option<IpAddr>,
        cookie: bool,
    ) -> Result<Session, AppError> {
        let attempt = attempt(&login, sender);
        self.attempts()
            .begin(&attempt, self.now())
            .map_err(|retry_after_ms| AppError::TooManyAttempts { retry_after_ms })?;
        let found = self
            .store()
            .read(move |db| users::by_login(db, &login))
            .await?;
        // The same work for an unknown login, so that the time does not tell which logins exist.
        let (user, stored) = found.map_or_else(
            || {
                let nobody = StoredPassword {
                    salt: vec![0; 16],
                    hash: vec![0; 32],
                };
                (None, nobody)
            },
            |(user, stored)| (Some(user), stored),
        );
        let hash = token::digest(&[&stored.salt, password.as_bytes()]);
        let right: bool = hash.ct_eq(&stored.hash).into();
        match user {
            Some(user) if right => {
                self.attempts().succeeded(&attempt);
                self.begin_session(user, cookie).await
            }
            _ => Err(AppError::WrongCredentials),
        }
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        // Nothing in it can be half done.
        let attempts = self.attempts.lock();
        attempts.unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session without a password: for the program that runs the platform.
    pub async fn begin_session(&self, user: User, cookie: bool) -> Result<Session, AppError> {
        let token = token::random()?;
        let csrf = cookie.then(token::random).transpose()?;
        let stored = StoredSession {
            csrf_hash: csrf.as_ref().map(|csrf| token::digest(&[csrf.as_bytes()])),
            expires_at: self.now() + SESSION_MS,
        };
        let expires_at = stored.expires_at;
        let hash = token::digest(&[token.as_bytes()]);
        let id = user.id;
        self.store()
            .write(move |db| users::insert_session(db, id, &hash, &stored))
            .await?;
        Ok(Session {
            token,
            csrf,
            expires_at,
            user,
        })
    }

    /// Who is it? `None`: nobody, or no longer, or a cookie without its CSRF token where something would change.
    pub async fn identify(&self, proof: Proof) -> Result<Option<User>, AppError> {
        let (token, cookie) = match proof {
            Proof::Bearer(token) => (token, None),
            Proof::Cookie { token, csrf, reads } => (token, Some((csrf, reads))),
        };
        let (hash, now) = (token::digest(&[token.as_bytes()]), self.now());
        let found = self
            .store()
            .read(move |db| users::session(db, &hash, now))
            .await?;
        let Some((user, session)) = found else {
            return Ok(None);
        };
        let allowed = match (cookie, session.csrf_hash) {
            (None, None) => true,
            (Some((_, true)), Some(_)) => true,
            (Some((Some(csrf), false)), Some(hash)) => {
                token::digest(&[csrf.as_bytes()]).ct_eq(&hash).into()
            }
            // A token that travels another way than it was made for is not taken.
            _ => false,
        };
        Ok(allowed.then_some(user))
    }

    /// Ends the session of a token, now.
    pub async fn sign_out(&self, token: &str) -> Result<(), AppError> {
        let hash = token::digest(&[token.as_bytes()]);
        self.store()
            .write(move |db| users::end_session(db, &hash).map_err(AppError::from))
            .await
    }

    /// Everybody, for the program that prints who can sign in.
    pub async fn all_users(&self) -> Result<Vec<User>, AppError> {
        self.store()
            .read(|db| users::all(db).map_err(AppError::from))
            .await
    }
}

job_board_host::never_printed!(Session, Proof);

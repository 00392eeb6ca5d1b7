//! Erasing people, so that they stay erased: on request, by age, and again after a restore.
//!
//! 1. What is about to go is remembered in the erasure log, which no restore replaces.
//! 2. One transaction erases the person everywhere and leaves digests behind, so that a repeated delivery brings nobody back.
//! 3. Plugins are told, until each has answered.
//! 4. The database's log is emptied.
//!
//! Whoever stops after step 1 finds it finished at the next start; after step 2 the housekeeping does the rest.

use std::collections::{BTreeMap, BTreeSet};

use job_board_host::contract::types::Disposition;
use rusqlite::Transaction;

use super::unit::Unit;
use super::{AppError, Platform, unmatched};
use crate::board::{PluginError, convert};
use crate::domain::board_event::{Application, Happening};
use crate::domain::erasure::{PluginReceipt, Reason};
use crate::domain::id::{CandidateId, ConnectionId, ErasureId, TenantId, UserId};
use crate::domain::mention::Mention;
use crate::domain::user::User;
use crate::store::erasure_log::{Entries, ErasedApplication, ErasureLog, digest};
use crate::store::erasures::{self, Erasure, NewErasure, ToTell};
use crate::store::events::{self, Waiting};
use crate::store::seal::Sealer;
use crate::store::{Page, StoreError, candidates, deliveries};

/// How many people one transaction of the retention job erases: it must not keep deliveries waiting for long.
const AT_ONCE: u32 = 20;

const DAY_MS: u64 = 86_400_000;

/// What came of an erasure.
pub struct Forgotten {
    /// Its record.
    pub erasure: Erasure,
    /// Candidates with the same phone or e-mail address: the same person at another job is another candidate, and is still there.
    pub alike: Vec<CandidateId>,
}

/// With what people are erased.
#[derive(Clone)]
struct Eraser {
    sealer: Sealer,
    log: ErasureLog,
    now: u64,
}

/// Why somebody is erased, on whose word, and up to which moment what came in is meant.
struct Order {
    reason: Reason,
    user: Option<UserId>,
    as_of: u64,
}

impl Platform {
    /// Erases a candidate with everything that the platform holds of the person.
    pub async fn forget(
        &self,
        user: &User,
        id: CandidateId,
        reason: Reason,
    ) -> Result<Forgotten, AppError> {
        if !user.role.administers() {
            return Err(AppError::Forbidden(None));
        }
        let (eraser, tenant, by) = (self.eraser(), user.tenant, user.id);
        let (erasure, alike) = self
            .store()
            .write(move |db| {
                let candidate =
                    candidates::get(db, tenant, id)?.ok_or(AppError::NoSuch("candidate"))?;
                let alike = candidates::alike(db, tenant, &candidate)?;
                let order = Order {
                    reason,
                    user: Some(by),
                    as_of: eraser.now,
                };
                let erasure = eraser.erase(db, tenant, id, &order)?;
                Ok::<_, AppError>((erasure, alike))
            })
            .await?;
        self.finish_erasures().await;
        let found = self
            .store()
            .read(move |db| {
                let page = Page {
                    before: Some(erasure.0 + 1),
                    limit: 1,
                };
                erasures::list(db, tenant, page)
            })
            .await?;
        let erasure = found.into_iter().next();
        Ok(Forgotten {
            erasure: erasure.ok_or(AppError::NoSuch("erasure"))?,
            alike,
        })
    }

    /// The tenant's erasures, newest first: for administrators.
    pub async fn erasures(&self, user: &User, page: Page) -> Result<Vec<Erasure>, AppError> {
        if !user.role.administers() {
            return Err(AppError::Forbidden(None));
        }
        let tenant = user.tenant;
        self.store()
            .read(move |db| erasures::list(db, tenant, page).map_err(AppError::from))
            .await
    }

    /// Erases again whom the erasure log names and the database has: it was restored from an older copy, or an erasure was cut short.
    /// To be called at each start, before anything else is done. Answers how many people it was.
    pub async fn replay_erasures(&self) -> Result<usize, AppError> {
        let eraser = self.eraser();
        let (people, changed) = self.store().write(move |db| eraser.replay(db)).await?;
        if changed {
            tracing::warn!(people, "erasures were repeated on the database");
            self.finish_erasures().await;
        }
        Ok(people)
    }

    /// Erases candidates who were not hired and whose last activity is longer ago than the operator's setting. Answers how many.
    pub(super) async fn forget_idle(&self) -> Result<usize, AppError> {
        let Some(days) = self.ports.retention_days else {
            return Ok(0);
        };
        let mut people = 0;
        loop {
            let eraser = self.eraser();
            let before = eraser.now.saturating_sub(u64::from(days) * DAY_MS);
            let done = self
                .store()
                .write(move |db| {
                    let idle = candidates::idle(db, before, AT_ONCE)?;
                    let order = Order {
                        reason: Reason::Retention,
                        user: None,
                        as_of: eraser.now,
                    };
                    for (tenant, candidate) in &idle {
                        eraser.erase(db, *tenant, *candidate, &order)?;
                    }
                    Ok::<_, AppError>(idle.len())
                })
                .await?;
            people += done;
            if done < AT_ONCE as usize {
                return Ok(people);
            }
        }
    }

    /// Steps 3 and 4. What does not work now is done by the next housekeeping.
    async fn finish_erasures(&self) {
        if let Err(error) = self.tell_plugins().await {
            tracing::error!(%error, "plugins are told of an erasure later");
        }
        match self.store().checkpoint().await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("the database's log is in use and is emptied later"),
            Err(error) => tracing::error!(%error, "the database's log is emptied later"),
        }
    }

    /// Tells plugins of erasures, and keeps their receipts.
    pub(super) async fn tell_plugins(&self) -> Result<(), AppError> {
        let sealer = self.ports.sealer.clone();
        let untold = self
            .store()
            .read(move |db| erasures::untold(db, &sealer).map_err(AppError::from))
            .await?;
        for (tenant, id, to_tell) in untold {
            let mut receipts = Vec::with_capacity(to_tell.len());
            for (connection, ids) in &to_tell {
                receipts.extend(self.tell_plugin(ConnectionId(*connection), ids).await?);
            }
            if receipts.len() < to_tell.len() {
                continue;
            }
            self.store()
                .write(move |db| {
                    erasures::note_told(db, tenant, id, &receipts).map_err(AppError::from)
                })
                .await?;
        }
        Ok(())
    }

    async fn tell_plugin(
        &self,
        connection: ConnectionId,
        ids: &[String],
    ) -> Result<Option<PluginReceipt>, AppError> {
        match self.plugin(connection)?.forget(ids.to_vec()).await {
            Ok(receipt) => Ok(Some(convert::receipt(connection, receipt))),
            // It will never be able to: its word is the receipt.
            Err(PluginError::Failure(failure))
                if failure.disposition == Disposition::Unsupported =>
            {
                Ok(Some(PluginReceipt {
                    connection: connection.0,
                    at: self.now(),
                    erased: Vec::new(),
                    notes: vec![convert::text(failure.message)],
                }))
            }
            Err(PluginError::Failure(failure)) => {
                let code = failure.code;
                tracing::warn!(connection = connection.0, %code, "a plugin did not erase");
                Ok(None)
            }
            Err(PluginError::Stopped(why)) => {
                tracing::warn!(connection = connection.0, %why, "a plugin did not erase");
                Ok(None)
            }
        }
    }

    fn eraser(&self) -> Eraser {
        Eraser {
            sealer: self.ports.sealer.clone(),
            log: self.ports.erasure_log.clone(),
            now: self.now(),
        }
    }
}

impl Eraser {
    /// Steps 1 and 2.
    fn erase(
        &self,
        db: &Transaction<'_>,
        tenant: TenantId,
        id: CandidateId,
        order: &Order,
    ) -> Result<ErasureId, AppError> {
        let candidate = candidates::get(db, tenant, id)?.ok_or(AppError::NoSuch("candidate"))?;
        let mention =
            Mention::of(&candidate.contact).filter(|_| order.reason.concerns_the_whole_person());
        let targets = erasures::targets(db, tenant, id)?;
        let mut digests: BTreeSet<Vec<u8>> =
            targets.iter().map(|target| target.digest.clone()).collect();

        let mut waiting = Vec::new();
        for event in events::waiting_applications(db, &self.sealer, Some(tenant))? {
            let Some((application, digest)) = named(&event) else {
                continue;
            };
            let same_person = mention
                .as_ref()
                .is_some_and(|mention| mention.fits(&application.contact));
            if same_person || digests.contains(&digest) {
                digests.insert(digest);
                waiting.push((event.connection, event.event.id));
            }
        }
        let mut speaking = Vec::new();
        if let Some(mention) = &mention {
            deliveries::all_open(db, &self.sealer, tenant, |delivery| {
                if mention.is_in(&delivery.incoming.body) {
                    speaking.push((delivery.id, delivery.received_at));
                }
            })?;
        }

        let entries = Entries {
            applications: order.dated(digests),
            deliveries: speaking,
        };
        self.log.append(&entries)?;
        erasures::bury(db, &entries.applications)?;
        let mut erased = erasures::erase_candidate(db, tenant, id)?;
        for (connection, event_id) in &waiting {
            events::drop_waiting(db, *connection, event_id)?;
            unmatched::withdraw_when_nobody_waits(db, tenant, *connection)?;
        }
        for (delivery, received_at) in &entries.deliveries {
            deliveries::erase(db, *delivery, *received_at)?;
        }
        erased.waiting = waiting.len();
        erased.deliveries = entries.deliveries.len();
        let record = NewErasure {
            candidate: id,
            at: self.now,
            reason: order.reason,
            user: order.user,
            erased,
            to_tell: &to_tell(&targets),
        };
        Ok(erasures::insert(db, &self.sealer, tenant, &record)?)
    }

    /// Brings a database up to the log, and the log up to the database. Answers how many people went, and whether anything did.
    fn replay(&self, db: &Transaction<'_>) -> Result<(usize, bool), AppError> {
        let remembered = self.log.read()?;
        let buried = erasures::buried(db)?;
        self.log.append(&Entries {
            applications: buried.clone(),
            deliveries: Vec::new(),
        })?;
        let known: BTreeMap<_, _> = buried
            .into_iter()
            .map(|known| (known.digest, known.erased_at))
            .collect();
        let is_known = |entry: &ErasedApplication| {
            known
                .get(&entry.digest)
                .is_some_and(|at| *at >= entry.erased_at)
        };
        let missing: Vec<_> = remembered
            .applications
            .into_iter()
            .filter(|entry| !is_known(entry))
            .collect();
        let mut changed = !missing.is_empty();
        for (delivery, received_at) in remembered.deliveries {
            changed |= deliveries::erase(db, delivery, received_at)?;
        }
        if missing.is_empty() {
            return Ok((0, changed));
        }
        erasures::bury(db, &missing)?;
        let times: BTreeMap<_, _> = missing
            .into_iter()
            .map(|entry| (entry.digest, entry.erased_at))
            .collect();
        let mut people = BTreeMap::new();
        erasures::all_digests(db, |tenant, candidate, digest, received_at| {
            // One that came in after the erasure is a new one, rightly taken.
            if let Some(at) = times.get(&digest).filter(|at| received_at <= **at) {
                people.insert((tenant.0, candidate), *at);
            }
        })?;
        for event in events::waiting_applications(db, &self.sealer, None)? {
            if named(&event).is_some_and(|(_, digest)| times.contains_key(&digest)) {
                events::drop_waiting(db, event.connection, &event.event.id)?;
                unmatched::withdraw_when_nobody_waits(db, event.tenant, event.connection)?;
            }
        }
        for ((tenant, candidate), as_of) in &people {
            let order = Order {
                reason: Reason::Restored,
                user: None,
                as_of: *as_of,
            };
            self.erase(db, TenantId(*tenant), *candidate, &order)?;
        }
        Ok((people.len(), true))
    }
}

impl Order {
    fn dated(&self, digests: BTreeSet<Vec<u8>>) -> Vec<ErasedApplication> {
        digests
            .into_iter()
            .map(|digest| ErasedApplication {
                digest,
                erased_at: self.as_of,
            })
            .collect()
    }
}

impl Unit<'_> {
    /// Whether this application was erased. One that the person made after that, by the board's time, is a new one.
    pub(super) fn is_erased(&self, said: &Application) -> Result<bool, StoreError> {
        let digest = digest(&self.connection.hook_hash, &said.id);
        let erased_at = erasures::erased_at(self.db, &digest)?;
        Ok(erased_at.is_some_and(|erased_at| {
            said.applied_at
                .is_none_or(|applied_at| applied_at <= erased_at)
        }))
    }
}

fn named(waiting: &Waiting) -> Option<(&Application, Vec<u8>)> {
    match &waiting.event.happening {
        Happening::Application(application) => {
            let digest = digest(&waiting.hook_hash, &application.id);
            Some((application, digest))
        }
        _ => None,
    }
}

/// The ids under which a plugin may know the person: the applications', and the board's for the person.
fn to_tell(targets: &[erasures::Target]) -> ToTell {
    let mut by_connection: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for target in targets {
        let ids = by_connection.entry(target.connection.0).or_default();
        ids.insert(target.board_application.clone());
        ids.extend(target.board_candidate.clone());
    }
    by_connection
        .into_iter()
        .map(|(connection, ids)| (connection, ids.into_iter().collect()))
        .collect()
}

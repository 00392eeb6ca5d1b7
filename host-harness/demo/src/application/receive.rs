//! Receiving webhooks without losing or doubling anything.
//!
//! 1. The raw delivery is written to the inbox. 2. The plugin reads it. 3. One transaction takes the new events and marks the delivery done.
//! 4. The board is answered. Whoever stops between two steps begins again at step 2: the delivery is still there, and what was taken is not new.

use job_board_host::contract::deliveries::{Delivery, Header, Outcome, Verdict};
use job_board_host::contract::types::Failure;

use super::{AppError, Platform, token};
use crate::board::{PluginError, convert};
use crate::domain::back_off::back_off_ms;
use crate::domain::board_event::BoardEvent;
use crate::domain::delivery::{DeliveryState, Incoming, WebAnswer};
use crate::domain::id::{ConnectionId, DeliveryId, TenantId};
use crate::domain::text::Text;
use crate::domain::user::User;
use crate::store::StoreError;
use crate::store::connections::{self, StoredConnection};
use crate::store::deliveries::{self, StoredDelivery, Trouble};

/// Most bytes of body that the platform reads. Above the contract's limit for plugins, so that the plugin can say what is wrong.
pub const MOST_BODY_BYTES: usize = 512 * 1024;

/// Most bytes that a connection keeps for long without anybody having vouched for them: some ten thousand refused deliveries. Whoever knows
/// the URL can fill it no further, and keeps nobody else out by filling it: what is verified needs no room there.
pub const MOST_UNVERIFIED_BYTES: u64 = 64 << 20;

/// Most bytes of a connection's deliveries that wait to be read. Far above what a board sends while a plugin is down.
const MOST_PENDING_BYTES: u64 = 64 << 20;

/// How long the inbox leaves a delivery to whoever received it: longer than the plugin's deadline.
const HANDS_OFF_MS: u64 = 60_000;

/// After so many vain tries a delivery goes to quarantine.
const MOST_ATTEMPTS: u32 = 12;

/// The stored word for a delivery that the plugin does not vouch for.
const REFUSED: &str = "refused";

/// Where a delivery stands after it was processed.
pub struct Processed {
    /// What to answer to the board, when it still waits.
    pub answer: WebAnswer,
    /// Where it stands.
    pub state: DeliveryState,
    /// How many of its events were new.
    pub new_events: usize,
    /// Why it is not done.
    pub trouble: Option<Trouble>,
}

impl Processed {
    fn is_refused(&self) -> bool {
        let trouble = self.trouble.as_ref();
        trouble.is_some_and(|trouble| trouble.verdict == REFUSED)
    }
}

impl Platform {
    /// Whose webhook path this is. `hook` is the secret part of it.
    pub async fn hook(&self, hook: &str) -> Result<Option<StoredConnection>, AppError> {
        let hash = token::digest(&[hook.as_bytes()]);
        self.store()
            .read(move |db| connections::by_hook(db, &hash).map_err(AppError::from))
            .await
    }

    /// Receives one request at a connection's webhook path: all four steps.
    ///
    /// After too many refused ones a delivery is read before it is kept, and one that is refused again is turned away with 429. Nothing
    /// that the plugin vouches for is ever turned away.
    pub async fn receive(&self, connection: &StoredConnection, incoming: Incoming) -> WebAnswer {
        match self.turn_away(connection, &incoming).await {
            Ok(None) => {}
            Ok(Some(answer)) => return answer,
            Err(error) => return unavailable(&error),
        }
        let stored = match self.write_down(connection, incoming).await {
            Ok(Some(id)) => id,
            Ok(None) => return WebAnswer::status(507),
            Err(error) => return unavailable(&error),
        };
        match self.process(connection.tenant, stored).await {
            Ok(processed) => {
                if processed.is_refused() {
                    self.note_refused(connection);
                }
                processed.answer
            }
            // Another process on the same database took it up, and it is done.
            Err(AppError::NoSuch("delivery")) => WebAnswer::status(200),
            Err(error) => unavailable(&error),
        }
    }

    /// Step 1. `None`: the inbox is full.
    pub(super) async fn write_down(
        &self,
        connection: &StoredConnection,
        incoming: Incoming,
    ) -> Result<Option<DeliveryId>, AppError> {
        self.unit(connection, move |unit| {
            let (tenant, id) = (unit.tenant, unit.connection.id);
            let waiting = deliveries::bytes_in(unit.db, id, DeliveryState::Pending)?;
            if waiting + incoming.body.len() as u64 > MOST_PENDING_BYTES {
                tracing::warn!(
                    connection = id.0,
                    "the inbox is full: a delivery was not taken"
                );
                return Ok(None);
            }
            let until = unit.now + HANDS_OFF_MS;
            let stored =
                deliveries::insert(unit.db, unit.sealer, tenant, id, &incoming, unit.now, until)?;
            Ok(Some(stored))
        })
        .await
    }

    /// Steps 2 and 3, for a delivery that is not done. Safe to repeat, and safe at once in two places.
    pub async fn process(&self, tenant: TenantId, id: DeliveryId) -> Result<Processed, AppError> {
        let sealer = self.ports.sealer.clone();
        let delivery = self
            .store()
            .read(move |db| {
                deliveries::open(db, &sealer, tenant, id)?.ok_or(AppError::NoSuch("delivery"))
            })
            .await?;
        let connection = self.connection(tenant, delivery.connection).await?;
        let plugin = self.plugin(connection.id)?;
        let processed = match plugin
            .handle_webhook(contract_delivery(&delivery.incoming, delivery.received_at))
            .await
        {
            Ok(outcome) => self.settle(&connection, &delivery, outcome).await,
            Err(PluginError::Failure(failure)) => {
                self.try_again(&connection, &delivery, &failure, WebAnswer::status(503))
                    .await
            }
            Err(PluginError::Stopped(why)) => {
                tracing::error!(connection = connection.id.0, %why, "the plugin stopped while it read a delivery");
                self.keep_trying(
                    &connection,
                    &delivery,
                    stopped(),
                    None,
                    WebAnswer::status(503),
                )
                .await
            }
        };
        match processed {
            Ok(processed) => Ok(processed),
            // Its events could not be stored. The delivery is safe; it is tried again later, and not for ever.
            Err(error) => {
                tracing::error!(connection = connection.id.0, %error, "a delivery could not be applied");
                self.keep_trying(
                    &connection,
                    &delivery,
                    not_applied(),
                    None,
                    WebAnswer::status(503),
                )
                .await
            }
        }
    }

    async fn settle(
        &self,
        connection: &StoredConnection,
        delivery: &StoredDelivery,
        outcome: Outcome,
    ) -> Result<Processed, AppError> {
        let answer = WebAnswer {
            status: outcome.response.status,
            headers: outcome
                .response
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
            body: outcome.response.body,
        };
        match outcome.verdict {
            Verdict::Accepted => {
                let events = outcome.events.into_iter().map(convert::event).collect();
                self.accept(connection, delivery, events, answer).await
            }
            Verdict::NoEffect => self.finish(connection, delivery, answer).await,
            Verdict::Refused(failure) => {
                let trouble = Trouble {
                    verdict: REFUSED,
                    code: failure.code,
                    message: convert::text(failure.message),
                    status: answer.status,
                };
                self.refuse(connection, delivery, trouble, answer).await
            }
            Verdict::TryAgain(failure) => {
                self.try_again(connection, delivery, &failure, answer).await
            }
        }
    }

    /// Step 3: the new events and the end of the delivery, or neither.
    async fn accept(
        &self,
        connection: &StoredConnection,
        delivery: &StoredDelivery,
        events: Vec<BoardEvent>,
        answer: WebAnswer,
    ) -> Result<Processed, AppError> {
        let (id, received_at, status) = (delivery.id, delivery.received_at, answer.status);
        let new_events = self
            .unit(connection, move |unit| {
                let mut new = 0;
                let mut taken = Vec::with_capacity(events.len());
                for event in &events {
                    if event.is_vouched_for() || unit.has_room_for_unverified()? {
                        let fresh = unit.apply(event)?;
                        new += usize::from(fresh);
                        taken.push(unit.note_taken(event, fresh)?);
                    }
                }
                // Somebody who knows the URL must not make a silent connection look alive.
                unit.note_life(&events, received_at)?;
                deliveries::finish(unit.db, unit.tenant, id, "accepted", status, &taken)?;
                Ok(new)
            })
            .await?;
        self.work.notify_one();
        Ok(Processed {
            answer,
            state: DeliveryState::Done,
            new_events,
            trouble: None,
        })
    }

    async fn finish(
        &self,
        connection: &StoredConnection,
        delivery: &StoredDelivery,
        answer: WebAnswer,
    ) -> Result<Processed, AppError> {
        let (id, status) = (delivery.id, answer.status);
        self.unit(connection, move |unit| {
            deliveries::finish(unit.db, unit.tenant, id, "no-effect", status, &[])?;
            Ok(())
        })
        .await?;
        Ok(Processed {
            answer,
            state: DeliveryState::Done,
            new_events: 0,
            trouble: None,
        })
    }

    /// Keeps a refused delivery for people, as long as there is room for what nobody vouches for.
    async fn refuse(
        &self,
        connection: &StoredConnection,
        delivery: &StoredDelivery,
        trouble: Trouble,
        answer: WebAnswer,
    ) -> Result<Processed, AppError> {
        let (id, noted) = (delivery.id, trouble.clone());
        self.unit(connection, move |unit| {
            if noted.concerns_settings() {
                unit.note_quarantined(&noted.message)?;
            }
            let full = !unit.has_room_for_unverified()?;
            // One that is in quarantine already stays there when it is refused once more.
            if full && deliveries::drop_pending(unit.db, unit.tenant, id)? {
                connections::count_not_kept(unit.db, unit.tenant, unit.connection.id, 1)?;
                return Ok(());
            }
            let aside = DeliveryState::Quarantined;
            deliveries::keep(unit.db, unit.tenant, id, aside, None, &noted)?;
            Ok(())
        })
        .await?;
        Ok(Processed {
            answer,
            state: DeliveryState::Quarantined,
            new_events: 0,
            trouble: Some(trouble),
        })
    }

    async fn try_again(
        &self,
        connection: &StoredConnection,
        delivery: &StoredDelivery,
        failure: &Failure,
        answer: WebAnswer,
    ) -> Result<Processed, AppError> {
        let trouble = Trouble {
            verdict: "try-again",
            code: failure.code.clone(),
            message: convert::text(failure.message.clone()),
            status: answer.status,
        };
        let noted = failure.clone();
        self.unit(connection, move |unit| unit.note_failure(&noted))
            .await?;
        self.keep_trying(
            connection,
            delivery,
            trouble,
            failure.retry_after_ms,
            answer,
        )
        .await
    }

    async fn keep_trying(
        &self,
        connection: &StoredConnection,
        delivery: &StoredDelivery,
        trouble: Trouble,
        asked_ms: Option<u64>,
        answer: WebAnswer,
    ) -> Result<Processed, AppError> {
        let attempts = delivery.attempts + 1;
        let (state, next) = if attempts >= MOST_ATTEMPTS {
            (DeliveryState::Quarantined, None)
        } else {
            let next = self.now() + back_off_ms(attempts, asked_ms);
            (DeliveryState::Pending, Some(next))
        };
        self.keep(connection, delivery, state, next, trouble, answer)
            .await
    }

    async fn keep(
        &self,
        connection: &StoredConnection,
        delivery: &StoredDelivery,
        state: DeliveryState,
        next: Option<u64>,
        trouble: Trouble,
        answer: WebAnswer,
    ) -> Result<Processed, AppError> {
        let (id, noted) = (delivery.id, trouble.clone());
        self.unit(connection, move |unit| {
            deliveries::keep(unit.db, unit.tenant, id, state, next, &noted)?;
            if state == DeliveryState::Quarantined && noted.concerns_settings() {
                unit.note_quarantined(&noted.message)?;
            }
            Ok(())
        })
        .await?;
        Ok(Processed {
            answer,
            state,
            new_events: 0,
            trouble: Some(trouble),
        })
    }

    /// Takes up deliveries whose time has come. Answers how many.
    pub async fn work_off_inbox(&self) -> Result<usize, AppError> {
        let now = self.now();
        let due = self
            .store()
            .read(move |db| deliveries::due(db, Some(now), 100).map_err(AppError::from))
            .await?;
        let mut taken = 0;
        for (tenant, id) in due {
            let until = self.now() + HANDS_OFF_MS;
            let held = self
                .store()
                .write(move |db| {
                    deliveries::hold(db, tenant, id, now, until).map_err(AppError::from)
                })
                .await?;
            // Two processes on one database do not both ask the plugin, and count one try as two.
            if held {
                taken += 1;
                self.process_each(&[(tenant, id)]).await;
            }
        }
        Ok(taken)
    }

    pub(super) async fn process_each(&self, due: &[(TenantId, DeliveryId)]) {
        for (tenant, id) in due {
            match self.process(*tenant, *id).await {
                Ok(_) | Err(AppError::NoSuch(_)) => {}
                Err(
                    error @ AppError::Store(StoreError::Sealed { .. } | StoreError::Corrupt { .. }),
                ) => {
                    tracing::error!(delivery = id.0, %error, "a delivery cannot be read");
                    self.set_aside(*tenant, *id).await;
                }
                // The database's trouble is not the delivery's: it stays, and the next round tries it again.
                Err(error) => {
                    tracing::error!(delivery = id.0, %error, "a delivery cannot be processed now");
                }
            }
        }
    }

    /// Puts a delivery that cannot even be read into quarantine, where people see it, instead of stumbling over it again and again.
    async fn set_aside(&self, tenant: TenantId, id: DeliveryId) {
        let aside = DeliveryState::Quarantined;
        let kept: Result<(), AppError> = self
            .store()
            .write(move |db| {
                Ok(deliveries::keep(
                    db,
                    tenant,
                    id,
                    aside,
                    None,
                    &unreadable(),
                )?)
            })
            .await;
        if let Err(error) = kept {
            tracing::error!(delivery = id.0, %error, "a delivery stays in the inbox");
        }
    }

    /// Processes one quarantined delivery again, with the time at which it first came in.
    pub async fn reprocess(&self, user: &User, id: DeliveryId) -> Result<Processed, AppError> {
        self.process(user.tenant, id).await
    }

    /// Processes a connection's whole quarantine again, in the order of arrival. Answers how many there were and how many are done now.
    pub async fn reprocess_all(
        &self,
        user: &User,
        connection: ConnectionId,
    ) -> Result<(usize, usize), AppError> {
        let tenant = user.tenant;
        self.connection(tenant, connection).await?;
        let ids: Vec<DeliveryId> = self
            .store()
            .read(move |db| deliveries::quarantined(db, tenant, connection).map_err(AppError::from))
            .await?;
        let mut done = 0;
        for id in &ids {
            match self.process(tenant, *id).await {
                Ok(processed) => done += usize::from(processed.state == DeliveryState::Done),
                // Somebody else has just finished it, or it cannot be read any more and says so in its line.
                Err(
                    AppError::NoSuch(_)
                    | AppError::Store(StoreError::Sealed { .. } | StoreError::Corrupt { .. }),
                ) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((ids.len(), done))
    }
}

impl super::unit::Unit<'_> {
    fn has_room_for_unverified(&self) -> Result<bool, AppError> {
        let kept = deliveries::unverified_bytes(self.db, self.connection.id)?;
        Ok(kept < MOST_UNVERIFIED_BYTES)
    }
}

pub(super) fn contract_delivery(incoming: &Incoming, received_at: u64) -> Delivery {
    let headers = incoming.headers.iter();
    Delivery {
        method: incoming.method.clone(),
        headers: headers
            .map(|(name, value)| Header {
                name: name.clone(),
                value: value.clone(),
            })
            .collect(),
        body: incoming.body.clone(),
        received_at,
    }
}

fn stopped() -> Trouble {
    Trouble {
        verdict: "stopped",
        code: "plugin-stopped".to_owned(),
        message: Text::new(
            "Plugin đã dừng khi đọc dữ liệu này. Hệ thống sẽ thử lại.",
            "The plugin stopped while it read this delivery. It will be tried again.",
        ),
        status: 503,
    }
}

fn unreadable() -> Trouble {
    Trouble {
        verdict: "unreadable",
        code: "unreadable".to_owned(),
        message: Text::new(
            "Không đọc được dữ liệu đã lưu. Người vận hành hãy kiểm tra khóa mã hóa, rồi xử lý lại.",
            "The stored delivery cannot be read. Let the operator look after the encryption key, then process it again.",
        ),
        status: 503,
    }
}

fn not_applied() -> Trouble {
    Trouble {
        verdict: "not-applied",
        code: "not-applied".to_owned(),
        message: Text::new(
            "Không lưu được sự kiện. Hệ thống sẽ thử lại.",
            "The events could not be stored. It will be tried again.",
        ),
        status: 503,
    }
}

fn unavailable(error: &AppError) -> WebAnswer {
    tracing::error!(%error, "a delivery could not be taken");
    WebAnswer::status(503)
}

//! Publishing and linking: the calls that make a posting, and may cost money.
//!
//! The request id is made and stored before the plugin is called for the first time. Whatever gets lost afterwards (the answer, the process,
//! the machine), the same id asks for the same posting again.

use job_board_host::contract::postings::Posting as ContractPosting;
use job_board_host::contract::types::Disposition;

use super::unit::Deed;
use super::{AppError, Platform, token};
use crate::board::{Answer, PluginError, convert};
use crate::domain::id::{ConnectionId, JobId};
use crate::domain::ordered::Ordered;
use crate::domain::posting::{Posting, PostingState};
use crate::domain::text::Text;
use crate::domain::user::User;
use crate::domain::value::Values;
use crate::store::connections::StoredConnection;
use crate::store::{jobs, postings};

/// What to publish.
pub struct Order {
    /// Where.
    pub connection: ConnectionId,
    /// Given to repeat an earlier call; absent: a new one is made.
    pub request_id: Option<String>,
    /// The form's values.
    pub values: Values,
    /// The job may have a posting already.
    pub allow_second: bool,
}

impl Platform {
    /// Publishes a job at a board.
    pub async fn publish(
        &self,
        user: &User,
        job: JobId,
        order: Order,
    ) -> Result<Posting, AppError> {
        let connection = self.connection(user.tenant, order.connection).await?;
        let asked = Ordered::Publish {
            values: order.values.clone(),
            allow_second: order.allow_second,
        };
        let request_id = self
            .begin(&connection, job, order.request_id, asked)
            .await?;
        let answer = self
            .plugin(connection.id)?
            .publish_job(
                request_id.clone(),
                job.0.to_string(),
                convert::named_values(&order.values),
                order.allow_second,
            )
            .await;
        self.settle_posting(user, &connection, &request_id, "publish", answer)
            .await
    }

    /// Connects a job with a posting that stands at the board already, by its id or its URL.
    pub async fn link(
        &self,
        user: &User,
        job: JobId,
        connection: ConnectionId,
        board_posting: String,
        request_id: Option<String>,
    ) -> Result<Posting, AppError> {
        let connection = self.connection(user.tenant, connection).await?;
        let asked = Ordered::Link {
            board_posting: board_posting.clone(),
        };
        let request_id = self.begin(&connection, job, request_id, asked).await?;
        let answer = self
            .plugin(connection.id)?
            .link_job(request_id.clone(), job.0.to_string(), board_posting)
            .await;
        self.settle_posting(user, &connection, &request_id, "link", answer)
            .await
    }

    /// Stores the intent: from here on the request id stands for this job at this connection.
    async fn begin(
        &self,
        connection: &StoredConnection,
        job: JobId,
        request_id: Option<String>,
        asked: Ordered,
    ) -> Result<String, AppError> {
        let request_id = match request_id {
            Some(given) => given,
            None => token::request_id()?,
        };
        self.unit(connection, move |unit| {
            jobs::get(unit.db, unit.tenant, job)?.ok_or(AppError::NoSuch("job"))?;
            match postings::by_request(unit.db, unit.tenant, &request_id)? {
                None => {
                    let intent = unit.insert_intent(job, &request_id)?;
                    postings::remember_order(unit.db, unit.tenant, intent.row, &asked)?;
                }
                Some(known) if known.connection != unit.connection.id || known.job != job => {
                    return Err(AppError::RequestIdReused);
                }
                Some(_) => {}
            }
            Ok(request_id)
        })
        .await
    }

    /// Stores what came of a call about a posting, with a line in the log, in one transaction.
    pub(super) async fn settle_posting(
        &self,
        user: &User,
        connection: &StoredConnection,
        request_id: &str,
        what: &'static str,
        answer: Answer<ContractPosting>,
    ) -> Result<Posting, AppError> {
        let (asked, user) = (request_id.to_owned(), Some(user.id));
        let failure = match answer {
            Ok(posting) => {
                let (job, report) = convert::report(posting);
                return self
                    .unit(connection, move |unit| {
                        let posting = unit
                            .keep_report(&job, report)?
                            .ok_or(AppError::NoSuch("job"))?;
                        let another = posting.request_id != asked;
                        if another && let Some(intent) = unconfirmed(unit, &asked)? {
                            // The link has resolved an earlier publish: the posting keeps that one's id.
                            postings::delete(unit.db, unit.tenant, intent.row)?;
                        }
                        unit.log(&posting, deed(user, what, &posting))?;
                        Ok(posting)
                    })
                    .await
                    .inspect(|_| self.work.notify_one());
            }
            Err(error) => error,
        };
        let answered = matches!(failure, PluginError::Failure(_));
        let error = AppError::of_posting(failure.clone(), Some(request_id.to_owned()));
        let intent = self
            .unit(connection, move |unit| {
                if let PluginError::Failure(failure) = &failure {
                    unit.note_failure(failure)?;
                }
                let Some(posting) = postings::by_request(unit.db, unit.tenant, &asked)? else {
                    return Ok(false);
                };
                unit.log(&posting, failed(user, what, &failure))?;
                Ok(posting.is_intent())
            })
            .await?;
        // A call that was stopped from outside may still have effects: then the intent stands until a later look.
        if intent && answered {
            self.free_unless_known(connection, request_id).await?;
        }
        Err(error)
    }

    /// Takes the intent back when the plugin has nothing under its request id: then nothing was created, and the id is free. Whatever the failure
    /// was called, the plugin's record decides: where one stands, its posting is taken over; where the plugin cannot say, the intent stands.
    async fn free_unless_known(
        &self,
        connection: &StoredConnection,
        request_id: &str,
    ) -> Result<(), AppError> {
        let asked = request_id.to_owned();
        let answer = self
            .plugin(connection.id)?
            .get_posting(asked.clone(), false)
            .await;
        match answer {
            Ok(found) => {
                let (job, report) = convert::report(found);
                self.unit(connection, move |unit| {
                    unit.keep_report(&job, report)?;
                    Ok(())
                })
                .await
            }
            Err(PluginError::Failure(failure)) if failure.disposition == Disposition::NotFound => {
                self.unit(connection, move |unit| {
                    let known = postings::by_request(unit.db, unit.tenant, &asked)?;
                    if let Some(intent) = known.filter(Posting::is_intent) {
                        postings::delete(unit.db, unit.tenant, intent.row)?;
                    }
                    Ok(())
                })
                .await
            }
            Err(_) => Ok(()),
        }
    }
}

fn unconfirmed(
    unit: &super::unit::Unit<'_>,
    request_id: &str,
) -> Result<Option<Posting>, AppError> {
    let known = postings::by_request(unit.db, unit.tenant, request_id)?;
    Ok(known.filter(Posting::is_intent))
}

/// What a history says about a try of which nothing came: what happened, not what to do about it now.
fn failed<'a>(
    user: Option<crate::domain::id::UserId>,
    what: &'a str,
    failure: &'a PluginError,
) -> Deed<'a> {
    let (vi, en) = match what {
        "publish" => ("Chưa đăng được", "Not published"),
        "link" => ("Chưa liên kết được", "Not linked"),
        "update" => ("Chưa cập nhật được", "Not updated"),
        "close" => ("Chưa dừng được", "Not closed"),
        "reopen" => ("Chưa mở lại được", "Not reopened"),
        "unlink" => ("Chưa bỏ được liên kết", "Not unlinked"),
        _ => ("Chưa xác nhận được", "Not resolved"),
    };
    let (result, why) = match failure {
        PluginError::Failure(failure) if failure.disposition == Disposition::OutcomeUnknown => {
            return Deed {
                user,
                what,
                result: &failure.code,
                message: convert::text(failure.message.clone()),
            };
        }
        PluginError::Failure(failure) if !failure.problems.is_empty() => {
            let count = failure.problems.len();
            let fields = if count == 1 { "field" } else { "fields" };
            let why = Text::new(
                format!("còn {count} mục chưa hợp lệ."),
                format!("{count} {fields} had to be corrected."),
            );
            (failure.code.as_str(), why)
        }
        PluginError::Failure(failure) => (
            failure.code.as_str(),
            convert::text(failure.message.clone()),
        ),
        PluginError::Stopped(_) => ("plugin-stopped", stopped()),
    };
    Deed {
        user,
        what,
        result,
        message: Text::new(format!("{vi}: {}", why.vi), format!("{en}: {}", why.en)),
    }
}

fn deed<'a>(user: Option<crate::domain::id::UserId>, what: &'a str, posting: &Posting) -> Deed<'a> {
    let Text { vi, en } = posting.state.label();
    let (done_vi, done_en) = match what {
        "publish" => ("Đăng tin", "Published"),
        "link" => ("Liên kết tin đã đăng", "Linked"),
        "update" => ("Cập nhật tin", "Updated"),
        "close" => ("Dừng tin", "Closed"),
        "reopen" => ("Mở lại tin", "Reopened"),
        "unlink" => ("Bỏ liên kết", "Unlinked"),
        _ => ("Xác nhận kết quả", "Resolved"),
    };
    Deed {
        user,
        what,
        result: match posting.state {
            PostingState::Submitting | PostingState::Unknown => "waiting",
            _ => "ok",
        },
        message: Text::new(format!("{done_vi}: {vi}."), format!("{done_en}: {en}.")),
    }
}

fn stopped() -> Text {
    Text::new(
        "Plugin đã dừng trước khi trả lời. Hãy gọi lại với cùng mã yêu cầu: tin không bị đăng hai lần.",
        "The plugin stopped before it answered. Repeat the call with the same request id: nothing is posted twice.",
    )
}

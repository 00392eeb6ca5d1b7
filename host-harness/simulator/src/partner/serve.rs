//! From HTTP to an operation and back, with the faults in between.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use bytes::Bytes;

use super::auth::employer_of;
use super::{Answer, Call, Executed, Operation, execute};
use crate::app::App;
use crate::faults::{Kind, When, canned, disturbed};
use crate::input::{InputError, JSON_BODY_CAP, read_body};
use crate::ledger::Outcome;
use crate::socket::Cut;
use crate::state::{Due, NewApplication};

/// The paths of the protocol page, and the CV links.
pub(crate) fn routes() -> Router<App> {
    const GET: MethodFilter = MethodFilter::GET;
    const POST: MethodFilter = MethodFilter::POST;
    const PUT: MethodFilter = MethodFilter::PUT;
    let jobs = at(GET, Operation::List).merge(at(POST, Operation::Create));
    let job = at(GET, Operation::Detail).merge(at(PUT, Operation::Edit));
    Router::new()
        .route("/api/connect", at(POST, Operation::Connect))
        .route("/api/disconnect", at(PUT, Operation::Disconnect))
        .route("/api/check-connection", at(GET, Operation::Check))
        .route("/api/metadata/{type}", at(GET, Operation::Metadata))
        .route("/api/jobs", jobs)
        .route("/api/jobs/{id}", job)
        .route("/api/jobs/{id}/publish", at(POST, Operation::Publish))
        .route("/api/jobs/{id}/stop", at(POST, Operation::Stop))
        .route("/cv/{token}", at(GET, Operation::Download))
        .route("/api/{*rest}", axum::routing::any(unknown))
        .method_not_allowed_fallback(unknown)
}

fn at(method: MethodFilter, operation: Operation) -> MethodRouter<App> {
    let handler = move |State(app): State<App>,
                        ConnectInfo(cut): ConnectInfo<Cut>,
                        request: Request| serve(app, cut, operation, request);
    on(method, handler)
}

async fn unknown(
    State(app): State<App>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response<Body> {
    serve(app, cut, Operation::Unknown, request).await
}

/// The variable part of a path. A client may write any character of it percent-encoded, and means the same.
fn target(operation: Operation, path: &str) -> String {
    let index = if operation == Operation::Download {
        2
    } else {
        3
    };
    let written = path.split('/').nth(index).unwrap_or("");
    percent_encoding::percent_decode_str(written)
        .decode_utf8_lossy()
        .into_owned()
}

/// A call on its way: what the ledger, the faults and the operation need.
struct Visit {
    app: App,
    cut: Cut,
    call: Call,
    employer_id: Option<u64>,
    seq: u64,
    /// The employer's count of releases when the call arrived.
    releases: u64,
    webhooks_first: bool,
}

async fn serve(app: App, cut: Cut, operation: Operation, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let target = target(operation, parts.uri.path());
    let body = read_body(body, JSON_BODY_CAP).await;
    let (body, unreadable) = match body {
        Ok(body) => (body, None),
        Err(error) => (Bytes::new(), Some(error)),
    };
    let call = Call::new(operation, target, &parts, body);
    let (visit, fault) = arrive(app, cut, call, unreadable.is_some());
    let answer = match unreadable {
        Some(error) => visit.refuse(error),
        None => visit.answer(fault).await,
    };
    answer.into_response()
}

/// Writes the call into the ledger and takes the fault that meets it.
fn arrive(app: App, cut: Cut, call: Call, unreadable: bool) -> (Visit, Option<(Kind, When)>) {
    let (employer_id, seq, fault, releases, webhooks_first) = app.with(|world| {
        let employer_id = employer_of(world, &call);
        let fault = if unreadable {
            None
        } else {
            world.take_fault(call.operation, employer_id)
        };
        let name = fault.as_ref().map(|(kind, _)| kind.name());
        let job_id = match call.operation {
            Operation::Edit | Operation::Publish | Operation::Stop | Operation::Detail => {
                call.job_id()
            }
            _ => None,
        };
        let now = world.now_ms();
        let seq = world
            .ledger
            .begin(now, employer_id, call.operation, job_id, name);
        let employer = employer_id.and_then(|id| world.employers.get(&id));
        (
            employer_id,
            seq,
            fault,
            employer.map_or(0, |employer| employer.releases),
            employer.is_some_and(|employer| employer.webhooks_before_create_answer),
        )
    });
    let visit = Visit {
        app,
        cut,
        call,
        employer_id,
        seq,
        releases,
        webhooks_first,
    };
    (visit, fault)
}

impl Visit {
    async fn answer(self, fault: Option<(Kind, When)>) -> Answer {
        match fault {
            None => self.executed().await,
            Some((kind, When::Before)) => self.fault_first(kind).await,
            Some((kind, When::After)) => self.fault_last(kind).await,
        }
    }

    /// The operation does not happen, or happens after the fault has passed.
    async fn fault_first(self, kind: Kind) -> Answer {
        match kind {
            Kind::DropConnection => self.hang_up(Outcome::NotDone),
            Kind::Delay { ms } => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                self.executed().await
            }
            Kind::CreateLate { ms } => {
                let Visit {
                    app,
                    cut,
                    call,
                    seq,
                    ..
                } = self;
                app.with(|world| {
                    let now = world.now_ms();
                    world.schedule.add(now, ms, Due::LateCreate(Box::new(call)));
                    close(world, seq, Outcome::NotDone, None, None);
                });
                app.replan();
                cut.now();
                Answer::json(500, &serde_json::Value::Null)
            }
            Kind::CreateAnswerDelayUntilRelease | Kind::WebhooksBeforeCreateAnswer => {
                self.fault_last(kind).await
            }
            kind => match canned(&kind) {
                Some(answer) => self.not_done(answer),
                // What damages an answer needs one: the real one where nothing is changed by it.
                None if self.call.operation.reads() => {
                    let answer = self.executed().await;
                    disturbed(&kind, answer)
                }
                None => {
                    let stand_in = serde_json::json!({"status": "success", "data": {"job_id": 1}});
                    self.not_done(disturbed(&kind, Answer::json(200, &stand_in)))
                }
            },
        }
    }

    /// The operation happens, then the fault.
    async fn fault_last(self, kind: Kind) -> Answer {
        let executed = self.execute();
        match kind {
            Kind::DropConnection | Kind::CreateLate { .. } => {
                let (outcome, job_id) = (executed.outcome, executed.job_id);
                self.app
                    .with(|world| close(world, self.seq, outcome, job_id, None));
                self.cut.now();
                executed.answer
            }
            Kind::Delay { ms } => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                self.told(executed)
            }
            Kind::CreateAnswerDelayUntilRelease => {
                if let Some(employer_id) = self.employer_id {
                    self.app.wait_for_release(employer_id, self.releases).await;
                }
                self.told(executed)
            }
            Kind::WebhooksBeforeCreateAnswer => {
                self.overtake(executed.job_id).await;
                self.told(executed)
            }
            kind => {
                let answer = match canned(&kind) {
                    Some(answer) => answer,
                    None => disturbed(&kind, executed.answer),
                };
                self.told(Executed { answer, ..executed })
            }
        }
    }

    fn execute(&self) -> Executed {
        let executed = self.app.with(|world| {
            let executed = execute(world, &self.call);
            // The outcome stands from this moment, also when the caller leaves before the answer.
            let (outcome, job_id) = (executed.outcome, executed.job_id);
            close(world, self.seq, outcome, job_id, None);
            executed
        });
        self.app.replan();
        executed
    }

    async fn executed(&self) -> Answer {
        let executed = self.execute();
        if self.webhooks_first && self.call.operation == Operation::Create {
            self.overtake(executed.job_id).await;
        }
        self.told(executed)
    }

    /// Writes down what is answered.
    fn told(&self, executed: Executed) -> Answer {
        let (outcome, job_id) = (executed.outcome, executed.job_id);
        let status = Some(executed.answer.status);
        self.app
            .with(|world| close(world, self.seq, outcome, job_id, status));
        executed.answer
    }

    fn not_done(&self, answer: Answer) -> Answer {
        let status = Some(answer.status);
        self.app
            .with(|world| close(world, self.seq, Outcome::NotDone, None, status));
        answer
    }

    fn refuse(&self, error: InputError) -> Answer {
        let answer = Answer::from(error);
        let status = Some(answer.status);
        self.app
            .with(|world| close(world, self.seq, Outcome::Refused, None, status));
        answer
    }

    fn hang_up(&self, outcome: Outcome) -> Answer {
        self.app
            .with(|world| close(world, self.seq, outcome, None, None));
        self.cut.now();
        // Never sent: the connection is cut before its first byte.
        Answer::json(500, &serde_json::Value::Null)
    }

    /// Approves the new posting and lets somebody apply; both webhooks are answered before this returns.
    async fn overtake(&self, job_id: Option<u64>) {
        let Some(job_id) = job_id else {
            return;
        };
        let deliveries = self.app.with(|world| {
            let mut ids: Vec<u64> = world.approve(job_id).into_iter().collect();
            if let Ok(applied) = world.apply(job_id, NewApplication::sample()) {
                ids.extend(applied.deliveries);
            }
            ids
        });
        self.app.send(&deliveries).await;
    }
}

fn close(
    world: &mut crate::state::World,
    seq: u64,
    outcome: Outcome,
    job_id: Option<u64>,
    status: Option<u16>,
) {
    if let Some(entry) = world.ledger.entry(seq) {
        entry.outcome = outcome;
        entry.job_id = job_id.or(entry.job_id);
        entry.status = status;
    }
}

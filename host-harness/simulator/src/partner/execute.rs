//! Carries out one call: the only place that maps operations to functions.

use super::{Answer, Call, Operation, connection, download, postings, reads};
use crate::input::InputError;
use crate::ledger::Outcome;
use crate::state::{Refusal, World};

/// An answer and what became of the operation.
pub(crate) struct Executed {
    pub(crate) answer: Answer,
    pub(crate) outcome: Outcome,
    /// The posting that was created or named.
    pub(crate) job_id: Option<u64>,
}

impl Executed {
    pub(super) fn done(answer: Answer) -> Executed {
        Executed {
            answer,
            outcome: Outcome::Done,
            job_id: None,
        }
    }

    pub(super) fn job(mut self, job_id: u64) -> Executed {
        self.job_id = Some(job_id);
        self
    }

    pub(super) fn refused(answer: Answer) -> Executed {
        Executed {
            answer,
            outcome: Outcome::Refused,
            job_id: None,
        }
    }
}

/// A refusal on the way: the answer alone.
pub(super) struct Refused(pub(super) Answer);

impl From<Answer> for Refused {
    fn from(answer: Answer) -> Refused {
        Refused(answer)
    }
}

impl From<InputError> for Refused {
    fn from(error: InputError) -> Refused {
        Refused(error.into())
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused(match refusal {
            Refusal::NotFound => not_found(),
            Refusal::NoCredit => Answer::error(
                402,
                "no_credit",
                "Tài khoản đã hết lượt đăng tin. Vui lòng mua thêm gói dịch vụ.",
            ),
            Refusal::Fields(errors) => Answer::invalid(&errors),
        })
    }
}

pub(super) fn not_found() -> Answer {
    Answer::error(404, "not_found", "Không tìm thấy tin tuyển dụng.")
}

/// Carries out the call. Whatever is refused has changed nothing.
pub(crate) fn execute(world: &mut World, call: &Call) -> Executed {
    world.settle();
    if let Some(name) = call.doubled_header {
        let error = InputError::new(
            400,
            "duplicate_header",
            name,
            format!("{name} stands twice"),
        );
        return Executed::refused(error.into());
    }
    let outcome = match call.operation {
        Operation::Connect => connection::connect(world, call),
        Operation::Disconnect => connection::disconnect(world, call),
        Operation::Check => connection::check(world, call),
        Operation::Metadata => reads::metadata(world, call),
        Operation::Detail => reads::detail(world, call),
        Operation::List => reads::list(world, call),
        Operation::Create => postings::create(world, call),
        Operation::Edit => postings::edit(world, call),
        Operation::Publish => postings::publish(world, call),
        Operation::Stop => postings::stop(world, call),
        Operation::Download => download::download(world, call),
        Operation::Unknown => Err(Refused(Answer::error(
            404,
            "unknown_route",
            "Không tìm thấy đường dẫn.",
        ))),
    };
    outcome.unwrap_or_else(|Refused(answer)| Executed::refused(answer))
}

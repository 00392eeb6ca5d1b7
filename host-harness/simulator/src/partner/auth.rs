//! Who is asking: the session token as bearer, the Secret Key beside it.

use super::{Answer, Call, Operation};
use crate::input::parse_object;
use crate::state::{SessionState, World};

/// The message of a 401: TopCV does not say which of the two is wrong (evidence).
const WRONG: &str = "Thông tin xác thực không hợp lệ.";
/// The message of a 403.
const NO_CONTRACT: &str =
    "Tài khoản chưa được mở kết nối API. Vui lòng liên hệ TopCV để ký hợp đồng sử dụng dịch vụ.";

pub(super) fn refused() -> Answer {
    Answer::error(401, "unauthorized", WRONG)
}

pub(super) fn no_contract() -> Answer {
    Answer::error(403, "forbidden", NO_CONTRACT)
}

/// The employer to whom the ledger and the faults count this call, found without judging it.
pub(super) fn employer_of(world: &World, call: &Call) -> Option<u64> {
    if call.operation == Operation::Download {
        return world.links.get(&call.target).map(|link| link.employer_id);
    }
    if let Some(bearer) = &call.bearer {
        return session(world, bearer).map(|(id, _)| id);
    }
    let token = parse_object(&call.body)
        .ok()?
        .optional_text("employer_api_key", 500)
        .ok()??;
    world
        .employers
        .values()
        .find(|employer| employer.access_token == token)
        .map(|employer| employer.id)
}

fn session(world: &World, token: &str) -> Option<(u64, SessionState)> {
    world.employers.values().find_map(|employer| {
        let session = employer.sessions.iter().find(|s| s.token == token)?;
        Some((employer.id, session.state))
    })
}

/// The employer that may do this, or the answer that says why not.
///
/// That an unknown session token is INVALID_TOKEN and a replaced one SESSION_TIMEOUT is assumed; that both
/// come as status 200 is evidence.
pub(super) fn authorise(world: &World, call: &Call) -> Result<u64, Answer> {
    let (Some(bearer), Some(secret)) = (&call.bearer, &call.secret) else {
        return Err(refused());
    };
    let Some((id, state)) = session(world, bearer) else {
        return Err(Answer::session("INVALID_TOKEN", "Token không hợp lệ."));
    };
    let employer = world.employers.get(&id).ok_or_else(refused)?;
    if employer.secret_key != *secret {
        return Err(refused());
    }
    match state {
        SessionState::Ended => Err(Answer::session("INVALID_TOKEN", "Token không hợp lệ.")),
        SessionState::TimedOut => Err(Answer::session(
            "SESSION_TIMEOUT",
            "Phiên làm việc đã hết hạn, vui lòng kết nối lại.",
        )),
        SessionState::Current if !employer.contract => Err(no_contract()),
        SessionState::Current => Ok(id),
    }
}

//! Create, edit, publish and stop.

use serde_json::json;

use super::auth::authorise;
use super::connection::json_body;
use super::execute::{Refused, not_found};
use super::{Answer, Call, Executed};
use crate::input::parse_object;
use crate::ledger::Outcome;
use crate::state::World;

fn summary(world: &World, job_id: u64) -> serde_json::Value {
    let posting = world.postings.get(&job_id);
    json!({
        "job_id": job_id,
        "job_url": posting.map(|posting| posting.url(&world.base_url)),
        "recruitment_campaign_id": posting.map(|posting| posting.campaign_id),
    })
}

/// A new posting. There is no idempotency key: the same body twice is two postings and two credits.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    call.no_query()?;
    let employer_id = authorise(world, call)?;
    let body = json_body(call)?.into_values();
    let job_id = world.create(employer_id, body)?;
    let answer = Answer::data("Tạo tin tuyển dụng thành công.", summary(world, job_id));
    Ok(Executed::done(answer).job(job_id))
}

/// The whole body anew.
pub(super) fn edit(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    call.no_query()?;
    let employer_id = authorise(world, call)?;
    let job_id = call.job_id().ok_or_else(not_found)?;
    let body = json_body(call)?.into_values();
    world.edit(employer_id, job_id, body)?;
    let answer = Answer::data(
        "Cập nhật tin tuyển dụng thành công.",
        summary(world, job_id),
    );
    Ok(Executed::done(answer).job(job_id))
}

/// Lets the posting run.
pub(super) fn publish(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    let (employer_id, job_id) = target(world, call)?;
    let changed = world.publish(employer_id, job_id)?;
    Ok(switched(world, job_id, changed, "Đăng tin thành công."))
}

/// Stops the posting.
pub(super) fn stop(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    let (employer_id, job_id) = target(world, call)?;
    let changed = world.stop(employer_id, job_id)?;
    Ok(switched(world, job_id, changed, "Dừng tin thành công."))
}

/// Publish and stop carry no content: an empty body or an empty object.
fn target(world: &World, call: &Call) -> Result<(u64, u64), Refused> {
    call.no_query()?;
    let employer_id = authorise(world, call)?;
    let job_id = call.job_id().ok_or_else(not_found)?;
    if !call.body.is_empty() {
        parse_object(&call.body)?.finish()?;
    }
    Ok((employer_id, job_id))
}

fn switched(world: &World, job_id: u64, changed: bool, message: &str) -> Executed {
    let run = world.postings.get(&job_id).map(|posting| posting.run);
    let data = json!({"job_id": job_id, "run_status": run});
    let mut executed = Executed::done(Answer::data(message, data)).job(job_id);
    if !changed {
        executed.outcome = Outcome::NoChange;
    }
    executed
}

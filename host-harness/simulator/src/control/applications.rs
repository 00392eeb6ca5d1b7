//! Candidates apply.

use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;

use super::http::{Answered, CvInput, Id, OptionalInput, ok};
use super::views;
use crate::app::App;
use crate::clock::is_local_time;
use crate::input::{Fields, InputError, Literal};
use crate::state::{self, CandidateId, Cv, Mask, NewApplication};

/// Most copies of one delivery.
const MOST_COPIES: i64 = 100;

#[derive(Serialize)]
struct Applied {
    application_id: u64,
    candidate_id: Option<Literal>,
    download_url: String,
    deliveries: Vec<views::DeliveryView>,
}

/// `POST /control/postings/{job_id}/apply`: every copy was answered, held or failed when this returns.
pub(crate) async fn apply(
    State(app): State<App>,
    Id(job_id): Id,
    CvInput(fields): CvInput,
) -> Answered {
    let new = read(fields)?;
    let applied = app.with(|world| {
        world.settle();
        world.apply(job_id, new)
    })?;
    told(&app, applied).await
}

/// `POST /control/applications/{id}/again`: the same candidate applies once more.
pub(crate) async fn again(
    State(app): State<App>,
    Id(application_id): Id,
    OptionalInput(fields): OptionalInput,
) -> Answered {
    fields.finish()?;
    let applied = app.with(|world| world.apply_again(application_id))?;
    told(&app, applied).await
}

/// `POST /control/applications/{id}/open`: the employer opens the contact.
pub(crate) async fn open(
    State(app): State<App>,
    Id(application_id): Id,
    OptionalInput(fields): OptionalInput,
) -> Answered {
    fields.finish()?;
    let applied = app.with(|world| world.open_contact(application_id))?;
    told(&app, applied).await
}

/// Sends what an application brought about and shows it.
async fn told(app: &App, applied: state::Applied) -> Answered {
    app.send(&applied.deliveries).await;
    let deliveries = app.with(|world| views::deliveries(world, &applied.deliveries));
    ok(&Applied {
        application_id: applied.application_id,
        candidate_id: applied.candidate_id,
        download_url: applied.download_url,
        deliveries,
    })
}

fn read(mut fields: Fields) -> Result<NewApplication, InputError> {
    let name = contact(&mut fields, "name", false)?;
    let email = contact(&mut fields, "email", false)?;
    let phone = contact(&mut fields, "phone", true)?;
    let omitted = fields.optional_bool("omit_candidate_id")?.unwrap_or(false);
    let candidate_id = match (omitted, fields.optional_literal("candidate_id")?) {
        (true, None) => CandidateId::Omitted,
        (true, Some(_)) => {
            let message = "candidate_id and omit_candidate_id exclude each other";
            return Err(InputError::new(
                422,
                "bad_value",
                "omit_candidate_id",
                message,
            ));
        }
        (false, None) => CandidateId::Auto,
        (false, Some(literal)) => CandidateId::Given(literal),
    };
    let apply_at = fields.optional_text("apply_at", 40)?;
    if apply_at.as_deref().is_some_and(|text| !is_local_time(text)) {
        return Err(InputError::bad_value("apply_at", "YYYY-MM-DD HH:MM:SS"));
    }
    let gender_keys = [("genger", "genger"), ("gender", "gender")];
    let no_cv = fields.optional_bool("no_cv")?.unwrap_or(false);
    let cv = match fields.optional_fields("cv")? {
        _ if no_cv => None,
        None => Some(Cv::made_for(name.signed_text())),
        Some(cv) => Some(read_cv(cv)?),
    };
    let count = fields
        .optional_integer("count", 1, MOST_COPIES)?
        .unwrap_or(1);
    let new = NewApplication {
        candidate_id,
        cv,
        gender: fields.optional_literal("gender")?,
        gender_key: fields
            .optional_choice("gender_key", &gender_keys)?
            .unwrap_or("genger"),
        apply_at,
        mask: mask(&mut fields)?,
        one_time: fields.optional_bool("one_time")?,
        ascii_escape: fields.optional_bool("ascii_escape")?.unwrap_or(false),
        hold: fields.optional_bool("hold")?.unwrap_or(false),
        count: u32::try_from(count).unwrap_or(1),
        name,
        email,
        phone,
    };
    fields.finish()?;
    Ok(new)
}

/// A text or null; a phone may be a number too. Null goes out as null.
fn contact(fields: &mut Fields, name: &str, number: bool) -> Result<Literal, InputError> {
    match fields.optional_literal(name)? {
        None => Err(InputError::missing(name)),
        Some(Literal::Bare(text)) if !number || text.starts_with(['t', 'f']) => {
            Err(InputError::wrong_type(name, "text or null"))
        }
        Some(literal) if literal.signed_text().chars().count() > 255 => {
            Err(InputError::bad_value(name, "at most 255 characters"))
        }
        Some(literal) => Ok(literal),
    }
}

/// `masked`: true, false, or the style `stars` or `empty`.
fn mask(fields: &mut Fields) -> Result<Option<Mask>, InputError> {
    if fields.has_text("masked") {
        let styles = [("stars", Mask::Stars), ("empty", Mask::Empty)];
        return fields.optional_choice("masked", &styles);
    }
    let masked = fields.optional_bool("masked")?;
    Ok(masked.map(|masked| if masked { Mask::Stars } else { Mask::Open }))
}

fn read_cv(mut fields: Fields) -> Result<Cv, InputError> {
    let file_name = fields.text("file_name", 255)?;
    let encoded = fields.text("content_base64", crate::input::CV_BODY_CAP)?;
    fields.finish()?;
    let content = STANDARD
        .decode(encoded.as_bytes())
        .map_err(|_| InputError::bad_value("content_base64", "base64"))?;
    Ok(Cv {
        file_name,
        content: Bytes::from(content),
    })
}

//! Metadata, detail and list.

use serde_json::{Value, json};

use super::auth::authorise;
use super::execute::{Refused, not_found};
use super::{Answer, Call, Executed};
use crate::input::InputError;
use crate::state::{Posting, World};
use crate::taxonomy;

/// Most rows of a page (assumed).
const PAGE_CAP: u64 = 50;
/// Rows of a page when the caller does not say (assumed).
const PAGE_DEFAULT: u64 = 20;

/// One taxonomy.
pub(super) fn metadata(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    call.no_query()?;
    authorise(world, call)?;
    match taxonomy::metadata(&call.target) {
        Some(terms) => Ok(Executed::done(Answer::data("", terms))),
        None => Err(Refused(Answer::error(
            404,
            "unknown_type",
            "Không có loại danh mục này.",
        ))),
    }
}

/// One posting with every field.
pub(super) fn detail(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    call.no_query()?;
    let employer_id = authorise(world, call)?;
    let posting = call
        .job_id()
        .and_then(|id| world.postings.get(&id))
        .filter(|posting| posting.employer_id == employer_id && !posting.deleted)
        .ok_or_else(not_found)?;
    let answer = Answer::data("", Value::Object(posting.detail(&world.base_url)));
    Ok(Executed::done(answer).job(posting.id))
}

/// The employer's postings, newest first, in the shape of Laravel's paginator.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    let employer_id = authorise(world, call)?;
    let (page, limit) = paging(&call.query)?;
    let mine: Vec<&Posting> = world
        .postings
        .values()
        .rev()
        .filter(|posting| posting.employer_id == employer_id && !posting.deleted)
        .collect();
    let total = mine.len() as u64;
    let skip = usize::try_from((page - 1).saturating_mul(limit)).unwrap_or(usize::MAX);
    let take = usize::try_from(limit).unwrap_or(0);
    let rows: Vec<Value> = mine
        .into_iter()
        .skip(skip)
        .take(take)
        .map(|posting| posting.row(&world.base_url))
        .collect();
    let body = json!({
        "status": "success",
        "data": rows,
        "current_page": page,
        "last_page": total.div_ceil(limit).max(1),
        "per_page": limit,
        "total": total,
    });
    Ok(Executed::done(Answer::json(200, &body)))
}

fn paging(query: &str) -> Result<(u64, u64), InputError> {
    let (mut page, mut limit) = (None, None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (slot, most) = match name {
            "page" => (&mut page, u64::from(u32::MAX)),
            "limit" => (&mut limit, PAGE_CAP),
            other => {
                return Err(InputError::new(
                    422,
                    "unknown_parameter",
                    other,
                    format!("{other:?} is not a parameter of the list"),
                ));
            }
        };
        let number = value.parse::<u64>().ok();
        let number = number.ok_or_else(|| InputError::wrong_type(name, "a whole number"))?;
        if number < 1 || number > most {
            return Err(InputError::bad_value(name, &format!("from 1 to {most}")));
        }
        if slot.replace(number).is_some() {
            return Err(InputError::new(
                422,
                "duplicate_key",
                name,
                format!("{name} stands twice"),
            ));
        }
    }
    Ok((page.unwrap_or(1), limit.unwrap_or(PAGE_DEFAULT)))
}

#[cfg(test)]
mod tests {
    use super::paging;

    #[test]
    fn paging_has_defaults_and_bounds() {
        assert_eq!(paging("").unwrap(), (1, 20));
        assert_eq!(paging("limit=50&page=3").unwrap(), (3, 50));
        for wrong in [
            "page=0",
            "limit=51",
            "page=x",
            "page=1&page=2",
            "sort=id",
            "page",
        ] {
            assert!(paging(wrong).is_err(), "{wrong}");
        }
    }
}

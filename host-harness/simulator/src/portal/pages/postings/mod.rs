//! Tin tuyển dụng: the employer's postings, and the queue of TopCV's moderators.

mod actions;
mod detail;
mod edit;
mod labels;
mod list;

pub(in crate::portal) use actions::{approve, create, delete, expire, reject, stop};
pub(in crate::portal) use detail::{public, show};
pub(in crate::portal) use edit::{edit, form};
pub(in crate::portal) use list::list;

use maud::{Markup, html};

use crate::portal::web::Visit;
use crate::state::Posting;

fn address(posting: &Posting) -> String {
    format!("/portal/{}/postings/{}", posting.employer_id, posting.id)
}

/// Approve, or reject with a reason.
fn verdict(visit: &Visit, posting: &Posting) -> Markup {
    let at = address(posting);
    let field = format!("reason-{}", posting.id);
    let reason = html! {
        div class="field" {
            label for=(field) { (visit.t("Lý do từ chối", "Reason of the rejection")) }
            textarea id=(field) name="reason" rows="3" maxlength="5000" required { (visit.form.text("reason")) }
        }
        p class="actions" {
            button type="submit" class="danger" { (visit.t("Từ chối tin", "Reject the posting")) }
        }
    };
    html! {
        div class="verdict" {
            (visit.button(&format!("{at}/approve"), visit.t("Duyệt tin", "Approve"), "primary"))
            details open[visit.form.optional("reason").is_some()] {
                summary { (visit.t("Từ chối…", "Reject…")) }
                (visit.form(&format!("{at}/reject"), &reason))
            }
        }
    }
}

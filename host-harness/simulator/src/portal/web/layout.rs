//! The frame of every page. Each one says that this is not TopCV.

use maud::{DOCTYPE, Markup, html};

use super::{Visit, show};
use crate::state::{Approval, Employer, Run, World};

/// The pages of an employer's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Connection,
    Postings,
    Applications,
    Webhooks,
    Faults,
    Ledger,
}

impl Tab {
    const ALL: [(Tab, &'static str, &'static str, &'static str); 6] = [
        (
            Tab::Connection,
            "connection",
            "Kết nối API",
            "API connection",
        ),
        (Tab::Postings, "postings", "Tin tuyển dụng", "Postings"),
        (
            Tab::Applications,
            "applications",
            "Ứng tuyển",
            "Applications",
        ),
        (Tab::Webhooks, "webhooks", "Webhook", "Webhooks"),
        (Tab::Faults, "faults", "Lỗi", "Faults"),
        (Tab::Ledger, "ledger", "Sổ cái", "Ledger"),
    ];
}

/// A page of one employer's account.
pub(crate) fn employer_page(
    world: &World,
    visit: &Visit,
    employer: &Employer,
    tab: Tab,
    title: &str,
    content: &Markup,
) -> Markup {
    let navigation = html! {
        nav class="tabs" aria-label=(visit.t("Tài khoản", "Account")) {
            ul {
                @for (this, path, vi, en) in Tab::ALL {
                    li {
                        a href=(format!("/portal/{}/{path}", employer.id))
                            aria-current=[(this == tab).then_some("page")] {
                            (visit.t(vi, en))
                            @if let Some(count) = waiting(world, employer, this) {
                                " " span class="count" { (count) }
                            }
                        }
                    }
                }
            }
        }
    };
    let account = html! {
        a class="account" href="/portal" {
            span class="account-name" { (show::short(&employer.name, 60)) }
            span class="account-id" { "#" (employer.id) " · " (visit.t("đổi", "switch")) }
        }
    };
    frame(visit, title, &account, &navigation, content)
}

/// A page that belongs to no account.
pub(crate) fn plain_page(visit: &Visit, title: &str, content: &Markup) -> Markup {
    frame(visit, title, &html! {}, &html! {}, content)
}

/// How much there waits on a page for somebody to look at it.
fn waiting(world: &World, employer: &Employer, tab: Tab) -> Option<usize> {
    let count = match tab {
        Tab::Postings => {
            let mine = world.postings.values().filter(|posting| {
                posting.employer_id == employer.id
                    && !posting.deleted
                    && posting.run != Run::Draft
                    && posting.approval == Approval::Pending
            });
            mine.count()
        }
        Tab::Faults => {
            let on = world.faults.iter().filter(|fault| {
                fault.left != Some(0) && fault.employer_id.is_none_or(|id| id == employer.id)
            });
            on.count()
        }
        _ => 0,
    };
    (count > 0).then_some(count)
}

fn frame(
    visit: &Visit,
    title: &str,
    account: &Markup,
    navigation: &Markup,
    content: &Markup,
) -> Markup {
    let other = visit.lang.other();
    let switch = format!("/portal/language?to={}&back={}", other.code(), visit.path);
    html! {
        (DOCTYPE)
        html lang=(visit.lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (visit.t("TopCV giả lập", "simulated TopCV")) }
                link rel="icon" href="/portal/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/portal/assets/portal.css";
                script src="/portal/assets/copy.js" defer {}
            }
            body {
                a class="skip" href="#content" { (visit.t("Đến nội dung", "Skip to content")) }
                aside class="ribbon" aria-label=(visit.t("Giả lập", "Simulator")) {
                    strong { (visit.t("TRANG GIẢ LẬP", "SIMULATOR")) } " — "
                    (visit.t(
                        "đây không phải TopCV thật; dữ liệu chỉ để thử và mất khi tắt.",
                        "this is not the real TopCV; its data is for trying out and gone when it stops.",
                    ))
                }
                header class="top" {
                    div class="bar" {
                        a class="brand" href="/portal" {
                            span class="brand-name" { "TopCV" }
                            span class="brand-tag" { (visit.t("giả lập", "simulated")) }
                        }
                        (account)
                        a class="language" href=(switch) hreflang=(other.code()) lang=(other.code()) {
                            (other.t("Tiếng Việt", "English"))
                        }
                    }
                    (navigation)
                }
                main id="content" tabindex="-1" {
                    h1 { (title) }
                    (visit.messages())
                    (content)
                }
            }
        }
    }
}

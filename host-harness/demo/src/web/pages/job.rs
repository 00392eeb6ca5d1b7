//! One job: its pipeline as columns, where its candidates come from, and the way to more sources.

use maud::{Markup, html};

use super::jobs::facts;
use super::posting::path;
use super::standing::Standings;
use crate::application::AppError;
use crate::application::connections::ConnectionView;
use crate::application::jobs::Card;
use crate::domain::contact::Statement;
use crate::domain::id::JobId;
use crate::domain::job::Job;
use crate::domain::posting::{Posting, PostingState};
use crate::domain::stage::Stage;
use crate::store::jobs::SourceCount;
use crate::web::collation::name_key;
use crate::web::door::{Answer, Call};
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// Which part of a job a page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The pipeline.
    Candidates,
    /// Its postings.
    Postings,
    /// Title and details.
    Content,
}

/// The head of every page about a job: what it is, where more candidates come from, what else there is to see.
pub async fn head(call: &Call, job: &Job, tab: Tab) -> Result<Markup, AppError> {
    let connections = call.platform.connections(&call.user).await?;
    let base = format!("/jobs/{}", job.id.0);
    let tabs = [
        (
            Tab::Candidates,
            base.clone(),
            call.t("Ứng viên", "Candidates"),
        ),
        (
            Tab::Postings,
            format!("{base}/postings"),
            call.t("Danh sách tin đã đăng", "Postings"),
        ),
        (
            Tab::Content,
            format!("{base}/edit"),
            call.t("Nội dung tin", "Content"),
        ),
    ];
    Ok(html! {
        (parts::crumbs(call.lang, &[(call.t("Tin tuyển dụng", "Jobs"), "/jobs".to_owned())]))
        div.head {
            div {
                h1 { (parts::said(&job.title)) }
                (facts(call, job))
            }
            (sources_menu(call, &base, &connections))
        }
        nav.tabs aria-label=(call.t("Tin tuyển dụng này", "This job")) {
            ul {
                @for (known, href, label) in &tabs {
                    li { a href=(href) aria-current=[(*known == tab).then_some("page")] { (label) } }
                }
            }
        }
    })
}

/// Tạo nguồn > Mạng tuyển dụng > Đăng tin mới / Thêm tin đã đăng, for each account at a board.
fn sources_menu(call: &Call, base: &str, connections: &[ConnectionView]) -> Markup {
    let manifest = call.platform.manifest();
    let board = &manifest.board_name;
    let several = connections.len() > 1;
    html! {
        details.menu.sources {
            summary.button.primary { (call.t("Tạo nguồn", "Add a source")) }
            div.menu-body {
                p.menu-heading { (call.t("Mạng tuyển dụng", "Job boards")) }
                @for view in connections {
                    @let id = view.connection.id.0;
                    @if several { p.quiet { (parts::said(&view.connection.name)) } }
                    a href={ (base) "/publish?connection=" (id) } {
                        (call.t("Đăng tin mới tại mạng tuyển dụng ", "Publish a new posting at ")) (board)
                    }
                    @if manifest.features.iter().any(|feature| feature == "link") {
                        a href={ (base) "/link?connection=" (id) } { (call.t("Thêm tin đã đăng", "Add an existing posting")) }
                    }
                }
                @if connections.is_empty() {
                    a href="/connections" { (call.t("Thiết lập mạng tuyển dụng", "Set up a job board")) }
                }
            }
        }
    }
}

/// `GET /jobs/{id}`
pub async fn pipeline(call: Call) -> Result<Answer, AppError> {
    let id = JobId(call.id("id")?);
    let job = call.platform.job(&call.user, id).await?;
    let stages = call.platform.pipeline(&call.user, id).await?;
    let sources = call.platform.sources(&call.user, id).await?;
    let postings = call.platform.postings_of(&call.user, id).await?;
    let standings = Standings::look(&call).await?;
    let newest = call.asked("sort") == Some("newest");
    let total: usize = stages.iter().map(|(_, cards)| cards.len()).sum();
    let base = format!("/jobs/{}", id.0);
    let body = html! {
        (head(&call, &job, Tab::Candidates).await?)
        div #pipeline data-live {
            (standings.banners(&call, &postings))
            div.toolbar {
                (source_counts(&call, &sources))
                @if total > 0 {
                    p.sorting {
                        (call.t("Xếp theo ", "Sorted by "))
                        @if newest {
                            a href=(base) { (call.t("tên", "name")) } " · " strong { (call.t("mới nhất", "newest")) }
                        } @else {
                            strong { (call.t("tên", "name")) } " · " a href={ (base) "?sort=newest" } { (call.t("mới nhất", "newest")) }
                        }
                    }
                }
            }
            @if total == 0 { (nobody_yet(&call, &postings, &standings)) }
            div.columns tabindex="0" role="region" aria-label=(call.t("Quy trình tuyển dụng", "Hiring pipeline")) {
                @for (stage, cards) in stages { (column(&call, &base, stage, cards, newest)) }
            }
        }
    };
    Ok(Page::new(Section::Jobs, parts::plain(&job.title), body).into())
}

/// Why nobody is there, and what to do: look after the posting that there is, or make one.
fn nobody_yet(call: &Call, postings: &[Posting], standings: &Standings) -> Markup {
    use PostingState as S;
    let rank = |state: S| match state {
        S::Live => 0,
        S::PendingReview => 1,
        S::Rejected => 2,
        S::Unknown | S::Submitting => 3,
        _ => 9,
    };
    let nearest = postings.iter().min_by_key(|posting| rank(posting.state));
    let heading = call.t("Chưa có ứng viên", "No candidates yet");
    let Some(posting) = nearest.filter(|posting| rank(posting.state) < 9) else {
        return parts::empty(
            heading,
            call.t("Chọn Tạo nguồn để đăng tin này lên mạng tuyển dụng. Ứng viên sẽ tự xuất hiện ở giai đoạn đầu tiên.", "Choose “Add a source” to post this job to a job board. Applicants appear in the first stage by themselves."),
            None,
        );
    };
    let (vi, en) = match posting.state {
        _ if standings.is_frozen(posting) => (
            "Kết nối của tin này đã ngắt: ứng viên chỉ về sau khi kết nối lại.",
            "The posting's connection has ended: applicants arrive only after it is connected again.",
        ),
        S::Live => (
            "Tin đang hiển thị trên mạng tuyển dụng. Ứng viên sẽ tự xuất hiện ở giai đoạn đầu tiên.",
            "The posting is visible at the job board. Applicants appear in the first stage by themselves.",
        ),
        S::PendingReview => (
            "Tin đang chờ mạng tuyển dụng duyệt. Sau khi được duyệt, ứng viên sẽ tự xuất hiện ở giai đoạn đầu tiên.",
            "The posting waits for the job board's review. Once it is approved, applicants appear in the first stage by themselves.",
        ),
        S::Rejected => (
            "Tin bị mạng tuyển dụng từ chối, nên chưa ai thấy tin. Hãy sửa và gửi duyệt lại.",
            "The job board rejected the posting, so nobody sees it. Correct it and send it again.",
        ),
        _ => (
            "Chưa rõ tin đã được đăng hay chưa. Hãy mở tin để xem và trả lời.",
            "It is not known whether the posting was published. Open it to look and answer.",
        ),
    };
    let at = path(posting);
    parts::empty(
        heading,
        call.t(vi, en),
        Some((&at, call.t("Xem tin đã đăng", "Look at the posting"))),
    )
}

fn source_counts(call: &Call, sources: &[SourceCount]) -> Markup {
    html! {
        @if !sources.is_empty() {
            ul.facts.counts aria-label=(call.t("Nguồn ứng viên", "Sources of candidates")) {
                @for count in sources {
                    li { (parts::said(call.lang.of(&count.source))) ": " strong { (count.applications) } }
                }
            }
        } @else { span {} }
    }
}

fn column(call: &Call, base: &str, stage: Stage, mut cards: Vec<Card>, newest: bool) -> Markup {
    if newest {
        cards.sort_by_key(|card| std::cmp::Reverse(card.application.received_at));
    } else {
        cards.sort_by_cached_key(|card| {
            let name = card.candidate.contact.full_name.as_ref();
            name_key(name.map(|name| name.value.as_str()))
        });
    }
    let label = stage.label();
    html! {
        section.column aria-labelledby={ "stage-" (stage.code()) } {
            h2 id={ "stage-" (stage.code()) } {
                (call.lang.of(&label)) " " span.count { (cards.len()) }
            }
            ul {
                @for card in &cards { (candidate_card(call, base, stage, card)) }
            }
        }
    }
}

fn candidate_card(call: &Call, base: &str, stage: Stage, card: &Card) -> Markup {
    let contact = &card.candidate.contact;
    let id = card.candidate.id.0;
    let application = &card.application;
    let name = display_name(call, contact.full_name.as_ref());
    html! {
        li.candidate-card {
            h3 { a href={ "/candidates/" (id) } { (parts::said(&name)) } }
            @for (label, known) in [(call.t("Điện thoại", "Phone"), &contact.phone), (call.t("Email", "E-mail"), &contact.email)] {
                @if let Some(known) = known {
                    p.contact-line {
                        @if known.value.trim().is_empty() { (label) }
                        (statement(call, known))
                    }
                }
            }
            p.meta {
                (parts::said(call.lang.of(&application.source))) " · "
                (parts::moment(application.applied_at.unwrap_or(application.received_at)))
            }
            p.meta { (cv_line(call, card)) }
            form.move method="post" action={ "/candidates/" (id) "/stage" } {
                (parts::csrf(&call.csrf))
                input type="hidden" name="application" value=(application.id.0);
                input type="hidden" name="next" value={ (base) "?done=moved" };
                select name="stage" aria-label={ (call.t("Giai đoạn của ", "Stage of ")) (parts::plain(&name)) } {
                    @for other in Stage::ALL {
                        @let label = other.label();
                        option value=(other.code()) selected[other == stage] { (call.lang.of(&label)) }
                    }
                }
                button.small.arrow { span.hidden-text { (call.t("Chuyển", "Move")) } span aria-hidden="true" { "→" } }
            }
        }
    }
}

/// A name, or what to say instead of one.
pub fn display_name(call: &Call, name: Option<&Statement>) -> String {
    match name.map(|name| name.value.trim()) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => call
            .t("Ứng viên chưa mở liên hệ", "Candidate with hidden contact")
            .to_owned(),
    }
}

/// What the board said about a person; what it hides is shown as hidden.
pub fn statement(call: &Call, known: &Statement) -> Markup {
    html! {
        @if !known.value.trim().is_empty() { (parts::said(&known.value)) }
        @if known.masked {
            " " span.tag.is-wait { (call.t("bị ẩn", "hidden by the board")) }
        }
    }
}

fn cv_line(call: &Call, card: &Card) -> Markup {
    let stored = card.cvs.iter().filter(|cv| cv.state == "stored").count();
    let waiting = card
        .cvs
        .iter()
        .any(|cv| cv.state != "stored" && cv.next_try_at.is_some());
    html! {
        @if stored > 0 {
            span.tag.is-good { @if stored > 1 { (stored) " " } "CV" }
        } @else if waiting {
            span.tag.is-wait { (call.t("Đang tải CV", "Fetching the CV")) }
        } @else if card.cvs.is_empty() {
            span.tag { (call.t("Không có CV", "No CV")) }
        } @else {
            span.tag.is-bad { (call.t("Không tải được CV", "CV not fetched")) }
        }
        @if card.application.times > 1 {
            " " span.tag { (call.t("ứng tuyển ", "applied ")) (card.application.times) (call.t(" lần", " times")) }
        }
        @if !card.application.verified {
            " " span.tag.is-wait { (call.t("chưa xác minh", "not verified")) }
        }
    }
}

//! One posting: where it stands, what a person should do now, and what can be done.

use maud::{Markup, html};

use super::standing::Standings;
use crate::application::AppError;
use crate::domain::posting::{Posting, PostingState};
use crate::domain::value::FieldValue;
use crate::store::Page as Rows;
use crate::web::door::{Answer, Call};
use crate::web::format;
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// Where a posting's page is.
pub fn path(posting: &Posting) -> String {
    format!("/postings/{}", posting.request_id)
}

/// What people call it: its title at the board, before there is one the job's.
pub async fn title(call: &Call, posting: &Posting) -> Result<String, AppError> {
    if !posting.facts.title.is_empty() {
        return Ok(posting.facts.title.clone());
    }
    Ok(call.platform.job(&call.user, posting.job).await?.title)
}

/// `GET /postings/{id}`
pub async fn show(call: Call) -> Result<Answer, AppError> {
    let posting = call
        .platform
        .posting(&call.user, call.word("id")?, false)
        .await?;
    let job = call.platform.job(&call.user, posting.job).await?;
    let title = title(&call, &posting).await?;
    let standings = Standings::look(&call).await?;
    let frozen = standings.is_frozen(&posting);
    let base = format!("/jobs/{}", job.id.0);
    let body = html! {
        (parts::crumbs(call.lang, &[
            (call.t("Tin tuyển dụng", "Jobs"), "/jobs".to_owned()),
            (&job.title, base.clone()),
            (call.t("Danh sách tin đã đăng", "Postings"), format!("{base}/postings")),
        ]))
        div #posting data-live {
            div.head {
                div {
                    h1 { (parts::said(&title)) }
                    p { (parts::state(call.lang, posting.state)) @if frozen { " " (at_the_end(&call)) } }
                }
                @if !frozen { div.actions { (actions(&call, &posting)) } }
            }
            (standings.banners(&call, [&posting]))
            (attention(&call, &posting))
            (facts(&call, &posting))
            h2 { (call.t("Diễn biến", "History")) }
            (history(&call, &posting).await?)
            (rare_actions(&call, &posting, frozen))
        }
    };
    Ok(Page::new(Section::Postings, parts::plain(&title), body).into())
}

/// Beside a state that nothing keeps up to date.
pub fn at_the_end(call: &Call) -> Markup {
    html! { span.tag { (call.t("lúc ngắt kết nối", "when disconnected")) } }
}

/// What can be done in this state, the most likely thing first.
fn actions(call: &Call, posting: &Posting) -> Markup {
    use PostingState as S;
    let path = path(posting);
    let publish = format!(
        "/jobs/{}/publish?connection={}",
        posting.job.0, posting.connection.0
    );
    let link = |to: &str, label: &str, class: &str| html! { a class={ "button " (class) } href={ (path) (to) } { (label) } };
    html! {
        @match posting.state {
            S::PendingReview | S::Live => { (link("/update", call.t("Cập nhật", "Update"), "primary")) },
            S::Rejected => { (link("/update", call.t("Sửa và gửi duyệt lại", "Correct and send again"), "primary")) },
            S::Closed | S::Expired => {
                (link("/reopen", call.t("Mở lại", "Reopen"), "primary"))
                a.button href={ (publish) "&repost=" (posting.request_id) } { (call.t("Đăng lại thành tin mới", "Publish as a new posting")) }
                (link("/update", call.t("Cập nhật", "Update"), ""))
            },
            S::Submitting => {
                (parts::button(&call.csrf, &format!("{path}/finish"), call.t("Hoàn tất việc đăng", "Finish publishing"), "primary", &[]))
                @if posting.board_posting.is_some() { (link("/update", call.t("Sửa nội dung", "Correct it"), "")) }
            },
            S::Unlinked => { a.button href=(publish) { (call.t("Đăng tin mới", "Publish a new posting")) } },
            S::Unknown | S::OtherAccount => {},
        }
    }
}

/// What a person should know and do now.
fn attention(call: &Call, posting: &Posting) -> Markup {
    let facts = &posting.facts;
    html! {
        @if let Some(rejection) = &facts.rejection {
            div.banner.is-bad {
                p { strong { (call.t("Lý do từ chối", "Why it was rejected")) } }
                blockquote { (parts::lines(&rejection.reason)) }
                p { (call.lang.of(&rejection.advice)) }
            }
        } @else if let Some(advice) = facts.advice.as_ref().filter(|_| posting.state != PostingState::Unknown) {
            div.banner.is-wait { p { (call.lang.of(advice)) } }
        }
        @if posting.state == PostingState::Unknown { (unknown(call, posting)) }
        @if is_reopening_in_doubt(posting) { (reopening(call, posting)) }
        @if let Some(since) = posting.silent_since(call.platform.now()) {
            div.banner.is-wait {
                p { (call.t("Tin này không có hồ sơ mới từ ", "No new applicant since ")) (parts::moment(since)) ". " (call.t("Hãy xem tin và hồ sơ trực tiếp trên mạng tuyển dụng.", "Look at the posting and its applicants at the job board.")) }
            }
        }
        @if posting.state == PostingState::Submitting && !posting.confirmed {
            div.banner.is-wait {
                p { (call.t("Yêu cầu đăng tin đang được gửi. Trang này tự cập nhật khi có kết quả; bạn có thể hỏi lại sau ít giây.", "The request to publish is on its way. This page shows the outcome when there is one; ask again in a few seconds.")) }
            }
        }
    }
}

fn is_reopening_in_doubt(posting: &Posting) -> bool {
    let extra = posting.facts.extra.get("reopening");
    matches!(extra, Some(FieldValue::Text(word)) if word == "in-doubt")
}

/// A reopening whose answer was lost, where the board's own words do not tell: only a person can look.
fn reopening(call: &Call, posting: &Posting) -> Markup {
    let resolve = format!("{}/resolve", path(posting));
    let board_id = posting.board_posting.as_deref().unwrap_or_default();
    html! {
        section.panel.attention aria-labelledby="reopening" {
            h2 #reopening { (call.t("Chưa rõ tin đã được đăng lại hay chưa", "It is not known whether the posting was reopened")) }
            p { (call.t("Câu trả lời bị mất trên đường. Hãy xem tin trên trang của mạng tuyển dụng, rồi cho biết:", "The answer was lost on its way. Look at the posting at the job board's own site, and say:")) }
            div.row {
                (parts::button(&call.csrf, &resolve, call.t("Tin đang hiển thị", "It is visible"), "", &[("adopt", board_id)]))
                (parts::button(&call.csrf, &resolve, call.t("Tin chưa được đăng lại", "It was not reopened"), "", &[("not_created", "1")]))
            }
        }
    }
}

/// A lost answer: what is known, and the three ways on.
fn unknown(call: &Call, posting: &Posting) -> Markup {
    let board = &call.platform.manifest().board_name;
    let path = path(posting);
    let resolve = format!("{path}/resolve");
    let candidates = &posting.facts.candidates;
    html! {
        @if posting.board_posting.is_some() && let Some(advice) = &posting.facts.advice {
            div.banner.is-wait {
                p { (call.lang.of(advice)) }
                p { a href={ "/jobs/" (posting.job.0) "/link?connection=" (posting.connection.0) } { (call.t("Thêm tin đã đăng", "Add an existing posting")) } }
            }
        }
        section.panel.attention aria-labelledby="unknown" {
            h2 #unknown { (call.t("Chưa rõ tin đã được đăng hay chưa", "It is not known whether the posting was published")) }
            p {
                (call.t("Câu trả lời của ", "The answer of ")) (board)
                (call.t(" bị mất trên đường. Có thể tin đã được tạo. Hệ thống không tự đăng lại, để bạn không phải trả tiền hai lần.", " was lost on its way. The posting may exist. It is not published again by itself, so that nothing is paid for twice."))
            }
            ol.steps {
                li {
                    p { (call.t("Hỏi lại: hệ thống tìm tin có đúng nội dung này.", "Ask again: a posting with this very content is looked for.")) }
                    (parts::button(&call.csrf, &format!("{path}/refresh"), call.t("Hỏi lại mạng tuyển dụng", "Ask the job board again"), "primary", &[]))
                }
                @if !candidates.is_empty() {
                    li {
                        p { (call.t("Chọn đúng tin trong các tin giống nó:", "Choose the right one among those like it:")) }
                        ul.rows {
                            @for candidate in candidates {
                                li.line {
                                    div.grow {
                                        p { strong { (parts::said(&candidate.title)) } }
                                        ul.facts {
                                            li { (call.t("Mã ", "Id ")) (parts::said(&candidate.id)) }
                                            @if let Some(url) = &candidate.url { li { (parts::link_out(call.lang, url, call.t("Xem tin", "Look at it"))) } }
                                        }
                                    }
                                    (parts::button(&call.csrf, &resolve, call.t("Là tin này", "It is this one"), "", &[("adopt", &candidate.id)]))
                                }
                            }
                        }
                    }
                }
                li {
                    p { (call.t("Tự xem trên trang của mạng tuyển dụng. Nếu thấy tin, nhập mã của nó:", "Look at the job board's own site. If the posting is there, enter its id:")) }
                    form.row method="post" action=(resolve) {
                        (parts::csrf(&call.csrf))
                        div.field.grow {
                            label for="adopt" { (call.t("Mã tin", "The posting's id")) }
                            input #adopt name="adopt" required autocomplete="off";
                        }
                        button { (call.t("Nhận tin này", "Take this one")) }
                    }
                }
                li {
                    p { (call.t("Nếu chắc chắn không có tin nào, xác nhận để có thể đăng lại.", "If there certainly is none, say so, and it can be published again.")) }
                    (parts::button(&call.csrf, &resolve, call.t("Không có tin nào", "There is none"), "", &[("not_created", "1")]))
                }
            }
        }
    }
}

fn facts(call: &Call, posting: &Posting) -> Markup {
    let facts = &posting.facts;
    let left = facts
        .deadline
        .as_deref()
        .and_then(|day| format::days_left(day, call.platform.now()));
    html! {
        dl.facts-table {
            @if let Some(id) = &posting.board_posting {
                div { dt { (call.t("Mã tin", "Posting id")) } dd { (parts::said(id)) } }
            }
            @if let Some(url) = &facts.url {
                div { dt { (call.t("Trang tin", "Page")) } dd { (parts::link_out(call.lang, url, url)) } }
            }
            @if let Some(day) = &facts.deadline {
                div { dt { (call.t("Hạn nộp hồ sơ", "Deadline")) } dd { (format::day(day)) " " (expiring(call, left)) } }
            }
            @if facts.created_at > 0 {
                div { dt { (call.t("Tạo lúc", "Made")) } dd { (parts::moment(facts.created_at)) } }
                div { dt { (call.t("Thay đổi lúc", "Changed")) } dd { (parts::moment(facts.changed_at)) } }
            }
            @if facts.review_round > 1 {
                div { dt { (call.t("Lần duyệt", "Review")) } dd { (facts.review_round) } }
            }
            div {
                dt { (call.t("Nguồn gốc", "Origin")) }
                dd { @if facts.linked { (call.t("Liên kết từ tin đã có", "Linked, was there before")) } @else { (call.t("Đăng từ đây", "Published from here")) } }
            }
        }
        (technical(call, posting))
    }
}

/// The board's own words and names, for whoever asks the board about the posting.
fn technical(call: &Call, posting: &Posting) -> Markup {
    let facts = &posting.facts;
    let mut rows: Vec<(&str, &str)> = Vec::new();
    if let Some(word) = &facts.run_status {
        rows.push((call.t("Trạng thái chạy", "Run status"), word));
    }
    if let Some(word) = &facts.approval_status {
        rows.push((call.t("Trạng thái duyệt", "Approval"), word));
    }
    for (name, value) in &facts.extra {
        if let FieldValue::Text(text) = value {
            rows.push((name, text));
        }
    }
    parts::technical(call.lang, &rows)
}

/// "Sắp hết hạn" for the last week.
pub fn expiring(call: &Call, days_left: Option<i64>) -> Markup {
    html! {
        @match days_left {
            Some(0) => { span.tag.is-wait { (call.t("hết hạn hôm nay", "ends today")) } },
            Some(left @ 1..=7) => { span.tag.is-wait { (call.t("còn ", "")) (left) (call.t(" ngày", if left == 1 { " day left" } else { " days left" })) } },
            _ => {},
        }
    }
}

async fn history(call: &Call, posting: &Posting) -> Result<Markup, AppError> {
    let rows = Rows {
        before: None,
        limit: 200,
    };
    let lines = call
        .platform
        .posted_jobs(&call.user, Some(posting.job), rows)
        .await?;
    let people = call.platform.colleagues(&call.user).await?;
    let mine: Vec<_> = lines
        .iter()
        .filter(|(_, line)| line.request_id == posting.request_id)
        .collect();
    Ok(html! {
        @if mine.is_empty() { p.quiet { (call.t("Chưa có gì.", "Nothing yet.")) } }
        ol.timeline {
            @for (_, line) in mine {
                @let who = line.user.and_then(|id| people.iter().find(|user| user.id == id));
                li {
                    p { (parts::said(call.lang.of(&line.message))) }
                    p.meta {
                        (parts::moment(line.at)) " · "
                        @match who { Some(user) => { (user.name) }, None => { (call.platform.manifest().board_name) } }
                    }
                }
            }
        }
    })
}

/// What is seldom needed, or ends something: at the end of the page.
fn rare_actions(call: &Call, posting: &Posting, frozen: bool) -> Markup {
    use PostingState as S;
    let path = path(posting);
    let at_board = posting.board_posting.is_some();
    let can_close = !frozen && matches!(posting.state, S::PendingReview | S::Live | S::Rejected);
    let can_unlink = !matches!(posting.state, S::Unlinked | S::Unknown) && at_board;
    html! {
        div.actions.rare {
            @if posting.state != S::Unlinked && !frozen {
                (parts::button(&call.csrf, &format!("{path}/refresh"), call.t("Hỏi lại trạng thái", "Ask for its state"), "", &[]))
            }
            @if can_close { a.button href={ (path) "/close" } { (call.t("Dừng tin", "Close")) } }
            @if can_unlink { a.button href={ (path) "/unlink" } { (call.t("Bỏ liên kết", "Unlink")) } }
        }
    }
}

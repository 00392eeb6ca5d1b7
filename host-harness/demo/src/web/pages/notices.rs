//! Notifications: several applicants of one job are gathered into one line.

use maud::{Markup, html};

use crate::application::AppError;
use crate::domain::id::{JobId, NoticeId};
use crate::domain::job::Job;
use crate::domain::notice;
use crate::store::notices::StoredNotice;
use crate::web::door::{Answer, Call};
use crate::web::lang::Lang;
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// The kind of notification that is gathered.
const APPLICATION: &str = "application";

/// One line of the list: one notification, or several applicants of one job.
pub struct Line<'a> {
    /// The newest stands first.
    pub notices: Vec<&'a StoredNotice>,
}

impl Line<'_> {
    fn newest(&self) -> Option<&StoredNotice> {
        self.notices.first().copied()
    }

    /// What to read.
    pub fn text(&self, lang: Lang, title: impl Fn(JobId) -> Option<String>) -> String {
        let Some(newest) = self.newest() else {
            return String::new();
        };
        let count = self.notices.len();
        match newest.about.job.and_then(title) {
            Some(title) if count > 1 => match lang {
                Lang::Vi => format!("{count} ứng viên mới cho “{title}”"),
                Lang::En => format!("{count} new applicants for “{title}”"),
            },
            _ => lang.of(&newest.text).to_owned(),
        }
    }

    fn target(&self) -> Option<String> {
        let about = &self.newest()?.about;
        if self.notices.len() > 1 {
            return about.job.map(|job| format!("/jobs/{}?sort=newest", job.0));
        }
        about
            .candidate
            .map(|id| format!("/candidates/{}", id.0))
            .or_else(|| about.posting.as_ref().map(|id| format!("/postings/{id}")))
            .or_else(|| about.job.map(|id| format!("/jobs/{}", id.0)))
            .or_else(|| {
                let show = match self.newest()?.kind.as_str() {
                    notice::UNMATCHED => "unmatched",
                    notice::QUARANTINED => "quarantine",
                    _ => return None,
                };
                let connection = about.connection?;
                Some(format!(
                    "/deliveries?show={show}&connection={}",
                    connection.0
                ))
            })
            .or_else(|| Some("/connections".to_owned()))
    }

    fn is_unread(&self) -> bool {
        self.notices.iter().any(|notice| notice.read_at.is_none())
    }

    fn ids(&self) -> String {
        let ids: Vec<String> = self
            .notices
            .iter()
            .map(|notice| notice.id.0.to_string())
            .collect();
        ids.join(",")
    }
}

/// Gathers unread applications by job, each at the place of its newest; everything else stands alone.
pub fn gather(notices: &[StoredNotice]) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for notice in notices {
        let gathers = |other: &StoredNotice| {
            other.kind == APPLICATION
                && other.read_at.is_none()
                && other.about.job == notice.about.job
        };
        let can =
            notice.kind == APPLICATION && notice.read_at.is_none() && notice.about.job.is_some();
        let line = lines
            .iter_mut()
            .find(|line| can && line.notices.first().is_some_and(|first| gathers(first)));
        match line {
            Some(line) => line.notices.push(notice),
            None => lines.push(Line {
                notices: vec![notice],
            }),
        }
    }
    lines
}

/// The title of a job, for gathered lines.
pub fn title_of(jobs: &[Job], id: JobId) -> Option<String> {
    jobs.iter()
        .find(|job| job.id == id)
        .map(|job| parts::plain(&job.title))
}

/// `GET /notifications`
pub async fn show(call: Call) -> Result<Answer, AppError> {
    let unread = call.asked("unread").is_some();
    let notices = call
        .platform
        .notices(&call.user, unread, call.rows())
        .await?;
    let jobs = call.platform.jobs(&call.user).await?;
    let title = call.t("Thông báo", "Notifications");
    let path = if unread {
        "/notifications?unread=1"
    } else {
        "/notifications"
    };
    let any_unread = notices.iter().any(|notice| notice.read_at.is_none());
    let body = html! {
        div #notices data-live {
            div.head {
                h1 { (title) }
                @if any_unread {
                    (parts::button(&call.csrf, "/notifications/read", call.t("Đánh dấu đã đọc tất cả", "Mark all as read"), "", &[("all", "1")]))
                }
            }
            nav.tabs aria-label=(call.t("Lọc", "Filter")) {
                ul {
                    li { a href="/notifications" aria-current=[(!unread).then_some("page")] { (call.t("Tất cả", "All")) } }
                    li { a href="/notifications?unread=1" aria-current=[unread.then_some("page")] { (call.t("Chưa đọc", "Unread")) } }
                }
            }
            @if notices.is_empty() {
                (parts::empty(
                    call.t("Không có thông báo", "No notifications"),
                    call.t("Tin được duyệt, bị từ chối và ứng viên mới sẽ hiện ở đây ngay khi có.", "Approvals, rejections and new applicants show up here as they happen."),
                    None,
                ))
            }
            ul.rows { @for line in gather(&notices) { (row(&call, &jobs, &line)) } }
            (parts::older(call.lang, path, notices.last().map(|notice| notice.id.0), notices.len()))
        }
    };
    Ok(Page::new(Section::Notices, title, body).into())
}

fn row(call: &Call, jobs: &[Job], line: &Line<'_>) -> Markup {
    let text = line.text(call.lang, |id| title_of(jobs, id));
    let target = line.target().unwrap_or_else(|| "/jobs".to_owned());
    let at = line.newest().map(|notice| notice.at);
    html! {
        li.line.notice.unread[line.is_unread()] {
            div.grow {
                p { a href=(target) { (parts::said(&text)) } }
                p.meta {
                    @if let Some(at) = at { (parts::moment(at)) }
                    @if line.is_unread() { " · " (call.t("chưa đọc", "unread")) }
                }
            }
            @if line.is_unread() {
                (parts::button(&call.csrf, "/notifications/read", call.t("Đánh dấu đã đọc", "Mark as read"), "small", &[("ids", &line.ids())]))
            }
        }
    }
}

/// `POST /notifications/read`
pub async fn read(call: Call) -> Result<Answer, AppError> {
    if call.given("all").is_some() {
        call.platform.read_all_notices(&call.user).await?;
    }
    for id in call.given("ids").unwrap_or_default().split(',') {
        if let Ok(id) = id.parse() {
            call.platform.read_notice(&call.user, NoticeId(id)).await?;
        }
    }
    Ok(Answer::Go("/notifications?done=read".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Text;
    use crate::store::notices::About;

    fn notice(id: i64, kind: &str, job: i64, read: bool) -> StoredNotice {
        StoredNotice {
            id: NoticeId(id),
            at: 0,
            kind: kind.to_owned(),
            text: Text::new(format!("tin {id}"), format!("message {id}")),
            about: About {
                job: Some(JobId(job)),
                ..About::default()
            },
            read_at: read.then_some(1),
        }
    }

    #[test]
    fn unread_applicants_of_one_job_are_one_line() {
        let notices = [
            notice(6, APPLICATION, 1, false),
            notice(5, "posting-approved", 1, false),
            notice(4, APPLICATION, 2, false),
            notice(3, APPLICATION, 1, false),
            notice(2, APPLICATION, 1, true),
            notice(1, APPLICATION, 1, false),
        ];
        let lines = gather(&notices);
        let ids: Vec<String> = lines.iter().map(Line::ids).collect();
        assert_eq!(ids, ["6,3,1", "5", "4", "2"]);
        let title = |_| Some("Kế toán".to_owned());
        assert_eq!(
            lines[0].text(Lang::Vi, title),
            "3 ứng viên mới cho “Kế toán”"
        );
        assert_eq!(lines[2].text(Lang::En, title), "message 4");
    }
}

//! A job's posting at a board, as the platform keeps it.
//!
//! Two sources speak about a posting: the plugin's answers to the platform's own calls, and events. They can cross on the way,
//! so a posting remembers for which review round it has heard a verdict: an answer that is older than the verdict does not undo it.

use serde::{Deserialize, Serialize};

use super::id::{ConnectionId, JobId, PostingRow};
use super::text::Text;
use super::value::Values;

/// The contract's posting states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PostingState {
    /// On its way.
    Submitting,
    /// The board may or may not have created it.
    Unknown,
    /// Waiting for the board's review.
    PendingReview,
    /// Visible to candidates.
    Live,
    /// Refused by the board's review.
    Rejected,
    /// Stopped by the employer.
    Closed,
    /// Its last day is over.
    Expired,
    /// No longer connected with a job.
    Unlinked,
    /// Belongs to an account that the connection no longer uses.
    OtherAccount,
}

impl PostingState {
    const ALL: [Self; 9] = [
        Self::Submitting,
        Self::Unknown,
        Self::PendingReview,
        Self::Live,
        Self::Rejected,
        Self::Closed,
        Self::Expired,
        Self::Unlinked,
        Self::OtherAccount,
    ];

    /// The contract's word, also the stored one.
    pub fn code(self) -> &'static str {
        match self {
            Self::Submitting => "submitting",
            Self::Unknown => "unknown",
            Self::PendingReview => "pending-review",
            Self::Live => "live",
            Self::Rejected => "rejected",
            Self::Closed => "closed",
            Self::Expired => "expired",
            Self::Unlinked => "unlinked",
            Self::OtherAccount => "other-account",
        }
    }

    /// Reads the stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// What a person reads.
    pub fn label(self) -> Text {
        let (vi, en) = match self {
            Self::Submitting => ("Đang gửi", "Submitting"),
            Self::Unknown => ("Chưa rõ kết quả", "Outcome unknown"),
            Self::PendingReview => ("Chờ duyệt", "Pending review"),
            Self::Live => ("Đang hiển thị", "Live"),
            Self::Rejected => ("Bị từ chối", "Rejected"),
            Self::Closed => ("Đã dừng", "Closed"),
            Self::Expired => ("Hết hạn", "Expired"),
            Self::Unlinked => ("Đã bỏ liên kết", "Unlinked"),
            Self::OtherAccount => ("Thuộc tài khoản khác", "Of another account"),
        };
        Text::new(vi, en)
    }

    fn awaits_verdict(self) -> bool {
        matches!(self, Self::Submitting | Self::Unknown | Self::PendingReview)
    }

    fn is_verdict(self) -> bool {
        matches!(self, Self::Live | Self::Rejected)
    }
}

/// Why the board refused a posting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Exactly as the board wrote it. Text, never markup.
    pub reason: String,
    /// Best guess at a stable code.
    pub code: Option<String>,
    /// Best guess at the field to correct.
    pub field: Option<String>,
    /// What to do now.
    pub advice: Text,
}

/// Something at the board that could be the posting whose creation got no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardCandidate {
    /// The board's id.
    pub id: String,
    /// Its title there.
    pub title: String,
    /// Its page there.
    pub url: Option<String>,
    /// Its state there.
    pub state: PostingState,
}

/// What the plugin last said about a posting, beyond identity and state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Its page at the board.
    pub url: Option<String>,
    /// Its title at the board.
    pub title: String,
    /// The board's own word for run status.
    pub run_status: Option<String>,
    /// The board's own word for approval.
    pub approval_status: Option<String>,
    /// Names the content last sent; the next update gives it back.
    pub version: String,
    /// Which review it is in; 1 is the first, 0 while nothing is known.
    pub review_round: u32,
    /// Last day, in the board's zone.
    pub deadline: Option<String>,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
    /// Milliseconds since the Unix epoch.
    pub changed_at: u64,
    /// Found at the board and linked, rather than published from here.
    pub linked: bool,
    /// Why it was refused, while it is.
    pub rejection: Option<Rejection>,
    /// What a person should do now.
    pub advice: Option<Text>,
    /// While the outcome is unknown: what it could be.
    pub candidates: Vec<BoardCandidate>,
    /// Whatever else the plugin said.
    pub extra: Values,
}

/// What one call to the plugin said about a posting.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The request id that published or linked it.
    pub request_id: String,
    /// The board's id, once there is one.
    pub board_posting: Option<String>,
    /// Its state.
    pub state: PostingState,
    /// Everything else.
    pub facts: Facts,
}

/// The outcome of a review.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Published.
    Approved,
    /// Refused.
    Rejected(Rejection),
}

/// A posting of the platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Posting {
    /// The row.
    pub row: PostingRow,
    /// Where it was posted.
    pub connection: ConnectionId,
    /// What was posted.
    pub job: JobId,
    /// The contract's `posting-id`.
    pub request_id: String,
    /// The board's id, once there is one.
    pub board_posting: Option<String>,
    /// Where it stands.
    pub state: PostingState,
    /// The latest review round of which a verdict was heard.
    pub verdict_round: Option<u32>,
    /// Whether the plugin has ever answered with this posting. Until then the row is only the platform's intent.
    pub confirmed: bool,
    /// When its last verified applicant came in by webhook.
    pub last_delivery_at: Option<u64>,
    /// What the plugin last said.
    pub facts: Facts,
}

impl Posting {
    /// Whether the row is no more than what the platform meant to do: the plugin has not answered with it, and no event has named it.
    pub fn is_intent(&self) -> bool {
        !self.confirmed && self.board_posting.is_none()
    }

    /// Whether the job counts as posted: another posting of it would be a second one.
    pub fn stands_in_the_way(&self) -> bool {
        !matches!(
            self.state,
            PostingState::Closed | PostingState::Expired | PostingState::Unlinked
        )
    }

    /// Takes over what the plugin answered.
    pub fn take(&mut self, report: Report) {
        let overtaken = report.state.awaits_verdict()
            && self.state.is_verdict()
            && self.verdict_round == Some(report.facts.review_round);
        let rejection = self.facts.rejection.take();
        self.facts = report.facts;
        if overtaken {
            self.facts.rejection = rejection;
        } else {
            self.state = report.state;
        }
        if self.state.is_verdict() {
            self.verdict_round = Some(self.facts.review_round);
        }
        if report.board_posting.is_some() {
            self.board_posting = report.board_posting;
        }
        self.confirmed = true;
    }

    /// Takes over a review's outcome. A verdict on a round that is past changes nothing.
    pub fn judge(&mut self, verdict: Verdict, round: Option<u32>, at: u64) {
        let round = round.unwrap_or(self.facts.review_round);
        if round < self.facts.review_round {
            return;
        }
        self.facts.review_round = round;
        self.facts.changed_at = self.facts.changed_at.max(at);
        self.verdict_round = Some(round);
        let under_review = self.state.awaits_verdict() || self.state.is_verdict();
        match verdict {
            Verdict::Approved => {
                self.facts.rejection = None;
                if under_review {
                    self.state = PostingState::Live;
                }
            }
            Verdict::Rejected(rejection) => {
                self.facts.rejection = Some(rejection);
                if under_review {
                    self.state = PostingState::Rejected;
                }
            }
        }
    }

    /// Takes over a state that the board showed when it was asked. Answers whether it is another one than before.
    /// A state "under review" that a verdict of the same round has overtaken on the way changes nothing.
    pub fn change(&mut self, change: Change, round: Option<u32>, at: u64) -> bool {
        let overtaken = change.state.awaits_verdict()
            && self.state.is_verdict()
            && round.is_some_and(|round| self.verdict_round >= Some(round));
        if overtaken {
            return false;
        }
        let differs = self.state != change.state;
        self.state = change.state;
        self.facts.run_status = change.run_status.or(self.facts.run_status.take());
        self.facts.approval_status = change.approval_status.or(self.facts.approval_status.take());
        self.facts.rejection = change.rejection;
        self.facts.changed_at = self.facts.changed_at.max(at);
        self.facts.review_round = self.facts.review_round.max(round.unwrap_or(0));
        if self.state.is_verdict() {
            self.verdict_round = Some(self.facts.review_round);
        }
        differs
    }
}

impl Posting {
    /// Since when it is silent, if it is.
    pub fn silent_since(&self, now: u64) -> Option<u64> {
        super::silence::of_posting(self.state, self.last_delivery_at, now)
    }

    /// Notes that the plugin no longer knows the posting, as after one of two databases was restored. Answers whether that is news.
    pub fn lose(&mut self, at: u64) -> bool {
        if matches!(self.state, PostingState::Unknown | PostingState::Unlinked) {
            return false;
        }
        self.state = PostingState::Unknown;
        self.facts.changed_at = self.facts.changed_at.max(at);
        let named = self.board_posting.as_deref().unwrap_or("?");
        self.facts.advice = Some(Text::new(
            format!(
                "Plugin không còn lưu tin này. Hãy liên kết lại với tin {named} trên trang tuyển dụng."
            ),
            format!(
                "The plugin no longer knows this posting. Link the job with the board's posting {named} again."
            ),
        ));
        true
    }
}

/// A posting's state, seen by asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The state.
    pub state: PostingState,
    /// The board's own word for run status.
    pub run_status: Option<String>,
    /// The board's own word for approval.
    pub approval_status: Option<String>,
    /// The reason, when refused.
    pub rejection: Option<Rejection>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(state: PostingState) -> Posting {
        Posting {
            row: PostingRow(1),
            connection: ConnectionId(1),
            job: JobId(1),
            request_id: "r".into(),
            board_posting: None,
            state,
            verdict_round: None,
            confirmed: false,
            last_delivery_at: None,
            facts: Facts {
                review_round: 1,
                ..Facts::default()
            },
        }
    }

    fn report(state: PostingState, review_round: u32) -> Report {
        Report {
            request_id: "r".into(),
            board_posting: Some("9".into()),
            state,
            facts: Facts {
                review_round,
                ..Facts::default()
            },
        }
    }

    fn rejection() -> Rejection {
        Rejection {
            reason: "số điện thoại trong mô tả".into(),
            code: None,
            field: None,
            advice: Text::new("Sửa", "Correct it"),
        }
    }

    #[test]
    fn an_answer_that_was_overtaken_does_not_undo_the_verdict() {
        let mut posting = posting(PostingState::Submitting);
        posting.judge(Verdict::Approved, Some(1), 5);
        posting.take(report(PostingState::PendingReview, 1));
        assert_eq!(posting.state, PostingState::Live);
        assert_eq!(posting.board_posting.as_deref(), Some("9"));
        posting.take(report(PostingState::PendingReview, 2));
        assert_eq!(posting.state, PostingState::PendingReview);
    }

    #[test]
    fn a_late_verdict_on_an_earlier_round_changes_nothing() {
        let mut posting = posting(PostingState::PendingReview);
        posting.facts.review_round = 2;
        posting.judge(Verdict::Rejected(rejection()), Some(1), 5);
        assert_eq!(posting.state, PostingState::PendingReview);
        posting.judge(Verdict::Rejected(rejection()), Some(2), 6);
        assert_eq!(posting.state, PostingState::Rejected);
        posting.judge(Verdict::Approved, None, 7);
        assert_eq!(posting.state, PostingState::Live);
        assert_eq!(posting.facts.rejection, None);
    }

    #[test]
    fn a_state_under_review_that_was_overtaken_does_not_undo_the_verdict() {
        let seen = |state| Change {
            state,
            run_status: None,
            approval_status: None,
            rejection: None,
        };
        let mut posting = posting(PostingState::PendingReview);
        posting.judge(Verdict::Approved, Some(1), 5);
        assert!(!posting.change(seen(PostingState::PendingReview), Some(1), 6));
        assert_eq!(posting.state, PostingState::Live);
        assert!(posting.change(seen(PostingState::PendingReview), Some(2), 7));
        assert_eq!(posting.state, PostingState::PendingReview);
    }

    #[test]
    fn a_posting_that_the_plugin_lost_says_once_what_to_do() {
        let mut posting = posting(PostingState::Live);
        posting.board_posting = Some("77".into());
        assert!(posting.lose(9));
        assert!(!posting.lose(10));
        assert_eq!(posting.state, PostingState::Unknown);
        assert!(
            posting
                .facts
                .advice
                .unwrap_or(Text::new("", ""))
                .en
                .contains("77")
        );
    }

    #[test]
    fn approval_does_not_reopen_what_the_employer_closed() {
        let mut posting = posting(PostingState::Closed);
        posting.judge(Verdict::Approved, Some(1), 5);
        assert_eq!(posting.state, PostingState::Closed);
    }
}

//! The hiring pipeline.

use serde::Serialize;

/// The five stages that every job starts with, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Applications arrive here.
    Receive,
    /// Talking to the candidate.
    Interview,
    /// An offer was made.
    Offered,
    /// Accepted.
    Hired,
    /// Turned down.
    Rejected,
}

impl Stage {
    /// All of them, in the order of the pipeline.
    pub const ALL: [Self; 5] = [
        Self::Receive,
        Self::Interview,
        Self::Offered,
        Self::Hired,
        Self::Rejected,
    ];

    /// The words of the API and the database, in the order of [`Stage::ALL`].
    pub const CODES: [&'static str; 5] = ["receive", "interview", "offered", "hired", "rejected"];

    /// Where every application begins.
    pub const FIRST: Self = Self::Receive;

    /// The stored word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Interview => "interview",
            Self::Offered => "offered",
            Self::Hired => "hired",
            Self::Rejected => "rejected",
        }
    }

    /// Reads the stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// What a person reads.
    pub fn label(self) -> super::text::Text {
        let (vi, en) = match self {
            Self::Receive => ("Tiếp nhận hồ sơ", "Receive applications"),
            Self::Interview => ("Phỏng vấn", "Interview"),
            Self::Offered => ("Đề nghị nhận việc", "Offered"),
            Self::Hired => ("Đã tuyển", "Hired"),
            Self::Rejected => ("Từ chối", "Rejected"),
        };
        super::text::Text::new(vi, en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_stages_agree() {
        assert_eq!(Stage::ALL.map(Stage::code), Stage::CODES);
        for stage in Stage::ALL {
            assert_eq!(Stage::from_code(stage.code()), Some(stage));
        }
    }
}

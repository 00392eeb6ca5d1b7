//! Why the platform may keep an application: the law wants source, time and basis of personal data on record.

use serde::Serialize;

use super::text::Text;

/// What the platform relies on, as far as it can know. Source and time stand beside it with each application; what the person agreed to in
/// which words is the board's to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The person applied at the board, which says so under its signature: agreed there, and for recruitment only.
    OwnApplication,
    /// The board did not sign the application, so nobody vouches that the person applied at all.
    NotConfirmed,
}

impl Basis {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::OwnApplication, Self::NotConfirmed];

    /// Of an application whose signature was verified, or not.
    pub const fn of(verified: bool) -> Self {
        if verified {
            Self::OwnApplication
        } else {
            Self::NotConfirmed
        }
    }

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OwnApplication => "own-application",
            Self::NotConfirmed => "not-confirmed",
        }
    }

    /// Reads the stored word. One that is not known confirms nothing.
    pub fn from_code(code: &str) -> Self {
        let known = Self::ALL.into_iter().find(|basis| basis.code() == code);
        known.unwrap_or(Self::NotConfirmed)
    }

    /// What a person reads.
    pub fn label(self) -> Text {
        let (vi, en) = match self {
            Self::OwnApplication => (
                "Ứng viên tự nộp hồ sơ và đồng ý chia sẻ tại mạng tuyển dụng; chỉ dùng để tuyển dụng (Luật 91/2025/QH15, điều 25)",
                "The candidate applied at the job board and agreed there to share the profile; for recruitment only (Law 91/2025/QH15, article 25)",
            ),
            Self::NotConfirmed => (
                "Chưa xác nhận: hồ sơ không có chữ ký của mạng tuyển dụng. Hãy hỏi ứng viên trước khi dùng",
                "Not confirmed: the job board did not sign this application. Ask the candidate before the data is used",
            ),
        };
        Text::new(vi, en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basis_is_read_as_it_was_stored_and_an_unknown_one_confirms_nothing() {
        for basis in Basis::ALL {
            assert_eq!(Basis::from_code(basis.code()), basis);
            assert_eq!(serde_json::json!(basis), basis.code());
        }
        for unknown in ["", "consent", "OWN-APPLICATION"] {
            assert_eq!(Basis::from_code(unknown), Basis::NotConfirmed, "{unknown}");
        }
    }
}

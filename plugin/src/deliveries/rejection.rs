//! TopCV's reason for rejecting a posting: free text, kept as it is; code, field and advice are guesses beside it.

use crate::contract::events::Rejection;
use crate::failure::text;
use crate::vietnam::fold::{fold, has_words};

/// What words in a reason point to. The first hint with a matching word counts, so the particular ones stand first.
struct Hint {
    code: &'static str,
    field: &'static str,
    /// Whole words, folded. All of one entry must occur.
    words: &'static [&'static [&'static str]],
    vi: &'static str,
    en: &'static str,
}

const HINTS: &[Hint] = &[
    Hint {
        code: "contact-in-description",
        field: "job_description",
        words: &[
            &["so dien thoai"],
            &["sdt"],
            &["thong tin lien he"],
            &["thong tin lien lac"],
            &["email", "mo ta"],
            &["zalo"],
            &["facebook"],
            &["hotline"],
            &["duong link"],
            &["contact", "description"],
            &["phone number"],
        ],
        vi: "Bỏ số điện thoại, e-mail, Zalo và đường dẫn khỏi nội dung tin; thông tin liên hệ chỉ điền ở các trường liên hệ.",
        en: "Remove phone numbers, e-mail addresses, Zalo and links from the posting's texts; contact details belong in the contact fields only.",
    },
    Hint {
        code: "discrimination",
        field: "job_requirement",
        words: &[&["phan biet"], &["ky thi"], &["discriminat"]],
        vi: "Bỏ các yêu cầu phân biệt về giới tính, độ tuổi, vùng miền, tôn giáo hoặc ngoại hình.",
        en: "Remove requirements that discriminate by gender, age, region, religion or looks.",
    },
    Hint {
        code: "fee-asked",
        field: "job_description",
        words: &[
            &["thu phi"],
            &["dat coc"],
            &["dong phi"],
            &["le phi"],
            &["deposit"],
            &["fee"],
            &["fees"],
        ],
        vi: "Bỏ nội dung yêu cầu ứng viên nộp tiền hoặc đặt cọc.",
        en: "Remove whatever asks applicants for money or a deposit.",
    },
    Hint {
        code: "duplicate",
        field: "title",
        words: &[
            &["trung lap"],
            &["trung tin"],
            &["trung voi"],
            &["bi trung"],
            &["da ton tai"],
            &["duplicate"],
        ],
        vi: "TopCV cho rằng tin trùng với một tin khác. Hãy dùng tin cũ, hoặc sửa cho khác hẳn.",
        en: "TopCV takes it for a copy of another posting. Use the older one, or make this one clearly different.",
    },
    Hint {
        code: "salary",
        field: "salary_from",
        words: &[
            &["muc luong"],
            &["khoang luong"],
            &["luong khong"],
            &["luong chua"],
            &["ve luong"],
            &["thu nhap"],
            &["salary"],
            &["income"],
        ],
        vi: "Sửa mức lương cho rõ ràng và hợp lý.",
        en: "Make the salary clear and plausible.",
    },
    Hint {
        code: "title",
        field: "title",
        words: &[&["tieu de"], &["ten tin"], &["chuc danh"], &["title"]],
        vi: "Sửa tiêu đề: chỉ nêu vị trí, không viết hoa toàn bộ, không quảng cáo.",
        en: "Correct the title: the position only, not all in capitals, no advertising.",
    },
    Hint {
        code: "category",
        field: "main_category",
        words: &[&["nganh nghe"], &["danh muc"], &["linh vuc"], &["category"]],
        vi: "Chọn lại ngành nghề cho đúng với vị trí cần tuyển.",
        en: "Choose the category that fits the work.",
    },
    Hint {
        code: "location",
        field: "locations",
        words: &[
            &["dia diem"],
            &["dia chi"],
            &["noi lam viec"],
            &["location"],
        ],
        vi: "Sửa địa điểm làm việc.",
        en: "Correct the place of work.",
    },
    Hint {
        code: "deadline",
        field: "deadline",
        words: &[&["han nop"], &["het han"], &["deadline"]],
        vi: "Chọn lại hạn nộp hồ sơ.",
        en: "Choose another deadline.",
    },
    Hint {
        code: "requirement",
        field: "job_requirement",
        words: &[
            &["yeu cau ung vien"],
            &["yeu cau cong viec"],
            &["phan yeu cau"],
            &["requirement"],
        ],
        vi: "Sửa phần yêu cầu ứng viên.",
        en: "Correct the requirements.",
    },
    Hint {
        code: "benefit",
        field: "job_benefit",
        words: &[&["quyen loi"], &["phuc loi"], &["benefit"]],
        vi: "Sửa phần quyền lợi.",
        en: "Correct the benefits.",
    },
    Hint {
        code: "description",
        field: "job_description",
        words: &[&["mo ta"], &["noi dung"], &["so sai"], &["description"]],
        vi: "Viết lại mô tả công việc cho đầy đủ và rõ ràng.",
        en: "Write the description anew, complete and clear.",
    },
];

/// The rejection for a reason as TopCV wrote it; an empty reason is one without a guess.
pub fn read(reason: &str) -> Rejection {
    let folded = fold(reason);
    let hint = HINTS.iter().find(|hint| {
        hint.words
            .iter()
            .any(|words| words.iter().all(|word| has_words(&folded, word)))
    });
    Rejection {
        reason: reason.to_owned(),
        code: hint.map(|hint| hint.code.to_owned()),
        field: hint.map(|hint| hint.field.to_owned()),
        advice: match hint {
            Some(hint) => text(
                format!("{} Sau đó hãy cập nhật tin để TopCV duyệt lại.", hint.vi),
                format!(
                    "{} Then update the posting; TopCV reviews it again.",
                    hint.en
                ),
            ),
            None => text(
                "Sửa tin theo lý do của TopCV rồi cập nhật; TopCV sẽ duyệt lại. Nếu lý do chưa rõ, hãy hỏi TopCV.",
                "Correct the posting as TopCV's reason says and update it; TopCV reviews it again. If the reason is not clear, ask TopCV.",
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::vietnam::compose::nfd;

    use super::*;

    fn guess(reason: &str) -> (Option<String>, Option<String>) {
        let rejection = read(reason);
        assert_eq!(rejection.reason, reason);
        assert!(!rejection.advice.vi.is_empty() && !rejection.advice.en.is_empty());
        (rejection.code, rejection.field)
    }

    #[test]
    fn reasons_point_to_a_code_and_a_field() {
        for (reason, code, field) in [
            (
                "Mô tả công việc có chứa số điện thoại",
                "contact-in-description",
                "job_description",
            ),
            (
                "MÔ TẢ CÔNG VIỆC CÓ SĐT",
                "contact-in-description",
                "job_description",
            ),
            ("Mức lương không hợp lý", "salary", "salary_from"),
            ("Tiêu đề viết hoa toàn bộ", "title", "title"),
            ("Tin đăng bị trùng với tin #123", "duplicate", "title"),
            (
                "Nội dung phân biệt giới tính",
                "discrimination",
                "job_requirement",
            ),
            ("Mô tả quá sơ sài", "description", "job_description"),
            ("Sai ngành nghề", "category", "main_category"),
            ("The salary is not plausible", "salary", "salary_from"),
        ] {
            assert_eq!(
                guess(reason),
                (Some(code.into()), Some(field.into())),
                "{reason}"
            );
            let decomposed: String = nfd(reason);
            assert_eq!(
                read(&decomposed).code.as_deref(),
                Some(code),
                "{reason} decomposed"
            );
        }
    }

    #[test]
    fn a_word_is_not_found_inside_another_one() {
        for reason in [
            "Chất lượng tin chưa đạt",
            "Feedback: see the mail",
            "Tin chưa đạt",
        ] {
            assert_eq!(guess(reason), (None, None), "{reason}");
        }
    }

    #[test]
    fn an_unknown_reason_is_kept_without_a_guess() {
        assert_eq!(guess("Lý do khác 😀"), (None, None));
        assert_eq!(guess(""), (None, None));
    }
}

//! What TopCV's form calls the keys of a posting.

/// (key, Vietnamese, English)
const LABELS: [(&str, &str, &str); 29] = [
    ("title", "Tiêu đề tin", "Title"),
    ("position_title", "Vị trí chuyên môn", "Position"),
    ("main_category", "Ngành nghề chính", "Main category"),
    ("skills", "Kỹ năng", "Skills"),
    ("locations", "Khu vực làm việc", "Locations"),
    ("salary_level", "Bậc lương", "Salary level"),
    ("salary_from", "Lương từ", "Salary from"),
    ("salary_to", "Lương đến", "Salary to"),
    ("salary_currency", "Loại tiền", "Currency"),
    ("job_type", "Loại công việc", "Job type"),
    ("employee_level", "Cấp bậc", "Level"),
    ("experience", "Kinh nghiệm", "Experience"),
    ("quantity", "Số lượng tuyển", "Headcount"),
    ("gender", "Giới tính", "Gender"),
    ("job_description", "Mô tả công việc", "Description"),
    ("job_requirement", "Yêu cầu ứng viên", "Requirements"),
    ("job_benefit", "Quyền lợi", "Benefits"),
    ("deadline", "Hạn nộp hồ sơ", "Deadline"),
    ("contact_name", "Người nhận hồ sơ", "Contact"),
    ("contact_phone", "Điện thoại liên hệ", "Contact phone"),
    ("contact_email", "E-mail nhận hồ sơ", "Contact e-mail"),
    ("publish_request_days", "Số ngày đăng", "Days to run"),
    ("job_tag_ids", "Thẻ", "Tags"),
    (
        "recruitment_campaign_id",
        "Chiến dịch tuyển dụng",
        "Recruitment campaign",
    ),
    (
        "create_recruitment_campaign",
        "Tạo chiến dịch mới",
        "New campaign",
    ),
    ("working_time", "Thời gian làm việc", "Working time"),
    ("working_method", "Hình thức làm việc", "Working method"),
    ("education", "Học vấn", "Education"),
    ("address", "Địa chỉ", "Address"),
];

/// The label of a key in Vietnamese and English; none for a key that TopCV's form does not have.
pub(super) fn of(key: &str) -> Option<(&'static str, &'static str)> {
    let found = LABELS.iter().find(|(known, _, _)| *known == key);
    found.map(|(_, vi, en)| (*vi, *en))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_key_of_the_form_has_a_label() {
        for (name, _) in crate::posting::entries() {
            assert!(super::of(name).is_some(), "{name}");
        }
    }
}

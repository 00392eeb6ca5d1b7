//! A small company, so that there is something to try: made once, on the first start.

use crate::application::{AppError, Platform};
use crate::domain::id::{TenantId, UserId};
use crate::domain::user::Role;
use crate::domain::value::{FieldValue, Values};

/// Somebody who can sign in from now on.
pub struct Seeded {
    /// The login.
    pub login: &'static str,
    /// The password, known this once.
    pub password: String,
}

const DAY_MS: u64 = 86_400_000;
const VIETNAM_MS: i64 = 7 * 3_600_000;

/// Makes one tenant with a recruiter who owns three jobs, an administrator, an operator, and a connection that waits to be configured.
/// Answers nothing when there is somebody already.
pub async fn seed(platform: &Platform) -> Result<Vec<Seeded>, AppError> {
    if !platform.all_users().await?.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = platform.add_tenant("Công ty Cổ phần Minh An").await?;
    let mut people = Vec::new();
    let mut owner = None;
    for (login, name, role) in [
        ("lan", "Nguyễn Thị Lan", Role::Recruiter),
        ("minh", "Trần Quang Minh", Role::Administrator),
        ("vanhanh", "Vận hành hệ thống", Role::Operator),
    ] {
        let (id, password) = platform.add_user(tenant, login, name, role).await?;
        people.push(Seeded { login, password });
        owner = owner.or(Some(id));
    }
    if let Some(owner) = owner {
        add_jobs(platform, tenant, owner).await?;
    }
    let board = platform.manifest().board_name.clone();
    platform.add_connection(tenant, &board).await?;
    Ok(people)
}

async fn add_jobs(platform: &Platform, tenant: TenantId, owner: UserId) -> Result<(), AppError> {
    let deadline = local_day(platform.now() + 30 * DAY_MS);
    for (title, details) in [
        ("Kế toán tổng hợp", accountant(&deadline)),
        ("Lập trình viên Java (Spring Boot)", developer(&deadline)),
        ("Nhân viên kinh doanh thị trường miền Nam", sales()),
    ] {
        platform
            .add_job(tenant, owner, title.to_owned(), details)
            .await?;
    }
    Ok(())
}

fn text(name: &str, value: &str) -> (String, FieldValue) {
    (name.to_owned(), FieldValue::Text(value.to_owned()))
}

fn texts(name: &str, values: &[&str]) -> (String, FieldValue) {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    (name.to_owned(), FieldValue::Texts(values))
}

fn number(name: &str, value: i64) -> (String, FieldValue) {
    (name.to_owned(), FieldValue::Integer(value))
}

/// Everything is there.
fn accountant(deadline: &str) -> Values {
    Values::from([
        text(
            "description",
            "Lập báo cáo tài chính, báo cáo thuế hằng tháng và quyết toán năm.\nTheo dõi công nợ, đối chiếu với ngân hàng và nhà cung cấp.\nPhối hợp với đơn vị kiểm toán.",
        ),
        text(
            "requirements",
            "Tốt nghiệp đại học ngành kế toán hoặc tài chính.\nThành thạo MISA và Excel.\nCẩn thận, trung thực.",
        ),
        text(
            "benefits",
            "Lương tháng 13, thưởng lễ, Tết.\nĐóng bảo hiểm đầy đủ theo luật.\nDu lịch hằng năm.",
        ),
        text("city", "Hà Nội"),
        text("category", "Kế toán / Kiểm toán"),
        texts("skills", &["Kế toán tổng hợp", "Báo cáo thuế"]),
        text("job-type", "Toàn thời gian"),
        text("level", "Nhân viên"),
        text("experience", "2 năm"),
        text("gender", "Không yêu cầu"),
        number("salary-from", 12_000_000),
        number("salary-to", 18_000_000),
        text("salary-currency", "VND"),
        number("quantity", 2),
        text("deadline", deadline),
        text("contact-name", "Nguyễn Thị Lan"),
        text("contact-phone", "0912 345 678"),
        text("contact-email", "tuyendung@minhan.example"),
    ])
}

/// Some words fit several options of a board.
fn developer(deadline: &str) -> Values {
    Values::from([
        text(
            "description",
            "<p>Phát triển hệ thống bán hàng trên nền Java và Spring Boot.</p><ul><li>Thiết kế API</li><li>Viết kiểm thử tự động</li></ul>",
        ),
        text(
            "requirements",
            "Ít nhất 1 năm làm việc với Java.\nHiểu cơ sở dữ liệu quan hệ.\nĐọc được tài liệu tiếng Anh.",
        ),
        text(
            "benefits",
            "Làm việc kết hợp tại nhà.\nXét lương hai lần mỗi năm.",
        ),
        texts("cities", &["TP.HCM", "Đà Nẵng"]),
        text("category", "phần mềm"),
        texts("skills", &["java", "SQL"]),
        text("job-type", "full time"),
        text("level", "nhân viên"),
        text("experience", "1 năm"),
        ("salary-negotiable".to_owned(), FieldValue::Truth(true)),
        number("quantity", 3),
        text("deadline", deadline),
        text("contact-name", "Nguyễn Thị Lan"),
        text("contact-phone", "+84 912 345 678"),
        text("contact-email", "tuyendung@minhan.example"),
    ])
}

/// Requirements, category, deadline and contact are missing; the province has a new name.
fn sales() -> Values {
    Values::from([
        text(
            "description",
            "Tìm kiếm và chăm sóc đại lý tại Bình Dương và các tỉnh lân cận.\nLập kế hoạch bán hàng theo tuần.",
        ),
        text(
            "benefits",
            "Thưởng theo doanh số.\nPhụ cấp xăng xe, điện thoại.",
        ),
        text("city", "bình dương"),
        texts("skills", &["bán hàng"]),
        text("job-type", "Toàn thời gian"),
        number("salary-from", 9_000_000),
        text("salary-currency", "VND"),
        number("quantity", 5),
    ])
}

/// The calendar day in Vietnam, whatever the machine's zone is.
fn local_day(moment: u64) -> String {
    let local = i64::try_from(moment).unwrap_or(i64::MAX / 2) + VIETNAM_MS;
    jiff::Timestamp::from_millisecond(local).map_or_else(
        |_| String::new(),
        |local| {
            jiff::tz::TimeZone::UTC
                .to_datetime(local)
                .date()
                .to_string()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_vietnam() {
        // 2026-01-01T16:59:59Z and one second later.
        assert_eq!(local_day(1_767_286_799_000), "2026-01-01");
        assert_eq!(local_day(1_767_286_800_000), "2026-01-02");
    }
}

//! How values look: hostile text as text, times and numbers the Vietnamese way, states as badges.

use maud::{Markup, html};

use super::Lang;
use crate::clock::{is_local_time, local_time_text};
use crate::state::{Approval, Delivery, DeliveryState, Run};

/// Anything that somebody else wrote: isolated from the direction of the text around it, and with every
/// character visible that would otherwise act.
pub(crate) fn text(text: &str) -> Markup {
    html! { bdi { (visible(text)) } }
}

/// As [`text`], cut after `most` characters.
pub(crate) fn short(text: &str, most: usize) -> Markup {
    let cut = text.chars().nth(most).is_some();
    let kept: String = text.chars().take(most).collect();
    html! { bdi { (visible(&kept)) @if cut { "…" } } }
}

/// As [`text`], where no element may stand: in an option.
pub(crate) fn plain(text: &str) -> String {
    visible(text)
}

/// Control characters, direction marks and characters without width, each by its number.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if acts(character) {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out
}

fn acts(character: char) -> bool {
    let layout = matches!(character, '\n' | '\r' | '\t');
    (character.is_control() && !layout)
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// `31/03/2026 08:00:00`, the time in Vietnam.
pub(crate) fn time(ms: i64) -> Markup {
    local_time(&local_time_text(ms))
}

/// As [`time`], of the form that TopCV's times have; any other text is shown as it is.
pub(crate) fn local_time(written: &str) -> Markup {
    let Some((day, clock)) = written.split_once(' ').filter(|_| is_local_time(written)) else {
        return text(written);
    };
    html! {
        time datetime=(format!("{day}T{clock}+07:00")) { (vietnamese_day(day)) " " (clock) }
    }
}

/// `31/03/2026` for `2026-03-31`.
pub(crate) fn vietnamese_day(day: &str) -> String {
    let parts: Vec<&str> = day.rsplit('-').collect();
    parts.join("/")
}

/// `1.234.567`: digits in groups of three.
pub(crate) fn number(value: impl TryInto<i128>) -> String {
    let value = value.try_into().unwrap_or(i128::MAX);
    let digits = value.unsigned_abs().to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if value < 0 { format!("-{out}") } else { out }
}

/// A short state; `tone` is `good`, `bad`, `wait` or `quiet`.
pub(crate) fn badge(tone: &str, label: &str) -> Markup {
    html! { span class=(format!("badge {tone}")) { (label) } }
}

pub(crate) fn run_badge(lang: Lang, run: Run) -> Markup {
    match run {
        Run::Draft => badge("quiet", lang.t("Nháp", "Draft")),
        Run::Running => badge("good", lang.t("Đang chạy", "Running")),
        Run::Stopped => badge("quiet", lang.t("Đã dừng", "Stopped")),
        Run::Expired => badge("quiet", lang.t("Hết hạn", "Expired")),
    }
}

pub(crate) fn approval_badge(lang: Lang, approval: Approval) -> Markup {
    match approval {
        Approval::Pending => badge("wait", lang.t("Chờ duyệt", "In review")),
        Approval::Approved => badge("good", lang.t("Đã duyệt", "Approved")),
        Approval::Rejected => badge("bad", lang.t("Bị từ chối", "Rejected")),
    }
}

/// Where a delivery stands: the status of its newest attempt, or why there is none.
pub(crate) fn delivery_badge(lang: Lang, delivery: &Delivery) -> Markup {
    match (delivery.state, delivery.attempts.last()) {
        (DeliveryState::Held, _) => badge("wait", lang.t("Đang giữ", "Held")),
        (DeliveryState::NoWebhookUrl, _) => {
            badge("bad", lang.t("Chưa có Webhook URL", "No webhook URL"))
        }
        (_, Some(attempt)) => match attempt.status {
            Some(status) if (200..300).contains(&status) => badge("good", &status.to_string()),
            Some(status) => badge("bad", &status.to_string()),
            None => badge("bad", lang.t("Không có phản hồi", "No answer")),
        },
        (_, None) => badge("wait", lang.t("Đang gửi", "Sending")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_is_shown_by_its_number() {
        assert_eq!(
            text("a\u{202e}b\u{7}<b>\n").into_string(),
            "<bdi>a⟨U+202E⟩b⟨U+0007⟩&lt;b&gt;\n</bdi>"
        );
        assert_eq!(visible("Nguyễn Thị Hoà 😀 日本"), "Nguyễn Thị Hoà 😀 日本");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(short("Hoàà", 3).into_string(), "<bdi>Hoà…</bdi>");
        assert_eq!(short("Hoà", 3).into_string(), "<bdi>Hoà</bdi>");
    }

    #[test]
    fn numbers_and_times_are_written_the_vietnamese_way() {
        let written = [0_i64, 999, 1_000, 15_000_000, -1_234].map(number);
        assert_eq!(written, ["0", "999", "1.000", "15.000.000", "-1.234"]);
        assert!(
            time(1_772_326_800_000)
                .into_string()
                .contains(">01/03/2026 08:00:00<")
        );
    }
}

//! Small pieces that several pages share.

use maud::{Markup, html};

use super::format;
use super::lang::Lang;
use crate::domain::posting::PostingState;

/// What somebody outside said: shown as text, in its own direction.
///
/// Control and direction characters are made visible: a name must not turn round the text beside it, or hide a part of itself.
pub fn said(text: &str) -> Markup {
    let plain: String = text
        .chars()
        .map(|c| if is_unseen(c) { '\u{fffd}' } else { c })
        .collect();
    html! { bdi { (plain) } }
}

/// As [`said`], as plain text, for places that hold no elements.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if is_unseen(c) { '\u{fffd}' } else { c })
        .collect()
}

fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}

/// A moment.
pub fn moment(at: u64) -> Markup {
    html! { time datetime=(format::machine(at)) { (format::moment(at)) } }
}

/// The token of a form.
pub fn csrf(token: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(token); }
}

/// A form that is one button.
pub fn button(
    token: &str,
    action: &str,
    label: &str,
    class: &str,
    more: &[(&str, &str)],
) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            (csrf(token))
            @for (name, value) in more { input type="hidden" name=(name) value=(value); }
            button class=(class) { (label) }
        }
    }
}

/// A posting's state, in colour and words.
pub fn state(lang: Lang, state: PostingState) -> Markup {
    let tone = match state {
        PostingState::Live => "good",
        PostingState::PendingReview | PostingState::Submitting => "wait",
        PostingState::Rejected | PostingState::Unknown => "bad",
        _ => "idle",
    };
    let label = state.label();
    html! { span class={ "state is-" (tone) } { (lang.of(&label)) } }
}

/// Where a page stands, from the outermost in.
pub fn crumbs(lang: Lang, trail: &[(&str, String)]) -> Markup {
    html! {
        nav.crumbs aria-label=(lang.t("Vị trí", "Breadcrumbs")) {
            ol { @for (label, href) in trail { li { a href=(href) { (plain(label)) } } } }
        }
    }
}

/// A list without anything in it: why, and what to do.
pub fn empty(heading: &str, advice: &str, action: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty {
            p.empty-heading { (heading) }
            p { (advice) }
            @if let Some((href, label)) = action { p { a.button href=(href) { (label) } } }
        }
    }
}

/// A link to the next rows of a long list, when there may be more.
pub fn older(lang: Lang, path: &str, last: Option<i64>, rows: usize) -> Markup {
    let more = rows >= super::door::ROWS as usize;
    let joint = if path.contains('?') { '&' } else { '?' };
    html! {
        @if more && let Some(last) = last {
            p.older { a.button href={ (path) (joint) "before=" (last) } { (lang.t("Cũ hơn", "Older")) } }
        }
    }
}

/// A text of several lines.
pub fn lines(text: &str) -> Markup {
    html! { @for line in text.lines() { p { (said(line)) } } }
}

/// What only a board's own people understand: words and names as the board spells them, closed until somebody asks.
pub fn technical(lang: Lang, rows: &[(&str, &str)]) -> Markup {
    html! {
        @if !rows.is_empty() {
            details.notes {
                summary { (lang.t("Thông tin kỹ thuật", "Technical details")) }
                dl.facts-table {
                    @for (name, value) in rows { div { dt { (said(name)) } dd { (said(value)) } } }
                }
            }
        }
    }
}

/// A page elsewhere, only when it is a web page: nothing that a board says becomes a script.
pub fn link_out(lang: Lang, url: &str, label: &str) -> Markup {
    let web = url.starts_with("https://") || url.starts_with("http://");
    html! {
        @if web {
            a.out href=(url) target="_blank" rel="noopener noreferrer" {
                (label) span.hidden-text { " " (lang.t("(mở trang khác)", "(opens another site)")) }
            }
        } @else {
            (said(url))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let shown = said("<script>alert(1)</script> \u{202e}gpj.exe\u{0}\u{200b}").into_string();
        assert_eq!(
            shown,
            "<bdi>&lt;script&gt;alert(1)&lt;/script&gt; \u{fffd}gpj.exe\u{fffd}\u{fffd}</bdi>"
        );
    }

    #[test]
    fn only_web_addresses_become_links() {
        for url in [
            "javascript:alert(1)",
            "data:text/html,x",
            " https://x",
            "//x",
        ] {
            assert!(!link_out(Lang::Vi, url, "x").into_string().contains("href"));
        }
        assert!(
            link_out(Lang::Vi, "https://board.example/1", "x")
                .into_string()
                .contains("href")
        );
    }
}

use super::*;

fn html(text: &str) -> String {
    clean(text).html
}

#[test]
fn plain_lines_become_paragraphs() {
    for (text, expected) in [
        ("Một dòng", "<p>Một dòng</p>"),
        ("Một\nHai\r\n\r\n  Ba  ", "<p>Một</p><p>Hai</p><p>Ba</p>"),
        ("Một\u{b}Hai\u{2028}Ba", "<p>Một</p><p>Hai</p><p>Ba</p>"),
        (
            "R&D, lương < 20 & > 10",
            "<p>R&amp;D, lương &lt; 20 &amp; &gt; 10</p>",
        ),
        (
            "<b>Việc</b> tốt\nLương cao",
            "<p><b>Việc</b> tốt</p><p>Lương cao</p>",
        ),
        ("", ""),
        (" \n\t\u{a0}\u{200b}", ""),
        ("a <3 b", "<p>a &lt;3 b</p>"),
        ("nếu a<b", "<p>nếu a&lt;b</p>"),
    ] {
        assert_eq!(html(text), expected, "{text:?}");
        assert_eq!(clean(text).removed, Vec::<String>::new(), "{text:?}");
    }
}

#[test]
fn simple_html_is_kept_balanced_and_without_attributes() {
    for (text, expected) in [
        ("<p>a</p>\n<p>b</p>", "<p>a</p><p>b</p>"),
        ("<P CLASS=\"x\" onclick='y()'>a</P>", "<p>a</p>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("a<br/>b<BR>", "<p>a<br>b</p>"),
        (
            "<ul><li>a<li>b</ul>c",
            "<ul><li>a</li><li>b</li></ul><p>c</p>",
        ),
        ("<li>a</li><li>b</li>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ol>a</ol>", "<ol><li>a</li></ol>"),
        (
            "<ul><li>a<ul><li>b</li></ul></li></ul>",
            "<ul><li>a<ul><li>b</li></ul></li></ul>",
        ),
        (
            "<p><b>a<i>b</b>c</i></p>",
            "<p><b>a<i>b</i></b><i>c</i></p>",
        ),
        (
            "<b><p>a</p><p>b</p></b>c",
            "<p><b>a</b></p><p><b>b</b></p><p>c</p>",
        ),
        ("<p></p><p>&nbsp;</p><p><b> </b></p><ul><li></li></ul>", ""),
        ("<p>a<b> b</b></p>", "<p>a <b>b</b></p>"),
        ("<p>a <!-- <script> --> b</p>", "<p>a b</p>"),
        ("</ul></p>a</b>", "<p>a</p>"),
        (
            "<strong>a</strong> <em>b</em><br>",
            "<p><strong>a</strong> <em>b</em></p>",
        ),
        (
            "<p>&agrave; &lt;script&gt; &amp;lt;</p>",
            "<p>à &lt;script&gt; &amp;lt;</p>",
        ),
        ("<ul><li>a<ul></ul>b</li></ul>", "<ul><li>a<br>b</li></ul>"),
        ("<p>x\u{338}</p>", "<p>x</p>"),
        ("<p>\u{338}x</p>", "<p>x</p>"),
    ] {
        assert_eq!(html(text), expected, "{text}");
        assert_eq!(clean(text).removed, Vec::<String>::new(), "{text}");
    }
}

#[test]
fn everything_else_is_removed_and_named_once() {
    for (text, expected, removed) in [
        ("<div>a</div><div>b</div>", "<p>a</p><p>b</p>", "div"),
        (
            "<h1>A</h1>b<span>c</span><span>d</span>",
            "<p>A</p><p>bcd</p>",
            "h1 span",
        ),
        ("<script>alert('<p>x</p>')</script>a", "<p>a</p>", "script"),
        ("a<STYLE>p{}</sTyLe >b", "<p>ab</p>", "style"),
        ("a<script>alert(1)", "<p>a</p>", "script"),
        (
            "<scr<script></script>ipt>a",
            "<p>&lt;script&gt;a</p>",
            "script",
        ),
        ("<a href=\"javascript:x\">a</a>", "<p>a</p>", "a"),
        ("<img src=x onerror=y>a", "<p>a</p>", "img"),
        ("<x title='>'>a</x>", "<p>a</p>", "x"),
        (
            "<table><tr><td>a</td><td>b</td></tr></table>",
            "<p>a</p><p>b</p>",
            "table tr td",
        ),
        (
            "<ul><li><div>a</div><div>b</div></li></ul>",
            "<ul><li>a<br>b</li></ul>",
            "div",
        ),
    ] {
        let cleaned = clean(text);
        assert_eq!(cleaned.html, expected, "{text}");
        assert_eq!(cleaned.removed.join(" "), removed, "{text}");
    }
}

#[test]
fn composed_and_decomposed_text_come_out_alike() {
    assert_eq!(
        html("<p>Tie\u{302}\u{301}ng Vie\u{323}\u{302}t</p>"),
        "<p>Tiếng Việt</p>"
    );
    assert_eq!(html("e<span>\u{301}</span>"), "<p>é</p>");
}

#[test]
fn nesting_is_bounded_and_long_text_takes_linear_time() {
    let deep = "<ul><li>".repeat(10_000) + "x" + &"</li></ul>".repeat(10_000);
    assert_eq!(html(&deep).matches("<ul>").count(), 6);
    for piece in [
        "<",
        "<a",
        "<!--",
        "<p title=\"",
        "&",
        "</script",
        "<script>",
        "<b><p>",
    ] {
        let long = piece.repeat(100_000);
        assert!(html(&long).len() <= 5 * long.len() + 10, "{piece}");
    }
}

/// A small generator: the same texts on every run.
fn generated(count: usize) -> Vec<String> {
    const PIECES: [&str; 30] = [
        "<p>",
        "</p>",
        "<br>",
        "<ul>",
        "</ul>",
        "<ol>",
        "</ol>",
        "<li>",
        "</li>",
        "<b>",
        "</b>",
        "<strong>",
        "</strong>",
        "<i>",
        "</i>",
        "<em>",
        "</em>",
        "<div>",
        "</div>",
        "<span x='>'>",
        "</span>",
        "a",
        " b",
        "c ",
        "\n",
        "&lt;p&gt;",
        "&amp;",
        "<",
        "e\u{301}",
        "<script>x</script>",
    ];
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut below = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    (0..count)
        .map(|_| {
            (0..below(25))
                .map(|_| PIECES[below(PIECES.len())])
                .collect()
        })
        .collect()
}

#[test]
fn cleaning_twice_changes_nothing_and_every_tag_is_closed() {
    for text in generated(20_000) {
        let once = clean(&text);
        let twice = clean(&once.html);
        assert_eq!(twice.html, once.html, "{text:?}");
        assert!(twice.removed.is_empty(), "{text:?}");
        let mut open = Vec::new();
        for token in Tokens::new(&once.html) {
            match token {
                Token::Open(name) if name != "br" => open.push(name),
                Token::Close(name) => assert_eq!(open.pop(), Some(name), "{text:?}"),
                _ => {}
            }
        }
        assert!(open.is_empty(), "{text:?} {}", once.html);
    }
}

#[test]
fn lines_that_begin_with_a_bullet_are_a_list() {
    for (text, expected) in [
        ("• Một\n• Hai", "<ul><li>Một</li><li>Hai</li></ul>"),
        (
            "Việc:\n•\tMột\n\n  • Hai\nHết",
            "<p>Việc:</p><ul><li>Một</li><li>Hai</li></ul><p>Hết</p>",
        ),
        (
            "\u{200b}•\u{200b} <b>Một</b> phần\n<i>• Hai</i>",
            "<ul><li><b>Một</b> phần</li><li><i>Hai</i></li></ul>",
        ),
        ("•Một\n•", "<p>•Một</p><p>•</p>"),
        ("a • b", "<p>a • b</p>"),
        ("- Một\n1. Hai", "<p>- Một</p><p>1. Hai</p>"),
        ("<p>• Một</p>", "<p>• Một</p>"),
        ("•", "<p>•</p>"),
    ] {
        assert_eq!(html(text), expected, "{text:?}");
    }
}

#[test]
fn markup_is_shown_as_lines_exactly_where_lines_say_the_same() {
    for (html, expected) in [
        ("<p>Lập báo cáo</p><p>R&amp;D</p>", "Lập báo cáo\nR&D"),
        ("<p>a<br>b</p>\n<p></p><p>c</p>", "a\nb\nc"),
        (
            "<p>Việc:</p><ul><li>a</li><li>b</li></ul><p>c</p>",
            "Việc:\n• a\n• b\nc",
        ),
        ("<p>- a</p><p>- b</p>", "- a\n- b"),
        ("<p>lương &lt; 20</p>", "lương < 20"),
        ("", ""),
    ] {
        assert_eq!(shown(html), expected, "{html}");
    }
    for html in [
        "<p><b>a</b></p>",
        "<p>a <em>b</em></p>",
        "<ol><li>a</li></ol>",
        "<ul><li>a<br>b</li></ul>",
        "<ul><li>a</li></ul><ul><li>b</li></ul>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<p>• a</p>",
        "<p>&lt;b&gt; là thẻ</p>",
        "<p>viết &amp;lt;</p>",
    ] {
        assert_eq!(shown(html), html);
    }
}

#[test]
fn what_is_shown_says_the_same_and_is_shown_again_as_it_is() {
    let mut as_lines = 0;
    for text in generated(4_000) {
        let html = clean(&text).html;
        let once = shown(&html);
        let back = clean(&once);
        assert!(back.removed.is_empty(), "{text:?} {once:?}");
        assert_eq!(content(&back.html), content(&html), "{text:?} {once:?}");
        assert_eq!(shown(&back.html), once, "{text:?}");
        assert_eq!(content(&content(&text)), content(&text), "{text:?}");
        as_lines += usize::from(!once.is_empty() && !once.contains("<p>"));
    }
    assert!(as_lines > 200, "{as_lines}");
}

#[test]
fn lines_come_back_from_the_board_as_they_were_written() {
    const PIECES: [&str; 14] = [
        "\n",
        "\n",
        "\n• ",
        "\n- ",
        "Lập báo cáo",
        " thuế",
        "R&D",
        " < 20",
        "•",
        "& ",
        "1. ",
        "&amp",
        "Ke\u{302}\u{301}",
        "\t",
    ];
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut below = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    let mut plain = 0;
    for _ in 0..4_000 {
        let typed: String = (0..below(20))
            .map(|_| PIECES[below(PIECES.len())])
            .collect();
        let html = clean(&typed).html;
        let lines = shown(&html);
        assert_eq!(clean(&lines).html, html, "{typed:?}");
        assert_eq!(shown(&clean(&lines).html), lines, "{typed:?}");
        plain += usize::from(!lines.contains("<p>") && !lines.contains("<ul>"));
    }
    assert!(plain > 3_000, "{plain}");
}

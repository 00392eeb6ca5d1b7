//! Which page stands behind an address that only forms lead to.

use axum::http::Method;

use super::door::{Door, Pairs};
use super::table;

/// What a page's address says beyond its path, and its form gives back.
const KEPT: [&str; 4] = ["connection", "request", "repost", "board_posting"];

/// The address of a page that can be opened without doing anything: the path itself, or the nearest one above it.
pub(super) fn page(path: &str, form: &Pairs) -> String {
    let mut shown = path;
    while !has_page(shown) {
        shown = shown.rsplit_once('/').map_or("", |(above, _)| above);
        if shown.is_empty() {
            return "/".to_owned();
        }
    }
    if shown != path {
        return shown.to_owned();
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in form
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()))
    {
        query.append_pair(name, value);
    }
    match query.finish() {
        empty if empty.is_empty() => shown.to_owned(),
        query => format!("{shown}?{query}"),
    }
}

fn has_page(path: &str) -> bool {
    let leads_here = |door: &Door| {
        let (mut wanted, mut given) = (door.path.split('/'), path.split('/'));
        let alike = wanted.by_ref().zip(given.by_ref()).all(|(wanted, given)| {
            wanted == given || (wanted.starts_with('{') && !given.is_empty())
        });
        alike && door.path.split('/').count() == path.split('/').count()
    };
    table::DOORS
        .iter()
        .any(|door| door.method == Method::GET && leads_here(door))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_a_page_behind_it() {
        let form = Pairs::new();
        for door in table::DOORS
            .iter()
            .filter(|door| door.method == Method::POST)
        {
            let path = door.path.replace(['{', '}'], "");
            assert!(has_page(&page(&path, &form)), "{path}");
        }
        for (path, behind) in [
            ("/postings/r-1/refresh", "/postings/r-1"),
            ("/connections/1/probe", "/connections"),
            ("/deliveries/7/reprocess", "/deliveries"),
            ("/cvs/retry", "/"),
            ("/postings/r-1/update", "/postings/r-1/update"),
        ] {
            assert_eq!(page(path, &form), behind);
        }
    }

    #[test]
    fn what_the_address_says_is_kept_and_what_was_entered_is_not() {
        let form: Pairs = [
            ("csrf", "c"),
            ("connection", "2"),
            ("request", "r&1"),
            ("v:text:title", "Kế toán"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        assert_eq!(
            page("/jobs/1/publish", &form),
            "/jobs/1/publish?connection=2&request=r%261"
        );
        assert_eq!(page("/postings/r-1/refresh", &form), "/postings/r-1");
    }
}

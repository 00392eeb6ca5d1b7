use std::path::Path;

use wit_parser::{Resolve, SizeAlign, TypeDefKind};

use super::Layout;
use crate::contract::{connection, deliveries, events, forms, http, postings, privacy, types};

/// Interface, name, then size, alignment and parts as the plugin has them.
type Known = (
    &'static str,
    &'static str,
    usize,
    usize,
    &'static [&'static str],
);

fn known<T: Layout>(interface: &'static str, name: &'static str) -> Known {
    (interface, name, T::SIZE, T::ALIGN, T::PARTS)
}

fn layouts() -> Vec<Known> {
    macro_rules! known {
        ($($module:ident { $($name:ident)* })*) => {
            vec![$($(known::<$module::$name>(stringify!($module), stringify!($name))),*),*]
        };
    }
    known! {
        types { Text Value NamedValue Disposition FieldProblem Failure }
        forms { Choice Limits Audience Setting Origin Question Field Form }
        events {
            Statement Attachment Application PostingState Rejection PostingChange OtherEvent Happening Event
        }
        connection { HostNeed Manifest ConnectionState PostingMention ConnectionStatus }
        postings { BoardPosting Posting Change PostingPage BoardPage ReconcilePage }
        http { Header }
        deliveries { WebResponse Verdict Outcome File }
        privacy { Erasure Receipt }
    }
}

/// `PostingState` and `run_status` as WIT writes them.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(if c == '_' {
            '-'
        } else {
            c.to_ascii_lowercase()
        });
    }
    kebab
}

#[test]
fn every_layout_is_what_the_wit_files_say() {
    let mut resolve = Resolve::default();
    resolve
        .push_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit"))
        .unwrap();
    let mut sizes = SizeAlign::default();
    sizes.fill(&resolve).unwrap();
    for (interface, name, size, align, parts) in layouts() {
        let name = kebab(name);
        let (_, interface) = resolve
            .interfaces
            .iter()
            .find(|(_, found)| found.name.as_deref() == Some(interface))
            .unwrap();
        let id = interface.types[&name];
        let kind = &resolve.types[id];
        let written: Vec<&str> = match &kind.kind {
            TypeDefKind::Record(record) => record.fields.iter().map(|f| f.name.as_str()).collect(),
            TypeDefKind::Variant(cases) => cases.cases.iter().map(|c| c.name.as_str()).collect(),
            TypeDefKind::Enum(_) => Vec::new(),
            other => panic!("{name} is {other:?}"),
        };
        let parts: Vec<String> = parts.iter().map(|part| kebab(part)).collect();
        assert_eq!(parts, written, "{name}");
        let id = wit_parser::Type::Id(id);
        assert_eq!(size, sizes.size(&id).size_wasm32(), "size of {name}");
        assert_eq!(align, sizes.align(&id).align_wasm32(), "align of {name}");
    }
}

#[test]
fn results_begin_with_their_case() {
    type Result = std::result::Result<postings::Posting, crate::failure::Failure>;
    assert_eq!(Result::ALIGN, 8);
    assert_eq!(Result::SIZE, 8 + postings::Posting::SIZE);
}

//! Erasure. Candidates pass through this plugin and nothing of them stays, so the receipts say zero, and where a copy remains.

use crate::contract::privacy::{Erasure, Receipt};
use crate::contract::types::{Moment, Text};
use crate::failure::{Failure, text};
use crate::ports::Ports;

/// Erases what is kept about these applications or candidates: nothing is. The ids are not looked at, and not logged.
pub fn forget(ports: Ports<'_>, _ids: &[String]) -> Result<Receipt, Failure> {
    Ok(receipt(ports))
}

/// Erases everything personal from before the moment: nothing is kept.
pub fn purge(ports: Ports<'_>, _before: Moment) -> Result<Receipt, Failure> {
    Ok(receipt(ports))
}

fn receipt(ports: Ports<'_>) -> Receipt {
    let nothing = |kind: &str| Erasure {
        kind: kind.into(),
        count: 0,
    };
    Receipt {
        at: ports.clock.now(),
        erased: vec![nothing("applications"), nothing("attachments")],
        notes: notes(),
    }
}

fn notes() -> Vec<Text> {
    vec![
        text(
            "Plugin không lưu dữ liệu cá nhân của ứng viên, nên không có gì phải xóa ở đây.",
            "This plugin keeps no personal data of candidates, so there was nothing to erase here.",
        ),
        text(
            "TopCV giữ bản hồ sơ riêng và không có chức năng xóa qua API: hãy xóa hoặc yêu cầu xóa trực tiếp tại TopCV.",
            "TopCV keeps its own copy and offers no erasure through its API: erase it, or ask for it, at TopCV itself.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, TestHost};

    #[test]
    fn receipts_say_zero_when_and_where_a_copy_remains() {
        let host = TestHost::configured();
        let before = host.storage.entries.borrow().clone();
        let forgotten = forget(host.ports(), &["a".into(), "a".into(), String::new()]).unwrap();
        let purged = purge(host.ports(), u64::MAX).unwrap();
        for receipt in [forgotten, purged] {
            assert_eq!(receipt.at, NOW);
            assert!(receipt.erased.iter().all(|erasure| erasure.count == 0));
            assert!(
                receipt
                    .notes
                    .iter()
                    .any(|note| note.vi.contains("TopCV") && note.en.contains("TopCV"))
            );
        }
        assert_eq!(host.storage.entries.borrow().len(), before.len());
        assert!(host.calls().is_empty() && host.lines.borrow().is_empty());
    }
}

//! The record of erasures: it names nobody.

use serde_json::{Value, json};

use crate::store::erasures::Erasure;

/// One erasure.
pub fn erasure(erasure: &Erasure) -> Value {
    let receipts: Vec<Value> = erasure
        .receipts
        .iter()
        .map(|receipt| {
            let erased: Vec<Value> = receipt
                .erased
                .iter()
                .map(|(kind, count)| json!({ "kind": kind, "count": count }))
                .collect();
            json!({
                "connection": receipt.connection,
                "at": receipt.at,
                "erased": erased,
                "notes": receipt.notes,
            })
        })
        .collect();
    json!({
        "id": erasure.id,
        "candidate": erasure.candidate,
        "at": erasure.at,
        "reason": erasure.reason,
        "user": erasure.user,
        "erased": erasure.erased,
        "plugins_told": erasure.told,
        "receipts": receipts,
    })
}

//! stub
/// x
pub mod identity {
    /// x
    pub fn verdict_event(kind: &str, board: &str, round: u32) -> String {
        crate::digest::of(&[kind, board, &round.to_string()])
    }
    /// x
    pub fn change_event(kind: &str, board: &str, round: u32) -> String {
        crate::digest::of(&[kind, board, &round.to_string()])
    }
}
/// x
pub mod rejection {
    /// x
    pub fn read(reason: &str) -> crate::contract::events::Rejection {
        crate::contract::events::Rejection {
            reason: reason.into(),
            code: None,
            field: None,
            advice: crate::failure::text("a", "b"),
        }
    }
}

//! Webhooks that arrived.

/// How far the platform is with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Stored; not yet answered by the plugin, or to be tried again.
    Pending,
    /// Its events are applied. The body is erased.
    Done,
    /// Refused, or tried too often: kept for some days, to be processed again after a setting was mended.
    Quarantined,
}

impl DeliveryState {
    /// The stored word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Quarantined => "quarantined",
        }
    }
}

/// One request at a webhook URL, exactly as it came in.
#[derive(Clone, PartialEq, Eq)]
pub struct Incoming {
    /// `POST`, `GET`, ...
    pub method: String,
    /// In order, as received; a value that is not UTF-8 has each byte as one character, as the contract wants it.
    pub headers: Vec<(String, String)>,
    /// Undecoded.
    pub body: Vec<u8>,
}

/// What to answer to the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAnswer {
    /// HTTP status.
    pub status: u16,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl WebAnswer {
    /// An answer without a body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }
}

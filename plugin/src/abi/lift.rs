//! Arguments as the host left them in memory.

use super::{Layout, aligned};
use crate::contract::http::Header;
use crate::contract::types::{NamedValue, Value};

/// A value that can be read from the host's writing.
pub(crate) trait Lift: Layout {
    /// Reads the value at the next position that it may have, and ends right behind it.
    fn lift(from: &mut In) -> Self;
}

/// Memory that is being read, from its start on.
pub(crate) struct In {
    bytes: &'static [u8],
    at: usize,
}

impl In {
    /// Reads a number of 1, 2, 4 or 8 bytes.
    fn number(&mut self, size: usize) -> u64 {
        self.at = aligned(self.at, size);
        let mut number = 0;
        for byte in self.bytes.iter().skip(self.at).take(size).rev() {
            number = number << 8 | u64::from(*byte);
        }
        self.at += size;
        number
    }

    fn pointer(&mut self) -> (usize, usize) {
        (self.number(4) as usize, self.number(4) as usize)
    }
}

/// The text of these bytes of memory. Only for what the host has passed in this call.
pub(crate) fn string(start: usize, length: usize) -> String {
    String::from_utf8_lossy(memory(start, length)).into_owned()
}

/// The list that stands in memory from `start` on. Only for what the host has passed in this call.
pub(crate) fn list<T: Lift>(start: usize, length: usize) -> Vec<T> {
    let mut from = In {
        bytes: memory(start, length * T::SIZE),
        at: 0,
    };
    let mut items = Vec::with_capacity(length);
    for _ in 0..length {
        items.push(T::lift(&mut from));
    }
    items
}

/// What the host wrote. It stays as it is until the instance ends, since nothing gives it back.
#[allow(
    unsafe_code,
    reason = "the host says where it wrote; it wrote into what `cabi_realloc` gave it"
)]
fn memory(start: usize, length: usize) -> &'static [u8] {
    if length == 0 {
        return &[];
    }
    // SAFETY: the ABI promises `length` initialised bytes at `start`, allocated by us for this argument alone and never freed.
    unsafe { std::slice::from_raw_parts(std::ptr::with_exposed_provenance(start), length) }
}

impl Lift for u8 {
    fn lift(from: &mut In) -> Self {
        from.number(1) as Self
    }
}

impl Lift for String {
    fn lift(from: &mut In) -> Self {
        let (start, length) = from.pointer();
        string(start, length)
    }
}

impl Lift for Header {
    fn lift(from: &mut In) -> Self {
        Self {
            name: Lift::lift(from),
            value: Lift::lift(from),
        }
    }
}

impl Lift for NamedValue {
    fn lift(from: &mut In) -> Self {
        from.at = aligned(from.at, Self::ALIGN);
        Self {
            name: Lift::lift(from),
            value: Lift::lift(from),
        }
    }
}

impl Lift for Value {
    fn lift(from: &mut In) -> Self {
        from.at = aligned(from.at, Self::ALIGN);
        let end = from.at + Self::SIZE;
        let case = from.number(1);
        from.at = aligned(from.at, Self::ALIGN);
        let value = match case {
            0 => Self::Text(Lift::lift(from)),
            1 => Self::Integer(from.number(8).cast_signed()),
            2 => Self::Truth(from.number(1) != 0),
            3 => {
                let (start, length) = from.pointer();
                Self::Texts(list(start, length))
            }
            _ => Self::Json(Lift::lift(from)),
        };
        from.at = end;
        value
    }
}

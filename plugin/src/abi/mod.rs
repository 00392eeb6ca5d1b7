//! Values as they stand in memory when they cross the component's border: the component model's canonical ABI.
//!
//! Each type says its layout once, so the component holds one copy of the code for it. The generated exports would hold one for each function
//! that uses it, see docs/decisions/0009-exports-by-hand.md. A test compares every layout with what `wit-parser` derives from `wit/`.
//!
//! Nothing is ever given back: the contract gives every call a fresh instance.

mod lift;
mod lower;
mod types;

#[cfg(target_family = "wasm")]
pub(crate) use lift::{list, string};
#[cfg(target_family = "wasm")]
pub(crate) use lower::give;

/// Size and alignment in bytes, as the ABI counts them on 32 bits, whatever the compiler's own layout is.
pub(crate) trait Layout {
    const SIZE: usize;
    const ALIGN: usize;
    /// Names of a record's fields or of a variant's cases.
    #[cfg(test)]
    const PARTS: &[&str] = &[];
}

macro_rules! layout {
    ($($kind:ty: $size:literal, $align:literal;)*) => {
        $(impl Layout for $kind {
            const SIZE: usize = $size;
            const ALIGN: usize = $align;
        })*
    };
}

layout! {
    bool: 1, 1;
    u8: 1, 1;
    u16: 2, 2;
    u32: 4, 4;
    u64: 8, 8;
    i64: 8, 8;
    String: 8, 4;
}

impl<T> Layout for Vec<T> {
    const SIZE: usize = 8;
    const ALIGN: usize = 4;
}

impl<T: Layout> Layout for Option<T> {
    const SIZE: usize = cases(&[(T::SIZE, T::ALIGN)]).0;
    const ALIGN: usize = cases(&[(T::SIZE, T::ALIGN)]).1;
}

impl<T: Layout, E: Layout> Layout for Result<T, E> {
    const SIZE: usize = cases(&[(T::SIZE, T::ALIGN), (E::SIZE, E::ALIGN)]).0;
    const ALIGN: usize = cases(&[(T::SIZE, T::ALIGN), (E::SIZE, E::ALIGN)]).1;
}

/// Size and alignment of a record with these fields.
const fn fields(fields: &[(usize, usize)]) -> (usize, usize) {
    let (mut end, mut most, mut next) = (0, 1, 0);
    while next < fields.len() {
        let (size, align) = fields[next];
        end = aligned(end, align) + size;
        most = if align > most { align } else { most };
        next += 1;
    }
    (aligned(end, most), most)
}

/// Size and alignment of a variant: one byte says which case, then comes the payload of that case.
const fn cases(cases: &[(usize, usize)]) -> (usize, usize) {
    let (mut largest, mut most, mut next) = (0, 1, 0);
    while next < cases.len() {
        let (size, align) = cases[next];
        largest = if size > largest { size } else { largest };
        most = if align > most { align } else { most };
        next += 1;
    }
    (aligned(aligned(1, most) + largest, most), most)
}

/// The next position at or after `at` that is a multiple of `align`, a power of two.
const fn aligned(at: usize, align: usize) -> usize {
    (at + align - 1) & !(align - 1)
}

#[cfg(test)]
mod tests;

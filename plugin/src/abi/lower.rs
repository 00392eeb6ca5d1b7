//! Results on their way to the host.

use super::{Layout, aligned};
use crate::contract::types;
use crate::failure::Failure;

/// A value that can be written for the host.
pub(crate) trait Lower: Layout {
    /// Writes the value at the next position that it may have, and ends right behind it.
    fn lower(&self, out: &mut Out);

    /// Writes where many of them are, and how many.
    fn lower_all(items: &[Self], out: &mut Out)
    where
        Self: Sized,
    {
        let outer = out.begin(items.len() * Self::SIZE);
        for item in items {
            item.lower(out);
        }
        out.end(outer, items.len());
    }
}

/// A block of memory that is being written, from its start on.
pub(crate) struct Out {
    /// Eight bytes each, so that the block is aligned for everything.
    words: Vec<u64>,
    at: usize,
}

impl Out {
    fn new(size: usize) -> Self {
        Self {
            words: vec![0; size.div_ceil(8)],
            at: 0,
        }
    }

    pub(super) fn align(&mut self, align: usize) {
        self.at = aligned(self.at, align);
    }

    /// Writes a number of 1, 2, 4 or 8 bytes; the bytes of a wasm memory are little-endian.
    pub(super) fn put(&mut self, number: u64, size: usize) {
        self.align(size);
        if let Some(word) = self.words.get_mut(self.at / 8) {
            *word |= number << (self.at % 8 * 8);
        }
        self.at += size;
    }

    fn pointer<T>(&mut self, start: *const T, length: usize) {
        self.put(start.expose_provenance() as u64, 4);
        self.put(length as u64, 4);
    }

    /// Puts a new block in place, and answers the one that was being written.
    fn begin(&mut self, size: usize) -> Self {
        std::mem::replace(self, Self::new(size))
    }

    /// Goes on with the outer block: there the inner one's place is written.
    fn end(&mut self, outer: Self, length: usize) {
        let inner = std::mem::replace(self, outer);
        self.pointer(inner.start(), length);
    }

    /// Where the block stays until the instance ends.
    fn start(self) -> *const u64 {
        self.words.leak().as_ptr()
    }

    /// Writes which case it is. The payload, if any, follows; [`Out::close`] ends the variant.
    pub(super) fn open(&mut self, case: u64, align: usize) -> usize {
        self.align(align);
        let start = self.at;
        self.put(case, 1);
        self.align(align);
        start
    }

    pub(super) fn close(&mut self, start: usize, size: usize) {
        self.at = start + size;
    }
}

/// Leaves the value in memory for the host, and answers where.
pub(crate) fn give<T: Lower>(value: T) -> *const u64 {
    let mut out = Out::new(T::SIZE);
    // What it points to must stay until the host has read it, which is when the instance ends.
    Box::leak(Box::new(value)).lower(&mut out);
    out.start()
}

/// Numbers, and what is written as one.
macro_rules! number {
    ($($kind:ty)*) => {
        $(impl Lower for $kind {
            fn lower(&self, out: &mut Out) {
                out.put(*self as u64, Self::SIZE);
            }
        })*
    };
}

/// Variants without payloads.
macro_rules! enumeration {
    ($($kind:ty)*) => {
        $(impl Layout for $kind {
            const SIZE: usize = 1;
            const ALIGN: usize = 1;
        }
        number!($kind);)*
    };
}

/// A record, with its fields in order.
macro_rules! record {
    ($name:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        impl Layout for $name {
            const SIZE: usize = fields(&[$((<$kind>::SIZE, <$kind>::ALIGN)),*]).0;
            const ALIGN: usize = fields(&[$((<$kind>::SIZE, <$kind>::ALIGN)),*]).1;
            #[cfg(test)]
            const PARTS: &[&str] = &[$(stringify!($field)),*];
        }

        impl Lower for $name {
            fn lower(&self, out: &mut Out) {
                let Self { $($field),* } = self;
                out.align(Self::ALIGN);
                $(<$kind as Lower>::lower($field, out);)*
                out.align(Self::ALIGN);
            }
        }
    };
}

/// A variant, with its cases in order.
macro_rules! variant {
    ($name:ident { $($case:ident($($payload:ident: $kind:ty)?)),* $(,)? }) => {
        impl Layout for $name {
            const SIZE: usize = cases(&[$($((<$kind>::SIZE, <$kind>::ALIGN),)?)*]).0;
            const ALIGN: usize = cases(&[$($((<$kind>::SIZE, <$kind>::ALIGN),)?)*]).1;
            #[cfg(test)]
            const PARTS: &[&str] = &[$(stringify!($case)),*];
        }

        impl Lower for $name {
            fn lower(&self, out: &mut Out) {
                enum Case {
                    $($case),*
                }
                let case = match self {
                    $(Self::$case { .. } => Case::$case),*
                };
                let start = out.open(case as u64, Self::ALIGN);
                match self {
                    $(Self::$case$(($payload))? => { $(<$kind as Lower>::lower($payload, out))? })*
                }
                out.close(start, Self::SIZE);
            }
        }
    };
}

pub(super) use {enumeration, number, record, variant};

number! { bool u16 u32 u64 i64 }

impl Lower for u8 {
    fn lower(&self, out: &mut Out) {
        out.put((*self).into(), 1);
    }

    /// Bytes stand in memory already.
    fn lower_all(items: &[Self], out: &mut Out) {
        out.pointer(items.as_ptr(), items.len());
    }
}

impl Lower for String {
    fn lower(&self, out: &mut Out) {
        u8::lower_all(self.as_bytes(), out);
    }
}

impl<T: Lower> Lower for Vec<T> {
    fn lower(&self, out: &mut Out) {
        T::lower_all(self, out);
    }
}

impl<T: Lower> Lower for Option<T> {
    fn lower(&self, out: &mut Out) {
        let start = out.open(self.is_some().into(), Self::ALIGN);
        if let Some(value) = self {
            value.lower(out);
        }
        out.close(start, Self::SIZE);
    }
}

impl<T: Lower> Lower for Result<T, Failure> {
    fn lower(&self, out: &mut Out) {
        let start = out.open(self.is_err().into(), Self::ALIGN);
        match self {
            Ok(value) => value.lower(out),
            Err(failure) => failure.lower(out),
        }
        out.close(start, Self::SIZE);
    }
}

impl Layout for Failure {
    const SIZE: usize = types::Failure::SIZE;
    const ALIGN: usize = types::Failure::ALIGN;
}

impl Lower for Failure {
    fn lower(&self, out: &mut Out) {
        types::Failure::lower(self, out);
    }
}

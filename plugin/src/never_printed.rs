//! Secrets that nothing can print.

/// Fails to compile when one of these types has `Debug` or `Display`: with one of them, two implementations would fit and the compiler cannot choose.
///
/// In ten lines of our own, since the crate that is known for it has had no release since 2019.
macro_rules! never_printed {
    ($($type:ty),+ $(,)?) => {$(
        const _: fn() = || {
            trait Printed<Way> {
                fn asked() {}
            }
            struct Debugged;
            struct Displayed;
            impl<T: ?Sized> Printed<()> for T {}
            impl<T: ?Sized + ::core::fmt::Debug> Printed<Debugged> for T {}
            impl<T: ?Sized + ::core::fmt::Display> Printed<Displayed> for T {}
            <$type as Printed<_>>::asked();
        };
    )+};
}

pub(crate) use never_printed;

//! How records become JSON and are read again: one declaration for each record, no generated code.
//!
//! ```text
//! record! {
//!     /// What it is.
//!     #[derive(Debug, Clone)]
//!     pub struct Visit {
//!         /// A field stands under its own name. It must be there, unless it is an `Option`.
//!         pub guest: String,
//!         /// Absent in records of older builds: then this value is taken.
//!         pub rooms: u32 = 1,
//!     }
//! }
//! words! {
//!     /// An enum is stored as the word of its value.
//!     #[derive(Debug, Clone, Copy)]
//!     pub enum Meal {
//!         /// What it is.
//!         Breakfast = "breakfast",
//!     }
//! }
//! ```

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

/// What can stand in a record.
pub trait Field: Sized {
    /// Reads it. `None`: the JSON is something else.
    fn read(json: &Json) -> Option<Self>;

    /// Writes it.
    fn write(&self) -> Json;

    /// What it is when the record does not name it. `None`: such a record cannot be read.
    fn absent() -> Option<Self> {
        None
    }
}

/// Members of a stored object that this build does not know: a later one wrote them. They go back as they came, so that an older build that
/// changes a record takes nothing from a newer one. Every `record!` has them, each for its own level.
///
/// No `Debug` of its content: the credentials have some too.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rest(Option<Box<Map<String, Json>>>);

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Rest(..)" } else { "Rest" })
    }
}

impl Rest {
    /// What stands in `object` beside the `known` names.
    pub(super) fn beside(known: &[&str], object: &Map<String, Json>) -> Self {
        let mut rest = Map::new();
        for (name, value) in object {
            if !known.contains(&name.as_str()) {
                rest.insert(name.clone(), value.clone());
            }
        }
        Self((!rest.is_empty()).then(|| Box::new(rest)))
    }
}

/// Declares a struct that is a [`Field`]: a JSON object with a member for each field. Unknown members are kept in a last field, `rest`.
macro_rules! record {
    (
        $(#[$about:meta])*
        $seen:vis struct $name:ident {
            $($(#[$note:meta])* $open:vis $field:ident: $kind:ty $(= $absent:expr)?,)+
        }
    ) => {
        $(#[$about])*
        $seen struct $name {
            $($(#[$note])* $open $field: $kind,)+
            /// What a later build keeps here beside these.
            pub rest: $crate::state::fields::Rest,
        }

        impl $crate::state::fields::Field for $name {
            fn read(json: &serde_json::Value) -> Option<Self> {
                let object = json.as_object()?;
                Some(Self {
                    $($field: match object.get(stringify!($field)) {
                        Some(json) => $crate::state::fields::Field::read(json)?,
                        None => $crate::state::fields::absent!($kind $(, $absent)?),
                    },)+
                    rest: $crate::state::fields::Rest::beside(&[$(stringify!($field)),+], object),
                })
            }

            fn write(&self) -> serde_json::Value {
                $crate::state::fields::object_with(
                    vec![$((stringify!($field), $crate::state::fields::Field::write(&self.$field)),)+],
                    &self.rest,
                )
            }
        }
    };
}

/// The value of a field that a record does not name.
macro_rules! absent {
    ($kind:ty, $value:expr) => {
        $value
    };
    ($kind:ty) => {
        <$kind as $crate::state::fields::Field>::absent()?
    };
}

/// Declares an enum that is a [`Field`]: a JSON string.
macro_rules! words {
    (
        $(#[$about:meta])*
        $seen:vis enum $name:ident {
            $($(#[$note:meta])* $value:ident = $word:literal,)+
        }
    ) => {
        $(#[$about])*
        $seen enum $name {
            $($(#[$note])* $value,)+
        }

        impl $name {
            /// The word that is stored for it.
            $seen fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)+
                }
            }
        }

        impl $crate::state::fields::Field for $name {
            fn read(json: &serde_json::Value) -> Option<Self> {
                match json.as_str()? {
                    $($word => Some(Self::$value),)+
                    _ => None,
                }
            }

            fn write(&self) -> serde_json::Value {
                self.name().into()
            }
        }
    };
}

pub(super) use {absent, record, words};

/// An object with these members.
pub(super) fn object(members: Vec<(&str, Json)>) -> Json {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name.to_owned(), value);
    }
    Json::Object(object)
}

/// As [`object`], with the members of a later build.
pub(super) fn object_with(members: Vec<(&str, Json)>, rest: &Rest) -> Json {
    let mut whole = object(members);
    if let (Json::Object(object), Some(rest)) = (&mut whole, &rest.0) {
        for (name, value) in rest.iter() {
            object.insert(name.clone(), value.clone());
        }
    }
    whole
}

impl Field for Json {
    fn read(json: &Json) -> Option<Self> {
        Some(json.clone())
    }

    fn write(&self) -> Json {
        self.clone()
    }
}

impl Field for String {
    fn read(json: &Json) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }

    fn write(&self) -> Json {
        Json::String(self.clone())
    }
}

impl Field for bool {
    fn read(json: &Json) -> Option<Self> {
        json.as_bool()
    }

    fn write(&self) -> Json {
        Json::Bool(*self)
    }
}

impl Field for u64 {
    fn read(json: &Json) -> Option<Self> {
        json.as_u64()
    }

    fn write(&self) -> Json {
        Json::from(*self)
    }
}

impl Field for u32 {
    fn read(json: &Json) -> Option<Self> {
        json.as_u64().and_then(|number| number.try_into().ok())
    }

    fn write(&self) -> Json {
        u64::from(*self).write()
    }
}

/// `null` and an absent member are both `None`.
impl<T: Field> Field for Option<T> {
    fn read(json: &Json) -> Option<Self> {
        if json.is_null() {
            return Some(None);
        }
        T::read(json).map(Some)
    }

    fn write(&self) -> Json {
        self.as_ref().map_or(Json::Null, T::write)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Field> Field for Vec<T> {
    fn read(json: &Json) -> Option<Self> {
        let mut items = Self::new();
        for item in json.as_array()? {
            items.push(T::read(item)?);
        }
        Some(items)
    }

    fn write(&self) -> Json {
        Json::Array(self.iter().map(T::write).collect())
    }
}

/// An array of two.
impl<A: Field, B: Field> Field for (A, B) {
    fn read(json: &Json) -> Option<Self> {
        match json.as_array()?.as_slice() {
            [first, second] => Some((A::read(first)?, B::read(second)?)),
            _ => None,
        }
    }

    fn write(&self) -> Json {
        Json::Array(vec![self.0.write(), self.1.write()])
    }
}

/// What can name a member of an object.
pub trait Name: Ord + Sized {
    /// Reads it.
    fn read_name(name: &str) -> Option<Self>;

    /// Writes it.
    fn write_name(&self) -> String;
}

impl Name for String {
    fn read_name(name: &str) -> Option<Self> {
        Some(name.to_owned())
    }

    fn write_name(&self) -> String {
        self.clone()
    }
}

impl Name for u32 {
    fn read_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    fn write_name(&self) -> String {
        self.to_string()
    }
}

impl<N: Name, T: Field> Field for BTreeMap<N, T> {
    fn read(json: &Json) -> Option<Self> {
        let mut map = Self::new();
        for (name, value) in json.as_object()? {
            map.insert(N::read_name(name)?, T::read(value)?);
        }
        Some(map)
    }

    fn write(&self) -> Json {
        let mut object = Map::new();
        for (name, value) in self {
            object.insert(name.write_name(), value.write());
        }
        Json::Object(object)
    }
}

#[cfg(test)]
mod tests;

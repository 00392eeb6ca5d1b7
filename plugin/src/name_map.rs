//! Small maps and sets by name. Each type of B-tree is 3 KB of component, so the plugin holds one, `serde_json`'s, and these beside it.

use serde_json::{Map, Value as Json};

/// A map of some dozens of names, in their order. Inserting takes time in proportion to the length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameMap<V>(Vec<(String, V)>);

impl<V> NameMap<V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// What stands under the name.
    pub fn get(&self, name: &str) -> Option<&V> {
        let at = self.place(name).ok()?;
        Some(&self.0[at].1)
    }

    /// Whether something stands under the name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Puts a value under the name, and answers the one that stood there.
    pub fn insert(&mut self, name: String, value: V) -> Option<V> {
        match self.place(&name) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (name, value));
                None
            }
        }
    }

    /// Takes out what stands under the name.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        let at = self.place(name).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it, by name.
    pub fn iter(&self) -> std::slice::Iter<'_, (String, V)> {
        self.0.iter()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(other, _)| other.as_str().cmp(name))
    }
}

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> IntoIterator for NameMap<V> {
    type Item = (String, V);
    type IntoIter = std::vec::IntoIter<(String, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<V> FromIterator<(String, V)> for NameMap<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        for (name, value) in pairs {
            map.insert(name, value);
        }
        map
    }
}

/// A set of any number of names.
#[derive(Debug, Default)]
pub struct NameSet(Map<String, Json>);

impl NameSet {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the name; false when it is there already.
    pub fn insert(&mut self, name: &str) -> bool {
        self.0.insert(name.to_owned(), Json::Null).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_keeps_one_value_for_a_name_in_the_order_of_names() {
        let mut map: NameMap<u8> = [("b".to_owned(), 2), ("a".to_owned(), 1)]
            .into_iter()
            .collect();
        assert_eq!(map.insert("b".into(), 3), Some(2));
        assert_eq!(map.insert("c".into(), 4), None);
        assert_eq!((map.get("b"), map.get("d")), (Some(&3), None));
        assert_eq!(map.remove("a"), Some(1));
        assert_eq!(map.remove("a"), None);
        assert!(map.contains_key("c") && !map.is_empty());
        let all: Vec<_> = map.into_iter().collect();
        assert_eq!(all, [("b".to_owned(), 3), ("c".to_owned(), 4)]);
    }

    #[test]
    fn a_set_takes_a_name_once() {
        let mut set = NameSet::new();
        assert!(set.insert("a") && set.insert("b"));
        assert!(!set.insert("a"));
    }
}

//! Things by their number, kept so that a copy of all costs nothing and a change copies only the way to what it changes.
//!
//! A checkpoint numbers its visits, clocks, acts, alarms and readings from one upwards, and keeps the latest of them. So a number leads to
//! its thing two bits at a time, from the first place where the numbers that are kept differ: among fifty thousand that is eight steps, where
//! a balanced tree that compares keys takes sixteen, each with a further look at the key. Each step that a change copies holds on to four
//! others and no more. Order is that of the numbers. What has no number does not belong here.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{ActId, AlarmId, ClockId, ReadingId, VisitId};

/// What is a number, or as good as one.
pub(crate) trait Number: Copy {
    fn number(self) -> u64;
}

impl Number for u64 {
    fn number(self) -> u64 {
        self
    }
}

macro_rules! numbers {
    ($($id:ident),+) => {
        $(impl Number for $id {
            fn number(self) -> u64 {
                self.0
            }
        })+
    };
}

numbers!(ActId, AlarmId, ClockId, ReadingId, VisitId);

/// A persistent map from numbers.
#[derive(Clone)]
pub(crate) struct Numbered<K, V> {
    root: Option<Node<K, V>>,
    size: usize,
}

#[derive(Clone)]
enum Node<K, V> {
    Branch(Arc<Branch<K, V>>),
    Leaf(Arc<(K, V)>),
}

/// Numbers that are the same before two bits, and differ in these.
#[derive(Clone)]
struct Branch<K, V> {
    /// Bits that follow the two.
    shift: u32,
    /// One of the numbers.
    number: u64,
    /// By the two bits; at least two are there.
    children: [Option<Node<K, V>>; 4],
}

/// The two bits of a number that have so many behind them.
fn place(number: u64, shift: u32) -> usize {
    // The mask leaves two bits: nothing is cut off.
    ((number >> shift) & 3) as usize
}

impl<K, V> Branch<K, V> {
    /// Whether this number is the same before the two bits.
    fn holds(&self, number: u64) -> bool {
        (self.number ^ number).checked_shr(self.shift + 2).unwrap_or(0) == 0
    }
}

impl<K: Number, V> Node<K, V> {
    /// The number of a leaf, or one of those in a branch.
    fn number(&self) -> u64 {
        match self {
            Node::Branch(branch) => branch.number,
            Node::Leaf(leaf) => leaf.0.number(),
        }
    }
}

impl<K: Number, V> Numbered<K, V> {
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let number = key.number();
        let mut node = self.root.as_ref()?;
        loop {
            match node {
                Node::Branch(branch) => {
                    node = branch.children[place(number, branch.shift)].as_ref()?;
                }
                Node::Leaf(leaf) => return (leaf.0.number() == number).then_some(&leaf.1),
            }
        }
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// That with the lowest number.
    pub(crate) fn first(&self) -> Option<(&K, &V)> {
        let mut node = self.root.as_ref()?;
        loop {
            match node {
                Node::Branch(branch) => node = branch.children.iter().flatten().next()?,
                Node::Leaf(leaf) => return Some((&leaf.0, &leaf.1)),
            }
        }
    }

    /// In the order of their numbers.
    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        Iter { waiting: self.root.iter().collect() }
    }

    /// Those with higher numbers, in the order of their numbers.
    pub(crate) fn iter_after(&self, key: K) -> Iter<'_, K, V> {
        let number = key.number();
        let mut waiting = Vec::new();
        let mut node = self.root.as_ref();
        while let Some(one) = node.take() {
            match one {
                Node::Branch(branch) if branch.holds(number) => {
                    let place = place(number, branch.shift);
                    waiting.extend(branch.children[place + 1..].iter().rev().flatten());
                    node = branch.children[place].as_ref();
                }
                Node::Branch(_) | Node::Leaf(_) => {
                    waiting.extend(Some(one).filter(|one| one.number() > number));
                }
            }
        }
        Iter { waiting }
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }
}

impl<K: Number, V: Clone> Numbered<K, V> {
    /// For changing; nothing is copied for what is not there.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.get(key)?;
        let number = key.number();
        let mut node = self.root.as_mut()?;
        loop {
            match node {
                Node::Branch(branch) => {
                    let branch = Arc::make_mut(branch);
                    node = branch.children[place(number, branch.shift)].as_mut()?;
                }
                Node::Leaf(leaf) => return Some(&mut Arc::make_mut(leaf).1),
            }
        }
    }

    /// In the place of what has this number, if anything has.
    pub(crate) fn insert_mut(&mut self, key: K, value: V) {
        if insert(&mut self.root, Arc::new((key, value))) {
            self.size += 1;
        }
    }

    /// Whether there was something to remove.
    pub(crate) fn remove_mut(&mut self, key: &K) -> bool {
        let there = self.contains_key(key);
        if there {
            remove(&mut self.root, key.number());
            self.size -= 1;
        }
        there
    }
}

/// Whether the number is new.
fn insert<K: Number, V: Clone>(node: &mut Option<Node<K, V>>, leaf: Arc<(K, V)>) -> bool {
    let number = leaf.0.number();
    let apart = match node {
        None => {
            *node = Some(Node::Leaf(leaf));
            return true;
        }
        Some(Node::Leaf(there)) if there.0.number() == number => {
            *there = leaf;
            return false;
        }
        Some(Node::Branch(branch)) if branch.holds(number) => {
            let branch = Arc::make_mut(branch);
            return insert(&mut branch.children[place(number, branch.shift)], leaf);
        }
        Some(other) => other.number(),
    };
    // They differ further to the front than anything before: a branch stands above both.
    let shift = (63 - (apart ^ number).leading_zeros()) & !1;
    let mut children = [None, None, None, None];
    children[place(apart, shift)] = node.take();
    children[place(number, shift)] = Some(Node::Leaf(leaf));
    *node = Some(Node::Branch(Arc::new(Branch { shift, number, children })));
    true
}

/// Takes out a number that is there.
fn remove<K: Number, V: Clone>(node: &mut Option<Node<K, V>>, number: u64) {
    let Some(Node::Branch(branch)) = node else {
        *node = None;
        return;
    };
    let branch = Arc::make_mut(branch);
    remove(&mut branch.children[place(number, branch.shift)], number);
    let mut left = branch.children.iter_mut().filter(|child| child.is_some());
    if let (Some(only), None) = (left.next(), left.next()) {
        let only = only.take();
        *node = only;
    }
}

/// Goes through all in the order of their numbers.
pub(crate) struct Iter<'a, K, V> {
    /// What is still to come, the next last.
    waiting: Vec<&'a Node<K, V>>,
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.waiting.pop()? {
                Node::Branch(branch) => self.waiting.extend(branch.children.iter().rev().flatten()),
                Node::Leaf(leaf) => return Some((&leaf.0, &leaf.1)),
            }
        }
    }
}

impl<K, V> Default for Numbered<K, V> {
    fn default() -> Self {
        Numbered { root: None, size: 0 }
    }
}

impl<K: Number, V: Clone> FromIterator<(K, V)> for Numbered<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut all = Numbered::default();
        for (key, value) in pairs {
            all.insert_mut(key, value);
        }
        all
    }
}

impl<K: Number + PartialEq, V: PartialEq> PartialEq for Numbered<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.size == other.size && self.iter().eq(other.iter())
    }
}

impl<K: Number + fmt::Debug, V: fmt::Debug> fmt::Debug for Numbered<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Number + Serialize, V: Serialize> Serialize for Numbered<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, K, V> Deserialize<'de> for Numbered<K, V>
where
    K: Number + Ord + Deserialize<'de>,
    V: Clone + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Bound;

    use proptest::prelude::*;

    use super::*;

    /// Numbers as a checkpoint gives them, and some that it never would.
    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![0_u64..64, 10_000_u64..10_100, any::<u64>()]
    }

    proptest! {
        #[test]
        fn it_holds_what_a_plain_map_holds_and_copies_stay_as_they_were(
            changes in proptest::collection::vec((number(), proptest::option::of(0_u32..9)), 0..200),
        ) {
            let mut plain: BTreeMap<u64, u32> = BTreeMap::new();
            let mut all: Numbered<u64, u32> = Numbered::default();
            let mut copies = Vec::new();
            for (number, value) in changes {
                copies.push((all.clone(), plain.clone()));
                match value {
                    Some(0) => prop_assert_eq!(
                        all.get_mut(&number).map(|value| { *value += 10; *value }),
                        plain.get_mut(&number).map(|value| { *value += 10; *value })
                    ),
                    Some(value) => {
                        all.insert_mut(number, value);
                        plain.insert(number, value);
                    }
                    None => {
                        prop_assert_eq!(all.remove_mut(&number), plain.remove(&number).is_some());
                    }
                }
                prop_assert_eq!(all.get(&number), plain.get(&number));
            }
            copies.push((all, plain));
            for (all, plain) in copies {
                prop_assert_eq!(all.size(), plain.len());
                prop_assert_eq!(all.first(), plain.first_key_value());
                prop_assert!(all.iter().eq(plain.iter()));
                for number in plain.keys().copied().chain([0, 5, 10_050, u64::MAX]) {
                    let higher = (Bound::Excluded(number), Bound::Unbounded);
                    prop_assert!(all.iter_after(number).eq(plain.range(higher)));
                }
                let text = serde_json::to_string(&all).unwrap();
                prop_assert_eq!(&text, &serde_json::to_string(&plain).unwrap());
                prop_assert_eq!(serde_json::from_str::<Numbered<u64, u32>>(&text).unwrap(), all);
            }
        }
    }
}

//! Which consignment of a notice is which of the prior information: those that share most answers belong together.
//!
//! Greedy and bounded: the pair with most equal answers is taken first, then the one nearest in order; what shares nothing is taken in order. An answer that many give
//! tells none of them apart and is not looked at, so that two thousand consignments of one consignee take no longer than they must.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// An answer that more than this many give tells none of them apart.
const MOST_ALIKE: usize = 64;

/// For each stated one the place of its pair among the declared ones. Words are answers with their field, normalised.
pub(super) fn pairs(stated: &[Vec<String>], declared: &[Vec<String>]) -> Vec<Option<usize>> {
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, words) in declared.iter().enumerate() {
        for word in words {
            let all = holders.entry(word).or_default();
            if all.last() != Some(&place) {
                all.push(place);
            }
        }
    }
    let mut alike = Vec::new();
    for (place, words) in stated.iter().enumerate() {
        let mut equal: BTreeMap<usize, u32> = BTreeMap::new();
        let known = words.iter().filter_map(|word| holders.get(word.as_str()));
        for holder in known.filter(|all| all.len() <= MOST_ALIKE).flatten() {
            *equal.entry(*holder).or_default() += 1;
        }
        let ranked = equal.into_iter();
        alike.extend(
            ranked.map(|(other, equal)| (Reverse(equal), place.abs_diff(other), place, other)),
        );
    }
    alike.sort_unstable();
    let mut paired = vec![None; stated.len()];
    let mut taken = vec![false; declared.len()];
    for (_, _, place, other) in alike {
        if let (Some(pair @ None), Some(free @ false)) =
            (paired.get_mut(place), taken.get_mut(other))
        {
            (*pair, *free) = (Some(other), true);
        }
    }
    let mut free = taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(place, _)| place);
    for pair in paired.iter_mut().filter(|pair| pair.is_none()) {
        *pair = free.next();
    }
    paired
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        let one = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        text.split('/').map(one).collect()
    }

    #[test]
    fn what_shares_most_belongs_together() {
        let cases = [
            ("a b/c d", "c d/a b", vec![Some(1), Some(0)]),
            ("a b/a c", "a c/a b", vec![Some(1), Some(0)]),
            ("a/a", "a/a", vec![Some(0), Some(1)]),
            ("x/y", "a/b", vec![Some(0), Some(1)]),
            ("a/b/c", "c/z", vec![Some(1), None, Some(0)]),
            ("b", "a/b/c", vec![Some(1)]),
            ("", "a", vec![Some(0)]),
        ];
        for (stated, declared, expected) in cases {
            assert_eq!(
                pairs(&words(stated), &words(declared)),
                expected,
                "{stated:?} {declared:?}"
            );
        }
    }

    #[test]
    fn what_everybody_says_tells_nobody_apart() {
        let all: Vec<Vec<String>> =
            (0..200).map(|number| vec!["same".to_owned(), format!("own {number}")]).collect();
        let turned: Vec<Vec<String>> = all.iter().rev().cloned().collect();
        let expected: Vec<Option<usize>> = (0..200).rev().map(Some).collect();
        assert_eq!(pairs(&all, &turned), expected);
        let alike = vec![vec!["same".to_owned()]; 200];
        assert_eq!(pairs(&alike, &alike), (0..200).map(Some).collect::<Vec<_>>());
    }
}

//! What an answer means when it is laid beside another: a number, words, a yes or a no; and what several answers say together.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::input::order::Answer;

/// A text for comparing: capitals, quotation marks and spaces do not matter.
pub(super) fn plain(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !"\"«»„“”'".contains(*c)).collect();
    bare.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One answer, or several as one.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) shown: Answer,
    pub(super) means: Means,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Means {
    Number(Decimal),
    Yes,
    No,
    Words(BTreeSet<String>),
}

/// A number that somebody typed as a text is that number.
pub(super) fn same(stated: &Said, declared: &Said) -> bool {
    let typed = |words: &BTreeSet<String>, number: &Decimal| {
        words.len() == 1 && words.first().and_then(|word| word.parse().ok()) == Some(*number)
    };
    match (&stated.means, &declared.means) {
        (Means::Number(number), Means::Words(words))
        | (Means::Words(words), Means::Number(number)) => typed(words, number),
        (one, other) => one == other,
    }
}

/// Codes of the same goods, more digits of which one side tells.
pub(super) fn more_exact(stated: &Said, declared: &Said) -> bool {
    let (Means::Words(stated), Means::Words(declared)) = (&stated.means, &declared.means) else {
        return false;
    };
    let known = |code: &String, others: &BTreeSet<String>| {
        others.iter().any(|other| other.starts_with(code) || code.starts_with(other.as_str()))
    };
    stated.iter().all(|code| known(code, declared))
        && declared.iter().all(|code| known(code, stated))
}

/// Two parts as a whole: numbers add up, words are all of them.
pub(super) fn together(one: Said, other: Said) -> Said {
    match (one.means, other.means) {
        (Means::Number(a), Means::Number(b)) => {
            let sum = a.checked_add(b).unwrap_or(Decimal::MAX);
            Said { shown: Answer::Number(sum), means: Means::Number(sum) }
        }
        (Means::Words(mut a), Means::Words(b)) => {
            let is_new = b.iter().any(|word| !a.contains(word));
            let shown = if is_new { joined(&one.shown, &other.shown) } else { one.shown };
            a.extend(b);
            Said { shown, means: Means::Words(a) }
        }
        (means @ Means::Yes, _) | (means @ Means::No, Means::No) => {
            Said { shown: one.shown, means }
        }
        (_, means) => Said { shown: other.shown, means },
    }
}

fn joined(one: &Answer, other: &Answer) -> Answer {
    let text = |answer: &Answer| match answer {
        Answer::Text(text) => text.clone(),
        Answer::Papers(papers) => papers.join(", "),
        Answer::Number(number) => number.to_string(),
        Answer::Flag(_) | Answer::Nil => String::new(),
    };
    Answer::Text(format!("{}, {}", text(one), text(other)))
}

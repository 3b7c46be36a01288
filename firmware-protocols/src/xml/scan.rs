//! A place in a document that moves on: characters, names, and what has to stand where.

use core::fmt::Display;

use super::NotXml;

/// Where a document is being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) source: &'a str,
    pub(super) at: usize,
}

/// A name with its prefix, by its places in the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) start: usize,
    /// Where the name begins behind the prefix and its colon.
    pub(super) local: usize,
    pub(super) end: usize,
}

/// What is found where more has to stand.
const END: &str = "unexpected end of the document";

/// What may begin a name.
const BEGINS_NAME: u8 = 1;
/// What may stand in a name, the colon apart.
const IN_NAME: u8 = 2;
/// What blanks are.
const BLANK: u8 = 4;

/// What an ASCII byte may be.
const KINDS: [u8; 128] = {
    let mut kinds = [0; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => BEGINS_NAME | IN_NAME,
            b'0'..=b'9' | b'-' | b'.' => IN_NAME,
            b' ' | b'\t' | b'\n' | b'\r' => BLANK,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

#[inline]
fn is(byte: u8, kind: u8) -> bool {
    KINDS.get(usize::from(byte)).is_some_and(|kinds| kinds & kind != 0)
}

/// `NameStartChar` of the recommendation, ASCII apart.
fn begins_name(character: char) -> bool {
    matches!(character,
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}'
        | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

/// `NameChar` of the recommendation, ASCII apart.
fn in_name(character: char) -> bool {
    begins_name(character)
        || matches!(character, '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// `Char` of the recommendation: what a document may hold at all.
pub(super) fn is_allowed(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// The first character of a text that no document may hold, and where it stands.
pub(super) fn not_allowed(source: &str) -> Option<(usize, char)> {
    // Most documents hold none: this is looked at for all bytes at once. FFFE and FFFF begin with EF.
    let suspicious =
        |byte: u8| (byte < b' ' && byte != b'\t' && byte != b'\n' && byte != b'\r') || byte == 0xef;
    let found = source.bytes().fold(false, |found, byte| found | suspicious(byte));
    found.then(|| source.char_indices().find(|(_, character)| !is_allowed(*character))).flatten()
}

impl<'a> Cursor<'a> {
    /// Why this is no document, as it shows at a place in it.
    #[cold]
    pub(super) fn wrong_at(&self, at: usize, what: impl Display) -> NotXml {
        NotXml::at(self.source, at, what)
    }

    /// The same, as it shows here.
    pub(super) fn wrong(&self, what: impl Display) -> NotXml {
        self.wrong_at(self.at, what)
    }

    /// What stands here instead of something else.
    #[cold]
    fn instead(&self, expected: impl Display) -> NotXml {
        match self.rest().chars().next() {
            Some(found) => self.wrong(format_args!("expected {expected} not '{found}'")),
            None => self.wrong(END),
        }
    }

    #[inline]
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.source.len()
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    /// What is not read yet.
    #[inline]
    pub(super) fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// What was read since.
    #[inline]
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.source.get(start..self.at).unwrap_or_default()
    }

    #[inline]
    pub(super) fn is_at(&self, text: &str) -> bool {
        self.source.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    /// Goes on behind this text, if it stands here.
    #[inline]
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is = self.is_at(text);
        if is {
            self.at += text.len();
        }
        is
    }

    /// Goes on behind this byte, if it stands here.
    #[inline]
    pub(super) fn take_byte(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    /// Goes on behind this byte, which has to stand here.
    #[inline]
    pub(super) fn expect_byte(&mut self, byte: u8) -> Result<(), NotXml> {
        if self.take_byte(byte) {
            Ok(())
        } else {
            Err(self.instead(format_args!("'{}'", char::from(byte))))
        }
    }

    /// Goes on behind this text, which has to stand here.
    #[inline]
    pub(super) fn expect(&mut self, text: &str) -> Result<(), NotXml> {
        if self.take(text) { Ok(()) } else { Err(self.instead(format_args!("'{text}'"))) }
    }

    /// Goes on behind the next place where this text stands, and gives what was before it.
    pub(super) fn up_to(&mut self, text: &str) -> Result<&'a str, NotXml> {
        let start = self.at;
        let Some(length) = self.rest().find(text) else {
            self.at = self.source.len();
            return Err(self.wrong(format_args!("expected '{text}'")));
        };
        self.at += length;
        let before = self.since(start);
        self.at += text.len();
        Ok(before)
    }

    /// Goes on behind blanks, and says whether there were some.
    #[inline]
    pub(super) fn blanks(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|byte| is(byte, BLANK)) {
            self.at += 1;
        }
        self.at > start
    }

    /// Blanks have to stand here.
    pub(super) fn expect_blanks(&mut self) -> Result<(), NotXml> {
        if self.blanks() { Ok(()) } else { Err(self.instead("a whitespace")) }
    }

    /// Goes on behind a name, with colons wherever they are if they are allowed.
    fn name_with(&mut self, colons: bool) {
        loop {
            let ahead = self.source.as_bytes().get(self.at..).unwrap_or_default();
            let plain = ahead.iter().take_while(|byte| is(**byte, IN_NAME)).count();
            self.at += plain;
            match ahead.get(plain) {
                Some(b':') if colons => self.at += 1,
                Some(byte) if !byte.is_ascii() => match self.rest().chars().next() {
                    Some(character) if in_name(character) => self.at += character.len_utf8(),
                    _ => return,
                },
                _ => return,
            }
        }
    }

    /// Whether a name may begin here.
    fn is_at_name(&self) -> bool {
        match self.peek() {
            Some(byte) if byte.is_ascii() => is(byte, BEGINS_NAME),
            Some(_) => self.rest().chars().next().is_some_and(begins_name),
            None => false,
        }
    }

    fn no_name(&self, start: usize) -> NotXml {
        let what = if start == self.source.len() { END } else { "invalid name token" };
        self.wrong_at(start, what)
    }

    /// A name in which a colon means nothing.
    pub(super) fn name(&mut self) -> Result<&'a str, NotXml> {
        let start = self.at;
        if !self.is_at_name() && self.peek() != Some(b':') {
            return Err(self.no_name(start));
        }
        self.name_with(true);
        Ok(self.since(start))
    }

    /// A name that may have a prefix.
    pub(super) fn qualified(&mut self) -> Result<Name, NotXml> {
        let start = self.at;
        let begins = self.is_at_name();
        self.name_with(false);
        let mut name = Name { start, local: start, end: self.at };
        if self.peek() == Some(b':') {
            let prefixed = begins || self.at == start;
            self.at += 1;
            name.local = self.at;
            let begins = prefixed && self.is_at_name();
            self.name_with(false);
            name.end = self.at;
            if !begins || self.peek() == Some(b':') {
                return Err(self.no_name(start));
            }
        } else if !begins {
            return Err(self.no_name(start));
        }
        Ok(name)
    }

    /// `= "value"`, in quotes of either kind; gives where the value begins and ends.
    pub(super) fn value(&mut self) -> Result<(usize, usize), NotXml> {
        self.blanks();
        self.expect_byte(b'=')?;
        self.blanks();
        let quote = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => quote,
            _ => return Err(self.instead("a quote")),
        };
        self.at += 1;
        let start = self.at;
        let ahead = self.source.as_bytes().get(start..).unwrap_or_default();
        let length = ahead.iter().take_while(|byte| **byte != quote && **byte != b'<').count();
        self.at += length;
        match ahead.get(length) {
            Some(b'<') => return Err(self.wrong("unescaped '<' found")),
            Some(_) => self.at += 1,
            None => return Err(self.wrong(END)),
        }
        Ok((start, self.at - 1))
    }
}

impl Name {
    /// The prefix, empty if there is none.
    pub(super) fn prefix(self) -> (usize, usize) {
        // The colon is between them.
        (self.start, self.local.saturating_sub(1).max(self.start))
    }
}

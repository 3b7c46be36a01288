//! Attributes and namespaces: what comes once, and to what prefixes are bound.

use super::NotXml;
use super::layout::{Attribute, Open, Piece, place};
use super::reader::Reader;
use super::scan::Name;
use super::text::Kind;
use crate::limits;

/// To what the prefix `xml` is bound, always and alone.
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// To what the prefix `xmlns` is bound; nobody may name it.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

impl Reader<'_, '_> {
    /// An attribute of a tag that has not ended, or a prefix that it binds.
    pub(super) fn attribute(
        &mut self,
        open: Open,
        name: Name,
        value: (usize, usize),
    ) -> Result<(), NotXml> {
        let value = self.written(None, value, Kind::Attribute)?;
        let (prefix, local) =
            (Piece::standing(name.prefix()), Piece::standing((name.local, name.end)));
        match (self.says(prefix), self.says(local)) {
            ("", "xmlns") => self.bind(open, name, Piece::default(), value),
            ("xmlns", _) => self.bind(open, name, local, value),
            _ => {
                let own = self.layout.attributes.len() - self.placed(open).attributes.0 as usize;
                if own >= limits::XML_ATTRIBUTES {
                    let most = limits::XML_ATTRIBUTES;
                    let detail = format_args!("more than {most} attributes");
                    return Err(self.cursor.wrong_at(name.start, detail));
                }
                self.layout.attributes.push(Attribute { prefix, name: local, value });
                Ok(())
            }
        }
    }

    fn bind(&mut self, open: Open, name: Name, bound: Piece, uri: Piece) -> Result<(), NotXml> {
        let (prefix, meant) = (self.says(bound), self.says(uri));
        if meant == XMLNS || (meant == XML) != (prefix == "xml") {
            let detail = format_args!("the prefix '{prefix}' is bound to '{meant}'");
            return Err(self.cursor.wrong_at(name.start, detail));
        }
        let own = self.layout.bindings.get(open.bindings..).unwrap_or_default();
        if own.iter().any(|(known, _)| self.says(*known) == prefix) {
            let detail = format_args!("namespace '{prefix}' is already defined");
            return Err(self.cursor.wrong_at(name.start, detail));
        }
        if self.layout.bindings.len() >= limits::XML_NAMESPACES {
            let most = limits::XML_NAMESPACES;
            return Err(self
                .cursor
                .wrong_at(name.start, format_args!("more than {most} namespaces")));
        }
        if prefix != "xml" {
            self.layout.bindings.push((bound, uri));
        }
        Ok(())
    }

    /// At the end of a start tag: its prefixes are known, and its attributes come once.
    pub(super) fn names_are_known(&mut self, open: Open) -> Result<(), NotXml> {
        if !open.prefix.is_empty() || open.element == 0 {
            let namespace = self.namespace(open.prefix)?;
            if open.element == 0 {
                self.layout.namespace = namespace;
            }
        }
        let first = self.placed(open).attributes.0 as usize;
        let own = self.layout.attributes.get(first..).unwrap_or_default();
        for (index, attribute) in own.iter().enumerate() {
            let uri = self.uri(*attribute)?;
            for before in own.get(..index).unwrap_or_default() {
                let name = self.says(attribute.name);
                if self.says(before.name) == name && self.uri(*before)? == uri {
                    let detail = format_args!("attribute '{name}' is already defined");
                    return Err(self.cursor.wrong_at(attribute.name.start(), detail));
                }
            }
        }
        let behind = place(self.layout.attributes.len());
        if let Some(placed) = self.layout.elements.get_mut(open.element as usize) {
            placed.attributes.1 = behind;
        }
        Ok(())
    }

    /// The namespace of an attribute, which has none without a prefix.
    fn uri(&self, attribute: Attribute) -> Result<Option<&str>, NotXml> {
        if attribute.prefix.is_empty() {
            return Ok(None);
        }
        if self.says(attribute.prefix) == "xml" {
            return Ok(Some(XML));
        }
        Ok(self.namespace(attribute.prefix)?.map(|uri| self.says(uri)))
    }

    /// To what a prefix is bound. A name without one may be in no namespace.
    fn namespace(&self, prefix: Piece) -> Result<Option<Piece>, NotXml> {
        let sought = self.says(prefix);
        let mut bindings = self.layout.bindings.iter().rev();
        match bindings.find(|(known, _)| self.says(*known) == sought) {
            Some((_, uri)) => Ok(Some(*uri)),
            None if prefix.is_empty() => Ok(None),
            None => {
                let detail = format_args!("an unknown namespace prefix '{sought}'");
                Err(self.cursor.wrong_at(prefix.start(), detail))
            }
        }
    }
}

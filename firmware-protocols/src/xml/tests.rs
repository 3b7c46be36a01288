//! What is laid out of a document, what is refused of one, and that another reader of XML says the same of both.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Bounds, Element, Layout};

const BOUNDS: Bounds = Bounds { nodes: 1000, depth: 6 };

/// Names, attributes and texts of a document, or why it is none.
fn told(source: &str) -> String {
    match Layout::default().read(source, BOUNDS) {
        Ok(document) => {
            let mut text = String::new();
            for element in document.root().descendants() {
                let depth = element.ancestors().count();
                let name = element.name();
                let said = element.text();
                let children: Vec<&str> = element.children().map(Element::name).collect();
                text += &format!("{depth} {name} {said:?} {}; ", children.join(","));
            }
            text.trim_end_matches("; ").to_string()
        }
        Err(error) => error.detail,
    }
}

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(told(source), expected);
}

#[test]
fn elements_have_their_children_and_what_stands_before_them() {
    check("<a/>", "1 a None ");
    check(
        "<?xml version=\"1.0\"?>\n<a>x<b> y </b>z<c><d/></c></a>\n",
        "1 a Some(\"x\") b,c; 2 b Some(\" y \") ; 2 c None d; 3 d None ",
    );
    check("<p:a xmlns:p='u'><p:b/></p:a>", "1 a None b; 2 b None ");
    check("<a><!-- no --><b/>x</a>", "1 a None b; 2 b None ");
}

#[test]
fn texts_that_follow_one_another_are_one_and_references_are_resolved() {
    check("<a>1 &lt;<![CDATA[ & \r\n]]>&#x41;\r2</a>", "1 a Some(\"1 < & \\nA\\n2\") ");
    check("<a><![CDATA[x]]>y</a>", "1 a Some(\"xy\") ");
    check("<a>x<!-- --> &amp; <b/></a>", "1 a Some(\"x\") b; 2 b None ");
}

#[test]
fn attributes_are_found_by_their_name_and_their_blanks_are_blanks() {
    let source = "<a xmlns:p='u' b='1&amp;\r\n\t2' p:b='0' p:c=\"\"><b d='3'/></a>";
    let mut layout = Layout::default();
    let root = layout.read(source, BOUNDS).unwrap().root();
    let of_root = ["b", "c", "d", "p:b"].map(|name| root.attribute(name));
    assert_eq!(of_root, [Some("1&  2"), Some(""), None, None]);
    assert_eq!(root.child("b").and_then(|b| b.attribute("d")), Some("3"));
}

#[test]
fn what_is_no_document_is_refused_where_that_shows() {
    let deep = format!("{}{}", "<a>".repeat(7), "</a>".repeat(7));
    let wide = format!("<a>{}</a>", "<b/>".repeat(1000));
    let many = format!("<a {}/>", (0..65).map(|n| format!("b{n}='' ")).collect::<String>());
    let named = format!("<a {}/>", (0..65).map(|n| format!("xmlns:b{n}='u' ")).collect::<String>());
    for (source, expected) in [
        ("", "the document does not have a root at 1:1"),
        ("<!-- -->", "the document does not have a root at 1:9"),
        ("<a>\n<b>\n</c></a>", "expected 'b' tag, not 'c' at 3:1"),
        ("<p:a xmlns:p='u'></a>", "expected 'p:a' tag, not 'a' at 1:18"),
        ("<a><b></a>", "expected 'b' tag, not 'a' at 1:7"),
        ("<a>", "the root was opened but never closed at 1:4"),
        ("<a b='1'", "unexpected end of the document at 1:9"),
        ("<a ", "unexpected end of the document at 1:4"),
        ("<a b='1", "unexpected end of the document at 1:8"),
        ("<", "unexpected end of the document at 1:2"),
        ("<a b=1/>", "expected a quote not '1' at 1:6"),
        ("<a b='1'c='2'/>", "expected a whitespace not 'c' at 1:9"),
        ("<a b='<'/>", "unescaped '<' found at 1:7"),
        ("<a b/>", "expected '=' not '/' at 1:5"),
        ("<a/ >", "expected '>' not ' ' at 1:4"),
        ("<1/>", "invalid name token at 1:2"),
        ("<a:1/>", "invalid name token at 1:2"),
        ("<a:b:c/>", "invalid name token at 1:2"),
        ("<a>]]></a>", "']]>' in a text at 1:4"),
        ("<a><![CDATA[</a>", "expected ']]>' at 1:17"),
        ("<a><!-- -- --></a>", "a comment that contains '--' at 1:4"),
        ("<a><!b></a>", "unknown token at 1:4"),
        ("<a>\u{1}</a>", "a non-XML character '\\u{1}' at 1:4"),
        ("<a>\u{ffff}</a>", "a non-XML character '\\u{ffff}' at 1:4"),
        ("<?xml encoding='UTF-8'?><a/>", "expected 'version' not 'e' at 1:7"),
        (" <?xml version='1.0'?><a/>", "unexpected XML declaration at 1:2"),
        ("<a></a><b/>", "unknown token at 1:8"),
        ("<a></a>x", "unknown token at 1:8"),
        ("<a></a></a>", "unknown token at 1:8"),
        ("<a>&boom;</a>", "unknown entity reference 'boom' at 1:4"),
        ("<a><b/>&boom;</a>", "unknown entity reference 'boom' at 1:8"),
        ("<a b='&boom;'/>", "unknown entity reference 'boom' at 1:7"),
        ("<a>a & b</a>", "malformed entity reference at 1:6"),
        ("<a>&#0;</a>", "malformed entity reference at 1:4"),
        ("<a b='1' b='2'/>", "attribute 'b' is already defined at 1:10"),
        ("<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", "attribute 'b' is already defined at 1:37"),
        ("<a xmlns='u' xmlns='v'/>", "namespace '' is already defined at 1:14"),
        ("<p:a/>", "an unknown namespace prefix 'p' at 1:2"),
        ("<a><b xmlns:p='u'/><p:c/></a>", "an unknown namespace prefix 'p' at 1:21"),
        ("<a p:b=''/>", "an unknown namespace prefix 'p' at 1:4"),
        ("<xmlns:a/>", "an element with the prefix 'xmlns' at 1:1"),
        ("<a xmlns:xml='u'/>", "the prefix 'xml' is bound to 'u' at 1:4"),
        ("<!DOCTYPE a><a/>", "a DTD, which is not read, at 1:1"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "a DTD, which is not read, at 1:1"),
        (deep.as_str(), "elements are nested deeper than 6 at 1:19"),
        (wide.as_str(), "more than 1000 nodes at 1:3996"),
        (many.as_str(), "more than 64 attributes at 1:442"),
        (named.as_str(), "more than 64 namespaces at 1:890"),
    ] {
        check(source, expected);
    }
}

#[test]
fn a_line_is_told_from_one() {
    let mut layout = Layout::default();
    let root = layout.read("\n<a>\n\n<b/></a>", BOUNDS).unwrap().root();
    assert_eq!((root.line(), root.child("b").map(Element::line)), (2, Some(4)));
}

#[test]
fn the_room_of_a_large_document_is_given_back() {
    let mut layout = Layout::default();
    let large = format!("<a>{}</a>", "<b c='&lt;'>&lt;</b>".repeat(100_000));
    layout.read(&large, Bounds { nodes: u32::MAX, depth: 6 }).unwrap();
    assert!(layout.elements.capacity() > 100_000);
    layout.read("<a/>", BOUNDS).unwrap();
    let kept =
        [layout.elements.capacity(), layout.attributes.capacity(), layout.written.capacity()];
    assert_eq!(kept, [1024; 3]);
}

/// Pieces of documents, good and bad.
const PIECES: &[&str] = &[
    "<a>",
    "</a>",
    "<b>",
    "</b>",
    "<c/>",
    "<a b='1'>",
    "<a b='1' c=\"2\">",
    "<p:a>",
    "</p:a>",
    "<p:a xmlns:p='u'>",
    "<a xmlns='u'>",
    "<q:c xmlns:q='u' q:d='1'/>",
    "<a p:b='1' b='2'>",
    "<a b='x&lt;\r\ny'>",
    "x",
    " ",
    "\r",
    "\n",
    "\t",
    "&amp;",
    "&#10;",
    "&#x41;",
    "&boom;",
    "&",
    ";",
    "<![CDATA[",
    "]]>",
    "<!-- ",
    "-->",
    "--",
    "<?x y?>",
    "<?xml version='1.0'?>",
    "<!DOCTYPE a>",
    "<",
    ">",
    "/>",
    "=",
    "'",
    "\"",
    "\u{e9}",
    "\u{1}",
    "\u{feff}",
    "xmlns:p='v'",
    " b='1'",
    " p:c='1'",
    ":",
    "xml:lang='kk'",
];

/// The same in the words of another reader.
fn judged(source: &str) -> Option<String> {
    let options = roxmltree::ParsingOptions { nodes_limit: BOUNDS.nodes, ..Default::default() };
    let tree = roxmltree::Document::parse_with_options(source, options).ok()?;
    let mut text = String::new();
    for node in tree.root_element().descendants().filter(roxmltree::Node::is_element) {
        let depth = node.ancestors().count() - 1;
        let children: Vec<&str> = node
            .children()
            .filter(roxmltree::Node::is_element)
            .map(|child| child.tag_name().name())
            .collect();
        text += &format!(
            "{depth} {} {:?} {} {:?}; ",
            node.tag_name().name(),
            // It leaves a carriage return right behind a reference as it is, which the recommendation does not.
            node.text().map(|text| text.replace('\r', "\n")),
            children.join(","),
            ["b", "c", "d"].map(|name| node.attribute(name))
        );
    }
    Some(text)
}

fn ours(source: &str) -> Option<String> {
    let mut layout = Layout::default();
    let document = layout.read(source, Bounds { depth: usize::MAX, ..BOUNDS }).ok()?;
    let mut text = String::new();
    for element in document.root().descendants() {
        let children: Vec<&str> = element.children().map(Element::name).collect();
        text += &format!(
            "{} {} {:?} {} {:?}; ",
            element.ancestors().count(),
            element.name(),
            element.text().map(ToString::to_string),
            children.join(","),
            ["b", "c", "d"].map(|name| element.attribute(name))
        );
    }
    Some(text)
}

#[test]
fn another_reader_says_the_same_of_any_document() {
    let mut seed = 1_u64;
    let mut below = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % most
    };
    let (mut documents, mut refused) = (0, 0);
    for _ in 0..50_000 {
        // A document that is one, with one or two pieces put in or taken out.
        let mut pieces: Vec<&str> = Vec::new();
        let mut open: Vec<&str> = Vec::new();
        pieces.push("<a xmlns:p='v'>");
        open.push("</a>");
        for _ in 0..below(8) {
            match below(6) {
                0 => {
                    pieces.push("<b c='1'>");
                    open.push("</b>");
                }
                1 => {
                    pieces.push("<p:b p:c='&amp;' c='2'>");
                    open.push("</p:b>");
                }
                2 => {
                    if open.len() > 1 {
                        pieces.extend(open.pop());
                    }
                }
                _ => pieces.push(
                    ["x", "&lt;", "<![CDATA[ y ]]>", "<!-- z -->", "<c/>", "\r\n", "<?d e?>", "]"]
                        [below(8)],
                ),
            }
        }
        pieces.extend(open.into_iter().rev());
        for _ in 0..below(3) {
            let at = below(pieces.len());
            if below(2) == 0 {
                pieces.remove(at);
            } else {
                pieces.insert(at, PIECES[below(PIECES.len())]);
            }
            if pieces.is_empty() {
                break;
            }
        }
        let source = pieces.concat();
        let (ours, judged) = (ours(&source), judged(&source));
        assert_eq!(ours, judged, "{source:?}");
        if ours.is_some() { documents += 1 } else { refused += 1 }
    }
    assert!(documents > 5_000 && refused > 5_000, "{documents} read and {refused} refused");
}

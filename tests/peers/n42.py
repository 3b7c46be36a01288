"""Reads N42 documents as other programs do. Arguments: the folder of the schema, then documents. Prints what is wrong, or nothing.

The structure is checked by the schema of NIST (n42.xsd), the rules that a schema cannot say by its rules (n42.sch, Schematron over XPath 2).
"""

import re
import sys
from pathlib import Path

import lxml.etree
from elementpath import XPathContext
from elementpath.datatypes import DateTime
from elementpath.xpath2 import XPath2Parser

SCH = "{http://purl.oclc.org/dsdl/schematron}"
# When the documents are read: none of their times lies after it.
LATER = DateTime.fromstring("2030-01-01T00:00:00Z")
N42 = {"n42": "http://physics.nist.gov/N42/2011/N42"}


def parsed(path: str):
    # Without a schema no attribute is known to be an ID: it is looked up by its name.
    return XPath2Parser(namespaces=N42).parse(
        re.sub(r"\bid\(([^()]*)\)", r"(for $of in string(\1) return $identified[@id = $of])", path)
    )


def rules(file: Path):
    """Each rule: where it applies, what it calls by a name, what has to hold. Abstract patterns are filled in."""
    tree = lxml.etree.parse(file).getroot()
    abstract = {one.get("id"): one for one in tree.iter(f"{SCH}pattern") if one.get("abstract") == "true"}
    for pattern in tree.iter(f"{SCH}pattern"):
        if pattern.get("abstract") == "true":
            continue
        filling = {one.get("name"): one.get("value") for one in pattern.iter(f"{SCH}param")}

        def filled(text: str) -> str:
            for name in sorted(filling, key=len, reverse=True):
                text = text.replace(f"${name}", filling[name])
            return text

        for rule in abstract.get(pattern.get("is-a"), pattern).iter(f"{SCH}rule"):
            lets = [(one.get("name"), parsed(filled(one.get("value")))) for one in rule.iter(f"{SCH}let")]
            context = " | ".join(f"//{path.strip()}" for path in filled(rule.get("context")).split("|"))
            asserts = [parsed(filled(one.get("test"))) for one in rule.iter(f"{SCH}assert")]
            yield pattern.get("id"), parsed(context), lets, asserts


def around(document, item=None, variables=None) -> XPathContext:
    return XPathContext(document, item=item, variables=variables, current_dt=LATER)


schema = lxml.etree.XMLSchema(file=Path(sys.argv[1]) / "n42.xsd")
known = list(rules(Path(sys.argv[1]) / "n42.sch"))
for path in sys.argv[2:]:
    tree = lxml.etree.parse(path)
    name = Path(path).name
    if not schema.validate(tree):
        print(f"{name}: {schema.error_log.last_error.message}")
    document = around(tree).root
    identified = list(parsed("//*[@id]").select(around(document)))
    for rule, context, lets, asserts in known:
        for item in list(context.select(around(document))):
            variables = {"identified": identified}
            for let, value in lets:
                variables[let] = list(value.select(around(document, item, variables)))
            for holds in asserts:
                if not holds.boolean_value(list(holds.select(around(document, item, variables)))):
                    print(f"{name}: {rule}")

"""Reads N42 documents as other programs do. Arguments: the schema, then documents. Prints what is wrong, or nothing."""

import sys

import lxml.etree

schema = lxml.etree.XMLSchema(file=sys.argv[1])
for path in sys.argv[2:]:
    document = lxml.etree.parse(path)
    if not schema.validate(document):
        print(path, schema.error_log, sep="\n")

#!/usr/bin/python3
"""schema.py SCHEMA: validates the JSON on standard input, one document or one per line, against the
schema. A key that the schema does not know is an error here, too."""
import json
import sys

import jsonschema


def close(part):
    if isinstance(part, dict):
        if "properties" in part:
            part.setdefault("additionalProperties", False)
        for member in part.values():
            close(member)


with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
close(schema)
validator = jsonschema.Draft202012Validator(schema)
text = sys.stdin.read()
try:
    documents = [json.loads(text)]
except ValueError:
    documents = [json.loads(line) for line in text.splitlines()]
faults = [fault for document in documents for fault in validator.iter_errors(document)]
for fault in faults:
    print("/".join(str(step) for step in fault.absolute_path) + ": " + fault.message)
print(f"{len(documents)} documents, {len(faults)} faults")
sys.exit(bool(faults))

"""Checks JSON files against a JSON Schema with a validator that is not ours. usage: report.py SCHEMA REPORT…

Prints « ok » a file; the first fault ends it.
"""

import json
import sys

import fastjsonschema


def finite(text):
    raise ValueError(f"{text} is no JSON")


schema, *reports = sys.argv[1:]
with open(schema, encoding="utf-8") as file:
    validate = fastjsonschema.compile(json.load(file))
for report in reports:
    with open(report, encoding="utf-8") as file:
        validate(json.load(file, parse_constant=finite))
    print("ok", report)

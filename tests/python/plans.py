"""Asks the format's judge (oracles/check_plan.py) about many plans in one process.

Each line of the input is JSON: {"instance": NAME, "value": {...}} states a problem; {"on": NAME, "plan": {...}} asks about
a plan of it, and is answered by a line {"codes": [...], "terms": {...}, "objective": n}, or {"crash": "..."}.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "oracles"))
sys.dont_write_bytecode = True
import check_plan  # noqa: E402  the path above leads to it

instances = {}
for line in sys.stdin:
    asked = json.loads(line)
    if "instance" in asked:
        instances[asked["instance"]] = asked["value"]
        continue
    try:
        errors, terms, objective, _, _ = check_plan.check(instances[asked["on"]], asked["plan"])
        answer = {"codes": sorted({code for code, _ in errors}), "terms": terms, "objective": objective}
    except Exception as crash:  # the judge expects more of a file than the format does
        answer = {"crash": repr(crash)}
    print(json.dumps(answer))

"""Reads the JSON of berth doctor for scenarios.

findings.py FILE verdict CHECK: the most severe verdict of a check, or "none".
findings.py FILE messages CHECK: what the check says, one finding a line.
findings.py FILE fixes CHECK: the steps for root, as a script.
"""

import json
import shlex
import sys

file, what, check = sys.argv[1:]
findings = [
    finding
    for user in json.load(open(file))["users"]
    for finding in user["findings"]
    if finding["check"] == check
]
faults = [finding for finding in findings if finding["verdict"] not in ("ok", "unknown")]
if what == "verdict":
    order = ["problem", "warning", "unknown", "ok", "none"]
    print(min([finding["verdict"] for finding in findings] + ["none"], key=order.index))
elif what == "messages":
    for finding in findings:
        print(f'{finding["verdict"]}: {finding["place"]}: {finding["message"]}')
        for fix in finding["fixes"]:
            print("  fix:", fix.get("advice") or fix.get("command") or fix.get("line"))
else:
    for fix in [fix for finding in faults for fix in finding["fixes"]]:
        if fix.get("by") == "root" and "command" in fix:
            print(fix["command"])
        if fix.get("by") == "root" and "line" in fix:
            print("echo", shlex.quote(fix["line"]), ">>", shlex.quote(fix["file"]))

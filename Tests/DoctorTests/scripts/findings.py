#!/usr/bin/python3
"""findings.py verdict|messages|fixes JSON CHECK: reads the output of `berth doctor --json`. Prints
the most severe verdict, the messages, or the fixes (as commands for a shell) of this check for the
first user."""
import json
import shlex
import sys

SEVERITY = ["problem", "warning", "unknown", "ok", "none"]

what, text, check = sys.argv[1:]
findings = [f for f in json.loads(text)["users"][0]["findings"] if f["check"] == check]
if what == "verdict":
    print(min([f["verdict"] for f in findings] + ["none"], key=SEVERITY.index))
elif what == "messages":
    for finding in findings:
        print(finding["place"] + ": " + finding["message"])
elif what == "fixes":
    for finding in findings:
        for fix in finding["fixes"] if finding["verdict"] != "ok" else []:
            if "command" in fix:
                print(fix["command"])
            if "line" in fix:
                print("echo", shlex.quote(fix["line"]), ">>", shlex.quote(fix["file"]))
else:
    sys.exit(f"unknown argument: {what}")

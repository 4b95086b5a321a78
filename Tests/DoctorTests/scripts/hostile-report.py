#!/usr/bin/env python3
"""hostile-report.py NAME MILLISECONDS JSON TEXT: judges a report of berth doctor about a hostile
user. Prints NAME with what is wrong or "ok", and what the report says about unread files."""
import json, re, sys
name, milliseconds, document, text = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
raw = open(document, "rb").read() + open(text, "rb").read()
report = json.loads(open(document).read())["users"][0]
said = [f"{f['place']}: {f['message']}" for f in report["findings"]
    if f["check"] == "user-files"]
faults = []
if any(not (0x20 <= byte <= 0x7e or byte == 10) for byte in raw):
    faults.append("not ASCII")
if len(raw) > 100000:
    faults.append(f"{len(raw)} bytes")
if milliseconds > 4500:
    faults.append(f"{milliseconds} ms")
if b"secret" in raw:
    faults.append("a secret")
commands = {x["command"] for f in report["findings"] for x in f["fixes"] if "command" in x}
lines = open(text).read().split("\n")
for line in lines:
    found = re.match(r"\s*[#$] (.*)", line)
    if found and found[1] not in commands:
        faults.append(f"a forged line: {line}")
print(f"{name}:", "; ".join(faults) or "ok")
for line in said:
    print("  " + line)

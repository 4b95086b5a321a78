#!/usr/bin/env python3
"""count.py STATUS FILE: prints how many tests passed, failed and were skipped.

FILE is the event stream of Swift's test runner, and STATUS its exit status. All cases of a test
that ran count as one test; each case that was skipped counts as one.
"""
import json
import sys

status, path = sys.argv[1:]
functions, started, ended, failed = set(), set(), set(), set()
skipped = 0
try:
    lines = open(path, encoding="utf-8").readlines()
except OSError:
    lines = []
for line in lines:
    record = json.loads(line)
    payload = record["payload"]
    if record["kind"] == "test":
        if payload["kind"] == "function":
            functions.add(payload["id"])
        continue
    kind, test = payload["kind"], payload.get("testID")
    if kind == "testStarted":
        started.add(test)
    elif kind == "testEnded":
        ended.add(test)
    elif kind in ("testSkipped", "testCancelled", "testCaseCancelled"):
        skipped += kind == "testCaseCancelled" or test in functions
        started.discard(test) if kind != "testCaseCancelled" else None
    elif kind == "issueRecorded" and not payload["issue"].get("isKnown"):
        failed.add(test)
# The runner crashed in a test that never ended.
failed |= started - ended
passed = len((ended & functions) - failed)
failures = len(failed)
if not failures and (status != "0" or not passed + skipped):
    failures = 1
print(passed, failures, skipped)

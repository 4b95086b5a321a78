#!/usr/bin/env python3
"""count.py STATUS FILE: prints how many tests passed, failed and were skipped.

FILE is the event stream of Swift's test runner, and STATUS its exit status. All cases of a test
that ran count as one test; each case that was skipped counts as one. A test that never ended
failed; if it was running, it is named on standard error.
"""
import collections
import json
import sys

status, path = sys.argv[1:]
names, started, ended, failed = {}, set(), set(), set()
running = collections.Counter()
skipped = 0
try:
    lines = open(path, encoding="utf-8").readlines()
except OSError:
    lines = []
for line in lines:
    try:
        record = json.loads(line)
    except ValueError:
        # The runner was killed while it wrote the last line.
        continue
    payload = record["payload"]
    if record["kind"] == "test":
        if payload["kind"] == "function":
            names[payload["id"]] = payload.get("displayName") or payload["name"]
        continue
    kind, test = payload["kind"], payload.get("testID")
    if kind == "testStarted":
        started.add(test)
    elif kind in ("testCaseStarted", "testCaseEnded"):
        running[test] += 1 if kind == "testCaseStarted" else -1
    elif kind == "testEnded":
        ended.add(test)
    elif kind in ("testSkipped", "testCancelled", "testCaseCancelled"):
        skipped += kind == "testCaseCancelled" or test in names
        started.discard(test) if kind != "testCaseCancelled" else None
    elif kind == "issueRecorded" and not payload["issue"].get("isKnown"):
        failed.add(test)
# The runner crashed, or was killed, in a test that never ended.
failed |= started - ended
for test in +running:
    if test not in ended:
        print("did not end:", names[test], file=sys.stderr)
passed = len((ended & names.keys()) - failed)
failures = len(failed)
if not failures and (status != "0" or not passed + skipped):
    failures = 1
print(passed, failures, skipped)

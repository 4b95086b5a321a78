#!/usr/bin/python3
"""status-of-eve.py: prints parts of `berth-cgroup status --json` about eve's first cgroup."""
import json
import subprocess

status = json.loads(subprocess.check_output(["/run/test/bin/berth-cgroup", "status", "--json"]))
eve = [user for user in status["users"] if user["user"] == "eve"][0]
leaf = eve["leaves"][0]
group = leaf["groups"][0]
print(eve["uid"], leaf["kind"], group["kind"], group["container"], len(group["processes"]))
print(group["usage"]["memory"], leaf["processes"][0]["command"], eve["limits"]["cgroup.max.depth"])

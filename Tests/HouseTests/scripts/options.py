#!/usr/bin/python3
"""options.py PROGRAM: prints the subcommands and options of a program that uses ArgumentParser."""
import json
import subprocess
import sys


def words(command):
    for argument in command.get("arguments", []):
        for name in argument.get("names") or []:
            print("-" + name["name"])
    for verb in command.get("subcommands", []):
        print(verb["commandName"])
        words(verb)


dump = subprocess.run(
    [sys.argv[1], "--experimental-dump-help"], check=True, stdout=subprocess.PIPE)
words(json.loads(dump.stdout)["command"])

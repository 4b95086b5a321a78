#!/usr/bin/python3
"""openmetrics.py: checks the text on standard input against the grammar of OpenMetrics 1.0 and of
Prometheus's text format 0.0.4, as far as both allow gauges and untyped families. Prints what is
wrong, and then the number of series."""
import math
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
# A backslash escapes only itself, a quotation mark and n.
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
META = re.compile(rf"# (TYPE|UNIT|HELP) ({NAME}) (.+)")
UNITS = {"bytes", "seconds"}
faults, series, families = [], set(), {}


def fault(number, text):
    faults.append(f"line {number}: {text}")


def check_sample(number, line, family):
    match = SAMPLE.fullmatch(line)
    if not match:
        return fault(number, f"neither metadata nor a sample: {line!r}")
    name, labels, value = match.group(1), match.group(2) or "", match.group(len(match.groups()))
    if name != family:
        fault(number, f"{name} is not in the family {family}")
    pairs = re.findall(LABEL, labels)
    names = [pair[0] for pair in pairs]
    if len(set(names)) < len(names):
        fault(number, "a label is repeated")
    if any(label.startswith("__") for label in names):
        fault(number, "a label is reserved")
    key = (name, tuple(sorted(pairs)))
    if key in series:
        fault(number, f"the series is repeated: {line!r}")
    series.add(key)
    try:
        number_value = float(value)
    except ValueError:
        return fault(number, f"not a number: {value!r}")
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", value) or math.isnan(number_value):
        fault(number, f"not a plain number: {value!r}")
    if name.endswith("_total") and number_value < 0:
        fault(number, "a counter is negative")
    return None


data = sys.stdin.buffer.read()
try:
    text = data.decode("utf-8")
except UnicodeDecodeError as error:
    sys.exit(f"not UTF-8: {error}")
if not text.endswith("# EOF\n"):
    faults.append("the last line is not # EOF")
if "\r" in text or re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text):
    faults.append("a control character")
lines = text.removesuffix("# EOF\n").split("\n")[:-1]
family, has_samples = None, True
for number, line in enumerate(lines, 1):
    match = META.fullmatch(line)
    if not match:
        has_samples = True
        check_sample(number, line, family)
        continue
    kind, name, rest = match.groups()
    if name != family:
        if not has_samples:
            fault(number, f"the family {family} has no samples")
        if name in families:
            fault(number, f"the family {name} is not contiguous")
        family, has_samples = name, False
        families[name] = {}
    elif has_samples:
        fault(number, "metadata after samples")
    if kind in families[name]:
        fault(number, f"{kind} is repeated")
    families[name][kind] = rest
    if kind == "TYPE" and rest != "gauge":
        fault(number, f"the type {rest}")
    if kind == "UNIT" and (rest not in UNITS or not name.endswith("_" + rest)):
        fault(number, f"the unit {rest} of {name}")
    if kind == "HELP" and re.search(r'["\\]', rest):
        fault(number, "a help text needs escapes, which differ between the formats")
for name, metadata in families.items():
    if "HELP" not in metadata:
        faults.append(f"{name} has no help")
    # promtool reports a gauge whose name ends in _total, and a counter whose name does not.
    if ("TYPE" in metadata) == name.endswith("_total"):
        faults.append(f"{name}: the type does not match the name")
    if re.search(r"_(count|sum|bucket|info|created)$", name):
        faults.append(f"{name} ends with a suffix reserved for another type")
print(*faults, sep="\n", end="\n" if faults else "")
print(f"{len(series)} series, {len(faults)} faults")
sys.exit(bool(faults))

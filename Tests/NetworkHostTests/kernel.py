"""Prints the state of a bridge, or the firewall rules, in lines that can be compared."""
import json
import subprocess
import sys


def output(*words):
    return subprocess.run(words, capture_output=True, check=True, text=True).stdout


def link(bridge):
    for link in json.loads(output("ip", "-j", "-d", "link", "show", bridge)):
        flags = "up" if "UP" in link["flags"] else "down"
        print("link", link["linkinfo"]["info_kind"], link["address"], link["mtu"], flags)
    for link in json.loads(output("ip", "-j", "addr", "show", bridge)):
        for address in link["addr_info"]:
            if address["scope"] == "global":
                where = f"{address['local']}/{address['prefixlen']}"
                print("address", where, address.get("broadcast", "-"))


def side(part):
    """Returns the values on one side of a comparison in a rule, as texts."""
    if not isinstance(part, dict):
        return [str(part)]
    if "set" in part:
        return [text for member in part["set"] for text in side(member)]
    if "prefix" in part:
        return [f"{part['prefix']['addr']}/{part['prefix']['len']}"]
    if "payload" in part:
        return [".".join(str(value) for value in part["payload"].values())]
    if "meta" in part:
        return [part["meta"]["key"]]
    return [json.dumps(part)]


def nft():
    """Prints each rule with its hook, but without its table, which has no effect on packets."""
    hooks = {}
    for item in json.loads(output("nft", "-j", "list", "ruleset"))["nftables"]:
        if "chain" in item and "hook" in item["chain"]:
            chain = item["chain"]
            place = chain["family"], chain["table"], chain["name"]
            hooks[place] = f"{chain['type']} {chain['hook']} {chain['prio']} {chain['policy']}"
        if "rule" not in item:
            continue
        rule = item["rule"]
        texts = [hooks[rule["family"], rule["table"], rule["chain"]]]
        for step in rule["expr"]:
            if "counter" in step:
                continue
            if "match" not in step:
                texts = [f"{text} {json.dumps(step)}" for text in texts]
                continue
            match = step["match"]
            left = side(match["left"])[0]
            texts = [
                f"{text} {left}{match['op']}{right}"
                for text in texts
                for right in side(match["right"])
            ]
        for text in texts:
            print("rule", text)


def iptables():
    for program in "iptables-save", "ip6tables-save":
        table = ""
        for line in output(program).splitlines():
            if line.startswith("*"):
                table = line[1:]
            if line.startswith("-A"):
                words = line.split()
                # berth-net marks its rules with comments.
                if "--comment" in words:
                    place = words.index("--comment")
                    words[place - 2:place + 2] = []
                print("rule", program[:-5], table, " ".join(words))


if sys.argv[1] == "rules":
    (nft if sys.argv[2] == "nft" else iptables)()
else:
    link(sys.argv[2])

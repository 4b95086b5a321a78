internal import Linux
internal import Network

/// Whether a program in the user's running container answers at each port that is forwarded there.
enum Forwards: Check {
    static let name = "forwards"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network in
            (facts.packetPath.forwards[network.bridge] ?? []).flatMap {
                findings($0, network.bridge, facts)
            }
        }
    }

    private static func findings(
        _ facts: ForwardFacts, _ bridge: String, _ all: Facts
    ) -> [Finding] {
        let place = "LXC_FORWARDS of \(bridge), \(facts.forward)"
        let nics = all.runningNICs
        let isTheirs = nics.contains { $0.port == facts.port }
        let named = nics.first { isNamed($0, by: facts.forward, all) }
        // A forward that names no container can be meant for any.
        let isForAnyone = facts.port == nil && facts.forward.container == nil
        guard isTheirs || named != nil || isForAnyone || all.target.isRoot else { return [] }
        var findings: [Finding] = []
        if let program = facts.shadowed {
            findings.append(
                .warning(
                    place,
                    "\(program) of this host listens on the same port, and other hosts reach the "
                        + "container instead",
                    .advice("forward another port, or let that program use another one")))
        }
        if !facts.hasListenAddress, let address = facts.forward.listens?.text {
            findings.append(
                .warning(
                    place,
                    "this host has no address \(address), so no connection reaches this forward",
                    .advice(
                        "write an address that this host has (see ip address), or leave the "
                            + "address out to forward from all of them; then run berth-net reload"))
            )
        }
        if facts.port == nil, named != nil || isForAnyone || all.target.isRoot {
            findings.append(
                .warning(
                    place,
                    "no running container has the address \(facts.forward.target.text)",
                    .advice(
                        named == nil
                            ? "start that container, or correct the address"
                            : "start \(named?.place ?? "the container") again, so that it leases "
                                + "its reserved address")))
        }
        if facts.hasListener == false {
            findings.append(
                .warning(
                    place,
                    facts.listensOnLoopback
                        ? "the program in the container listens on that port of its loopback "
                            + "address only"
                        : "nothing in the container listens on that port",
                    .advice(
                        facts.listensOnLoopback
                            ? "let the program listen on \(facts.forward.target.text) or all "
                                + "addresses"
                            : "start the service in the container, or correct the port")))
        }
        return findings.isEmpty && isTheirs
            ? [.ok(place, "a program in the container answers")] : findings
    }

    /// Whether the setting names the container.
    private static func isNamed(
        _ nic: ContainerNICFacts, by forward: Forward, _ facts: Facts
    ) -> Bool {
        guard let label = forward.container, let name = nic.container else { return false }
        return label.user == facts.target.account.name && label.name == name.bytes
    }
}

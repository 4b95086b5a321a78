internal import Linux

/// Whether the container's own files set up the NICs that its configuration gives it.
enum ContainerNetwork: Check {
    static let name = "container-network"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let config = facts.config
        guard facts.target.container != nil, config.exists, config.isReadable,
            !config.hasStopped, !config.sharesNetwork
        else { return [] }
        let nics = config.nics.filter { !($0.type == "empty") && !($0.type == "none") }
        let findings =
            (nics.isEmpty ? without(facts) : names(nics, facts)) + clients(nics, facts)
            + ContainerAddresses.findings(nics, facts)
        guard findings.isEmpty else { return findings.bounded(facts) }
        guard let name = facts.files.network.names.first, !nics.isEmpty else { return [] }
        return [.ok(name.place.text, "the container sets up its NIC")]
    }

    /// A container without a NIC may be intended, so it is reported only if its own files set up a
    /// NIC.
    private static func without(_ facts: Facts) -> [Finding] {
        guard let name = facts.files.network.names.first(where: \.isOfNIC),
            !facts.config.nics.contains(where: { $0.type == "none" })
        else { return [] }
        let wanted = "\(name.place.text) sets up \(name.name.quoted)"
        guard let nic = facts.config.nics.first, let type = nic.setting("type") else {
            guard facts.config.nics.isEmpty else { return [] }
            let place = ConfigPlace(file: facts.config.path, line: 1)
            return [
                Finding(
                    .warning, facts.config.path.quoted,
                    "no lxc.net.N.type gives the container a NIC, but \(wanted)",
                    [.advice("unless the container is to have no network:")]
                        + NICSettings.replacement(ContainerNIC(index: 0, at: place), place, facts))
            ]
        }
        return [
            Finding(
                .warning, type.place.text,
                "\(type.key.escaped) = empty gives the container no NIC but the loopback "
                    + "interface, but \(wanted)",
                [.advice("unless the container is to have no network:")]
                    + NICSettings.replacement(nic, type.place, facts))
        ]
    }

    /// Whether some NIC has a name that the container's files set up.
    private static func names(_ nics: [ContainerNIC], _ facts: Facts) -> [Finding] {
        let network = facts.files.network
        let own = network.names.filter(\.isOfNIC)
        guard !network.includesAny, let wanted = own.first,
            // LXC itself sets a static address. Router advertisements give any NIC an IPv6 address.
            nics.allSatisfy({ $0.addresses.isEmpty && $0.setting("ipv6.address") == nil }),
            !facts.runningNICs.contains(where: { !$0.addresses4.isEmpty })
        else { return [] }
        let used = nics.enumerated().map { position, nic in
            nic.setting("name")?.value ?? UntrustedText("eth\(position)")
        }
        guard !own.contains(where: { name in used.contains { name.name.matches($0) } }) else {
            return []
        }
        let nic = nics[0]
        let setting = nic.setting("name")
        let key = "lxc.net.\(nic.index).name"
        let fix: Fix
        if let word = wanted.name.shellWord, word.utf8.count <= 15, !word.contains("/") {
            fix =
                setting.map { facts.setValue(word, at: $0.place) }
                ?? facts.append("\(key) = \(word)", to: nic.place)
        } else {
            fix = .advice("write the name that the container sets up as the value of \(key)")
        }
        return [
            .warning(
                (setting?.place ?? nic.place).text,
                "the NIC has the name \(used[0].quoted) in the container"
                    + (setting == nil ? ", as \(key) is not set" : " (\(key))")
                    + ", but the container's own files set up \(wanted.name.quoted) "
                    + "(\(wanted.place.text)), so the NIC gets no address",
                .advice(
                    "write \(used[0].quoted) in the container's files; or use the name from these "
                        + "files here:"),
                fix)
        ]
    }

    private static func clients(_ nics: [ContainerNIC], _ facts: Facts) -> [Finding] {
        guard !nics.isEmpty else { return [] }
        let network = facts.files.network
        var findings = network.clients.compactMap { client($0, facts) }
        if let place = network.dynamic, network.hasClient == false, !network.includesAny {
            findings.append(
                .problem(
                    place.text,
                    "the container sets up this interface with DHCP, but has no DHCP client that "
                        + "ifup runs: dhclient, udhcpc or dhcpcd",
                    .advice(
                        "install one in the container, for which it needs a static address first; "
                            + "or copy it into the root file system")))
        }
        return findings
    }

    private static func client(
        _ client: ContainerNetworkFacts.Client, _ facts: Facts
    ) -> Finding? {
        if client.hasScript == false {
            let missing =
                client.script.map { "\($0.quoted), the script of udhcpc," }
                ?? "\(ContainerNetworkFacts.scripts.map(\.quoted).joined(separator: " or ")), the "
                + "standard script of udhcpc,"
            return .problem(
                client.place.text,
                "\(missing) does not exist in the container, so udhcpc gets a lease, but sets no "
                    + "address", .advice("restore the script in the container"))
        }
        guard let program = client.program, let (reason, fixes) = program.fault(facts) else {
            return nil
        }
        return Finding(
            .problem, client.place.text,
            "\(program.path.quoted), the script of udhcpc, \(reason), so udhcpc gets a lease, but "
                + "sets no address", fixes)
    }
}

extension ContainerNetworkFacts.Name {
    /// Whether it is a name of network cards and NICs of containers, not of an interface that the
    /// container makes itself.
    fileprivate var isOfNIC: Bool {
        name.hasPrefix("e") || name.hasPrefix("host") || name.hasPrefix("venet")
    }
}

extension ContainerConfig {
    /// Whether the container has the network of the host, or of another container.
    fileprivate var sharesNetwork: Bool {
        all("lxc.namespace.share").contains { $0.key == "lxc.namespace.share.net" }
            || value("lxc.namespace.keep").map {
                words(of: $0.bytes[...]).contains { $0.elementsEqual("net".utf8) }
            } ?? false
    }
}

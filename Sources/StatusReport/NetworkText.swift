internal import CgroupStatus
internal import Network
internal import Terminal

extension HostStatusText {
    func networks(_ status: HostStatus) -> Tree? {
        guard let networks = status.networks else { return nil }
        let nics = status.nics ?? []
        let shared = nicLines(nics)
        var trees = networks.map { network in
            Tree(
                heading(network),
                facts(network)
                    + zip(nics, shared).filter { $0.0.bridge == network.bridge }.map(\.1))
        }
        let unattached = zip(nics, shared).filter { nic, _ in
            !networks.contains { $0.bridge == nic.bridge }
        }
        if !unattached.isEmpty {
            trees.append(Tree(StyledText("no bridge", .bold), unattached.map(\.1)))
        }
        trees += hidden(status, .networks, .nics, .leases)
        if trees.isEmpty { trees = [Tree(StyledText("no network is up", .dim))] }
        return Tree(StyledText("Networks", .bold), trees)
    }

    private func heading(_ network: NetworkReport) -> StyledText {
        let state =
            switch network.status.state {
            case .up where network.isManaged: StyledText("up", .green)
            case .up: StyledText("up", .green) + StyledText(", not managed by berth-net", .dim)
            case .incomplete: StyledText("incomplete", .yellow)
            case .down: StyledText("down", .red)
            }
        var words = [StyledText(network.bridge, .bold), state]
        words += network.status.addresses.map { StyledText($0) }
        if ![0, 1500].contains(network.status.mtu) {
            words.append(StyledText("MTU ", .dim) + StyledText("\(network.status.mtu)"))
        }
        return words.joined(by: "  ")
    }

    private func facts(_ network: NetworkReport) -> [Tree] {
        guard network.isManaged else { return [] }
        let network = network.status
        var facts = [
            fact("firewall", firewall(network)), fact("dnsmasq", server(network)),
        ]
        if !network.forwards.isEmpty {
            facts.append(fact("forwards", StyledText(network.forwards.joined(separator: " "))))
        }
        if let resolver = network.hostDNS {
            facts.append(fact("host DNS", StyledText("by \(resolver)")))
        }
        if let advice = network.hostDNSAdvice {
            facts.append(fact("host DNS", StyledText(advice, .dim)))
        }
        if network.isMaintained == false {
            facts.append(fact("upkeep", StyledText(NetworkStatus.withoutRun, .yellow)))
        }
        facts += network.missing.map { fact("missing", StyledText($0, .yellow)) }
        facts += network.foreign.map { fact("blocked by", StyledText($0, .red)) }
        return facts
    }

    private func firewall(_ network: NetworkStatus) -> StyledText {
        let rules = network.firewall.map { StyledText(", \($0)", .dim) } ?? StyledText()
        return switch network.firewallState {
        case .asConfigured: StyledText("as configured", .green) + rules
        case .differs: StyledText("not as configured", .red) + rules
        case .none: StyledText("no rules", .yellow)
        case .notVisible: StyledText("not visible to you: only root can list its rules", .dim)
        }
    }

    private func server(_ network: NetworkStatus) -> StyledText {
        guard let process = network.dnsmasq else { return StyledText("not running", .red) }
        let services = network.dnsPort == 0 ? "DHCP, no DNS" : "DHCP and DNS"
        var text = StyledText(services, .green) + StyledText(", process \(process)", .dim)
        if let leases = network.leases { text += StyledText(", " + counted(leases, "lease")) }
        if network.reservations > 0 {
            text += StyledText(", " + counted(network.reservations, "reservation"))
        }
        return text
    }

    /// The NICs, in columns. If a part does not fit on the line of one NIC, it is on a separate
    /// line for all NICs.
    private func nicLines(_ nics: [NICReport]) -> [Tree] {
        let room = TerminalCapabilities.width - 2 * Tree.indent
        let brief = nics.map { nic in
            [
                StyledText(nic.label, .bold), StyledText(nic.name ?? "?"),
                address(nic),
                traffic("in", nic.receivedBytes), traffic("out", nic.sentBytes),
                nic.isUp ? StyledText() : StyledText("down", .red),
            ]
        }
        var details = nics.map { nic in
            others(nic)
                + (nic.owner == nic.user || nic.owner == nil
                    ? [] : [StyledText("charged to ", .dim) + StyledText(nic.owner ?? "")])
        }
        let hosts = nics.map { StyledText($0.hostName, .dim) }
        var lines = aligned(zip(brief, hosts).map { $0 + [$1] })
        if lines.contains(where: { $0.width > room }) {
            lines = aligned(brief)
            details = zip(hosts, details).map { [$0] + $1 }
        }
        if lines.contains(where: { $0.width > room }) {
            lines = brief.map { $0[0] }
            details = zip(brief, details).map { $0.dropFirst() + $1 }
        }
        return zip(lines, details).map { line, details in
            Tree(
                line,
                details: details.isEmpty
                    ? [] : details.joined(by: "  ").folded(to: room - 2).map { "  " + $0 })
        }
    }

    /// The other addresses. A container can add thousands, so only some are shown.
    private func others(_ nic: NICReport) -> [StyledText] {
        let others = nic.addresses.filter { $0 != nic.shortAddress }
        let shown = others.prefix(8).map { StyledText($0) }
        guard others.count > shown.count else { return shown }
        return shown + [StyledText("and \(others.count - shown.count) more", .dim)]
    }

    private func address(_ nic: NICReport) -> StyledText {
        nic.addresses.isEmpty
            ? StyledText("no address", .dim) : StyledText(nic.shortAddress ?? "")
    }

    private func traffic(_ word: String, _ bytes: UInt64?) -> StyledText {
        guard let bytes else { return StyledText() }
        return StyledText(word + " ", .dim)
            + StyledText(Usage.size(bytes)).padded(to: 5, onTheLeft: true)
    }
}

func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

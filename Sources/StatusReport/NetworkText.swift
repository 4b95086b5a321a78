internal import CgroupStatus
internal import Linux
internal import Network
internal import Terminal

extension HostStatusText {
    func networks(_ status: HostStatus) -> Tree? {
        guard let networks = status.networks else { return nil }
        let marks = Marks(status)
        let shown =
            selection.onlyProblems
            ? networks.filter { marks.concerns(bridge: $0.bridge) } : networks
        if selection.onlyProblems, shown.isEmpty { return nil }
        var trees = shown.sorted { naturallyPrecedes($0.bridge, $1.bridge) }.map { network in
            let lines = heading(network)
            return Tree(
                lines[0], details: lines.dropFirst().map { "   " + $0 }, facts(network))
        }
        if !selection.onlyProblems { trees += hidden(status, .networks, .leases) }
        if trees.isEmpty { trees = [Tree(StyledText("no network is up", .dim))] }
        return Tree(StyledText("Networks", .bold), trees)
    }

    /// In one line, or more if the terminal is narrow.
    private func heading(_ network: NetworkReport) -> [StyledText] {
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
        return words.packed(to: width - 2 * Tree.indent, separator: "  ")
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
            facts.append(fact("host DNS", StyledText("through \(resolver)")))
        }
        if let advice = network.hostDNSAdvice {
            facts.append(fact("host DNS", StyledText(advice, .dim)))
        }
        if network.isMaintained == false {
            facts.append(
                fact("service", StyledText("not maintained: \(NetworkStatus.withoutRun)", .yellow)))
        }
        facts += network.missing.map { fact("missing", StyledText($0, .yellow)) }
        facts += network.foreign.map { fact("blocked", StyledText($0, .red)) }
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
        if let used = network.leasesInRange, let range = network.leaseRange {
            text += StyledText(", \(max(0, range - used)) of \(range) addresses free")
        }
        if network.reservations > 0 {
            text += StyledText(", " + counted(network.reservations, "reservation"))
        }
        return text
    }
}

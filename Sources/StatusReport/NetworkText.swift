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
        if let tunnel = network.tunnel {
            facts.append(fact("tunnel", self.tunnel(tunnel)))
            facts += tunnel.losses.prefix(Self.shownLosses).map {
                fact("", StyledText($0, .yellow))
            }
            let rest = tunnel.losses.count - Self.shownLosses
            if rest > 0 { facts.append(fact("", StyledText("and \(rest) more", .yellow))) }
        }
        if let uplink = network.uplink {
            let state = StyledText(uplink.fault ?? "up", uplink.fault == nil ? .green : .red)
            facts.append(fact("uplink", state + StyledText(", \(uplink.name)", .dim)))
        }
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

    /// The maximum number of unreachable hosts to list.
    private static let shownLosses = 4

    private func tunnel(_ tunnel: TunnelStatus) -> StyledText {
        var text =
            tunnel.isUp
            ? StyledText("up", .green)
            : StyledText(tunnel.interface == nil ? "missing" : "down", .red)
        text += StyledText(", \(tunnel.port), VNI \(tunnel.vni), from \(tunnel.local),", .dim)
        let lost = tunnel.lostPeers.count
        var hosts = " \(counted(tunnel.peers.count, "host"))"
        if let all = tunnel.configuredPeers, all != tunnel.peers.count { hosts += " of \(all)" }
        if tunnel.usesEVPN { hosts += " by EVPN" }
        // A part of a text that begins with a comma could be longer than the line.
        text += StyledText(hosts + (lost > 0 ? "" : ","))
        if lost > 0 { text += StyledText(" (\(lost) not reached),", .yellow) }
        let number = tunnel.remoteAddresses
        let guardFault: String? =
            switch tunnel.guardState {
            case .asConfigured, .notVisible: nil
            case .missing: "no guard"
            case .differs: "guard changed"
            }
        text += StyledText(
            " \(number) \(number == 1 ? "address" : "addresses")" + (guardFault == nil ? "" : ","))
        if let guardFault { text += StyledText(" \(guardFault)", .red) }
        return text
    }

    private func server(_ network: NetworkStatus) -> StyledText {
        guard let process = network.dnsmasq else {
            return network.needsDnsmasq
                ? StyledText("not running", .red) : StyledText("not needed", .dim)
        }
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

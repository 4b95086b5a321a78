internal import CgroupAdmin
internal import Terminal

extension SituationText {
    func networks(_ situation: Situation) -> Tree? {
        guard let networks = situation.networks else { return nil }
        let nics = situation.nics ?? []
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
            trees.append(Tree(Inscription("no bridge", .bold), unattached.map(\.1)))
        }
        trees += unseen(situation, .networks, .nics, .leases)
        if trees.isEmpty { trees = [Tree(Inscription("no network is up", .dim))] }
        return Tree(Inscription("Networks", .bold), trees)
    }

    private func heading(_ network: NetworkSeen) -> Inscription {
        let state =
            switch network.state {
            case .up: Inscription("up", .green)
            case .incomplete: Inscription("incomplete", .yellow)
            case .down: Inscription("down", .red)
            case .foreign: Inscription("up", .green) + Inscription(", not berth-net's", .dim)
            }
        var words = [Inscription(network.bridge, .bold), state]
        words += network.addresses.map { Inscription($0) }
        if network.mtuBytes != 1500, network.mtuBytes != 0 {
            words.append(Inscription("MTU ", .dim) + Inscription("\(network.mtuBytes)"))
        }
        return words.joined(by: "  ")
    }

    private func facts(_ network: NetworkSeen) -> [Tree] {
        guard network.firewall.state != .unmanaged else { return [] }
        var facts = [fact("firewall", firewall(network.firewall))]
        if let server = network.dnsmasq {
            facts.append(fact("dnsmasq", self.server(server, network)))
        }
        if !network.forwards.isEmpty {
            facts.append(fact("forwards", Inscription(network.forwards.joined(separator: " "))))
        }
        facts += network.missing.map { fact("missing", Inscription($0, .yellow)) }
        facts += network.firewall.inTheWay.map { fact("in the way", Inscription($0, .red)) }
        return facts
    }

    private func firewall(_ firewall: NetworkSeen.Firewall) -> Inscription {
        let rules = firewall.rules.map { Inscription(", \($0)", .dim) } ?? Inscription()
        return switch firewall.state {
        case .asWanted: Inscription("as wanted", .green) + rules
        case .differs: Inscription("not as wanted", .red) + rules
        case .none, .unmanaged: Inscription("no rules", .yellow)
        case .notVisible: Inscription("not visible to you: only root sees its rules", .dim)
        }
    }

    private func server(_ server: NetworkSeen.Server, _ network: NetworkSeen) -> Inscription {
        guard let process = server.processID else { return Inscription("not running", .red) }
        let services = server.dnsPort == 0 ? "DHCP, no DNS" : "DHCP and DNS"
        var text = Inscription(services, .green) + Inscription(", process \(process)", .dim)
        if let leases = network.leases { text += Inscription(", " + counted(leases, "lease")) }
        if network.reservations > 0 {
            text += Inscription(", " + counted(network.reservations, "reservation"))
        }
        return text
    }

    /// In columns, as much in one line as all of them have room for.
    private func nicLines(_ nics: [NICSeen]) -> [Tree] {
        let room = Look.width - 2 * Tree.indent
        let brief = nics.map { nic in
            [
                Inscription(nic.who, .bold), Inscription(nic.name ?? "?"),
                address(nic),
                traffic("in", nic.receivedBytes), traffic("out", nic.sentBytes),
                nic.isUp ? Inscription() : Inscription("down", .red),
            ]
        }
        var details = nics.map { nic in
            others(nic)
                + (nic.owner == nic.user || nic.owner == nil
                    ? [] : [Inscription("paid by ", .dim) + Inscription(nic.owner ?? "")])
        }
        let hosts = nics.map { Inscription($0.hostName, .dim) }
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

    /// Its further addresses, of which a container can give itself thousands.
    private func others(_ nic: NICSeen) -> [Inscription] {
        let others = nic.addresses.filter { $0 != nic.shortAddress }
        let shown = others.prefix(8).map { Inscription($0) }
        guard others.count > shown.count else { return shown }
        return shown + [Inscription("and \(others.count - shown.count) more", .dim)]
    }

    private func address(_ nic: NICSeen) -> Inscription {
        nic.addresses.isEmpty
            ? Inscription("no address", .dim) : Inscription(nic.shortAddress ?? "")
    }

    private func traffic(_ word: String, _ bytes: UInt64?) -> Inscription {
        guard let bytes else { return Inscription() }
        return Inscription(word + " ", .dim)
            + Inscription(Usage.size(bytes)).padded(to: 5, onTheLeft: true)
    }
}

func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

internal import Linux
internal import Network

/// Whether the other hosts of a tunnel are known, and can be reached as far as this host's tables
/// tell.
enum TunnelPeers {
    static func findings(
        _ tunnel: TunnelStatus, _ desired: Tunnel, _ found: TunnelFacts, _ facts: Facts,
        _ place: String
    ) -> [Finding] {
        known(tunnel, desired, place)
            + (tunnel.hasLocal ? lost(tunnel, desired, found, facts, place) : [])
            + drops(found, place)
    }

    /// The first addresses, and how many more there are.
    static func list(_ addresses: [UnderlayAddress]) -> String {
        let shown = addresses.count > 8 ? 6 : 8
        let words = addresses.prefix(shown).map(\.description)
        let rest = addresses.count - words.count
        return listed(rest == 0 ? words : words + ["\(rest) others"])
    }

    /// With EVPN, this host cannot know which hosts there should be.
    private static func known(
        _ tunnel: TunnelStatus, _ desired: Tunnel, _ place: String
    ) -> [Finding] {
        guard tunnel.interface != nil, tunnel.isUsable else { return [] }
        if desired.usesEVPN {
            guard tunnel.peers.isEmpty else { return [] }
            return [
                .problem(
                    place,
                    "BGP EVPN has announced no other host with the VNI \(desired.number), so "
                        + "containers reach none on another host: FRR is not running here, has no "
                        + "session, or no other host has this network",
                    .advice(
                        "as root, run vtysh -c 'show bgp l2vpn evpn summary', and establish the "
                            + "sessions as berth-cluster(7) describes"))
            ]
        }
        var findings: [Finding] = []
        if !tunnel.missingPeers.isEmpty {
            findings.append(
                .problem(
                    place,
                    "the port does not send to \(list(tunnel.missingPeers)), which LXC_VXLAN_PEERS "
                        + "lists", Tunnels.reload))
        }
        if !tunnel.otherPeers.isEmpty {
            findings.append(
                .problem(
                    place,
                    "the port also sends to \(list(tunnel.otherPeers)), which LXC_VXLAN_PEERS does "
                        + "not list", Tunnels.reload))
        }
        return findings
    }

    /// One finding for each cause: a failure usually concerns many peers.
    private static func lost(
        _ tunnel: TunnelStatus, _ desired: Tunnel, _ found: TunnelFacts, _ facts: Facts,
        _ place: String
    ) -> [Finding] {
        var byCause: [(cause: Cause, peers: [UnderlayAddress])] = []
        // The kernel may not have asked again since a host came back.
        let answering = Set((found.probes ?? []).filter(\.isAnswered).map(\.peer))
        for path in tunnel.paths where !answering.contains(path.address) {
            guard let cause = Cause(path, facts) else { continue }
            if let position = byCause.firstIndex(where: { $0.cause == cause }) {
                byCause[position].peers.append(path.address)
            } else {
                byCause.append((cause, [path.address]))
            }
        }
        return byCause.map { entry in
            finding(entry.cause, entry.peers, of: tunnel.paths.count, desired, place)
        }
    }

    private enum Cause: Equatable {
        case refused(Errno)
        case down(String)
        case withoutCarrier(String)
        case silent
        case router(UnderlayAddress)
        case bridge(String)
        case ownAddress

        init?(_ path: TunnelPeer, _ facts: Facts) {
            let interface = path.interface ?? "an interface"
            switch path.state {
            case .routed: return nil
            case .refused(let error): self = .refused(error)
            case .cutOff:
                let isUp = facts.network.interfaces.contains {
                    $0.description == path.interface && $0.isUp
                }
                self = isUp ? .withoutCarrier(interface) : .down(interface)
            case .silent(path.address): self = .silent
            case .silent(let router): self = .router(router)
            case .throughBridge: self = .bridge(interface)
            case .ownAddress: self = .ownAddress
            }
        }
    }

    private static func finding(
        _ cause: Cause, _ peers: [UnderlayAddress], of all: Int, _ desired: Tunnel, _ place: String
    ) -> Finding {
        let result = "so containers do not reach those on \(peers.count == 1 ? "it" : "them")"
        switch cause {
        case .refused(let error):
            return .problem(
                place, "this host has no route to \(list(peers)) (\(error.description)), \(result)",
                .advice(
                    "connect \(desired.underlay), which had the address \(desired.local), or add "
                        + "a route (ip route)"))
        case .down(let interface):
            return .problem(
                place,
                "\(interface), through which \(list(peers)) \(peers.count == 1 ? "is" : "are") "
                    + "reached, is down, \(result)",
                .command("ip link set \(quoted(interface)) up", by: .root),
                .advice("add its routes again, if it had any besides that of its address"))
        case .withoutCarrier(let interface):
            return .problem(
                place,
                "\(interface), through which \(list(peers)) \(peers.count == 1 ? "is" : "are") "
                    + "reached, has no carrier, \(result)",
                .advice(
                    "plug in the cable, or check the device to which \(interface) is connected"))
        case .silent where peers.count == all && all > 1:
            return .problem(
                place,
                "none of the \(all) other hosts answers this host's ARP requests or neighbor "
                    + "discovery, \(result)",
                .advice("examine what \(desired.underlay) is connected to, such as its VLAN"))
        case .silent:
            return .warning(
                place,
                "\(list(peers)) \(peers.count == 1 ? "does" : "do") not answer this host's ARP "
                    + "requests or neighbor discovery, \(result)",
                .advice(
                    "start \(peers.count == 1 ? "the host" : "these hosts"), or, if "
                        + (peers.count == 1 ? "it is" : "they are")
                        + " no longer part of the network, remove "
                        + (peers.count == 1 ? "it" : "them")
                        + " from LXC_VXLAN_PEERS, and run berth-net reload"))
        case .router(let router):
            return .problem(
                place,
                "the router \(router), through which \(list(peers)) "
                    + "\(peers.count == 1 ? "is" : "are") reached, does not answer, \(result)",
                .advice("start the router, or correct the route (ip route)"))
        case .bridge(let bridge):
            return .problem(
                place,
                "the route to \(list(peers)) leads through \(bridge), which the tunnel itself is "
                    + "part of, \(result)",
                .advice("add a route to \(list(peers)) through \(desired.underlay)"))
        case .ownAddress:
            return .problem(
                place,
                "\(list(peers)), which the tunnel sends to, is an address of this host itself",
                .advice(
                    "remove the address from this host, or from LXC_VXLAN_PEERS, and run "
                        + "berth-net reload"))
        }
    }

    private static func drops(_ found: TunnelFacts, _ place: String) -> [Finding] {
        found.drops.prefix(4).map { chain in
            // The chains of iptables have the names of their hooks.
            let isIptables =
                ["INPUT", "OUTPUT", "PREROUTING", "POSTROUTING"].contains(chain.chain)
                && ["filter", "raw", "mangle"].contains(chain.table)
            let program =
                (chain.family == "ip6" ? "ip6tables" : "iptables")
                + (chain.isLegacy ? "-legacy" : "")
            let words =
                isIptables
                ? [
                    program, "-w", "10", "-t", chain.table, "-I", chain.chain, "-p", "udp",
                    "--dport", "\(Tunnel.port)", "-j", "ACCEPT",
                ]
                : [
                    "nft", "insert", "rule", chain.family, chain.table, chain.chain, "udp",
                    "dport", "\(Tunnel.port)", "accept",
                ]
            return .problem(
                place,
                "\(chain.sentence) drops the packets \(chain.isAnswer ? "from" : "to") other hosts "
                    + "(UDP port \(Tunnel.port)) \(chain.drop.text(in: chain.chain))",
                .command(words.map { quoted($0) }.joined(separator: " "), by: .root),
                .advice(
                    "this lasts until the program that made the chain replaces it: accept these "
                        + "packets, from the other hosts only, in the configuration of that "
                        + "program"))
        }
    }
}

/// The packets of a network, or of one of its containers, at each hook that they pass: one packet
/// for each kind of traffic and each direction.
struct TrafficProbes {
    let network: DesiredNetwork
    /// The interface to the Internet; `nil` if it is not known.
    let uplink: String?
    /// `ip` or `ip6`.
    let family: String
    var client: ForeignFirewallDetection.Client?
    /// Whether the rules for routed packets also apply to frames between ports (br_netfilter).
    var filtersFrames = false

    typealias Packet = FirewallChains.Packet
    typealias Probe = (traffic: NetworkTraffic, packet: Packet)

    private var isClosed: Bool { network.isClosed(isIPv6: family == "ip6") }
    private var bridge: String { network.bridge.description }
    /// The host's end of a container's NIC.
    private var port: String { client?.port ?? "veth0_0000" }
    /// Root name server A (Verisign), which no network for private use contains.
    private static let internet = IPv4Address(number: 0xc629_0004)

    private func packet(_ change: (inout Packet) -> Void) -> Packet {
        var packet = Packet(bridge: bridge, family: family)
        change(&packet)
        return packet
    }

    private var clients: ClosedRange<IPv4Address>? {
        guard family == "ip" else { return nil }
        return client?.address.map { $0...$0 } ?? network.ipv4?.network.range
    }

    private var host: ClosedRange<IPv4Address>? {
        family == "ip" ? network.ipv4.map { $0.address...$0.address } : nil
    }

    private var internet: ClosedRange<IPv4Address>? {
        family == "ip" ? Self.internet...Self.internet : nil
    }

    // MARK: - From a container

    /// What a container sends to this host.
    func toHost(through incoming: String) -> [Probe] {
        guard !isClosed else { return [] }
        func packet(_ change: (inout Packet) -> Void) -> Packet {
            self.packet {
                ($0.incoming, $0.hardwareSource) = (incoming, client?.hardwareAddress)
                ($0.source, $0.target, $0.destination) = (clients, host, "local")
                change(&$0)
            }
        }
        var probes: [Probe] = []
        if family == "ip", !network.dhcp.isDisabled {
            let request = packet {
                let nobody = IPv4Address(number: 0)
                let everybody = IPv4Address(number: .max)
                ($0.source, $0.target) = (nobody...nobody, everybody...everybody)
                ($0.transport, $0.sourcePort, $0.port) = ("udp", 68, 67)
                $0.destination = "broadcast"
            }
            probes.append((.dhcp, request))
        }
        if network.dns.port != 0 {
            let port = Int(network.dns.port)
            probes.append((.dns, packet { ($0.transport, $0.port) = ("udp", port) }))
        }
        if family == "ip" {
            let request = packet { ($0.transport, $0.message) = ("icmp", "echo-request") }
            probes.append((.ping, request))
        }
        return probes
    }

    /// What a container sends to other hosts.
    /// - Parameter outgoing: `nil` before the kernel has chosen it.
    func outward(through incoming: String?, to outgoing: String?) -> [Probe] {
        let first = packet {
            ($0.incoming, $0.outgoing) = (incoming, outgoing)
            ($0.source, $0.target) = (clients, internet)
            $0.hardwareSource = client?.hardwareAddress
        }
        var web = first
        (web.transport, web.port) = ("tcp", 443)
        guard family == "ip" else { return [(.outward, first), (.web, web)] }
        var ping = first
        (ping.transport, ping.message) = ("icmp", "echo-request")
        return [(.outward, first), (.web, web), (.remotePing, ping)]
    }

    // MARK: - To a container

    /// What this host itself sends to a container.
    func fromHost(through outgoing: String) -> [Probe] {
        guard !isClosed else { return [] }
        func packet(_ change: (inout Packet) -> Void) -> Packet {
            self.packet {
                ($0.outgoing, $0.hardwareTarget) = (outgoing, client?.hardwareAddress)
                ($0.source, $0.target) = (host, clients)
                change(&$0)
            }
        }
        var probes: [Probe] = []
        if family == "ip", !network.dhcp.isDisabled {
            // Connection tracking does not relate it to the request, which had no address.
            let answer = packet { ($0.transport, $0.sourcePort, $0.port) = ("udp", 67, 68) }
            probes.append((.dhcp, answer))
        }
        if network.dns.port != 0 {
            let port = Int(network.dns.port)
            let answer = packet {
                ($0.transport, $0.sourcePort, $0.isReply) = ("udp", port, true)
            }
            probes.append((.dns, answer))
        }
        if family == "ip" {
            let answer = packet {
                ($0.transport, $0.message, $0.isReply) = ("icmp", "echo-reply", true)
            }
            probes.append((.ping, answer))
        }
        return probes
    }

    /// Replies of other hosts.
    /// - Parameter isTranslated: whether NAT has restored the container's address.
    func inward(from incoming: String?, to outgoing: String?, isTranslated: Bool) -> [Probe] {
        let reply = packet {
            ($0.incoming, $0.outgoing, $0.isReply) = (incoming, outgoing, true)
            ($0.source, $0.target) = (internet, isTranslated ? clients : nil)
            $0.hardwareTarget = isTranslated ? client?.hardwareAddress : nil
        }
        guard family == "ip" else { return [(.outward, reply)] }
        var ping = reply
        (ping.transport, ping.message) = ("icmp", "echo-reply")
        var size = reply
        (size.transport, size.message, size.code) = ("icmp", "destination-unreachable", 4)
        (size.isReply, size.isRelated) = (false, true)
        return [(.outward, reply), (.remotePing, ping), (.sizeMessages, size)]
    }

    // MARK: - Forwarded ports

    /// The forwarded ports to probe, 64 at most: a setting can have thousands.
    private var forwards: ArraySlice<Forward> {
        network.forwards.filter { $0.isIPv6 == (family == "ip6") }.prefix(64)
    }

    func unforwarded(_ forward: Forward) -> Packet {
        packet {
            ($0.incoming, $0.destination) = (uplink, "local")
            ($0.transport, $0.port) = (forward.transport.rawValue, Int(forward.first))
            $0.source = internet
        }
    }

    private func forwarded(_ forward: Forward, to outgoing: String) -> Packet {
        packet {
            ($0.incoming, $0.outgoing, $0.isTranslated) = (uplink, outgoing, true)
            ($0.transport, $0.source) = (forward.transport.rawValue, internet)
            $0.port = Int(forward.targetPort ?? forward.first)
            if case .ipv4(let address) = forward.target { $0.target = address...address }
        }
    }

    // MARK: - Hooks

    /// The packets that a chain sees.
    func packets(at name: FirewallChains.Name, _ chain: FirewallChains.Chain) -> [Probe] {
        switch (name.family, chain.hook) {
        case ("netdev", "ingress"), ("inet", "ingress"):
            return received(by: chain.devices)
        case ("netdev", "egress"), ("inet", "egress"): return sent(by: chain.devices)
        case ("ip", let hook), ("ip6", let hook), ("inet", let hook): return routed(hook)
        case ("arp", "input"):
            return client == nil ? [(.arp, arp { $0.incoming = bridge })] : []
        case ("arp", "output"):
            return client == nil ? [(.arp, arp { $0.outgoing = bridge })] : []
        case ("bridge", "prerouting"), ("bridge", "input"):
            return frames(through: port)
        case ("bridge", "output"), ("bridge", "postrouting"): return replies(through: port)
        case ("bridge", "forward"):
            guard let lan = network.uplink?.port.description else { return [] }
            return outward(through: port, to: lan)
                + inward(from: lan, to: port, isTranslated: true)
        default: return []
        }
    }

    private func arp(_ change: (inout Packet) -> Void) -> Packet {
        var packet = Packet(bridge: bridge, family: "arp")
        packet.hardwareSource = client?.hardwareAddress
        change(&packet)
        return packet
    }

    /// What a container sends, as frames.
    private func frames(through incoming: String) -> [Probe] {
        toHost(through: incoming) + outward(through: incoming, to: nil)
            + [(.arp, arp { $0.incoming = incoming })]
    }

    /// What a container receives, as frames.
    private func replies(through outgoing: String) -> [Probe] {
        fromHost(through: outgoing) + inward(from: nil, to: outgoing, isTranslated: true)
            + [
                (
                    .arp,
                    arp {
                        ($0.outgoing, $0.hardwareSource) = (outgoing, nil)
                        $0.hardwareTarget = client?.hardwareAddress
                    }
                )
            ]
    }

    private func received(by devices: [String]) -> [Probe] {
        var probes: [Probe] = []
        for device in devices {
            if device == bridge || device == client?.port { probes += frames(through: device) }
            if device == uplink {
                probes += inward(from: device, to: nil, isTranslated: false)
                probes += forwards.map { (.forwarded, unforwarded($0)) }
            }
        }
        return probes
    }

    private func sent(by devices: [String]) -> [Probe] {
        var probes: [Probe] = []
        for device in devices {
            if device == bridge || device == client?.port { probes += replies(through: device) }
            if device == uplink {
                probes += outward(through: nil, to: device).map { probe in
                    // NAT has replaced the container's address.
                    var probe = probe
                    (probe.packet.source, probe.packet.hardwareSource) = (nil, nil)
                    return probe
                }
            }
        }
        return probes
    }

    private func routed(_ hook: String?) -> [Probe] {
        bridged(hook) + (isClosed ? [] : throughHost(hook))
    }

    /// Frames between containers and the LAN, which enter and leave through the bridge.
    private func bridged(_ hook: String?) -> [Probe] {
        guard filtersFrames, network.uplink != nil else { return [] }
        switch hook {
        case "prerouting":
            return outward(through: bridge, to: nil)
                + inward(from: bridge, to: nil, isTranslated: true)
        case "forward":
            return outward(through: bridge, to: bridge)
                + inward(from: bridge, to: bridge, isTranslated: true)
        case "postrouting":
            return outward(through: nil, to: bridge)
                + inward(from: nil, to: bridge, isTranslated: true)
        default: return []
        }
    }

    private func throughHost(_ hook: String?) -> [Probe] {
        switch hook {
        case "prerouting":
            return toHost(through: bridge) + outward(through: bridge, to: nil)
                + inward(from: uplink, to: nil, isTranslated: false)
                + forwards.map { (.forwarded, unforwarded($0)) }
        case "input": return toHost(through: bridge)
        case "forward":
            return outward(through: bridge, to: uplink)
                + inward(from: uplink, to: bridge, isTranslated: true)
                + forwards.map { (.forwarded, forwarded($0, to: bridge)) }
        case "output": return fromHost(through: bridge)
        case "postrouting":
            return outward(through: nil, to: uplink) + fromHost(through: bridge)
                + inward(from: nil, to: bridge, isTranslated: true)
                + forwards.map { (.forwarded, forwarded($0, to: bridge)) }
        default: return []
        }
    }
}

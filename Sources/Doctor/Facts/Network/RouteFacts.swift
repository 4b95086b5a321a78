internal import Linux
internal import Netlink
internal import Network

/// What the kernel decides about the packets of a network and one IP version (RTM_GETROUTE, as `ip
/// route get`), without sending any.
struct RouteFacts: Equatable, Sendable {
    let isIPv6: Bool
    /// An address that a container of the network can have.
    let source: [UInt8]
    /// Packets of the container to the Internet.
    var outward: RouteDecision
    /// Packets of the host itself to the Internet.
    var ofHost: RouteDecision
    /// Packets of the host itself to containers: to ``source``, and into each part of the range
    /// for which there is a route of its own.
    var toContainers: [Destination]
    /// Replies that arrive through the interface to the Internet; `nil` if there is none.
    var inward: RouteDecision?
    /// Packets of this host to ``source``, from the address of the bridge: answers of dnsmasq.
    var answers: RouteDecision?
    /// Connections of a container to web servers, by port.
    var web: [UInt16: RouteDecision] = [:]
    /// Whether the interface to the Internet is a tunnel that has never received a packet.
    var isTunnelSilent = false
    /// The hardware address of a permanent entry for the router to the Internet.
    var permanentRouter: PermanentNeighbor?
    /// The router to the Internet, if it has not answered ARP requests.
    var silentRouter: [UInt8]?
    /// The names of the interfaces that these decisions name, by index.
    var names: [Int32: String] = [:]
    /// The values of the setting `forwarding`, by interface; and for IPv6, of `all`.
    var forwarding: [ForwardingSetting] = []

    /// The values of the setting `rp_filter`, by interface and for `all`.
    var reversePathFilters: [ReversePathFilter] = []

    struct ReversePathFilter: Equatable, Sendable {
        let interface: String
        let value: Int
    }

    struct Destination: Equatable, Sendable {
        let address: [UInt8]
        let decision: RouteDecision
        /// The route that applies, if it leads through an interface other than the bridge.
        var match: RouteMatch?
    }

    struct ForwardingSetting: Equatable, Sendable {
        let interface: String
        let isEnabled: Bool
    }

    /// The network's range of this IP version.
    func range(in network: DesiredNetwork) -> String {
        isIPv6
            ? network.ipv6?.network.description ?? IPRange.text(source)
            : network.ipv4?.network.description ?? IPRange.text(source)
    }

    /// The interface to the Internet; `nil` if the host has none.
    var uplink: String? {
        if case .sent(let index) = ofHost { names[index.number] } else { nil }
    }

    /// Root name servers, which no network for private use contains: A (Verisign).
    static let internet4: [UInt8] = [198, 41, 0, 4]
    static let internet6: [UInt8] = [
        0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x30,
    ]

    /// - Returns: for IPv4, and for IPv6 if the network has it; none if the bridge is down or
    ///   has no address, or if the kernel cannot be asked.
    static func all(
        of network: NetworkStatus, _ host: HostNetworkStatus, refusing: [RefusingRoute],
        _ kernel: borrowing RouteSocket
    ) -> [RouteFacts] {
        guard let desired = network.desired,
            let bridge = host.interfaces.first(where: { $0.description == network.bridge }),
            bridge.isUp
        else { return [] }
        let all =
            [desired.ipv4.flatMap { Range($0, internet: internet4) }]
            + [desired.ipv6.flatMap { Range($0, internet: internet6) }]
        return all.compactMap { range in
            guard let range,
                host.addresses.contains(where: {
                    $0.interface == bridge.index && $0.bytes == range.own
                })
            else { return nil }
            return try? RouteFacts(
                range, parts: range.parts(host.routes, refusing), through: bridge, host, kernel)
        }
    }

    /// The range of a network and of one IP version.
    private struct Range {
        let range: IPRange
        let length: Int
        /// The address of the bridge.
        let own: [UInt8]
        /// The first address that the bridge does not have itself.
        let other: [UInt8]
        let internet: [UInt8]

        init?<Address>(_ subnet: DesiredNetwork.Subnet<Address>, internet: [UInt8]) {
            guard let hosts = subnet.network.hosts else { return nil }
            range = IPRange(of: subnet.network.first.bytes, length: subnet.network.length)
            length = subnet.network.length
            own = subnet.address.bytes
            other =
                (hosts.lowerBound == subnet.address ? hosts.upperBound : hosts.lowerBound).bytes
            self.internet = internet
        }

        /// An address in each part of the range that has a route of its own; at most 32. A route to
        /// a single address is intended, unless it refuses packets.
        func parts(_ routes: [Route], _ refusing: [RefusingRoute]) -> [[UInt8]] {
            func isPart(_ destination: [UInt8], _ length: UInt8) -> Bool {
                Int(length) > self.length && range.contains(destination)
            }
            let other = routes.filter {
                isPart($0.destination, $0.prefixLength)
                    && Int($0.prefixLength) < $0.destination.count * 8
            }.map { ($0.destination, $0.prefixLength) }
            let refused = refusing.filter { isPart($0.destination, $0.prefixLength) }
                .map { ($0.destination, $0.prefixLength) }
            return (refused + other).prefix(32).compactMap {
                IPRange.address(in: $0, length: $1, otherThan: own)
            }
        }
    }

    private init(
        _ range: Range, parts: [[UInt8]], through bridge: Interface, _ host: HostNetworkStatus,
        _ kernel: borrowing RouteSocket
    ) throws(NetlinkError) {
        let internet = range.internet
        isIPv6 = internet.count == 16
        source = range.other
        ofHost = try kernel.decision(on: internet)
        toContainers = []
        for address in [source] + parts {
            var destination = Destination(
                address: address, decision: try kernel.decision(on: address))
            if destination.decision != .sent(through: bridge.index) {
                destination.match = kernel.match(on: address)
            }
            toContainers.append(destination)
        }
        outward = try kernel.decision(on: internet, from: source, arrivingThrough: bridge.index)
        answers = try? kernel.decision(on: source, from: range.own)
        for port: UInt16 in [80, 443] {
            web[port] = try? kernel.decision(
                on: internet, from: source, arrivingThrough: bridge.index, toPort: port)
        }
        var used = [bridge.index]
        if case .sent(let uplink) = ofHost {
            inward = try kernel.decision(on: source, from: internet, arrivingThrough: uplink)
            if uplink != bridge.index { used.append(uplink) }
            let router = kernel.match(on: internet)?.gateway
            silentRouter = router.flatMap { Self.isSilent($0) ? $0 : nil }
            permanentRouter = PermanentNeighbor.all(of: host, kernel).first {
                $0.address == router
            }
            isTunnelSilent = Self.isSilentTunnel(uplink, host, kernel)
        }
        for interface in host.interfaces {
            names[interface.index.number] = interface.description
        }
        let version = isIPv6 ? "ipv6" : "ipv4"
        for name in used.compactMap({ names[$0.number] }) + (isIPv6 ? ["all"] : []) {
            let path = "/proc/sys/net/\(version)/conf/\(name)/forwarding"
            guard let value = kernelSetting(path) else { continue }
            forwarding.append(ForwardingSetting(interface: name, isEnabled: value != "0"))
        }
        guard !isIPv6 else { return }
        for name in used.compactMap({ names[$0.number] }) + ["all"] {
            guard
                let value = kernelSetting("/proc/sys/net/ipv4/conf/\(name)/rp_filter")
                    .flatMap({ Int($0) })
            else { continue }
            reversePathFilters.append(ReversePathFilter(interface: name, value: value))
        }
    }

    private static func isSilentTunnel(
        _ uplink: InterfaceIndex, _ host: HostNetworkStatus, _ kernel: borrowing RouteSocket
    ) -> Bool {
        // Tunnels have no hardware addresses.
        guard let interface = host.interfaces.first(where: { $0.index == uplink }),
            interface.address == nil, interface.description != "lo",
            let traffic = (try? kernel.interfaces(withTraffic: true))?
                .first(where: { $0.index == uplink })?.traffic
        else { return false }
        return traffic.receivedPackets == 0
    }

    /// Whether the kernel has asked for the hardware address of a router, and got no answer.
    private static func isSilent(_ router: [UInt8]) -> Bool {
        let bytes = (try? SmallFile.start(of: "/proc/net/arp", atMost: 1 << 20)) ?? nil
        let table = bytes ?? []
        let text = IPRange.text(router)
        return Lines(bytes: table).dropFirst().contains { line in
            // IP address, type, flags, hardware address, mask, interface.
            let fields = words(of: table[line])
            return fields.count > 2 && fields[0].elementsEqual(text.utf8)
                && fields[2].elementsEqual("0x0".utf8)
        }
    }
}

package import Identity

/// A port of this host that is forwarded to a container (port forwarding, by DNAT).
package struct Forward: Hashable, Codable, Sendable, ListEntry {
    package enum Transport: String, Codable, Sendable { case tcp, udp }

    package enum Target: Hashable, Codable, Sendable {
        case ipv4(IPv4Address)
        case ipv6(IPv6Address)

        package var text: String {
            switch self {
            case .ipv4(let address): address.description
            case .ipv6(let address): address.description
            }
        }

        package var isIPv6: Bool {
            if case .ipv6 = self { true } else { false }
        }

        /// The address as written before a port.
        fileprivate var bracketed: String { isIPv6 ? "[\(text)]" : text }

        /// Whether it is a unicast address that other hosts can send to.
        fileprivate var isReachable: Bool {
            switch self {
            case .ipv4(let address):
                ![0, 127].contains(address.number >> 24) && address.number >> 24 < 224
            case .ipv6(let address): address.number > 1 && address.number >> 120 != 0xff
            }
        }
    }

    package let transport: Transport
    /// The address of this host; `nil` for all but loopback: to forward from 127.0.0.1, the sysctl
    /// route_localnet would have to be set.
    package let listens: Target?
    package let first: UInt16
    package let last: UInt16
    package let target: Target
    /// The container that the setting names, if it names one: ``target`` is its reserved address.
    package let container: ContainerLabel?
    /// `nil` for the same ports as on this host.
    package let targetPort: UInt16?

    package var isIPv6: Bool { target.isIPv6 }

    package typealias Claim = Never

    /// Whether a packet can match both.
    package func collides(with other: Forward) -> Bool {
        transport == other.transport && isIPv6 == other.isIPv6
            && first <= other.last && other.first <= last
            && (listens == nil || other.listens == nil || listens == other.listens)
    }
}

extension Forward: CustomStringConvertible {
    /// As the setting writes it.
    package var description: String {
        "\(transport.rawValue):" + (listens.map { $0.bracketed + ":" } ?? "") + ports(to: "-")
            + "=" + (container?.description ?? target.bracketed) + targetPortSuffix
    }
}

extension Forward {
    /// After the number of a NIC, the port is always written: `alice/web:1` has the port 1.
    private var targetPortSuffix: String {
        if let targetPort { return ":\(targetPort)" }
        return container.map { $0.number > 0 && first == last } ?? false ? ":\(first)" : ""
    }
}

/// The parts of a rule, in the syntax that nft and iptables share.
extension Forward {
    var loopback: String { isIPv6 ? "::1/128" : "127.0.0.0/8" }

    /// - Parameter separator: between the first port and the last.
    func ports(to separator: String) -> String {
        first == last ? "\(first)" : "\(first)\(separator)\(last)"
    }

    func targetPorts(to separator: String) -> String {
        targetPort.map { "\($0)" } ?? ports(to: separator)
    }

    /// The destination of the address translation.
    var translation: String { targetPort.map { "\(target.bracketed):\($0)" } ?? target.text }
}

extension Forward {
    /// Finds the address that is reserved for a container.
    package typealias Resolve = (ContainerLabel) throws(InvalidEntry) -> IPv4Address

    /// Parses `PROTOCOL:[ADDRESS:]PORT[-PORT]=TARGET[:PORT]`, where TARGET is an address or a
    /// container, `USER/NAME[:NUMBER]`.
    package init(
        _ text: String,
        resolve: Resolve = { label throws(InvalidEntry) in
            throw InvalidEntry("leads to \(label), which has no reserved address")
        }
    ) throws(InvalidEntry) {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        let protocolEnd = text.firstIndex(of: ":") ?? text.startIndex
        guard sides.count == 2, let transport = Transport(rawValue: String(text[..<protocolEnd]))
        else {
            throw InvalidEntry(
                "is not of the form tcp:PORT=ADDRESS:PORT or udp:PORT=ADDRESS:PORT")
        }
        let outside = String(sides[0].dropFirst(transport.rawValue.utf8.count + 1))
        let (listens, ports) = try Self.addressAndPort(outside, addressNeeded: false)
        let (container, inner): (ContainerLabel?, String?)
        let target: Target?
        if sides[1].utf8.contains(UInt8(ascii: "/")) {
            let label: ContainerLabel
            (label, inner) = try Self.containerAndPort(sides[1])
            (container, target) = (label, .ipv4(try resolve(label)))
        } else {
            container = nil
            (target, inner) = try Self.addressAndPort(sides[1], addressNeeded: true)
        }
        guard let ports else { throw InvalidEntry("has no port before the =") }
        guard let target else { throw InvalidEntry("has no container address") }
        let range = try Self.range(ports)
        let targetPort = try inner.map { text throws(InvalidEntry) in try Self.port(text) }
        guard range.first == range.last || targetPort == nil else {
            throw InvalidEntry(
                "forwards a range of ports to a single port: remove the port after the =, and each "
                    + "port is forwarded to the container's port of the same number")
        }
        if let listens {
            guard listens.isIPv6 == target.isIPv6 else {
                throw InvalidEntry("mixes IPv4 and IPv6 addresses")
            }
            guard listens.isReachable else {
                throw InvalidEntry(
                    "cannot forward from \(listens.text), to which no other host can send: remove "
                        + "this address to forward from all addresses of this host but loopback")
            }
        }
        self.init(
            transport: transport, listens: listens, first: range.first, last: range.last,
            target: target, container: container,
            targetPort: targetPort == range.first ? nil : targetPort)
    }

    private static func addressAndPort(
        _ text: String, addressNeeded: Bool
    ) throws(InvalidEntry) -> (Target?, String?) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"),
                let address = IPv6Address(String(text[..<end].dropFirst()))
            else { throw InvalidEntry("has no IPv6 address between [ and ]") }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw InvalidEntry("has something other than : after ]")
            }
            return (.ipv6(address), rest.isEmpty ? nil : String(rest.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else {
            throw InvalidEntry("has an IPv6 address without [ and ] around it")
        }
        if parts.count == 1, !addressNeeded { return (nil, text) }
        guard let address = IPv4Address(parts[0]) else {
            throw InvalidEntry("has \"\(parts[0])\" instead of an address")
        }
        return (.ipv4(address), parts.count == 2 ? parts[1] : nil)
    }

    /// `USER/NAME`, `USER/NAME:PORT` or `USER/NAME:NUMBER:PORT`.
    private static func containerAndPort(
        _ text: String
    ) throws(InvalidEntry) -> (ContainerLabel, String?) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let name = parts.count == 3 ? "\(parts[0]):\(parts[1])" : parts[0]
        guard parts.count <= 3, let label = ContainerLabel(name) else {
            throw InvalidEntry(
                "has \"\(text)\" instead of an address or a container: write USER/NAME:PORT or "
                    + "USER/NAME:NUMBER:PORT")
        }
        return (label, parts.count > 1 ? parts[parts.count - 1] : nil)
    }

    private static func range(_ text: String) throws(InvalidEntry) -> (first: UInt16, last: UInt16)
    {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let lowest = ends.first, let highest = ends.last else {
            throw InvalidEntry("has \"\(text)\" instead of a port")
        }
        let (first, last) = (try port(lowest), try port(highest))
        guard first <= last else {
            throw InvalidEntry("has a range of ports whose first is higher than its last")
        }
        return (first, last)
    }

    private static func port(_ text: some StringProtocol) throws(InvalidEntry) -> UInt16 {
        guard let number = Int(decimal: text, in: 1...65535) else {
            throw InvalidEntry("has \"\(text)\" instead of a port from 1 to 65535")
        }
        return UInt16(number)
    }
}

/// How a network is connected to networks of other hosts by routes instead of NAT.
package struct Routing: Hashable, Codable, Sendable {
    /// The destinations for which packets keep the addresses of containers (LXC_NAT_EXCEPT).
    package var exceptions: [Range] = []
    /// The interfaces through which other hosts can open connections to containers, and other
    /// networks of this host if their bridge is named (LXC_ROUTED_FROM). Empty for all interfaces.
    package var uplinks: [BridgeName] = []

    package init() {}

    package enum Range: Hashable, Sendable, StringCodable {
        case ipv4(Prefix<IPv4Address>)
        case ipv6(Prefix<IPv6Address>)

        package init?(_ text: String) {
            if let range = Prefix<IPv4Address>(text) {
                self = .ipv4(range)
            } else if let range = Prefix<IPv6Address>(text) {
                self = .ipv6(range)
            } else {
                return nil
            }
        }

        package var description: String {
            switch self {
            case .ipv4(let range): range.description
            case .ipv6(let range): range.description
            }
        }
    }

    /// Whether it refuses connections from another network of this host.
    func refuses(_ bridge: BridgeName) -> Bool { !uplinks.isEmpty && !uplinks.contains(bridge) }

    /// For `status`.
    var sentence: String {
        var parts: [String] = []
        if !exceptions.isEmpty {
            parts.append("no NAT to \(exceptions.map(\.description).joined(separator: " "))")
        }
        if !uplinks.isEmpty {
            let names = uplinks.map(\.description).joined(separator: " ")
            parts.append("connections to containers from \(names) only")
        }
        return parts.joined(separator: ", ")
    }
}

extension Routing.Range: ListEntry {
    package var claims: [Never] { [] }

    package func collides(with other: Routing.Range) -> Bool {
        switch (self, other) {
        case (.ipv4(let one), .ipv4(let other)): one.overlaps(other)
        case (.ipv6(let one), .ipv6(let other)): one.overlaps(other)
        default: false
        }
    }
}

/// An entry of LXC_ROUTED_FROM.
private struct RoutedFrom: ListEntry {
    let name: BridgeName
    var claims: [BridgeName] { [name] }
}

extension Validation {
    /// - Returns: `nil` if nothing is set.
    mutating func routing(of network: DesiredNetwork) -> Routing? {
        var routing = Routing()
        routing.exceptions = entries(.natExcept) { text throws(InvalidEntry) in
            try Routing.Range(exception: text)
        }
        routing.uplinks = entries(.routedFrom) { text throws(InvalidEntry) in
            guard let name = BridgeName(text) else {
                throw InvalidEntry(
                    "is not the name of an interface: use a letter followed by up to 14 letters, "
                        + "digits, _, . or -")
            }
            guard name != network.bridge, text != "lo" else {
                throw InvalidEntry(
                    "is not an interface through which other hosts reach this one: remove it")
            }
            return RoutedFrom(name: name)
        }.map(\.name)
        for name in routing.uplinks where facts.interface(named: name) == nil {
            warn(
                .routedFrom,
                "this host has no interface \(name), so nothing is routed from it: correct the "
                    + "name, or create the interface")
        }
        let unused = routing.exceptions.filter { !network.translates(to: $0) }
        if !unused.isEmpty {
            warn(
                .natExcept,
                "\(unused.map(\.description).joined(separator: " ")) has no effect, because this "
                    + "network has no NAT of that IP version: remove it")
        }
        return routing.exceptions.isEmpty && routing.uplinks.isEmpty ? nil : routing
    }
}

extension DesiredNetwork {
    fileprivate func translates(to range: Routing.Range) -> Bool {
        switch range {
        case .ipv4: ipv4?.translates ?? false
        case .ipv6: ipv6?.translates ?? false
        }
    }
}

extension Routing.Range {
    fileprivate init(exception text: String) throws(InvalidEntry) {
        guard let range = Routing.Range(text) else {
            let hint = Self.containing(text).map { ": write \($0)" } ?? ""
            throw InvalidEntry(
                "is not a range such as 10.80.0.0/12 or fd42::/32"
                    + (hint.isEmpty ? ": write its first address and prefix length" : hint))
        }
        let isEverything =
            switch range {
            case .ipv4(let range): range.length == 0
            case .ipv6(let range): range.length == 0
            }
        guard !isEverything else {
            throw InvalidEntry(
                "excepts every destination: set LXC_NAT=\"false\" or LXC_IPV6_NAT=\"false\" "
                    + "instead")
        }
        self = range
    }

    /// The range of that length that contains the address, if only bits after the prefix are wrong.
    private static func containing(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        if let address = IPv4Address(parts[0]), let length = Int(decimal: parts[1], in: 0...32) {
            return Prefix(of: address, length: length).description
        }
        if let address = IPv6Address(parts[0]), let length = Int(decimal: parts[1], in: 0...128) {
            return Prefix(of: address, length: length).description
        }
        return nil
    }
}

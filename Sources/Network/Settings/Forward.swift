internal import Linux

/// A port of this host behind which a container answers.
package struct Forward: Hashable, Codable, Sendable {
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

        /// Whether it can be one host's, for other hosts.
        fileprivate var isReachable: Bool {
            switch self {
            case .ipv4(let address):
                ![0, 127].contains(address.number >> 24) && address.number >> 24 < 224
            case .ipv6(let address): address.number > 1 && !address.isMulticast
            }
        }
    }

    package let transport: Transport
    /// The address of this host that it holds for; `nil` for all of them.
    package let listens: Target?
    package let first: UInt16
    package let last: UInt16
    package let target: Target
    /// `nil` for the same ports as on the outside.
    package let targetPort: UInt16?

    package var isIPv6: Bool {
        if case .ipv6 = target { true } else { false }
    }

    /// Whether one packet could be meant by both.
    package func collides(with other: Forward) -> Bool {
        transport == other.transport && isIPv6 == other.isIPv6
            && first <= other.last && other.first <= last
            && (listens == nil || other.listens == nil || listens == other.listens)
    }
}

extension Forward: CustomStringConvertible {
    package var description: String {
        func bracketed(_ target: Target) -> String {
            if case .ipv6 = target { "[\(target.text)]" } else { target.text }
        }
        let ports = first == last ? "\(first)" : "\(first)-\(last)"
        return "\(transport.rawValue):" + (listens.map { bracketed($0) + ":" } ?? "") + ports + "="
            + bracketed(target) + (targetPort.map { ":\($0)" } ?? "")
    }
}

extension Forward {
    /// What is wrong with a forward, in words that follow it.
    package struct Fault: Error { package let sentence: String }

    /// `PROTOCOL:[ADDRESS:]PORT[-PORT]=ADDRESS[:PORT]`
    package init(_ text: String) throws(Fault) {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        let protocolEnd = text.firstIndex(of: ":") ?? text.startIndex
        guard sides.count == 2, let transport = Transport(rawValue: String(text[..<protocolEnd]))
        else {
            throw Fault(
                sentence: "is not of the form tcp:PORT=ADDRESS:PORT or udp:PORT=ADDRESS:PORT")
        }
        let outside = String(sides[0].dropFirst(transport.rawValue.utf8.count + 1))
        let (listens, ports) = try Self.addressAndPort(outside, addressNeeded: false)
        let (target, inner) = try Self.addressAndPort(sides[1], addressNeeded: true)
        guard let ports else { throw Fault(sentence: "names no port of this host") }
        guard let target else { throw Fault(sentence: "names no container's address") }
        let range = try Self.range(ports)
        let targetPort = try inner.map { text throws(Fault) in try Self.port(text) }
        guard range.first == range.last || targetPort == nil else {
            throw Fault(
                sentence: "has several ports and one behind them: leave out the port behind the =, "
                    + "and each goes to the same one of the container")
        }
        if let listens {
            var same = false
            if case (.ipv4, .ipv4) = (listens, target) { same = true }
            if case (.ipv6, .ipv6) = (listens, target) { same = true }
            guard same else { throw Fault(sentence: "has an IPv4 address on one side only") }
            guard listens.isReachable else {
                throw Fault(
                    sentence:
                        "holds for \(listens.text), which no packet that could be forwarded is "
                        + "sent to: leave it out to have all addresses of this host but loopback")
            }
        }
        self.init(
            transport: transport, listens: listens, first: range.first, last: range.last,
            target: target, targetPort: targetPort == range.first ? nil : targetPort)
    }

    private static func addressAndPort(
        _ text: String, addressNeeded: Bool
    ) throws(Fault) -> (Target?, String?) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"),
                let address = IPv6Address(String(text[text.index(after: text.startIndex)..<end]))
            else { throw Fault(sentence: "has no IPv6 address between [ and ]") }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw Fault(sentence: "has something other than : behind ]")
            }
            return (.ipv6(address), rest.isEmpty ? nil : String(rest.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else {
            throw Fault(sentence: "has an IPv6 address without [ and ] around it")
        }
        if parts.count == 1, !addressNeeded { return (nil, text) }
        guard let address = IPv4Address(parts[0]) else {
            throw Fault(sentence: "has \"\(parts[0])\" where an address is needed")
        }
        return (.ipv4(address), parts.count == 2 ? parts[1] : nil)
    }

    private static func range(_ text: String) throws(Fault) -> (first: UInt16, last: UInt16) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count <= 2, let lowest = ends.first, let highest = ends.last else {
            throw Fault(sentence: "has \"\(text)\" where a port is needed")
        }
        let first = try port(lowest)
        let last = try port(highest)
        guard first <= last else { throw Fault(sentence: "has ports that run backwards") }
        return (first, last)
    }

    private static func port(_ text: String) throws(Fault) -> UInt16 {
        guard let number = decimal(Array(text.utf8)[...], upTo: 65535), number > 0 else {
            throw Fault(sentence: "has \"\(text)\" where a port from 1 to 65535 is needed")
        }
        return UInt16(number)
    }
}

extension FirewallChains.Match {
    /// - Returns: `nil` if that depends on fields that are not known.
    func holds(for packet: FirewallChains.Packet) -> Bool? {
        let answer: Bool?
        switch criterion {
        case .incoming(let names): answer = Self.among(names, packet.incoming, packet.bridge)
        case .outgoing(let names): answer = Self.among(names, packet.outgoing, packet.bridge)
        case .connection(let states):
            answer =
                states.contains(packet.state) || packet.isTranslated && states.contains("dnat")
        case .transport(let names): answer = packet.transport.map { names.contains($0) }
        case .ports(let ranges, let isOfSource, let transport):
            // A rule for another protocol does not match, negated or not.
            if let used = packet.transport, used != transport, ["tcp", "udp"].contains(transport) {
                return false
            }
            answer = Self.contain(ranges, isOfSource ? packet.sourcePort : packet.port, packet)
        case .message(let kinds):
            answer =
                packet.message.map { kinds.contains($0) } ?? (packet.transport == nil ? nil : false)
        case .code(let codes):
            answer =
                packet.code.map { codes.contains($0) } ?? (packet.transport == nil ? nil : false)
        case .mark(let value, let mask): answer = packet.mark.map { $0 & mask == value }
        case .frame(let kinds): answer = kinds.contains(packet.family)
        case .hardwareSource(let addresses):
            answer = packet.hardwareSource.map { addresses.contains($0) }
        case .hardwareTarget(let addresses):
            answer = packet.hardwareTarget.map { addresses.contains($0) }
        case .bridge(let names): answer = Self.among(names, packet.bridge, packet.bridge)
        case .destination(let kinds): answer = kinds.contains(packet.destination)
        case .source(let ranges): answer = Self.contain(ranges, packet.source)
        case .target(let ranges): answer = Self.contain(ranges, packet.target)
        case .family(let family): answer = family == packet.family
        // An IPv4 packet never matches, negated or not.
        case .ofIPv6: return packet.family == "ip6" ? nil : false
        case .ofIPv4: return packet.family == "ip" ? nil : false
        case .any(let alternatives):
            answer = Self.any(alternatives.lazy.map { Self.all($0.map { $0.holds(for: packet) }) })
        case .unknown: answer = nil
        }
        return answer.map { $0 != isNegated }
    }

    /// The conjunction of answers that can be unknown.
    private static func all(_ answers: [Bool?]) -> Bool? {
        if answers.contains(false) { return false }
        return answers.contains(nil) ? nil : true
    }

    /// The disjunction of answers that can be unknown.
    private static func any(_ answers: some Sequence<Bool?>) -> Bool? {
        var isUnknown = false
        for answer in answers {
            guard let answer else {
                isUnknown = true
                continue
            }
            if answer { return true }
        }
        return isUnknown ? nil : false
    }

    /// - Returns: `nil` if the ranges contain only a part of the addresses.
    private static func contain(
        _ ranges: [ClosedRange<IPv4Address>], _ addresses: ClosedRange<IPv4Address>?
    ) -> Bool? {
        guard let addresses else { return nil }
        if ranges.contains(where: { $0.contains(addresses) }) { return true }
        return ranges.contains { $0.overlaps(addresses) } ? nil : false
    }

    private static func contain(
        _ ranges: [ClosedRange<Int>], _ port: Int?, _ packet: FirewallChains.Packet
    ) -> Bool? {
        guard let port else { return packet.transport == nil ? nil : false }
        return ranges.contains { $0.contains(port) }
    }

    private static func among(_ names: [String], _ name: String?, _ bridge: String) -> Bool? {
        if let name {
            return names.contains { pattern in
                pattern.last == "*" || pattern.last == "+"
                    ? name.hasPrefix(pattern.dropLast()) : name == pattern
            }
        }
        // The interface is unknown, but it is not the bridge.
        return names.allSatisfy { $0 == bridge } ? false : nil
    }
}

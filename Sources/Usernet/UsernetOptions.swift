internal import Linux

extension UsernetEntry {
    /// The words after COUNT, which LXC's own helper ignores.
    package struct Options: Equatable, Sendable {
        /// `each`: every member of the group has the quota.
        package var isEach = false
        /// `isolated`: no frames pass between this port and other isolated ports of the bridge.
        package var isIsolated = false
        /// `macfilter`: only frames from the NIC's original hardware address may pass the port
        /// (anti-spoofing).
        package var filtersAddress = false
        /// `ipfilter`: only frames with IP addresses that belong to the NIC may pass the port. It
        /// implies ``filtersAddress``.
        package var filtersIPAddresses = false
        /// `mtu=N`: the MTU of the container's end in bytes, limited by that of the bridge.
        package var mtu: UInt32?

        /// `vlan=N`: the VLAN of which the port is an access port.
        package var vlan: UInt16?
        /// `rate=DOWN/UP`
        package var rate: TrafficRate?

        package init() {}
    }
}

extension UsernetEntry.Options {
    /// The minimum for IPv4 (RFC 791).
    private static let minimumMTU: UInt64 = 68

    init(_ words: ArraySlice<ArraySlice<UInt8>>) throws(UsernetEntry.ParseError) {
        for word in words {
            if word.elementsEqual("each".utf8) {
                isEach = true
            } else if word.elementsEqual("isolated".utf8) {
                isIsolated = true
            } else if word.elementsEqual("macfilter".utf8) {
                filtersAddress = true
            } else if word.elementsEqual("ipfilter".utf8) {
                filtersAddress = true
                filtersIPAddresses = true
            } else if word.starts(with: "mtu=".utf8) {
                guard let mtu = decimal(word.dropFirst(4), upTo: 65535), mtu >= Self.minimumMTU
                else {
                    throw .invalidMTU(printable(word))
                }
                self.mtu = UInt32(mtu)
            } else if word.starts(with: "vlan=".utf8) {
                guard let vlan = decimal(word.dropFirst(5), upTo: 4094), vlan >= 1 else {
                    throw .invalidVLAN(printable(word))
                }
                self.vlan = UInt16(vlan)
            } else if word.starts(with: "rate=".utf8) {
                guard let rate = TrafficRate(word.dropFirst(5)) else {
                    throw .invalidRate(printable(word))
                }
                self.rate = rate
            } else {
                throw .unknownOption(printable(word))
            }
        }
    }
}

extension UsernetEntry.Options {
    /// The options as a line has them.
    package var words: [String] {
        var words: [String] = []
        if isEach { words.append("each") }
        if isIsolated { words.append("isolated") }
        if filtersIPAddresses {
            words.append("ipfilter")
        } else if filtersAddress {
            words.append("macfilter")
        }
        if let mtu { words.append("mtu=\(mtu)") }
        if let vlan { words.append("vlan=\(vlan)") }
        if let rate { words.append("rate=\(rate.description)") }
        return words
    }
}

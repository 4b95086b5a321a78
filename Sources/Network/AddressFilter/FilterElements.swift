internal import FoundationEssentials
internal import Identity
package import Netlink

/// The elements of the filter's sets that come from NICs and leases, not from the settings.
package enum FilterElements {
    /// An element as nft(8) lists it.
    package struct Listed: Hashable, Sendable {
        package let text: String
        /// Seconds for which it was added; `nil` for the default of its set, or for no limit.
        package var timeout: Int?
        /// Seconds until it expires; `nil` if it does not.
        package var expires: Int?

        package init(text: String, timeout: Int? = nil, expires: Int? = nil) {
            self.text = text
            self.timeout = timeout
            self.expires = expires
        }

        /// Whether it was added or renewed so recently that dnsmasq may not have written the lease
        /// yet.
        var isFresh: Bool {
            guard let timeout, let expires else { return false }
            // After a shorter lease, an element expires later than its timeout says.
            return (0..<FilterElements.settlingTime).contains(timeout - expires)
        }

        /// The hardware address to which the element belongs: the first part of each key.
        var hardwareAddress: String { String(text.prefix { $0 != " " }) }
    }

    /// A NIC with `ipfilter`, identified by the address that its container's end had when it was
    /// created.
    package struct NIC: Hashable, Sendable {
        package let bridge: BridgeName
        package let hardwareAddress: MACAddress

        package init(bridge: BridgeName, hardwareAddress: MACAddress) {
            self.bridge = bridge
            self.hardwareAddress = hardwareAddress
        }

        package static func == (left: NIC, right: NIC) -> Bool {
            left.bridge == right.bridge && left.hardwareAddress == right.hardwareAddress
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(bridge)
            hasher.combine(hardwareAddress.bytes)
        }

        /// The elements that berth-nic adds, each as nft(8) reads it.
        package var elements: [(set: String, text: String)] {
            let interface = bridge.interface
            return AddressFilterTable.contents(on: .named(interface)).map { contents in
                let parts = AddressFilterTable.parts(contents, of: hardwareAddress)
                let second = parts.dropFirst().first.map { bytes in
                    contents == .pair
                        ? MACAddress(bytes: bytes).description
                        : "0x" + bytes.map { Self.hexadecimal($0) }.joined()
                }
                let set = String(decoding: contents.setName, as: UTF8.self)
                return (set, "\(hardwareAddress)" + (second.map { " . \($0)" } ?? ""))
            }
        }

        private static func hexadecimal(_ byte: UInt8) -> String {
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }

    /// A lease of a client with `ipfilter`, or one that might have it.
    package struct Grant: Hashable, Sendable {
        package let hardwareAddress: String
        package let address: String
        /// Seconds until it ends.
        package let remaining: Int
        /// The lease time of the network in seconds, for which the kernel renews the element. An
        /// element has it as its timeout, even if it expires earlier: nft(8) rejects an element
        /// that expires later than its timeout, and could therefore not load a saved ruleset.
        package let lifetime: Int

        package init(
            hardwareAddress: String, address: String, remaining: Int, lifetime: Int
        ) {
            self.hardwareAddress = hardwareAddress
            self.address = address
            self.remaining = remaining
            self.lifetime = max(remaining, lifetime)
        }

        var text: String { "\(hardwareAddress) . \(address)" }
    }

    /// Seconds. dnsmasq writes a lease to its file just after it has replied, so the lease of a
    /// younger element may be missing from it.
    static let settlingTime = 2
    /// Seconds by which an element may expire before its lease, because the two are read at
    /// different times.
    static let tolerance = 60

    /// The NICs among the ports of these bridges.
    package static func nics(
        among interfaces: [Interface], on bridges: [BridgeName]
    ) -> [NIC] {
        bridges.flatMap { bridge -> [NIC] in
            guard let index = interfaces.first(where: { $0.name == bridge.interface })?.index
            else { return [] }
            return interfaces.filter { $0.master == index }.compactMap { port in
                port.filteredAddress.map { NIC(bridge: bridge, hardwareAddress: $0) }
            }
        }
    }

    /// The hardware addresses of all NICs with `ipfilter`, even of those that lost their bridge.
    package static func addresses(among interfaces: [Interface]) -> Set<String> {
        Set(interfaces.compactMap { $0.filteredAddress?.description })
    }

    /// The leases of a file that concern the filter.
    /// - Parameter lifetime: see ``Grant/lifetime``.
    package static func grants(
        _ leases: [Lease], now: UInt64, lifetime: Int = 0
    ) -> [Grant] {
        leases.compactMap { lease in
            guard let text = lease.hardwareAddress,
                let address = MACAddress(text: Array(text.utf8)),
                HardwareBlock(containerAddress: address) == .filtered
            else { return nil }
            guard let ends = lease.ends else {
                return Grant(
                    hardwareAddress: text, address: lease.address,
                    remaining: AddressFilter.Network.infiniteLeaseTime, lifetime: lifetime)
            }
            guard ends > now else { return nil }
            return Grant(
                hardwareAddress: text, address: lease.address,
                remaining: Int(
                    clamping: min(ends - now, UInt64(AddressFilter.Network.infiniteLeaseTime))),
                lifetime: lifetime)
        }
    }

    /// Parses the output of `nft -j list table`.
    package static func listed(inJSON text: String) -> [String: [Listed]] {
        guard
            case .object(let document)? = try? JSONDecoder().decode(
                JSON.self, from: Data(text.utf8)),
            let items = document["nftables"]?.items
        else { return [:] }
        var sets: [String: [Listed]] = [:]
        for item in items {
            guard let set = item["set"], let name = set["name"]?.text else { continue }
            sets[name] = (set["elem"]?.items ?? []).compactMap(element)
        }
        return sets
    }

    private static func element(_ item: JSON) -> Listed? {
        guard let whole = item["elem"] else { return key(item).map { Listed(text: $0) } }
        guard let value = whole["val"], let text = key(value) else { return nil }
        var listed = Listed(text: text)
        if case .number(let expires)? = whole["expires"] {
            listed.expires = Int(expires)
            // For a set with a default timeout, nft(8) lists a timeout only if it differs.
            if case .number(let timeout)? = whole["timeout"] { listed.timeout = Int(timeout) }
        }
        return listed
    }

    private static func key(_ value: JSON) -> String? {
        switch value {
        case .string(let text): return text
        case .number(let number): return "\(UInt64(exactly: number) ?? 0)"
        default:
            guard let parts = value["concat"]?.items else { return nil }
            let texts = parts.compactMap(key)
            return texts.count == parts.count ? texts.joined(separator: " . ") : nil
        }
    }
}

extension Interface {
    /// The address to which `ipfilter` binds the NIC; `nil` for other interfaces.
    package var filteredAddress: MACAddress? {
        guard PortGrant(group: group)?.filtersAddresses == true, let address,
            HardwareBlock(hostAddress: address) == .filtered
        else { return nil }
        return HardwareBlock.containerAddress(ofHostEnd: address)
    }
}

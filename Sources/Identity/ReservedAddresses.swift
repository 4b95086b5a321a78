internal import HostPaths
internal import Linux
package import Netlink
package import Usernet

/// `/run/lxc/berth-reserved`: the hardware addresses of the containers for which the settings of
/// berth-net reserve an IP address or forward a port. A line is `BRIDGE MAC UID NUMBER NAME`, with
/// octal escapes in NAME. berth-nic gives such an address to no other container.
package struct ReservedAddresses: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package let bridge: UsernetBridge
        /// The address of the container's end.
        package let address: MACAddress
        package let holder: ContainerIdentity

        package init(bridge: UsernetBridge, address: MACAddress, holder: ContainerIdentity) {
            self.bridge = bridge
            self.address = address
            self.holder = holder
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry] = []) { self.entries = entries }

    /// Ignores lines of any other form.
    package init(text: [UInt8]) { entries = Lines(bytes: text).compactMap { Entry(text[$0]) } }

    /// Reads the file. Needs root. A file that is missing or cannot be read reserves nothing.
    ///
    /// Only root can create files in its directory, so its owner and mode are not checked.
    package static func load() -> ReservedAddresses {
        let text = try? SmallFile.contents(of: Paths.reservedAddresses, atMost: sizeLimit)
        return ReservedAddresses(text: (text ?? nil) ?? [])
    }

    /// In bytes: about 50,000 lines.
    private static let sizeLimit = 4 << 20

    package var text: [UInt8] { entries.flatMap { $0.line } }

    /// Whether the address is reserved for another container.
    package func isReserved(
        _ address: MACAddress, on bridge: UsernetBridge, otherThanFor identity: ContainerIdentity
    ) -> Bool {
        entries.contains {
            $0.address == address && $0.bridge == bridge && $0.holder != identity
        }
    }
}

extension ReservedAddresses.Entry {
    fileprivate init?(_ line: ArraySlice<UInt8>) {
        let fields = words(of: line)
        guard fields.count == 5, let bridge = UsernetBridge(fields[0]),
            let address = MACAddress(text: fields[1]),
            let owner = decimal(fields[2], upTo: UInt64(UInt32.max)),
            let number = decimal(fields[3], upTo: UInt64(UInt32.max))
        else { return nil }
        self.init(
            bridge: bridge, address: address,
            holder: ContainerIdentity(
                owner: UInt32(owner), name: unescaped(fields[4]), number: Int(number)))
    }

    fileprivate var line: [UInt8] {
        bridge.bytes
            + Array(" \(address) \(holder.owner) \(holder.number) ".utf8)
            + escaped(holder.name, isFirst: false) + [0x0a]
    }
}

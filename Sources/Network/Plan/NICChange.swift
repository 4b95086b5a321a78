package import Identity
package import Netlink

/// A change to the NIC of a container.
package struct NICChange: Sendable {
    package let bridge: BridgeName
    package let port: Record.Port
    package let step: Step

    package enum Step: Sendable {
        /// Records the grant of a port, derived from its options, in its group.
        case recordGrant(PortGrant)
        /// Restores options that a port has lost.
        case restore(RestoredOptions)
        /// Restores the options of a NIC, attaches it to the bridge, and brings it up.
        case attach(RestoredOptions)
        case bringUp
    }

    /// The options of a port, and what pins the container's address to it.
    package struct RestoredOptions: Equatable, Sendable {
        package var isIsolated = false
        /// Whether the port is isolated only because of LXC_ISOLATE.
        package var isIsolatedBySetting = false
        package var isLocked = false
        /// The addresses that need a static entry in the forwarding table.
        package var pinned: [MACAddress] = []
        /// The access VLAN.
        package var vlan: UInt16?
        /// Whether the port needs the table of ``AddressFilter`` before it is attached.
        package var filtersAddresses = false

        var isEmpty: Bool { self == RestoredOptions() }

        /// A list such as " with isolated, macfilter", or nothing.
        fileprivate var sentence: String {
            var words: [String] = []
            if isIsolated { words.append("isolated") }
            if isLocked || !pinned.isEmpty {
                let word = filtersAddresses ? "ipfilter" : "macfilter"
                words.append(([word] + pinned.map(\.description)).joined(separator: " "))
            }
            if let vlan { words.append("vlan=\(vlan)") }
            return words.isEmpty ? "" : " with " + words.joined(separator: ", ")
        }
    }

    var sign: String {
        switch step {
        case .attach, .bringUp: "+"
        case .recordGrant, .restore: "~"
        }
    }

    var sentence: String {
        switch step {
        case .recordGrant(let grant):
            "\(bridge): the group of \(port.name) records the grant of the port ("
                + (grant.options.isEmpty ? "no options" : grant.options) + ")"
        case .restore(let options): "\(bridge): port \(port.name) is restored\(options.sentence)"
        case .attach(let options):
            "\(bridge): \(port.name) is reattached\(options.sentence)"
        case .bringUp: "\(bridge): \(port.name) is brought up"
        }
    }
}

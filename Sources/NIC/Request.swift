internal import Linux
package import Netlink

/// What lxc-start asks of its helper, understood.
package enum Request: Equatable, Sendable {
    case create(Creation)
    case delete(Deletion)

    /// `create LXCPATH NAME PID TYPE BRIDGE [IFNAME]`
    package struct Creation: Equatable, Sendable {
        let process: ProcessID
        let bridge: BridgeName
        /// `nil` for the first free `eth0`, `eth1`, … of the container.
        let containerName: InterfaceName?
    }

    /// `delete LXCPATH NAME NETNS-PATH TYPE BRIDGE HOST-IFNAME`
    package struct Deletion: Equatable, Sendable {
        let namespace: NetworkNamespace.Place
        let bridge: BridgeName
        let nic: InterfaceName
    }

    /// - Parameter words: the command line without the program's own name, byte for byte. LXCPATH
    ///   and NAME are lxc-start's, and mean nothing here: neither is ever opened.
    package init(_ words: [[UInt8]]) throws(Refusal) {
        guard let verb = words.first, words.count >= 6 else { throw .usage }
        guard words[4].elementsEqual(veth) else { throw .unknownType(printable(words[4])) }
        guard let bridge = BridgeName(words[5]) else {
            throw .invalidName(printable(words[5], limit: 40))
        }
        if verb.elementsEqual("create".utf8), words.count <= 7 {
            guard let process = ProcessID(digits: words[3]) else {
                throw .invalidProcess(printable(words[3], limit: 40))
            }
            let wanted = words.count == 7 ? words[6] : []
            let name = InterfaceName(wanted)
            guard wanted.isEmpty || name != nil else {
                throw .invalidName(printable(wanted, limit: 40))
            }
            self = .create(Creation(process: process, bridge: bridge, containerName: name))
        } else if verb.elementsEqual("delete".utf8), words.count == 7 {
            guard let nic = InterfaceName(words[6]) else {
                throw .invalidName(printable(words[6], limit: 40))
            }
            // A path of any other form names nothing that the caller may use, and is told the same.
            guard let namespace = NetworkNamespace.Place(path: words[3]) else {
                throw .namespaceNotYours
            }
            self = .delete(Deletion(namespace: namespace, bridge: bridge, nic: nic))
        } else {
            throw .usage
        }
    }
}

/// What a NIC is attached to, as lxc-usernet and lxc-start write it.
package enum BridgeName: Equatable, Sendable {
    /// `none`: a NIC that the host routes to.
    case none
    case named(InterfaceName)

    package init?(_ bytes: some Collection<UInt8>) {
        if bytes.elementsEqual("none".utf8) {
            self = .none
        } else if let name = InterfaceName(bytes) {
            self = .named(name)
        } else {
            return nil
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .none: Array("none".utf8)
        case .named(let name): name.bytes
        }
    }
}

extension BridgeName: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// The type of every NIC here, as lxc-usernet, the ledger and lxc-start write it.
let veth: [UInt8] = [0x76, 0x65, 0x74, 0x68]

internal import Linux
internal import Netlink
internal import Usernet

/// What lxc-start asks of its helper, understood.
package enum Request: Equatable, Sendable {
    case create(Creation)
    case delete(Deletion)
    case version

    /// `create LXCPATH NAME PID TYPE BRIDGE [IFNAME]`
    package struct Creation: Equatable, Sendable {
        let process: ProcessID
        let bridge: UsernetBridge
        /// `nil` for the first free `eth0`, `eth1`, … of the container.
        let containerName: InterfaceName?
    }

    /// `delete LXCPATH NAME NETNS-PATH TYPE BRIDGE HOST-IFNAME`
    package struct Deletion: Equatable, Sendable {
        let namespace: NetworkNamespace.Place
        let bridge: UsernetBridge
        let nic: InterfaceName
    }

    /// - Parameter words: the command line without the program's own name, byte for byte. LXCPATH
    ///   and NAME are lxc-start's, and mean nothing here: neither is ever opened.
    package init(_ words: [[UInt8]]) throws(Refusal) {
        guard words.count != 1 || !words[0].elementsEqual("--version".utf8) else {
            self = .version
            return
        }
        guard let verb = words.first, words.count >= 6 else { throw .usage }
        guard words[4].elementsEqual(veth) else { throw .unknownType(printable(words[4])) }
        guard let bridge = UsernetBridge(words[5]) else {
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

package import Linux
package import Netlink
package import Usernet

/// The command line of berth-nic, which is that of lxc-user-nic(1), parsed.
package enum Request: Equatable, Sendable {
    case create(Creation)
    case delete(Deletion)
    case version

    /// `create LXCPATH NAME PID TYPE BRIDGE [IFNAME]`
    package struct Creation: Equatable, Sendable {
        package let container: ContainerName
        package let process: ProcessID
        package let bridge: UsernetBridge
        /// lxc.net.N.name; `nil` for the first free `eth0`, `eth1`, … of the container.
        package let containerName: InterfaceName?
    }

    /// `delete LXCPATH NAME NETNS-PATH TYPE BRIDGE HOST-IFNAME`
    package struct Deletion: Equatable, Sendable {
        package let container: ContainerName
        package let namespace: NetworkNamespace.ProcPath
        package let bridge: UsernetBridge
        package let nic: InterfaceName
    }

    /// - Parameter words: the command line without the program's name.
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
        let container = ContainerName(lxcPath: words[1], name: words[2])
        if verb.elementsEqual("create".utf8), words.count <= 7 {
            guard let process = ProcessID(digits: words[3]) else {
                throw .invalidProcess(printable(words[3], limit: 40))
            }
            let wanted = words.count == 7 ? words[6] : []
            let name = InterfaceName(wanted)
            guard wanted.isEmpty || name != nil else {
                throw .invalidName(printable(wanted, limit: 40))
            }
            self = .create(
                Creation(
                    container: container, process: process, bridge: bridge, containerName: name))
        } else if verb.elementsEqual("delete".utf8), words.count == 7 {
            guard let nic = InterfaceName(words[6]) else {
                throw .invalidName(printable(words[6], limit: 40))
            }
            // The same error as for a namespace of another user.
            guard let namespace = NetworkNamespace.ProcPath(path: words[3]) else {
                throw .namespaceNotYours
            }
            self = .delete(
                Deletion(container: container, namespace: namespace, bridge: bridge, nic: nic))
        } else {
            throw .usage
        }
    }
}

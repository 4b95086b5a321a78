internal import HostPaths
internal import Identity
internal import Linux
internal import Netlink
internal import Network
internal import Usernet

/// The NIC of a running container, from both ends.
struct ContainerNICFacts: Equatable, Sendable {
    /// The name of the host's end.
    let port: String
    /// The user who runs the container.
    let user: UserID
    /// `nil` if a program other than LXC created it, or if it cannot be determined.
    var container: UntrustedText?
    /// The first process in the container; `nil` if the requester may not inspect it.
    var process: Int32?
    /// The age of that process, in hundredths of a second; `nil` if it is not known.
    var age: UInt64?
    /// The container's hardware address, in lower case; `nil` if it is not known.
    var hardwareAddress: String?
    /// The bridge that the ledger names; `nil` if only root may read it.
    var bridge: String?
    /// The bridge that it is attached to.
    var attachedTo: String?
    var isUp = true
    var mtu: UInt32 = 1500
    /// Whether the bridge forwards frames of the port; `nil` if it is on no bridge.
    var forwardsFrames: Bool?
    /// Whether berth-net knows the options of its line in lxc-usernet, and can reattach it.
    var hasGrant = false
    /// `nil` if the requester may not inspect it.
    var inside: Inside?

    /// The container's end.
    struct Inside: Equatable, Sendable {
        var name: UntrustedText
        var isUp = true
        var mtu: UInt32 = 1500
        /// In lower case; `nil` if it is not known.
        var hardwareAddress: String?
        /// 4 or 16 bytes each, without link-local addresses.
        var addresses: [[UInt8]] = []
        /// The default route for IPv4; `nil` if unknown.
        var defaultRoute: DefaultRoute?
        var isLoopbackUp = true

        enum DefaultRoute: Equatable, Sendable {
            case absent
            /// - Parameter router: `nil` for a route without one.
            case through(UntrustedText, router: IPv4Address?)
        }
    }

    /// The container, if it is known, and the host's end, as findings name them.
    var place: String { container.map { "container \($0.quoted), \(port)" } ?? port }

    /// The container's IPv4 addresses.
    var addresses4: [IPv4Address] {
        inside?.addresses.compactMap { IPv4Address(bytes: $0) } ?? []
    }
}

extension ContainerNICFacts {
    /// The NICs of all containers of users, as far as the requester can tell whose they are.
    static func all(
        of network: HostNetworkStatus, _ ledger: Ledger?, _ kernel: borrowing RouteSocket
    ) -> [ContainerNICFacts] {
        let namespaces = ContainerNamespaces.find(kernel)
        let rows = Dictionary(
            (ledger?.rows ?? []).map { ($0.nic.bytes, $0.bridge.description) },
            uniquingKeysWith: { $1 })
        let uptime = hundredthsSinceBoot()
        return network.interfaces.compactMap { veth in
            guard veth.kind == .veth, let number = veth.peerNamespace else { return nil }
            let namespace = namespaces.first { $0.namespace == number }
            // Only LXC's helpers name an interface after a user.
            guard let user = owner(ofPort: veth.rawName) ?? namespace?.lxcUser else { return nil }
            var nic = ContainerNICFacts(port: veth.description, user: user)
            nic.container =
                namespace?.container.map { UntrustedText($0) }
                ?? veth.alias.flatMap { ContainerLabel(alias: $0) }.map { UntrustedText($0.name) }
            nic.process = namespace?.process.number
            nic.age = namespace.flatMap { (try? $0.process.startTime()) ?? nil }.flatMap { start in
                uptime.map { $0 > start ? $0 - start : 0 }
            }
            nic.bridge = rows[veth.rawName]
            nic.attachedTo = veth.master.flatMap { index in
                network.interfaces.first { $0.index == index }?.description
            }
            (nic.isUp, nic.mtu) = (veth.isUp, veth.mtu)
            nic.forwardsFrames = veth.forwardsFrames
            nic.hasGrant = PortGrant(group: veth.group) != nil
            nic.inside = namespace.flatMap { Inside(of: veth, in: $0, kernel) }
            nic.hardwareAddress =
                nic.inside?.hardwareAddress
                ?? veth.address.flatMap { HardwareBlock.containerAddress(ofHostEnd: $0) }?
                .description
            return nic
        }
    }

    /// The clock by which the kernel counts the start of a process.
    private static func hundredthsSinceBoot() -> UInt64? {
        let words = kernelSetting("/proc/uptime")?.split(separator: " ").first?.split(
            separator: ".")
        guard let words, words.count == 2, words[1].utf8.count == 2 else { return nil }
        return UInt64(words[0] + words[1])
    }

    /// The user ID in `vethUID_XXXX`.
    private static func owner(ofPort name: [UInt8]) -> UserID? {
        guard name.starts(with: "veth".utf8) else { return nil }
        let digits = name.dropFirst(4).prefix { $0 != 0x5f }
        guard digits.count + 4 < name.count, let number = decimal(digits, upTo: 0xffff_fffe) else {
            return nil
        }
        return UserID(UInt32(number))
    }
}

extension ContainerNamespace {
    /// The user, if LXC created the container.
    fileprivate var lxcUser: UserID? { container == nil ? nil : user }
}

extension ContainerNICFacts.Inside {
    fileprivate init?(
        of veth: Interface, in namespace: ContainerNamespace, _ kernel: borrowing RouteSocket
    ) {
        guard let peer = veth.peer,
            let end = (try? kernel.interface(at: peer, in: namespace.namespace)) ?? nil,
            end.kind == .veth
        else { return nil }
        self.init(
            name: UntrustedText(end.rawName), isUp: end.isUp, mtu: end.mtu,
            hardwareAddress: end.address?.description)
        addresses = ((try? kernel.addresses(in: namespace.namespace)) ?? [])
            .filter { $0.interface == peer && !$0.isLinkLocal }.map(\.bytes)
        defaultRoute = Self.defaultRoute(namespace.process)
        // The kernel creates the loopback interface first.
        let loopback =
            (try? kernel.interface(at: InterfaceIndex(1), in: namespace.namespace)) ?? nil
        isLoopbackUp = loopback?.isUp ?? true
    }

    /// - Returns: `nil` if the table cannot be read.
    private static func defaultRoute(_ process: ProcessID) -> DefaultRoute? {
        let path = "/proc/\(process.number)/net/route"
        guard let table = (try? SmallFile.start(of: path, atMost: 256 << 10)) ?? nil else {
            return nil
        }
        // The kernel lists the route with the lowest metric first.
        for line in Lines(bytes: table).dropFirst() {
            // Interface, destination, gateway, flags, counters, metric, mask: see proc_pid_net(5).
            let fields = words(of: table[line])
            guard fields.count > 7, fields[1].elementsEqual("00000000".utf8),
                fields[7].elementsEqual("00000000".utf8),
                // In the byte order of the processor.
                let number = UInt32(String(decoding: fields[2], as: UTF8.self), radix: 16)
            else { continue }
            return .through(
                UntrustedText(fields[0]),
                router: number == 0 ? nil : IPv4Address(number: UInt32(bigEndian: number)))
        }
        return .absent
    }
}

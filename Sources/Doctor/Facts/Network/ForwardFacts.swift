internal import Identity
internal import Linux
internal import Network

/// A forwarded port, and the programs that listen there.
struct ForwardFacts: Equatable, Sendable {
    let forward: Forward
    /// The host's end of the running container's NIC that has the address; `nil` if none has.
    var port: String?
    /// Whether a program in the container listens; `nil` if that is not known.
    var hasListener: Bool?
    /// Whether a program in the container listens on its loopback interface only.
    var listensOnLoopback = false
    /// Whether this host has the address that the forward names.
    var hasListenAddress = true
    /// The program of this host that listens on the same port. Other hosts no longer reach this
    /// program.
    var shadowed: String?

    /// - Parameter addresses: those of this host.
    static func all(
        of network: NetworkStatus, _ nics: [ContainerNICFacts], addresses: [[UInt8]]
    ) -> [ForwardFacts] {
        guard let forwards = network.desired?.forwards, !forwards.isEmpty else { return [] }
        let sockets = Sockets.listening()
        // A setting can have thousands of entries.
        return forwards.prefix(256).map { forward in
            var facts = ForwardFacts(forward: forward)
            if let listens = forward.listens {
                facts.hasListenAddress = addresses.contains(listens.bytes)
            }
            let shadowed = sockets.taken(by: forward)
            if !shadowed.isEmpty { facts.shadowed = Sockets.holder(of: shadowed) }
            let bytes = forward.target.bytes
            guard
                let nic = nics.first(where: { $0.inside?.addresses.contains(bytes) ?? false })
            else { return facts }
            facts.port = nic.port
            if let process = nic.process { facts.observeListener(in: process) }
            return facts
        }
    }

    /// - Parameter process: a process in the container's network namespace.
    private mutating func observeListener(in process: Int32) {
        let first = forward.targetPort ?? forward.first
        let last = forward.targetPort ?? forward.last
        for table in [forward.transport.rawValue, "\(forward.transport.rawValue)6"] {
            let path = "/proc/\(process)/net/\(table)"
            guard let bytes = (try? SmallFile.start(of: path, atMost: 1 << 20)) ?? nil else {
                continue
            }
            let sockets = Sockets.parsed(
                String(decoding: bytes, as: UTF8.self), forward.transport
            ).filter { (first...last).contains($0.port) }
            let isServed = sockets.contains { socket in
                socket.address.allSatisfy { $0 == 0 } || socket.address == forward.target.bytes
            }
            hasListener = hasListener ?? false || isServed
            listensOnLoopback =
                listensOnLoopback
                || sockets.contains {
                    NameServerFacts.isLoopback($0.address) && $0.address.last != 0
                }
        }
    }
}

extension Forward.Target {
    var bytes: [UInt8] {
        switch self {
        case .ipv4(let address): address.bytes
        case .ipv6(let address): address.bytes
        }
    }
}

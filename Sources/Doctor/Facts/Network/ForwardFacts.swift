internal import Identity
internal import Linux
internal import Network

/// A forwarded port, and who answers there.
struct ForwardFacts: Equatable, Sendable {
    let forward: Forward
    /// The host's end of the running container's NIC that has the address; `nil` if none has.
    var port: String?
    /// Whether a program in the container listens; `nil` if the requester may not know.
    var hasListener: Bool?
    /// The program of this host that listens on the same port, which other hosts no longer reach.
    var shadowed: String?

    static func all(of network: NetworkStatus, _ nics: [ContainerNICFacts]) -> [ForwardFacts] {
        guard let forwards = network.desired?.forwards, !forwards.isEmpty else { return [] }
        let sockets = Sockets.listening()
        // A setting can have thousands of entries.
        return forwards.prefix(256).map { forward in
            var facts = ForwardFacts(forward: forward)
            let shadowed = sockets.taken(by: forward)
            if !shadowed.isEmpty { facts.shadowed = Sockets.holder(of: shadowed) }
            let bytes = forward.target.bytes
            guard
                let nic = nics.first(where: { $0.inside?.addresses.contains(bytes) ?? false })
            else { return facts }
            facts.port = nic.port
            facts.hasListener = nic.process.flatMap { hasListener(for: forward, in: $0) }
            return facts
        }
    }

    /// - Parameter process: a process in the container's network namespace.
    private static func hasListener(for forward: Forward, in process: Int32) -> Bool? {
        let first = forward.targetPort ?? forward.first
        let last = forward.targetPort ?? forward.last
        var isReadable = false
        for table in [forward.transport.rawValue, "\(forward.transport.rawValue)6"] {
            let path = "/proc/\(process)/net/\(table)"
            guard let bytes = (try? SmallFile.start(of: path, atMost: 1 << 20)) ?? nil else {
                continue
            }
            isReadable = true
            let sockets = Sockets.parsed(
                String(decoding: bytes, as: UTF8.self), forward.transport)
            let isServed = sockets.contains { socket in
                (first...last).contains(socket.port)
                    && (socket.address.allSatisfy { $0 == 0 }
                        || socket.address == forward.target.bytes)
            }
            if isServed { return true }
        }
        return isReadable ? false : nil
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

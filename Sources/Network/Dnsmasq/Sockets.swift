internal import Linux
internal import Netlink

/// The listening sockets of this host, as ss(8) lists them, to name the program that holds a port.
package struct Sockets: Sendable {
    package struct Socket: Hashable, Sendable {
        package let transport: Forward.Transport
        /// 4 bytes or 16; all zero for any address.
        package let address: [UInt8]
        package let port: UInt16
        let inode: String

        package init(
            _ transport: Forward.Transport, address: [UInt8], port: UInt16, inode: String = ""
        ) {
            self.transport = transport
            self.address = address
            self.port = port
            self.inode = inode
        }

        fileprivate var isWildcard: Bool { address.allSatisfy { $0 == 0 } }
    }

    package let all: [Socket]

    package init(_ all: [Socket]) { self.all = all }

    package static func listening() -> Sockets {
        guard let sockets = try? ListeningSocket.all() else { return fromProc() }
        return Sockets(
            sockets.map {
                Socket(
                    $0.isTCP ? .tcp : .udp, address: $0.address, port: $0.port,
                    inode: "\($0.inode)")
            })
    }

    /// Reads /proc/net/tcp, /proc/net/udp, and those for IPv6: for kernels without sock_diag(7).
    private static func fromProc() -> Sockets {
        let tables: [(String, Forward.Transport)] = [
            ("udp", .udp), ("udp6", .udp), ("tcp", .tcp), ("tcp6", .tcp),
        ]
        return Sockets(
            tables.flatMap { table, transport in
                let bytes = (try? SmallFile.contents(of: "/proc/net/\(table)")) ?? nil
                return parsed(String(decoding: bytes ?? [], as: UTF8.self), transport)
            })
    }

    package static func parsed(_ text: String, _ transport: Forward.Transport) -> [Socket] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            // The state of a socket that accepts connections, or datagrams from anywhere.
            guard fields.count > 9, fields[3] == (transport == .tcp ? "0A" : "07") else {
                return nil
            }
            let local = fields[1].split(separator: ":")
            guard local.count == 2, let port = UInt16(local[1], radix: 16),
                let address = decoded(local[0])
            else { return nil }
            return Socket(transport, address: address, port: port, inode: String(fields[9]))
        }
    }

    /// The sockets that would conflict with a server on this port of one of the addresses.
    func conflicting(at port: UInt16, on addresses: [[UInt8]]) -> [Socket] {
        all.filter { $0.port == port && ($0.isWildcard || addresses.contains($0.address)) }
    }

    /// The sockets that other hosts can no longer reach, because a forward takes their port.
    package func taken(by forward: Forward) -> [Socket] {
        let listens: [UInt8]? =
            switch forward.listens {
            case .ipv4(let address): address.bytes
            case .ipv6(let address): address.bytes
            case nil: nil
            }
        return all.filter { socket in
            guard socket.transport == forward.transport,
                (forward.first...forward.last).contains(socket.port)
            else { return false }
            let isIPv6 = socket.address.count == 16
            // A socket for any IPv6 address usually also serves IPv4.
            if socket.isWildcard { return isIPv6 || !forward.isIPv6 }
            return isIPv6 == forward.isIPv6 && !Self.isLoopback(socket.address)
                && (listens == nil || listens == socket.address)
        }
    }

    private static func isLoopback(_ address: [UInt8]) -> Bool {
        address.count == 4 ? address[0] == 127 : IPv6Address(bytes: address)?.number == 1
    }

    /// Parses an address in /proc/net, which is written as 32-bit numbers in host byte order.
    private static func decoded(_ text: Substring) -> [UInt8]? {
        guard text.utf8.count == 8 || text.utf8.count == 32 else { return nil }
        var bytes: [UInt8] = []
        for word in stride(from: 0, to: text.utf8.count, by: 8) {
            guard let number = UInt32(text.dropFirst(word).prefix(8), radix: 16) else { return nil }
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: number.littleEndian >> ($0 * 8)) }
        }
        return bytes
    }

    /// The inode numbers of a process's sockets.
    private static func held(by process: Int32) -> [String] {
        let directory = "/proc/\(process)/fd"
        let names = (try? SmallFile.names(in: directory)) ?? []
        return names.compactMap { name in
            guard let target = try? SmallFile.target(of: "\(directory)/\(name)"),
                target.starts(with: "socket:[".utf8)
            else { return nil }
            return String(decoding: target.dropFirst(8).dropLast(), as: UTF8.self)
        }
    }

    /// Whether the process holds one of the sockets. Only root can see this for other users'
    /// processes.
    package static func hold(_ sockets: [Socket], process: Int32) -> Bool {
        !Set(sockets.map(\.inode)).isDisjoint(with: held(by: process))
    }

    /// The program that holds one of the sockets, such as `named (process 812)`.
    package static func holder(of sockets: [Socket]) -> String {
        let wanted = Set(sockets.map(\.inode))
        for name in (try? SmallFile.names(in: "/proc")) ?? [] {
            guard let id = ProcessID(digits: Array(name.utf8)),
                !wanted.isDisjoint(with: held(by: id.number))
            else { continue }
            let bytes = (try? SmallFile.contents(of: "/proc/\(name)/comm")) ?? nil
            let program = UntrustedText((bytes ?? []).filter { $0 != 0x0a })
            return "\(program.quoted) (process \(name))"
        }
        return "another program"
    }
}

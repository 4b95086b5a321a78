internal import Linux

/// The listening sockets of this host, to name the program that holds a port. Reading the kernel's
/// tables takes milliseconds, so this is done only if the port is taken.
enum Sockets {
    /// The inode numbers of a process's sockets.
    static func held(by process: Int32) -> [String] {
        let directory = "/proc/\(process)/fd"
        let names = (try? SmallFile.names(in: directory)) ?? []
        return names.compactMap { name in
            guard let target = try? SmallFile.target(of: "\(directory)/\(name)"),
                target.starts(with: "socket:[".utf8)
            else { return nil }
            return String(decoding: target.dropFirst(8).dropLast(), as: UTF8.self)
        }
    }

    /// The inode numbers of the sockets that conflict with a server on one of the addresses.
    static func listening(at port: UInt16, on addresses: [[UInt8]]) -> [String] {
        var inodes: [String] = []
        for (table, isStream) in [("udp", false), ("udp6", false), ("tcp", true), ("tcp6", true)] {
            let bytes = (try? SmallFile.contents(of: "/proc/net/\(table)")) ?? nil
            let text = String(decoding: bytes ?? [], as: UTF8.self)
            for line in text.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ", omittingEmptySubsequences: true)
                guard fields.count > 9, !isStream || fields[3] == "0A" else { continue }
                let local = fields[1].split(separator: ":")
                guard local.count == 2, UInt16(local[1], radix: 16) == port,
                    let address = decoded(local[0]),
                    address.allSatisfy({ $0 == 0 }) || addresses.contains(address)
                else { continue }
                inodes.append(String(fields[9]))
            }
        }
        return inodes
    }

    /// Parses an address of /proc/net, which is written as 32-bit numbers in host byte order.
    private static func decoded(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        for word in stride(from: 0, to: text.utf8.count, by: 8) {
            guard let number = UInt32(text.dropFirst(word).prefix(8), radix: 16) else { return nil }
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: number.littleEndian >> ($0 * 8)) }
        }
        return bytes
    }

    /// The program that has one of the sockets, such as `named (process 812)`.
    static func holder(of inodes: [String]) -> String {
        let wanted = Set(inodes)
        for name in (try? SmallFile.names(in: "/proc")) ?? [] {
            guard let id = ProcessID(digits: Array(name.utf8)),
                !wanted.isDisjoint(with: held(by: id.number))
            else { continue }
            let bytes = (try? SmallFile.contents(of: "/proc/\(name)/comm")) ?? nil
            return "\(printable((bytes ?? []).filter { $0 != 0x0a })) (process \(name))"
        }
        return "another program"
    }
}

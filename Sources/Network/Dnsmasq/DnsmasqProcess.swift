internal import HostPaths
internal import Linux

/// The dnsmasq of a network as it was found running.
package struct ObservedDnsmasq: Hashable, Sendable {
    package let process: Int32
    /// What it was told, without its own name.
    package let arguments: [String]

    package init(
        process: Int32, arguments: [String]
    ) {
        self.process = process
        self.arguments = arguments
    }

    /// - Parameter words: with its own name.
    fileprivate init(_ process: ProcessID, _ words: [[UInt8]]) {
        self.process = process.number
        arguments = words.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether it is a name server at that port.
    func serves(_ port: UInt16) -> Bool {
        let given = arguments.last { $0.hasPrefix("--port=") }?.dropFirst("--port=".count)
        return given.map { UInt16($0) == port } ?? (port == 53)
    }
}

/// The dnsmasq of a network, found by its file and known by its words: a number in a file alone may
/// have become anybody's.
enum DnsmasqProcess {
    /// - Parameter searching: whether to look among all processes if its file does not lead to it.
    static func observe(_ bridge: BridgeName, searching: Bool) throws(Errno) -> ObservedDnsmasq? {
        guard let process = try hold(bridge, searching: searching),
            let words = try process.arguments()
        else { return nil }
        return ObservedDnsmasq(process.id, words)
    }

    /// The process that its file names, if it looks like one: everybody may see that much.
    static func glimpse(_ bridge: BridgeName) -> ObservedDnsmasq? {
        for file in files(of: bridge) {
            guard let id = try? id(in: file),
                let process = (try? PIDFD.hold(id)) ?? nil,
                let words = (try? process.arguments()) ?? nil,
                words.first?.suffix(7).elementsEqual("dnsmasq".utf8) ?? false,
                words.contains(Array("--interface=\(bridge)".utf8))
            else { continue }
            return ObservedDnsmasq(id, words)
        }
        return nil
    }

    static func hangUp(_ bridge: BridgeName) throws(Errno) { try hold(bridge)?.hangUp() }

    /// Ends it, and waits until it has ended.
    static func stop(_ bridge: BridgeName) throws(Errno) {
        guard let process = try hold(bridge) else { return }
        try process.terminate()
        if !process.ended(within: 3000) {
            try process.kill()
            _ = process.ended(within: 3000)
        }
        for file in files(of: bridge) where try id(in: file) == process.id {
            try SmallFile.remove(file)
        }
    }

    /// lxc-net has one name for the file, whatever its bridge is called.
    private static func files(of bridge: BridgeName) -> [String] {
        [DnsmasqFiles.processFile(of: bridge), Paths.dnsmasqPID]
    }

    private static func id(in file: String) throws(Errno) -> ProcessID? {
        try SmallFile.contents(of: file).flatMap {
            ProcessID(digits: Array($0.prefix { $0 != 0x0a }))
        }
    }

    static func hold(_ bridge: BridgeName, searching: Bool = true) throws(Errno) -> PIDFD? {
        let files = files(of: bridge)
        for file in files {
            guard let id = try id(in: file), let process = try known(id, by: files, for: bridge)
            else { continue }
            return process
        }
        // One that lost its file, or has not written it yet.
        guard searching else { return nil }
        for name in try SmallFile.names(in: "/proc") {
            guard let id = ProcessID(digits: Array(name.utf8)),
                let process = try known(id, by: files, for: bridge)
            else { continue }
            return process
        }
        return nil
    }

    private static func known(
        _ id: ProcessID, by files: [String], for bridge: BridgeName
    ) throws(Errno) -> PIDFD? {
        // Most processes are not it, and need not be held to find that out.
        guard let name = try? SmallFile.contents(of: "/proc/\(id.number)/comm"),
            name.starts(with: "dnsmasq".utf8), let process = try PIDFD.hold(id),
            let words = try process.arguments(), let program = words.first,
            program == Array("dnsmasq".utf8) || program.suffix(8) == Array("/dnsmasq".utf8)[...],
            words.contains(Array("--interface=\(bridge)".utf8)),
            files.contains(where: { words.contains(Array("--pid-file=\($0)".utf8)) }),
            try SmallFile.target(of: "/proc/\(id.number)/ns/net")
                == SmallFile.target(of: "/proc/self/ns/net"),
            try isServant(id)
        else { return nil }
        return process
    }

    /// Anybody can start a process with these words, and keep the real one from being started.
    private static func isServant(_ id: ProcessID) throws(Errno) -> Bool {
        let users = Set(try ProcessStatus(of: id)?.words("Uid").map { Array($0) } ?? [])
        let servants = accounts.compactMap {
            (try? Accounts.user(named: Array($0.utf8))).flatMap { $0 }
        }
        return !users.isEmpty
            && users.isSubset(of: ([.root] + servants).map { Array("\($0.number)".utf8) })
    }

    /// Those under which lxc-net lets it work, the best first.
    private static let accounts = ["lxc-dnsmasq", "dnsmasq", "nobody"]

    /// The first of them that there is.
    static func account() -> String {
        accounts.first { name in
            (try? Accounts.user(named: Array(name.utf8))).flatMap { $0 }.map { $0 != .root }
                ?? false
        } ?? "nobody"
    }
}

/// Who listens where on this host. Reading the kernel's tables takes milliseconds: it is for naming
/// who is in the way, when somebody is.
enum Sockets {
    /// The numbers of the inodes of a process's sockets.
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

    /// The inodes of sockets that would be in the way of a server at one of the addresses.
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

    /// The kernel writes each four bytes as a number of this machine's, whose first byte comes last.
    private static func decoded(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        for word in stride(from: 0, to: text.utf8.count, by: 8) {
            guard let number = UInt32(text.dropFirst(word).prefix(8), radix: 16) else { return nil }
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: number.littleEndian >> ($0 * 8)) }
        }
        return bytes
    }

    /// "named (process 812)", or what can be said without knowing.
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

internal import HostPaths
internal import Linux

/// A running dnsmasq of a network.
package struct ObservedDnsmasq: Hashable, Sendable {
    package let process: Int32
    /// Without the program name.
    package let arguments: [String]

    package init(process: Int32, arguments: [String]) {
        self.process = process
        self.arguments = arguments
    }

    /// - Parameter words: the program name and its arguments.
    fileprivate init(_ process: ProcessID, _ words: [[UInt8]]) {
        self.process = process.number
        arguments = words.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether dnsmasq is configured to serve DNS on the port.
    func serves(_ port: UInt16) -> Bool {
        let given = arguments.last { $0.hasPrefix("--port=") }?.dropFirst("--port=".count)
        return given.map { UInt16($0) == port } ?? (port == 53)
    }
}

/// Finds a network's dnsmasq by its PID file; verifies its arguments, since PIDs are reused.
enum DnsmasqProcess {
    /// - Parameter searching: whether to search all processes if the PID file does not lead to it.
    static func observe(_ bridge: BridgeName, searching: Bool) throws(Errno) -> ObservedDnsmasq? {
        guard let process = try find(bridge, searching: searching),
            let words = try process.arguments()
        else { return nil }
        return ObservedDnsmasq(process.id, words)
    }

    /// The process that the PID file names, if its arguments match. This needs no privilege, and
    /// verifies neither the user nor the network namespace of the process.
    static func observeUnprivileged(_ bridge: BridgeName) -> ObservedDnsmasq? {
        for file in files(of: bridge) {
            guard let id = try? id(in: file),
                let process = (try? PIDFD.open(id)) ?? nil,
                let words = (try? process.arguments()) ?? nil,
                serves(bridge, words)
            else { continue }
            return ObservedDnsmasq(id, words)
        }
        return nil
    }

    /// Sends SIGHUP (pidfd_send_signal(2)), on which dnsmasq reads its hosts files again.
    static func reload(_ bridge: BridgeName) throws(Errno) { try find(bridge)?.sendSIGHUP() }

    /// Terminates dnsmasq (SIGTERM) and waits until it exits; kills it (SIGKILL) after 3 seconds.
    static func stop(_ bridge: BridgeName) throws(Errno) {
        guard let process = try find(bridge) else { return }
        try process.terminate()
        if !process.ended(within: 3000) {
            try process.kill()
            _ = process.ended(within: 3000)
        }
        for file in files(of: bridge) where try id(in: file) == process.id {
            try SmallFile.remove(file)
        }
    }

    /// The PID files in which its process ID may be: lxc-net uses the same file for all bridges.
    private static func files(of bridge: BridgeName) -> [String] {
        [DnsmasqPaths.processFile(of: bridge), Paths.dnsmasqPID]
    }

    private static func id(in file: String) throws(Errno) -> ProcessID? {
        try SmallFile.contents(of: file).flatMap {
            ProcessID(digits: Array($0.prefix { $0 != 0x0a }))
        }
    }

    /// The dnsmasq of the bridge, held by descriptor (pidfd_open(2)): signals cannot reach another
    /// process that reuses its ID.
    static func find(_ bridge: BridgeName, searching: Bool = true) throws(Errno) -> PIDFD? {
        let files = files(of: bridge)
        for file in files {
            guard let id = try id(in: file), let process = try verified(id, by: files, for: bridge)
            else { continue }
            return process
        }
        // The PID file is lost, or not written yet.
        guard searching else { return nil }
        for name in try SmallFile.names(in: "/proc") {
            guard let id = ProcessID(digits: Array(name.utf8)),
                let process = try verified(id, by: files, for: bridge)
            else { continue }
            return process
        }
        return nil
    }

    private static func verified(
        _ id: ProcessID, by files: [String], for bridge: BridgeName
    ) throws(Errno) -> PIDFD? {
        // The cheapest check first: most processes are not dnsmasq.
        guard let name = try? SmallFile.contents(of: "/proc/\(id.number)/comm"),
            name.starts(with: "dnsmasq".utf8), let process = try PIDFD.open(id)
        else { return nil }
        do throws(Errno) {
            guard let words = try process.arguments(), serves(bridge, words),
                files.contains(where: { words.contains(Array("--pid-file=\($0)".utf8)) }),
                try SmallFile.target(of: "/proc/\(id.number)/ns/net")
                    == SmallFile.target(of: "/proc/self/ns/net"),
                try runsAsServiceUser(id)
            else { return nil }
            return process
        } catch {
            // The kernel reports various errors for a process that has ended meanwhile.
            guard process.isRunning else { return nil }
            throw error
        }
    }

    private static func serves(_ bridge: BridgeName, _ words: [[UInt8]]) -> Bool {
        words.first?.split(separator: UInt8(ascii: "/")).last?.elementsEqual("dnsmasq".utf8)
            ?? false
            && words.contains(Array("--interface=\(bridge)".utf8))
    }

    /// Whether all its user IDs are those of root or a service account. Any user can start a
    /// process with the same arguments, which must not prevent the real one from being started.
    private static func runsAsServiceUser(_ id: ProcessID) throws(Errno) -> Bool {
        let words = try ProcessStatus(of: id)?.words("Uid") ?? []
        let users = words.compactMap { word in
            decimal(word, upTo: UInt64(UInt32.max)).map { UserID(UInt32($0)) }
        }
        let allowed = [.root] + accounts.compactMap(user)
        return !users.isEmpty && users.count == words.count
            && users.allSatisfy { allowed.contains($0) || isFormerAccount($0) }
    }

    /// Whether it is the ID of a system account (below 1000: SYS_UID_MAX of login.defs(5)) that was
    /// deleted while dnsmasq runs. No user can run a process with such an ID.
    private static func isFormerAccount(_ user: UserID) -> Bool {
        guard user.number < 1000,
            case .success(nil) = Result(catching: { try Accounts.name(of: user) })
        else { return false }
        return true
    }

    /// The accounts that lxc-net runs dnsmasq as, in order of preference.
    private static let accounts = ["lxc-dnsmasq", "dnsmasq", "nobody"]

    /// Whether a dnsmasq that runs as this user is recognized.
    static func recognizes(_ user: String) -> Bool { (["root"] + accounts).contains(user) }

    private static func user(_ name: String) -> UserID? {
        (try? Accounts.user(named: Array(name.utf8))).flatMap { $0 }
    }

    static func account() -> String {
        accounts.first { user($0).map { $0 != .root } ?? false } ?? "nobody"
    }
}

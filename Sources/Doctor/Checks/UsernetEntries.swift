internal import HostPaths
internal import Linux
internal import Netlink
internal import Usernet

/// An interface, as far as NICs and bridges depend on it.
struct InterfaceFacts: Equatable, Sendable {
    let name: String
    let isBridge: Bool
    /// A bridge of Open vSwitch, or what may be one.
    let mayBeOpenVSwitch: Bool
    let isUp: Bool
    /// 4 bytes or 16, without those that the kernel gave.
    var addresses: [[UInt8]] = []

    static func observe() -> [InterfaceFacts] {
        guard let socket = try? RouteSocket.connect(), let all = try? socket.interfaces() else {
            return []
        }
        let addresses = (try? socket.addresses()) ?? []
        return all.map { interface in
            InterfaceFacts(
                name: interface.name.description, isBridge: interface.kind == .bridge,
                mayBeOpenVSwitch: interface.kind == .openVSwitch || interface.kind == .tun,
                isUp: interface.isUp,
                addresses: addresses.filter { $0.interface == interface.index && !$0.isLinkLocal }
                    .map(\.bytes))
        }
    }
}

/// `/etc/lxc/lxc-usernet` and `/run/lxc/nics`, as they are for one user.
struct UsernetFacts: Sendable {
    struct Line: Equatable, Sendable {
        let number: Int
        let count: Int
    }

    /// What the file says about one bridge that the container wants.
    struct OnBridge: Equatable, Sendable {
        let name: String
        var isValid = true
        var lines: [Line] = []
        /// The first line of the user's that is meant for it, or may be, and is not understood.
        var faulty: InvalidLine?
        var allowed = 0
        /// `nil` where only root may look.
        var used: Int?
        /// Whether one more is to be had.
        var hasRoom = true
        var interface: InterfaceFacts?
    }

    var exists = true
    var isTrusted = true
    var isReadable = true
    /// Every line that gives nobody anything.
    var faults: [InvalidLine] = []
    var bridges: [OnBridge] = []

    static func observe(
        _ subject: TargetUser, _ config: ContainerConfig, _ interfaces: [InterfaceFacts]
    ) -> UsernetFacts {
        var facts = UsernetFacts()
        let file = (try? FileAttributes(of: Paths.usernet)) ?? nil
        let directory = (try? FileAttributes(of: Paths.lxcConfiguration)) ?? nil
        facts.isTrusted = (file?.onlyRootWrites ?? true) && (directory?.onlyRootWrites ?? true)
        var bytes: [UInt8] = []
        do throws(Errno) {
            if let found = try SmallFile.contents(of: Paths.usernet) {
                bytes = found
            } else {
                facts.exists = false
            }
        } catch { facts.isReadable = false }
        let usernet = UsernetFile(bytes)
        facts.faults = usernet.faults.map { InvalidLine($0) }
        let rows: [UInt8]?
        do throws(Errno) { rows = try SmallFile.contents(of: Paths.ledger) ?? [] } catch {
            rows = nil
        }
        facts.bridges = config.bridges.map { name in
            observe(name, subject, usernet, rows, interfaces)
        }
        return facts
    }

    private static func observe(
        _ name: String, _ subject: TargetUser, _ usernet: UsernetFile, _ rows: [UInt8]?,
        _ interfaces: [InterfaceFacts]
    ) -> OnBridge {
        var facts = OnBridge(name: name)
        facts.interface = interfaces.first { $0.name == name }
        guard let bridge = UsernetBridge(Array(name.utf8)),
            var person = try? OwnerMatcher(Credentials(user: subject.user, groups: subject.groups)),
            let own = try? usernet.lines(
                for: bridge, of: { (field) throws(Errno) in try person.owner(field) })
        else {
            facts.isValid = UsernetBridge(Array(name.utf8)) != nil
            return facts
        }
        facts.faulty = own.skipped.first { $0.mayMean(bridge) }.map { InvalidLine($0) }
        facts.lines = own.entries.map { Line(number: $0.line, count: $0.count) }
        var ledger = Ledger(rows ?? [])
        // A row without its NIC is culled by the next create, and counts no more.
        _ = ledger.cull(on: bridge, untilMeeting: .max) { row throws(Never) in
            interfaces.contains { $0.name == row.nic.description }
        }
        let quota = Quota(own.entries, in: ledger)
        facts.allowed = quota.allowed
        facts.used = rows.map { _ in quota.used }
        facts.hasRoom = rows == nil || quota.chargedEntry != nil
        return facts
    }
}

extension UsernetFacts.OnBridge {
    /// The faulty line for which he has nothing here.
    var decisive: InvalidLine? { isValid && lines.isEmpty ? faulty : nil }
}

extension UsernetFile.Skipped {
    /// Whether it is for that bridge, as far as can be told: it names it, or no other.
    fileprivate func mayMean(_ bridge: UsernetBridge) -> Bool {
        let words = words(of: text)
        return words.dropFirst().contains { UsernetBridge($0) == bridge } || words.count < 3
            || UsernetBridge(words[2]) == nil
    }
}

extension InvalidLine {
    fileprivate init(_ skipped: UsernetFile.Skipped) {
        self.init(skipped.line, skipped.text, reason: skipped.fault.description)
    }
}

/// Whether the file is one that berth-nic believes, and every line of it means something.
enum UsernetLines: Check {
    static let name = "lxc-usernet"

    static func findings(_ facts: Facts) -> [Finding] {
        let usernet = facts.usernet
        let path = Paths.usernet
        guard facts.config.wantsHelper else { return [] }
        guard usernet.exists else {
            return [
                .problem(
                    path, "it does not exist, so nobody may have a NIC",
                    .line("\(facts.subject.field) veth \(bridge(facts)) 10", to: path, by: .root))
            ]
        }
        guard usernet.isTrusted else {
            return [
                .problem(
                    path,
                    "it can be written by others than root, and berth-nic does not believe it",
                    .command("chown root:root /etc/lxc \(path)", by: .root),
                    .command("chmod go-w /etc/lxc \(path)", by: .root))
            ]
        }
        guard usernet.isReadable else { return [.unknown(path, "only root may read it")] }
        let decisive = usernet.bridges.compactMap(\.decisive)
        let others = usernet.faults.filter { !decisive.contains($0) }
        return others.isEmpty && decisive.isEmpty
            ? [.ok(path, "every line is understood")]
            : others.map {
                .warning(
                    "\(path):\($0.number)", "the line gives nobody anything: \($0.reason)",
                    $0.fix(in: path))
            }
    }

    private static func bridge(_ facts: Facts) -> String {
        facts.usernet.bridges.first { $0.isValid }?.name ?? "lxcbr0"
    }
}

/// Whether the user may have one more NIC on each bridge that his container names.
enum Allotments: Check {
    static let name = "quota"

    static func findings(_ facts: Facts) -> [Finding] {
        let usernet = facts.usernet
        guard usernet.exists, usernet.isReadable else { return [] }
        return usernet.bridges.filter(\.isValid).map { on in finding(on, facts) }
    }

    private static func finding(_ on: UsernetFacts.OnBridge, _ facts: Facts) -> Finding {
        let path = Paths.usernet
        let user = facts.subject.name
        // A line that is meant for him is put right, and not doubled.
        if let faulty = on.decisive {
            return .problem(
                "\(path):\(faulty.number)", "the line gives \(user) nothing: \(faulty.reason)",
                faulty.fix(in: path))
        }
        guard let last = on.lines.last else {
            return .problem(
                path, "no line lets \(user) have a veth on \(on.name)",
                .line("\(facts.subject.field) veth \(on.name) 10", to: path, by: .root))
        }
        guard on.hasRoom else {
            // The count is the fourth word; the others stay what they are.
            let more = quoted("\(last.number)s/\\S\\+/\(last.count + 10)/4")
            let stop =
                on.used == 0 ? "" : "a container that has one stops (berth nics lists them), or "
            return .problem(
                "\(path):\(last.number)",
                "\(user) has \(on.used ?? 0) of \(on.allowed) NICs on \(on.name), and gets no other "
                    + "before \(stop)the line allows more",
                .command("sed -i \(more) \(path)", by: .root))
        }
        let lines = listed(on.lines.map { "\($0.number)" })
        guard let used = on.used else {
            return .ok(
                "\(path):\(lines)",
                "\(user) may have \(on.allowed) NICs on \(on.name); how many he has only root sees")
        }
        return .ok("\(path):\(lines)", "\(user) has \(used) of \(on.allowed) NICs on \(on.name)")
    }
}

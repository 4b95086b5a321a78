internal import HostPaths
internal import Linux
internal import Usernet

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
        let quota = Usernet.Quota(own.entries, in: Ledger(rows ?? [])) { nic in
            interfaces.contains { $0.name.utf8.elementsEqual(nic) }
        }
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

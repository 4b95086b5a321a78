internal import Linux

/// The login, the runtime directory, the rights and the limits of the requester's session.
struct SessionFacts: Equatable, Sendable {
    /// A group of the user that this session does not have.
    struct MissingGroup: Equatable, Sendable {
        let name: UntrustedText
        /// The files in `/etc/lxc` that grant something to the group.
        let files: [String]
    }

    /// The user who logged in; `nil` where the kernel does not know.
    var login: UserID?
    var runtimeDirectory: UntrustedText?
    /// The owner of the runtime directory; `nil` if it does not exist.
    var runtimeOwner: UserID?
    /// HOME
    var home: UntrustedText?
    var files = SessionFiles()
    /// Whether programs get no privileges from setuid bits: PR_SET_NO_NEW_PRIVS of prctl(2).
    var hasNoNewPrivileges = false
    /// The capability bounding set, as bits: see capabilities(7).
    var boundingSet: UInt64 = .max
    /// The real group ID; `nil` if unknown.
    var group: GroupID?
    var missingGroups: [MissingGroup] = []
    /// By the names in `/proc/PID/limits`, such as `Max processes`.
    var limits: [String: Limit] = [:]
    /// The processes and threads of the user.
    var threads = 0

    struct Limit: Equatable, Sendable {
        /// `UInt64.max` for no limit.
        let soft: UInt64
        let hard: UInt64
    }

    static func observe(
        _ requester: Requester, _ target: TargetUser, _ user: UserFacts, _ policies: PolicyFiles
    ) -> SessionFacts {
        let number = kernelSetting("/proc/self/loginuid").flatMap { UInt32($0) }
        var facts = SessionFacts(
            // The largest number means "not set": a service, or a login without pam_loginuid(8).
            login: number.flatMap { $0 == .max ? nil : UserID($0) },
            runtimeDirectory: requester.environment.runtimeDirectory,
            runtimeOwner: user.runtimeOwner,
            home: requester.environment.home, files: user.session)
        if let status = (try? ProcessStatus(of: .own)) ?? nil {
            facts.read(status, target, policies)
        }
        facts.limits = limits()
        facts.threads = threads(of: target.user)
        return facts
    }

    private mutating func read(
        _ status: ProcessStatus, _ target: TargetUser, _ policies: PolicyFiles
    ) {
        func numbers(_ key: StaticString) -> [UInt32] {
            status.words(key).compactMap { decimal($0, upTo: UInt64(UInt32.max)).map(UInt32.init) }
        }
        hasNoNewPrivileges = numbers("NoNewPrivs").first == 1
        if let set = status.words("CapBnd").first,
            let bits = UInt64(String(decoding: set, as: UTF8.self), radix: 16)
        {
            boundingSet = bits
        }
        group = numbers("Gid").first.map { GroupID($0) }
        let own = numbers("Groups") + numbers("Gid")
        missingGroups = target.groups.filter { !own.contains($0.number) }.compactMap { missing in
            guard let name = (try? Accounts.name(of: missing)) ?? nil else { return nil }
            return MissingGroup(
                name: UntrustedText(name), files: policies.filesThatGrant(to: name))
        }
    }

    private static func limits() -> [String: Limit] {
        let text = contents(of: "/proc/self/limits")
        var limits: [String: Limit] = [:]
        for line in Lines(bytes: text).dropFirst() {
            // NAME, padded to 26 columns; the soft and the hard limit; the unit, if it has one.
            let name = String(decoding: text[line].prefix(25), as: UTF8.self)
            let values = words(of: text[line].dropFirst(25)).prefix(2).map {
                $0.elementsEqual("unlimited".utf8) ? .max : decimal($0, upTo: .max)
            }
            guard values.count == 2, let soft = values[0], let hard = values[1] else { continue }
            limits[name.trimmed] = Limit(
                soft: soft, hard: hard)
        }
        return limits
    }

    /// - Returns: at least 1: this process is one of them. Hidden processes are not counted.
    private static func threads(of user: UserID) -> Int {
        var count = 0
        for name in (try? SmallFile.names(in: "/proc")) ?? [] {
            guard let id = ProcessID(digits: Array(name.utf8)),
                let status = (try? ProcessStatus(of: id)) ?? nil,
                status.words("Uid").first.flatMap({ decimal($0, upTo: UInt64(UInt32.max)) })
                    == UInt64(user.number)
            else { continue }
            count +=
                status.words("Threads").first.flatMap { decimal($0, upTo: 1 << 22) }
                .map { Int($0) } ?? 1
        }
        return max(count, 1)
    }
}

extension PolicyFiles {
    /// The files with a line for the group.
    fileprivate func filesThatGrant(to group: [UInt8]) -> [String] {
        [("lxc-usernet", usernet.bytes), ("lxc-usercgroup", usercgroup.bytes)].compactMap {
            name, bytes in
            let owner = Owner.group(group).field
            return Lines(bytes: bytes).contains { line in
                words(of: bytes[line]).first?.elementsEqual(owner) ?? false
            } ? "/etc/lxc/\(name)" : nil
        }
    }
}

internal import Linux

extension ReaderProcess.Identity {
    /// The arguments that pass the identity to the process.
    var words: [[UInt8]] {
        switch self {
        case .user(let user, let group, let groups):
            let list = groups.map { "\($0.number)" }.joined(separator: ",")
            return ["user", "\(user.number)", "\(group.number)", list].map { Array($0.utf8) }
        case .controller(let path): return [Array("controller".utf8), path]
        }
    }

    /// Parses the first arguments, and removes them from the list.
    init?(_ arguments: inout ArraySlice<[UInt8]>) {
        func number(_ word: [UInt8]?) -> UInt32? {
            // The largest number means "unchanged" in setresuid(2).
            word.flatMap { decimal($0[...], upTo: UInt64(UInt32.max) - 1) }.map { UInt32($0) }
        }
        switch arguments.popFirst() {
        case Array("user".utf8):
            guard let user = number(arguments.popFirst()), let group = number(arguments.popFirst()),
                let list = arguments.popFirst()
            else { return nil }
            let words = list.split(separator: 0x2c)
            let groups = words.compactMap { number(Array($0)) }
            guard groups.count == words.count else { return nil }
            self = .user(UserID(user), GroupID(group), groups: groups.map { GroupID($0) })
        case Array("controller".utf8):
            guard let path = arguments.popFirst() else { return nil }
            self = .controller(of: path)
        default: return nil
        }
    }

    /// Irrevocably assumes this identity (setresuid(2)), and gives up all other privileges of this
    /// process (capset(2), PR_SET_NO_NEW_PRIVS).
    func take() throws(Errno) {
        switch self {
        case .user(let user, let group, let groups):
            try UserIdentity.irrevocablyBecome(user, group, groups: groups, processorSeconds: 2)
        case .controller(let path):
            guard isRoot, let file = Self.firstForeign(on: path, try FUSEMounts.current()) else {
                let groups = try Credentials.withGroupsOfThisProcess(ownUser).groups
                return try UserIdentity.irrevocablyBecome(
                    ownUser, groups[0], groups: groups, processorSeconds: 2)
            }
            let account = try Accounts.account(of: file.owner)
            let group = account?.group ?? file.group
            try UserIdentity.irrevocablyBecome(
                file.owner, group, groups: account.map { Accounts.groups(of: $0) } ?? [group],
                processorSeconds: 2)
        }
    }

    /// The owner and group of the first component of the path that does not belong to root. For a
    /// link that belongs to root, its target is examined. All files of a file system in user space
    /// count as those of the user for whom it was mounted.
    private static func firstForeign(
        on path: [UInt8], _ mounts: FUSEMounts
    ) -> (owner: UserID, group: GroupID)? {
        var rest = path.split(separator: 0x2f).reversed().map { Array($0) }
        var place: [UInt8] = []
        // As many links as the kernel follows: MAXSYMLINKS.
        var links = 40
        while let name = rest.popLast() {
            if name == [0x2e] { continue }
            if name == [0x2e, 0x2e] {
                place = Array(place[..<(place.lastIndex(of: 0x2f) ?? 0)])
                continue
            }
            let next = place + [0x2f] + name
            guard let file = (try? ForeignFile.open(next, followingLinks: false)) ?? nil else {
                return nil
            }
            if let user = mounts.user(ofDevice: file.device), user != .root {
                return (user, GroupID(user.number))
            }
            guard file.owner == .root else { return (file.owner, file.group) }
            guard file.isSymbolicLink else {
                place = next
                continue
            }
            guard links > 0, let target = try? file.target() else { return nil }
            links -= 1
            if target.first == 0x2f { place = [] }
            rest += target.split(separator: 0x2f).reversed().map { Array($0) }
        }
        return nil
    }
}

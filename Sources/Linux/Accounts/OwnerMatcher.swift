/// Matches the caller against owners in lxc-usernet, lxc-usercgroup and the ledger of NICs.
package struct OwnerMatcher {
    package let caller: Credentials
    /// The user's name, or the digits of the user ID if the user has no name and no other user has
    /// these digits as a name. Otherwise `nil`: then no line applies to the caller.
    package let name: [UInt8]?
    private let digits: [UInt8]
    /// Whether the user has a name. Lines for groups apply only to users who have one.
    ///
    /// Most users have 65,536 subordinate user IDs, and can run programs as each of them, with
    /// their own groups: as root of a user namespace, a user can create a setuid program that
    /// belongs to a subordinate ID. Each of these IDs would count as a further member of the group.
    package let hasName: Bool
    /// Whether the digits of the caller's ID are the name of a user; `nil` if not looked up yet.
    private let isNumberAName: Bool?
    /// The names of the caller's groups, looked up at the first line that names a group.
    private var groups: [[UInt8]]?

    /// A caller's groups are looked up by ID, all at once, if there are at most this many. With
    /// more (a directory server can have thousands), the names in the lines are looked up instead.
    private static let maxGroupsLookedUp = 64

    /// If the account files have answered everything about the caller, no other source is asked.
    package init(_ caller: Credentials) throws(Errno) {
        let digits = Array("\(caller.user.number)".utf8)
        isNumberAName = caller.accounts?.isNumberAName
        groups = caller.accounts?.groups
        let known: [UInt8]?
        if let accounts = caller.accounts {
            known = accounts.name
        } else {
            known = try Accounts.name(of: caller.user)
        }
        if let name = known {
            self.name = name
            hasName = true
        } else {
            hasName = false
            name = try Self.isName(digits, isNumberAName) ? nil : digits
        }
        self.caller = caller
        self.digits = digits
    }

    /// - Parameter known: the answer, if it is known.
    private static func isName(_ digits: [UInt8], _ known: Bool?) throws(Errno) -> Bool {
        if let known { return known }
        return try Accounts.user(named: digits) != nil
    }

    /// The caller's name, or the digits of the user ID if the caller has none.
    package var nameOrDigits: [UInt8] { name ?? digits }

    /// The owner that a field names, with the name that the ledger uses; `nil` if it is neither the
    /// caller nor one of the caller's groups.
    package mutating func owner(_ field: ArraySlice<UInt8>) throws(Errno) -> Owner? {
        guard field.first == 0x40 else { return try isUser(field) ? name.map { .user($0) } : nil }
        guard hasName else { return nil }
        guard field.contains(0x5c), case .group(let name) = Owner(field: field) else {
            return try isGroup(field.dropFirst()) ? .group(Array(field.dropFirst())) : nil
        }
        return try isGroup(name[...]) ? .group(name) : nil
    }

    /// Whether ``owner(_:)`` has to decide about a field that does not begin with `@`: if it is the
    /// name or the digits of the user, or may contain an escaped byte.
    package func mayBeUser(at field: Range<Int>, in bytes: [UInt8]) -> Bool {
        if let name, bytesEqual(name, at: field, in: bytes) { return true }
        return bytesEqual(digits, at: field, in: bytes) || field.contains { bytes[$0] == 0x5c }
    }

    /// Whether the owner is the caller or one of the caller's groups.
    package mutating func isOwner(_ owner: Owner) throws(Errno) -> Bool {
        try self.owner(owner.field[...]) == owner
    }

    /// Matches the name, or the user ID if no user has its digits as a name.
    private func isUser(_ field: ArraySlice<UInt8>) throws(Errno) -> Bool {
        if let name {
            if field.elementsEqual(name) { return true }
            if field.contains(0x5c), Owner(field: field) == .user(name) { return true }
        }
        guard field.elementsEqual(digits) else { return false }
        return try !Self.isName(digits, isNumberAName)
    }

    /// Whether the caller is in the group. For a setuid program, the caller's groups are those of
    /// its process (getgroups(2)), not those in the group database (getgrouplist(3)).
    private mutating func isGroup(_ name: ArraySlice<UInt8>) throws(Errno) -> Bool {
        guard groups != nil || caller.groups.count <= Self.maxGroupsLookedUp else {
            return try isOneOfMany(Array(name))
        }
        if groups == nil {
            var names: [[UInt8]] = []
            for number in caller.groups {
                if let name = try self.name(of: number) { names.append(name) }
            }
            groups = names
        }
        return groups?.contains { name.elementsEqual($0) } ?? false
    }

    private func isOneOfMany(_ name: [UInt8]) throws(Errno) -> Bool {
        let named = try Accounts.group(named: name)
        let digits = decimal(name[...], upTo: UInt64(UInt32.max)).map { GroupID(UInt32($0)) }
        guard let number = named ?? digits, caller.groups.contains(number) else { return false }
        // If a group ID has several names, only the one that getgrgid(3) returns counts.
        return try self.name(of: number) == name
    }

    /// The group's name, or the digits of its ID if it has no name and no other group has these
    /// digits as a name.
    private func name(of group: GroupID) throws(Errno) -> [UInt8]? {
        if let name = try Accounts.name(of: group) { return name }
        let digits = Array("\(group.number)".utf8)
        return try Accounts.group(named: digits) == nil ? digits : nil
    }
}

extension OwnerMatcher: CustomStringConvertible {
    /// The caller as a field of lxc-usernet, in which bytes that are not printable are escaped.
    package var description: String { printable(Owner.user(nameOrDigits).field) }
}

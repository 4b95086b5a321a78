/// The caller under the names by which the files in /etc/lxc and the ledger of NICs know people.
package struct OwnerMatcher {
    private let caller: Credentials
    /// The user's name, or the digits of his number if he has none and they are nobody else's name.
    /// Nothing otherwise, and then no line is his.
    private let name: [UInt8]?
    private let digits: [UInt8]
    /// The names of his groups, once a line has asked for one.
    private var groups: [[UInt8]]?

    /// So many groups are looked up by number, all of them, when the first line asks. Who is in
    /// more of them, thousands in some directories, has the names in the lines looked up instead.
    private static let few = 64

    package init(_ caller: Credentials) throws(Errno) {
        let digits = Array("\(caller.user.number)".utf8)
        if let name = try Accounts.name(of: caller.user) {
            self.name = name
        } else {
            name = try Accounts.user(named: digits) == nil ? digits : nil
        }
        self.caller = caller
        self.digits = digits
    }

    /// The caller as the owner whom a field names, under the name that the owner has in the ledger;
    /// `nil` if the field names somebody else.
    package mutating func owner(_ field: ArraySlice<UInt8>) throws(Errno) -> Owner? {
        guard field.first == 0x40 else { return try isUser(field) ? name.map { .user($0) } : nil }
        guard field.contains(0x5c), case .group(let name) = Owner(field: field) else {
            return try isGroup(field.dropFirst()) ? .group(Array(field.dropFirst())) : nil
        }
        return try isGroup(name[...]) ? .group(name) : nil
    }

    /// Whether rows of that owner are the caller's.
    package mutating func isOwner(_ owner: Owner) throws(Errno) -> Bool {
        try self.owner(owner.field[...]) == owner
    }

    /// By name, or by a number that is nobody's name.
    private func isUser(_ field: ArraySlice<UInt8>) throws(Errno) -> Bool {
        if let name {
            if field.elementsEqual(name) { return true }
            if field.contains(0x5c), Owner(field: field) == .user(name) { return true }
        }
        guard field.elementsEqual(digits) else { return false }
        return try Accounts.user(named: digits) == nil
    }

    private mutating func isGroup(_ name: ArraySlice<UInt8>) throws(Errno) -> Bool {
        guard caller.groups.count <= Self.few else { return try isOneOfMany(Array(name)) }
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
        // Two names for one number: the one that the number has is the group's.
        return try self.name(of: number) == name
    }

    /// A group without a name goes by its digits, where no group has them for a name; it hides none
    /// after it.
    private func name(of group: GroupID) throws(Errno) -> [UInt8]? {
        if let name = try Accounts.name(of: group) { return name }
        let digits = Array("\(group.number)".utf8)
        return try Accounts.group(named: digits) == nil ? digits : nil
    }
}

extension OwnerMatcher: CustomStringConvertible {
    /// As a field of lxc-usernet: what is not printable in it is an escape there too.
    package var description: String { printable(Owner.user(name ?? digits).field) }
}

package import Linux

/// The lines of lxc-usernet that grant a user NICs on one bridge, in the order of the file.
package struct CallerLines: Sendable {
    package internal(set) var lines: [Line] = []
    /// Invalid lines whose first field includes the user.
    package internal(set) var invalidLines: [UsernetFile.InvalidLine] = []
    /// The first line for `*`, if it would be the user's only line but does not include them.
    package internal(set) var excluding: Excluding?

    package struct Line: Equatable, Sendable {
        package let entry: UsernetEntry
        /// The owner in the rows of NICs that are charged to the line: the user, or the group whose
        /// members share the quota.
        package let owner: Owner

        package init(_ entry: UsernetEntry, owner: Owner) {
            self.entry = entry
            self.owner = owner
        }
    }

    package struct Excluding: Equatable, Sendable {
        package let line: Int
        package let reason: AccountPolicy.Exclusion
    }
}

extension CallerLines.Excluding: CustomStringConvertible {
    package var description: String {
        "line \(line) is for users with an account, and \(reason.description)"
    }
}

extension UsernetFile {
    /// Parses only the lines of the caller, because most lines of a long file are for other users.
    package func lines<Caller: UsernetCaller>(
        for bridge: UsernetBridge, of caller: inout Caller
    ) throws(Caller.Failure) -> CallerLines {
        var found = CallerLines()
        var everybody = CallerLines()
        // Whether a line for the bridge, even an invalid one, names the caller: it may have been
        // meant to grant less than the lines for all users (`*`).
        var isNamed = false
        for line in lines where Self.mayConcern(caller, bridge, at: line.place, in: bytes) {
            var position = line.place.lowerBound
            guard let field = nextWord(in: bytes, from: &position, to: line.place.upperBound) else {
                continue
            }
            if Self.isForEverybody(field, in: bytes) {
                guard let user = caller.user else { continue }
                everybody.add(entry(line), of: bridge, chargedTo: user)
                continue
            }
            guard let owner = try caller.owner(bytes[field]) else { continue }
            found.add(entry(line), of: bridge, chargedTo: owner, caller.user)
            let end = line.place.upperBound
            if Self.names(bridge, in: bytes, from: position, to: end, as: veth) { isNamed = true }
        }
        guard !isNamed else { return found }
        found.invalidLines += everybody.invalidLines
        guard let first = everybody.lines.first else { return found }
        if let reason = caller.exclusionFromEverybody() {
            found.excluding = CallerLines.Excluding(line: first.entry.line, reason: reason)
        } else {
            found.lines = everybody.lines
        }
        return found
    }

    /// Whether a line can be one of the caller's for the bridge: decided by comparisons only.
    static func mayConcern<Caller: UsernetCaller>(
        _ caller: Caller, _ bridge: UsernetBridge, at place: Range<Int>, in bytes: [UInt8]
    ) -> Bool {
        var position = place.lowerBound
        guard let field = nextWord(in: bytes, from: &position, to: place.upperBound) else {
            return false
        }
        if isForEverybody(field, in: bytes) || bytes[field.lowerBound] == 0x40 {
            // Compare the bridge first: looking up a group may need a directory server.
            return names(bridge, in: bytes, from: position, to: place.upperBound)
        }
        return caller.mayBeUser(at: field, in: bytes)
    }

    private static func isForEverybody(_ field: Range<Int>, in bytes: [UInt8]) -> Bool {
        field.count == 1 && bytes[field.lowerBound] == 0x2a
    }

    /// Whether the words after the first are a type and that bridge.
    /// - Parameter type: the type; `nil` for any.
    private static func names(
        _ bridge: UsernetBridge, in bytes: [UInt8], from position: Int, to end: Int,
        as type: [UInt8]? = nil
    ) -> Bool {
        var position = position
        guard let found = nextWord(in: bytes, from: &position, to: end),
            type.map({ bytesEqual($0, at: found, in: bytes) }) ?? true,
            let name = nextWord(in: bytes, from: &position, to: end)
        else { return false }
        return bytesEqual(bridge.bytes, at: name, in: bytes)
    }
}

extension CallerLines {
    /// - Parameter user: the owner if every member of a group has the quota.
    fileprivate mutating func add(
        _ entry: Result<UsernetEntry, UsernetFile.InvalidLine>, of bridge: UsernetBridge,
        chargedTo owner: Owner, _ user: Owner? = nil
    ) {
        switch entry {
        case .success(let entry) where entry.bridge != bridge: break
        case .success(let entry):
            lines.append(Line(entry, owner: entry.options.isEach ? user ?? owner : owner))
        case .failure(let invalid): invalidLines.append(invalid)
        }
    }
}

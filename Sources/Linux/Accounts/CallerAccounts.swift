internal import CLinux

/// What /etc/passwd and /etc/group say about the caller of a setuid program: all that OwnerMatcher
/// asks.
package struct CallerAccounts: Equatable, Sendable {
    package let name: [UInt8]?
    /// Whether the digits of the caller's user ID are the name of a user; `nil` if another source
    /// may know such a user.
    package let isNumberAName: Bool?
    /// The names of the caller's groups, or, for a group without a name, the digits of its ID,
    /// unless a group has these as its name. If several groups have the same name, it is the name
    /// of each of them, as for getgrgid(3).
    package let groups: [[UInt8]]
}

extension CallerAccounts {
    /// - Parameters:
    ///   - policies: the files in which the digits of a user ID may stand for the user.
    ///   - directory: where nsswitch.conf, passwd and group are.
    ///   - role: what a file decides if nsswitch.conf does not mention it, or does not exist.
    /// - Returns: `nil` if the files are not sufficient, or cannot be read: then use NSS.
    package static func read(
        of caller: Credentials, namedIn policies: [String], from directory: String = "/etc",
        otherwise role: AccountDatabase.FileRole = .byDefault
    ) -> CallerAccounts? {
        do throws(Errno) {
            let name = "\(directory)/nsswitch.conf"
            let switches = try SmallFile.contents(of: name, atMost: 64 << 10) ?? []
            var users = Users(
                of: caller, AccountDatabase.passwd.fileRole(in: switches, otherwise: role))
            guard try users.read(from: directory) else { return nil }
            var groups = Groups(
                of: caller, AccountDatabase.group.fileRole(in: switches, otherwise: role))
            guard try groups.read(from: directory) else { return nil }
            if users.role == .first {
                for path in policies where try mentions(users.digits, in: path) { return nil }
            }
            return CallerAccounts(
                name: users.name, isNumberAName: users.role == .only ? users.isNumberAName : nil,
                groups: groups.names)
        } catch { return nil }
    }

    /// Whether the word is in the file, anywhere.
    private static func mentions(_ word: [UInt8], in path: String) throws(Errno) -> Bool {
        guard let bytes = try SmallFile.contents(of: path) else { return false }
        return contains(word, in: bytes)
    }

    static func contains(_ word: [UInt8], in bytes: [UInt8]) -> Bool {
        let end = bytes.count
        var start = 0
        while let found = firstIndex(of: word, in: bytes, from: start) {
            let isWord =
                (found == 0 || isSpace(bytes[found - 1]))
                && (found + word.count == end || isSpace(bytes[found + word.count]))
            if isWord { return true }
            start = found + 1
        }
        return false
    }

    private static func isSpace(_ byte: UInt8) -> Bool { isBlank(byte) || byte == 0x0a }
}

/// The search in one of the two files, from its beginning, for the first entry of each ID.
private protocol AccountSearch {
    var database: AccountDatabase { get }
    var role: AccountDatabase.FileRole { get }
    /// Whether the rest of the file can add nothing.
    var isComplete: Bool { get }
    mutating func note(_ name: [UInt8], _ number: UInt32)
}

extension AccountSearch {
    /// The size of the first chunk, which holds most files, and of the others.
    private static var chunkSizes: (first: Int, other: Int) { (4 << 10, 32 << 10) }

    /// - Returns: whether the file answers everything.
    mutating func read(from directory: String) throws(Errno) -> Bool {
        guard role != .unknown else { return false }
        let path = "\(directory)/\(database.name)"
        let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        let opened = try file.status()
        let beginning = self
        return try file.readUnchanged(since: opened) { size throws(Errno) in
            self = beginning
            return try read(file, expected: size)
        } ?? false
    }

    private mutating func read(
        _ file: borrowing Descriptor, expected: Int
    ) throws(Errno) -> Bool {
        var lines = AccountLines(database)
        var offset = 0
        while !isComplete {
            let size = offset == 0 ? Self.chunkSizes.first : Self.chunkSizes.other
            let chunk = try file.chunk(at: offset, atMost: size)
            for byte in chunk {
                guard let line = lines.add(byte) else { continue }
                guard take(line) else { return false }
                if isComplete { return true }
            }
            offset += chunk.count
            // See Descriptor.contents.
            if chunk.isEmpty || chunk.count < size && offset >= expected {
                if let last = lines.finish(), !take(last) { return false }
                return isComplete || role == .only
            }
        }
        return true
    }

    private mutating func take(_ line: AccountLines.Line) -> Bool {
        switch line {
        case .none: return true
        case .odd: return false
        case .entry(let name, let number):
            note(name, number)
            return true
        }
    }
}

private struct Users: AccountSearch {
    let database = AccountDatabase.passwd
    let role: AccountDatabase.FileRole
    let digits: [UInt8]
    private(set) var name: [UInt8]?
    private(set) var isNumberAName = false
    private let user: UInt32

    init(of caller: Credentials, _ role: AccountDatabase.FileRole) {
        self.role = role
        user = caller.user.number
        digits = Array("\(user)".utf8)
    }

    var isComplete: Bool { name != nil && (role == .first || isNumberAName) }

    mutating func note(_ name: [UInt8], _ number: UInt32) {
        if number == user, self.name == nil { self.name = name }
        if name == digits { isNumberAName = true }
    }
}

private struct Groups: AccountSearch {
    let database = AccountDatabase.group
    let role: AccountDatabase.FileRole
    /// The caller's groups, sorted and without duplicates.
    private let numbers: [UInt32]
    private var found: [[UInt8]?]
    /// Whether the digits of the group's ID are the name of a group.
    private var isTaken: [Bool]
    private var missing: Int

    init(of caller: Credentials, _ role: AccountDatabase.FileRole) {
        self.role = role
        var numbers: [UInt32] = []
        for number in caller.groups.map({ $0.number }).sorted() where number != numbers.last {
            numbers.append(number)
        }
        self.numbers = numbers
        found = [[UInt8]?](repeating: nil, count: numbers.count)
        isTaken = [Bool](repeating: false, count: numbers.count)
        missing = numbers.count
    }

    var isComplete: Bool { missing == 0 }

    var names: [[UInt8]] {
        numbers.indices.compactMap { place in
            found[place] ?? (isTaken[place] ? nil : Array("\(numbers[place])".utf8))
        }
    }

    mutating func note(_ name: [UInt8], _ number: UInt32) {
        if let place = place(of: number), found[place] == nil {
            found[place] = name
            missing -= 1
        }
        if let value = decimal(name[...], upTo: UInt64(UInt32.max)),
            let place = place(of: UInt32(value)), Array("\(value)".utf8) == name
        {
            isTaken[place] = true
        }
    }

    private func place(of number: UInt32) -> Int? {
        var range = numbers.indices
        while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
            if numbers[middle] == number { return middle }
            range =
                numbers[middle] < number
                ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
}

import Glibc
import Linux
import Testing

/// /etc/passwd, /etc/group and nsswitch.conf as the statically linked programs read them, compared
/// with the C library.
struct AccountFiles {
    @Test(
        "entries of the files are final only if `files` is the first source",
        arguments: [
            ("passwd: files\n", .only), ("passwd:files", .only),
            (" \tpasswd:\tfiles \n# passwd: sss\n", .only),
            ("passwd: files # sss\n", .unknown), ("passwd: files#sss\n", .unknown),
            ("passwd: files systemd\n", .first), ("passwd: files sss ldap", .first),
            ("group: files\npasswd: files systemd\n", .first),
            ("passwd: compat\n", .unknown), ("passwd: systemd files\n", .unknown),
            ("passwd: sss files\n", .unknown), ("passwd: files [NOTFOUND=return] sss\n", .unknown),
            ("passwd: files [SUCCESS=merge] sss\n", .unknown),
            ("passwd: files[SUCCESS=merge] sss\n", .unknown),
            ("passwd: files\npasswd: files\n", .unknown), ("passwd files\n", .unknown),
            ("passwd : files\n", .unknown), ("#passwd: files\n", .unknown), ("", .unknown),
            ("passwd:\n", .unknown), ("passwd: Files\n", .unknown), ("passwd: files\r\n", .unknown),
            ("passwd: files\0 sss\n", .unknown), ("passwd: files\u{b}sss\n", .unknown),
            ("passwd_compat: nis\npasswd: compat\n", .unknown),
        ] as [(String, AccountDatabase.FileRole)])
    func switches(text: String, role: AccountDatabase.FileRole) {
        #expect(AccountDatabase.passwd.fileRole(in: Array(text.utf8)) == role)
    }

    @Test("musl reads the files alone, unless nsswitch.conf names other sources")
    func musl() throws {
        let directory = try TemporaryFiles()
        directory.write("passwd", Array("alice:x:7:7::/:\n".utf8))
        directory.write("group", Array("alice:x:7:\n".utf8))
        func name(of user: UInt32, _ role: AccountDatabase.FileRole) -> [UInt8]?? {
            let caller = Credentials(user: UserID(user), groups: [GroupID(7)])
            let accounts = CallerAccounts.read(
                of: caller, namedIn: [], from: directory.path, otherwise: role)
            return accounts.map { $0.name }
        }
        let alice = Array("alice".utf8)
        // Without the file, and without the lines.
        for text in [nil, "hosts: files dns\n", ""] {
            if let text { directory.write("nsswitch.conf", Array(text.utf8)) }
            #expect(name(of: 7, .only) == .some(alice))
            #expect(name(of: 8, .only) == .some(nil))
            #expect(name(of: 7, .unknown) == nil)
        }
        directory.write("nsswitch.conf", Array("passwd: files sss\ngroup: files sss\n".utf8))
        #expect(name(of: 7, .only) == .some(alice))
        #expect(name(of: 8, .only) == nil)
        for sources in ["compat", "sss files", "files [SUCCESS=merge] sss"] {
            directory.write("nsswitch.conf", Array("passwd: \(sources)\n".utf8))
            #expect(name(of: 7, .only) == nil)
        }
    }

    @Test("a file is not read while a further change could get the same time of modification")
    func settled() throws {
        let directory = try TemporaryFiles()
        let caller = Credentials(user: UserID(7), groups: [GroupID(7)])
        directory.write("group", Array("alice:x:7:\n".utf8))
        directory.write("nsswitch.conf", Array("passwd: files\ngroup: files\n".utf8))
        // Without nanoseconds, as on a file system whose resolution is a second.
        directory.write("passwd", Array("alice:x:7:7::/:\n".utf8), modified: time(nil) + 1)
        let start = monotonicMilliseconds()
        let accounts = CallerAccounts.read(of: caller, namedIn: [], from: directory.path)
        #expect(accounts?.name == Array("alice".utf8))
        #expect(monotonicMilliseconds() - start >= 1000)
    }

    @Test(
        "the quick comparison of a field accepts every spelling of a user",
        arguments: ["alice", "DOM\\alice", "al ice", "\u{e9}ve", "77"])
    func quickComparison(name: String) throws {
        let directory = try TemporaryFiles()
        directory.write("passwd", Array("\(name):x:7:7::/:\n".utf8))
        directory.write("group", Array("staff:x:7:\n".utf8))
        directory.write("nsswitch.conf", Array("passwd: files\ngroup: files\n".utf8))
        var caller = Credentials(user: UserID(7), groups: [GroupID(7)])
        caller.accounts = CallerAccounts.read(of: caller, namedIn: [], from: directory.path)
        var matcher = try OwnerMatcher(caller)
        let fields = [Array(name.utf8), Owner.user(Array(name.utf8)).field]
        for field in fields + ["7", "8", "x", "\(name)x", "x\\\(name)"].map({ Array($0.utf8) }) {
            let bytes = [0x20] + field + [0x20]
            let isOwner = try matcher.owner(field[...]) != nil
            #expect(!isOwner || matcher.mayBeUser(at: 1..<bytes.count - 1, in: bytes))
        }
        #expect(try fields.allSatisfy { try matcher.owner($0[...]) != nil })
        #expect(!matcher.mayBeUser(at: 0..<1, in: [0x38]))
    }

    /// BERTH_ACCOUNT_FILES sets their number.
    @Test("a thousand random files are read exactly as the C library reads them")
    func generated() throws {
        let count = getenv("BERTH_ACCOUNT_FILES").flatMap { Int(String(cString: $0)) } ?? 1_000
        var random = SeededGenerator(seed: 20_261_128)
        let directory = try TemporaryFiles()
        var decided = 0
        for round in 0..<count {
            let isLast = Bool.random(using: &random)
            let passwd = Self.text(fields: 7, &random)
            let group = Self.text(fields: 4, &random)
            directory.write("passwd", passwd)
            directory.write("group", group)
            let more = isLast ? "" : " systemd"
            directory.write(
                "nsswitch.conf", Array("passwd: files\(more)\ngroup: files\(more)\n".utf8))
            let user = UInt32.random(in: 0...3, using: &random)
            let groups = (0...Int.random(in: 0...2, using: &random)).map { _ in
                UInt32.random(in: 0...3, using: &random)
            }
            let caller = Credentials(
                user: UserID(user), groups: groups.map { GroupID($0) })
            guard
                let read = CallerAccounts.read(
                    of: caller, namedIn: [], from: directory.path)
            else { continue }
            decided += 1
            let users = Self.library(of: directory.path + "/passwd", isGroup: false)
            let known = Self.library(of: directory.path + "/group", isGroup: true)
            #expect(read.name == users.first { $0.number == user }?.name, "\(round) \(passwd)")
            if isLast {
                let digits = Array("\(user)".utf8)
                #expect(read.isNumberAName == users.contains { $0.name == digits }, "\(round)")
            }
            let names = Set(groups).compactMap { number -> [UInt8]? in
                if let found = known.first(where: { $0.number == number }) { return found.name }
                let digits = Array("\(number)".utf8)
                return known.contains { $0.name == digits } ? nil : digits
            }
            #expect(Set(read.groups) == Set(names), "\(round) \(group)")
        }
        // Files with a line of another form are left to the C library.
        #expect(decided > count / 10, "\(decided)")
    }

    @Test("lines of any length are read, and what only the C library understands is left to it")
    func forms() throws {
        let directory = try TemporaryFiles()
        directory.write("nsswitch.conf", Array("passwd: files\ngroup: files\n".utf8))
        directory.write("group", Array("alice:x:7:\n".utf8))
        let caller = Credentials(user: UserID(7), groups: [GroupID(7)])
        func name(_ passwd: [UInt8]) -> [UInt8]? {
            directory.write("passwd", passwd)
            return CallerAccounts.read(of: caller, namedIn: [], from: directory.path)?.name
        }
        let alice = Array("alice:x:7:7::/:\n".utf8)
        #expect(name(alice) == Array("alice".utf8))
        let long = Array("bob:x:8:8:".utf8) + [UInt8](repeating: 0x61, count: 10 << 20) + [0x0a]
        #expect(name(long + alice) == Array("alice".utf8))
        #expect(name(Array("bob:x:8:8:a\0b:/:\n".utf8) + alice) == nil)
        #expect(name(Array("+::::::\n".utf8) + alice) == nil)
        #expect(name(Array("-bob::::::\n".utf8) + alice) == nil)
        #expect(name(Array(" alice:x:7:7::/:\n".utf8)) == nil)
        #expect(name(Array("alice:x:+7:7::/:\n".utf8)) == nil)
        #expect(name(Array("alice:x:7\n".utf8)) == nil)
        #expect(name(Array("first:x:7:7::/:\n".utf8) + alice) == Array("first".utf8))
        #expect(name(Array("alice:x:0007:7::/:".utf8)) == Array("alice".utf8))
        #expect(name(Array("alice:x:4294967303:7::/:\n".utf8)) == nil)
    }

    @Test("a policy that mentions the caller's number is left to NSS if other sources follow")
    func numbers() throws {
        let directory = try TemporaryFiles()
        directory.write("nsswitch.conf", Array("passwd: files sss\ngroup: files sss\n".utf8))
        directory.write("passwd", Array("alice:x:1000:1000::/:\n".utf8))
        directory.write("group", Array("alice:x:1000:\n".utf8))
        let caller = Credentials(user: UserID(1000), groups: [GroupID(1000)])
        func isDecided(_ policy: String) -> Bool {
            directory.write("policy", Array(policy.utf8))
            return CallerAccounts.read(
                of: caller, namedIn: [directory.path + "/policy", "/nowhere"],
                from: directory.path) != nil
        }
        #expect(isDecided("alice veth br0 2\nbob veth br0 10001\n21000 veth br0 1\n"))
        #expect(!isDecided("1000 veth br0 2\n"))
        #expect(!isDecided("bob veth br0 2\n  1000\tveth br0 2"))
        #expect(!isDecided("bob veth br0 2\n1000"))
    }

    /// Lines that are mostly of the usual form, with IDs and names that collide.
    private static func text(
        fields: Int, _ random: inout SeededGenerator
    ) -> [UInt8] {
        let names = ["0", "1", "2", "3", "alice", "bob", "é", "a b", "", "+", "-x", "#c", " y"]
        let numbers = ["0", "1", "2", "3", "03", "4294967295", "", "x", " 1", "+1", "-1", "1 "]
        let isTidy = Int.random(in: 0..<3, using: &random) > 0
        func pick(_ words: [String], tidy: Int) -> String {
            words[Int.random(in: 0..<(isTidy ? tidy : words.count), using: &random)]
        }
        var text = ""
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            var line = [pick(names, tidy: 8), "x", pick(numbers, tidy: 6)]
            while line.count < fields { line.append(fields == 7 && line.count == 3 ? "0" : "") }
            if !isTidy { line = Array(line.prefix(Int.random(in: 1...fields, using: &random))) }
            text += line.joined(separator: ":")
            text += !isTidy && Int.random(in: 0..<20, using: &random) == 0 ? "\0" : ""
            text += "\n"
            if Int.random(in: 0..<9, using: &random) == 0 { text += "# a comment\n\n" }
        }
        if !text.isEmpty, Bool.random(using: &random) { text.removeLast() }
        return Array(text.utf8)
    }

    /// The entries of a file, as fgetpwent(3) and fgetgrent(3) read them, without those that the
    /// source `files` ignores.
    private static func library(
        of path: String, isGroup: Bool
    ) -> [(name: [UInt8], number: UInt32)] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var entries: [(name: [UInt8], number: UInt32)] = []
        while true {
            let name: UnsafeMutablePointer<CChar>
            let number: UInt32
            if isGroup {
                guard let entry = fgetgrent(file) else { return entries }
                (name, number) = (entry.pointee.gr_name, entry.pointee.gr_gid)
            } else {
                guard let entry = fgetpwent(file) else { return entries }
                (name, number) = (entry.pointee.pw_name, entry.pointee.pw_uid)
            }
            let bytes = Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
            if bytes.first != 0x2b, bytes.first != 0x2d { entries.append((bytes, number)) }
        }
    }
}

private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    /// SplitMix64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// A directory that is removed with the value.
private final class TemporaryFiles {
    let path: String

    init() throws {
        var template = Array("/tmp/berth.XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit { _ = rmdirAll(path) }

    /// - Parameter seconds: the time of modification, since 1970. Files that have just been changed
    ///   are read later.
    func write(_ name: String, _ bytes: [UInt8], modified seconds: Int = 1) {
        let file = fopen("\(path)/\(name)", "w")
        fwrite(bytes, 1, bytes.count, file)
        fflush(file)
        futimens(
            fileno(file), [timespec](repeating: timespec(tv_sec: seconds, tv_nsec: 0), count: 2))
        fclose(file)
    }

    private func rmdirAll(_ path: String) -> Int32 {
        for name in ["passwd", "group", "nsswitch.conf", "policy"] { unlink("\(path)/\(name)") }
        return rmdir(path)
    }
}

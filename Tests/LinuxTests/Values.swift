import Glibc
import Linux
import Testing

@Suite struct Values {
    @Test(
        "decimal digits are a number",
        arguments: [
            ("0", 0), ("7", 7), ("4294967295", 4_294_967_295), ("007", 7),
        ])
    func decimals(text: String, number: UInt64) {
        #expect(decimal(Array(text.utf8)[...], upTo: UInt64(UInt32.max)) == number)
    }

    @Test(
        "other text is not a number",
        arguments: [
            "", "-1", "+1", " 1", "1 ", "0x10", "1e3", "4294967296", "99999999999999999999999", "١",
        ])
    func notDecimals(text: String) {
        #expect(decimal(Array(text.utf8)[...], upTo: UInt64(UInt32.max)) == nil)
    }

    @Test("a process ID is a number from 1 to 2³¹-1")
    func processes() {
        #expect(ProcessID(digits: Array("1".utf8))?.number == 1)
        #expect(ProcessID(digits: Array("2147483647".utf8))?.number == .max)
        for text in ["0", "2147483648", "-1", "self", ""] {
            #expect(ProcessID(digits: Array(text.utf8)) == nil)
        }
    }

    @Test("a file system in user space belongs to the user for whom it was mounted")
    func userSpaceFileSystems() {
        let mounts = FUSEMounts(
            mountinfo: Array(
                """
                25 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
                40 25 0:38 / /home/alice/f rw,nosuid - fuse.sshfs h: rw,user_id=1000,group_id=0
                41 25 0:2607 / /mnt rw master:1 - fuse p rw,user_id=0,group_id=0,allow_other
                42 25 0:40 / /v rw - virtiofs tag rw
                43 25 0:41 / /tmp/user_id=7 rw - tmpfs fuse rw,user_id=7

                """.utf8))
        #expect(mounts.user(ofDevice: 38) == UserID(1000))
        // Minor numbers have 20 bits, of which the upper 12 are stored separately.
        #expect(mounts.user(ofDevice: 0xa0_002f) == .root)
        for device: UInt64 in [0xfe01, 39, 40, 41] { #expect(mounts.user(ofDevice: device) == nil) }
    }

    @Test("untrusted bytes are printed as ASCII on one line of limited length")
    func printables() {
        #expect(printable(Array("lxcbr0".utf8)) == "lxcbr0")
        #expect(printable([0x61, 0x0a, 0x1b, 0xff]) == "a\\012\\033\\377")
        #expect(printable([UInt8](repeating: 0x61, count: 9), limit: 4) == "aaaa...")
    }

    @Test(
        "only paths that lxc-start uses are accepted as a network namespace",
        arguments: [
            ("/proc/12/ns/net", true), ("/proc/12/fd/7", true), ("/proc/1/fd/0", true),
            ("/proc/self/ns/net", false), ("/proc/12/ns/user", false), ("/proc/12/fd/-1", false),
            ("/proc/12/fd/7/", false), ("//proc/12/fd/7", false), ("proc/12/ns/net", false),
            ("/proc/12/../ns/net", false), ("/run/netns/x", false), ("/proc/0/ns/net", false),
            ("/proc/12/task/12/ns/net", false), ("/proc/12/ns/net\n", false), ("", false),
        ])
    func places(path: String, isAccepted: Bool) {
        #expect((NetworkNamespace.ProcPath(path: Array(path.utf8)) != nil) == isAccepted)
    }

    @Test("words and blanks are found at their positions")
    func blanks() {
        let text = Array("  ab\tc \r".utf8)
        #expect(firstIndex(ofBlank: false, in: text, from: 0, to: text.count) == 2)
        #expect(firstIndex(ofBlank: true, in: text, from: 2, to: text.count) == 4)
        #expect(firstIndex(ofBlank: false, in: text, from: 6, to: text.count) == text.count)
        #expect(firstIndex(ofBlank: false, in: text, from: 0, to: 1) == 1)
        #expect(firstIndex(of: 0x63, in: text, from: 0) == 5)
        #expect(firstIndex(of: 0x7a, in: text, from: 0) == nil)
        #expect(bytesEqual(Array("ab".utf8), at: 2..<4, in: text))
        #expect(!bytesEqual(Array("ab".utf8), at: 1..<3, in: text))
        #expect(!bytesEqual(Array("c \rx".utf8), at: 5..<9, in: text))
    }

    @Test("entries of a file are its lines without blank ones and comments, with their numbers")
    func entries() {
        let text = Array("# a\n\n \t\r\n  bob 1\n #x\ncarol\r\n#".utf8)
        let entries = Array(Lines(bytes: text).entries)
        #expect(entries.map(\.number) == [4, 6])
        #expect(
            entries.map { String(decoding: text[$0.place], as: UTF8.self) } == ["bob 1", "carol\r"])
    }
}

@Suite struct ForeignFiles {
    @Test("a foreign file is read if it is a regular file on a file system of users")
    func contents() throws {
        func read(_ path: String) throws -> [UInt8]? {
            try ForeignFile.open(Array(path.utf8))?.contents(atMost: 1 << 20)
        }
        #expect(try read(#filePath)?.count ?? 0 > 100)
        #expect(try read("/nothing/here") == nil)
        #expect(try read(#filePath + "/x") == nil)
        for path in ["/proc/kallsyms", "/proc/self/status", "/sys/kernel/mm/ksm/run"] {
            #expect(throws: ForeignFile.Refusal.onKernelFileSystem) { try read(path) }
        }
        #expect(throws: ForeignFile.Refusal.isSpecial) { try read("/dev/zero") }
        #expect(throws: ForeignFile.Refusal.isDirectory) { try read("/dev") }
        #expect(throws: ForeignFile.Refusal.isTooLarge) {
            try ForeignFile.open(Array(#filePath.utf8))?.contents(atMost: 10)
        }
        // A link that the kernel creates to another file.
        #expect(throws: Errno(ELOOP)) { try read("/proc/self/root/etc/passwd") }
        #expect(throws: ForeignFile.Refusal.onKernelFileSystem) {
            try ForeignFile.open(Array("/proc/self".utf8))?.names(atMost: 100)
        }
        #expect(throws: ForeignFile.Refusal.hasTooManyNames) {
            try ForeignFile.open(Array("/usr/bin".utf8))?.names(atMost: 3)
        }
    }

    @Test("the attributes of an open file are those of its path")
    func attributes() throws {
        for path in [#filePath, "/usr/bin", "/usr/bin/su", "/dev/null"] {
            #expect(
                try ForeignFile.open(Array(path.utf8))?.attributes() == FileAttributes(of: path))
        }
        let link = try ForeignFile.open(Array("/proc/self".utf8), followingLinks: false)
        #expect(link?.isSymbolicLink == true)
    }
}

@Suite struct SmallFiles {
    @Test("a file is replaced, written in place and removed")
    func writing() throws {
        let path = "/tmp/berth-linuxtests-\(ProcessID.own.number)"
        try SmallFile.replace(path, with: Array("abc".utf8))
        try SmallFile.write("xy", to: path)
        #expect(try SmallFile.contents(of: path) == Array("xyc".utf8))
        try SmallFile.remove(path)
        #expect(try SmallFile.contents(of: path) == nil)
    }
}
